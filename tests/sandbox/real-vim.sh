#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Programs that take the whole screen: vim, less, tmux itself inside callgate, script.
# needs: tmux vim less script
# timeout: 120
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/screen.sh"

printf 'one\ntwo\n' >file.txt
screen_start "$CALLGATE run -- vim -u NONE -N file.txt; echo status \$?"
screen_wait '^one$'
screen_wait '^~$'
expect_equal "$(screen_show | grep -c '^~$')" 21
screen_type 'Othe first' Escape
screen_wait '^the first$'
screen_type ':w' Enter
screen_wait 'written'
expect_file file.txt "the first
one
two"
screen_type ':!echo from a shell' Enter
screen_wait '^from a shell$'
screen_type Enter
screen_tmux resize-window -x 60 -y 20
screen_wait '^~$'
screen_type ':q' Enter
screen_wait '^status 0$'
expect_no_file .file.txt.swp

# As everybody starts it: it asks for nothing on its way out, and keeps no history.
screen_again "$CALLGATE run -- vim other.txt; echo status \$?"
screen_wait '^~$'
screen_type 'itext' Escape ':wq' Enter
screen_wait '^status 0$'
expect_file other.txt text
expect_no_file "$HOME/.viminfo"

seq 500 >long
screen_again "$CALLGATE run -- less long; echo status \$?"
screen_wait '^1$'
screen_type G
screen_wait '^500$'
screen_type '/123' Enter
screen_wait 'Pattern not found'
screen_type Enter g '/123' Enter
screen_wait '^123$'
screen_type q
screen_wait '^status 0$'

# tmux inside: a server of its own, its socket in the private /tmp, a pty of the sandbox's devpts.
screen_again "$CALLGATE run -- tmux -f /dev/null -L inner new-session 'PS1=inner= bash --norc'; echo status \$?"
screen_wait '^inner='
screen_type 'stty size; tty' Enter
screen_wait '^23 80$'
screen_type C-b '"'
sleep 0.5
screen_type 'echo $((6*7))' Enter
screen_wait '42'
screen_type 'exit' Enter
sleep 0.3
screen_type 'exit' Enter
screen_wait '^status 0$'

screen_again "$CALLGATE run -- script -q typescript; echo status \$?"
sleep 0.7
screen_type 'echo $((40+2)) in script' Enter
screen_wait '^42 in script'
screen_type 'exit' Enter
screen_wait '^status 0$'
screen_end
expect_ok grep -q '42 in script' typescript
