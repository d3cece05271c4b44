#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# An interactive bash on a terminal does bare and in the sandbox the same: job control, line editing,
# window size, exit status. The terminal is afterwards as it was.
# needs: tmux bash
# timeout: 180
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/screen.sh"

# A job is there when its name stands in the title of the pane: then the keys are its own.
session() {
	screen_wait '^ready>'
	expect_equal "$(screen_show | grep -c 'job control')" 0
	screen_type 'tty; stty size' Enter
	screen_wait '^/dev/pts/'
	screen_wait '^24 80$'
	screen_type 'echo hal' Left 'x' BSpace C-e 'f' Enter
	screen_wait '^half$'

	screen_type 'clear; cat' Enter
	screen_type 'echoed' Enter
	screen_wait '^echoed$'
	screen_type C-c
	screen_wait '^\^C'
	screen_type 'echo last $?' Enter
	screen_wait '^last 130$'

	screen_type 'clear; echo sleeps; sleep 100' Enter
	screen_wait '^sleeps$'
	sleep 0.5
	screen_type C-z
	screen_wait '^\[1\]\+ +Stopped +sleep 100'
	screen_type 'bg' Enter
	screen_wait '^\[1\]\+ sleep 100 &'
	screen_type 'jobs' Enter
	screen_wait 'Running +sleep 100'
	screen_type 'clear; fg' Enter
	screen_wait '^sleep 100$'
	sleep 0.5
	screen_type C-c
	screen_wait '\^C'
	screen_type 'clear; jobs; echo none left' Enter
	screen_wait '^none left$'
	expect_equal "$(screen_show | grep -c 'sleep 100$')" 0
	screen_type 'sleep 0.2 & wait; echo waited' Enter
	screen_wait '^waited$'
	# Not typed ahead: what comes while bash changes the modes of the terminal is lost at times, bare too.
	screen_type 'clear; cat > file' Enter
	sleep 1
	screen_type 'typed' Enter
	screen_wait '^typed$'
	screen_type C-d
	screen_wait '^ready> *$'
	screen_type 'cat file | tr a-z A-Z' Enter
	screen_wait '^TYPED$'
	screen_type C-d
	screen_wait '^status 0$'
}

screen_start "PS1='ready> ' bash --norc; echo status \$?"
session
screen_again "PS1='ready> ' $CALLGATE run -- bash --norc; echo status \$?"
session

# The window changes its size while a program runs in it.
for run in "" "$CALLGATE run --"; do
	screen_again "$run bash -c 'trap \"stty size\" WINCH; echo up; for i in \$(seq 50); do sleep 0.1; done'"
	screen_wait '^up$'
	screen_tmux resize-window -x 100 -y 30
	screen_wait '^30 100$'
done

screen_again "$CALLGATE run -- bash -c 'kill -9 \$\$'; echo status \$?"
screen_wait '^status 137$'
screen_again "stty -a >before; $CALLGATE run -- bash -c 'stty raw -echo; exit 3'; stty -a >after; echo done"
screen_wait '^done'
screen_again "$CALLGATE run -- sh -c 'echo up >&2; cat' >piped; echo status \$?"
screen_wait '^up$'
screen_type 'typed' Enter
sleep 0.5
screen_type C-d
screen_wait '^status 0$'
screen_again "echo in | $CALLGATE run -- cat; echo status \$?"
screen_wait '^in$'
screen_wait '^status 0$'
screen_end
expect_ok cmp before after
expect_file piped typed
