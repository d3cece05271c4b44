#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# An interactive bash on a terminal: job control, line editing, window size, exit status.
# needs: tmux bash
# timeout: 120
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/screen.sh"

screen_start "PS1='ready> ' $CALLGATE run -- bash --norc; echo status \$?"
screen_wait '^ready> $'
expect_equal "$(screen_show | grep -c 'job control')" 0
screen_type 'tty; stty size' Enter
screen_wait '^/dev/pts/'
screen_wait '^24 80$'
screen_type 'echo hal' Left Left Left 'w' BSpace Right Right Right 'f' Enter
screen_wait '^half$'

screen_type 'clear' Enter
screen_type 'cat' Enter
screen_type 'echoed' Enter
screen_wait '^echoed$'
screen_type C-c
screen_wait '^\^Cready> '
screen_type 'echo last $?' Enter
screen_wait '^last 130$'

screen_type 'clear' Enter
screen_type 'sleep 100' Enter
sleep 0.5
screen_type C-z
screen_wait '^\[1\]\+ +Stopped +sleep 100'
screen_type 'bg' Enter
screen_wait '^\[1\]\+ sleep 100 &'
screen_type 'jobs' Enter
screen_wait 'Running +sleep 100'
screen_type 'fg' Enter
sleep 0.5
screen_type C-c
screen_wait '\^C'
screen_type 'clear; jobs; echo none left' Enter
screen_wait '^none left$'
screen_type 'sleep 0.2 & wait; echo waited' Enter
screen_wait '^waited$'
screen_type 'cat > file' Enter
screen_type 'typed' Enter C-d
screen_type 'cat file | tr a-z A-Z' Enter
screen_wait '^TYPED$'

screen_type 'trap "stty size" WINCH; clear' Enter
screen_tmux resize-window -x 100 -y 30
screen_type 'stty size' Enter
screen_wait '^30 100$'
screen_type 'echo first-his; clear' Enter
screen_type Up Up C-a C-k 'echo killed-line' Enter
screen_wait '^killed-line$'
screen_type 'tput cols; printf "\033[31mred\033[0m\n"; exit 7' Enter
screen_wait '^status 7$'

# The terminal is as it was.
screen_tmux respawn-pane -k "stty -a >before; $CALLGATE run -- bash -c 'stty raw -echo; exit 3'; stty -a >after; echo done"
screen_wait '^done'
screen_end
expect_ok cmp "$HOME/work/before" "$HOME/work/after"
