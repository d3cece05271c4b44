#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A question is drawn over what the agent shows, and then the screen is as it was, cell by cell: over
# a shell, over vim, over a program that paints all the time and takes no notice of the window's size.
# needs: tmux vim python3
# timeout: 180
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/screen.sh"

secret "$HOME/n/private.txt"
# Asks when the test says so, while something else has the terminal.
cat >"$HOME/work/asker" <<'END'
#!/bin/sh
while [ ! -e ask ]; do sleep 0.1; done
rm ask
cat ~/n/private.txt >answer 2>&1
mv answer answered
END
chmod +x "$HOME/work/asker"

# asked_over NAME: keeps the screen, has the question come
asked_over() {
	screen_keep "$1"
	rm -f "$HOME/work/answered"
	touch "$HOME/work/ask"
	screen_asked
}

wait_answered() {
	local i

	for ((i = 0; i < 100; i++)); do
		[ -e "$HOME/work/answered" ] && return
		sleep 0.1
	done
	fail "the program that asked should have had its answer"
}

# A shell, on a terminal that has shown something before, in the middle of a line of input.
screen_start "export PS1='\\[\\e[1;32m\\]\\w \\$\\[\\e[m\\] '; printf '\\e[31mred\\e[m before\\n'; $CALLGATE run -- bash --norc; echo status \$?"
screen_wait 'work [$#]'
screen_type './asker &' Enter
screen_wait '^\[1\]'
screen_type 'seq 3; echo a line that is not done'
screen_wait 'not done$'
asked_over shell
screen_wait 'not done'
screen_answer a
screen_gone 'callgate asks'
wait_answered
expect_file "$HOME/work/answered" 'the secret'
screen_same shell
# The line is still being written, and goes on.
screen_type ' yet' Enter
screen_wait '^a line that is not done yet$'

# The same with a screen that has scrolled, at its last line.
screen_type 'seq 100; ./asker &' Enter
screen_wait '^\[[12]\] [0-9]+$'
screen_type 'clear; seq 40' Enter
screen_wait '^40$'
asked_over scrolled
screen_answer d
screen_gone 'callgate asks'
wait_answered
screen_same scrolled
screen_type 'exit' Enter
screen_wait '^status '

# vim, with colours, in its second screen.
screen_again "$CALLGATE run -- sh -c './asker & exec vim -u NONE -N +\"set number hlsearch\" +\"syntax on\" +/tcp /etc/services'; echo status \$?"
screen_wait 'tcp'
screen_type '/udp' Enter 'zt'
screen_wait '^ +[0-9]+ discard .*udp'
asked_over vim
screen_type m
screen_wait 'by the call'
screen_answer m
screen_gone 'by the call'
screen_answer a
screen_gone 'callgate asks'
wait_answered
screen_same vim
screen_type ':q' Enter
screen_wait '^status 0$'

# A program that paints the whole screen ten times a second, and never again once it is told to be
# still: what stands there afterwards is callgate's work alone. It ignores SIGWINCH.
cat >"$HOME/work/meter.py" <<'END'
import os, signal, sys, time
signal.signal(signal.SIGWINCH, signal.SIG_IGN)
n = 0
sys.stdout.write("\x1b[?1049h\x1b[?25l\x1b[?1000h\x1b[2;20r")
while not os.path.exists("stop"):
    if os.path.exists("still"):
        if not os.path.exists("is-still"):
            sys.stdout.write("\x1b[38;5;208;4m\x1b(0lqqk\x1b(B still\x1b[7;9Hx")
            sys.stdout.flush()
            os.mknod("is-still")
    else:
        n += 1
        for row in range(1, 25):
            full = (row * 7 + n) % 60
            sys.stdout.write(f"\x1b[{row};1H\x1b[0;1;3{row % 7 + 1}m{row:3} \x1b[0;48;5;{row + 20}m"
                             f"{'|' * full}\x1b[K\x1b[0;2m 日本 e\u0301\x1b[24;80H\x1b[7m%")
        sys.stdout.flush()
    time.sleep(0.1)
sys.stdout.write("\x1b[r\x1b[?1000l\x1b[?25h\x1b(B\x1b[m\x1b[?1049l")
END
screen_again "$CALLGATE run -- sh -c './asker & exec python3 meter.py'; echo status \$?"
screen_wait '^ 24 '
# While it paints: the box stays, whatever it does.
touch "$HOME/work/ask"
screen_asked
sleep 0.5
screen_show | grep -q 'wants to read' || fail "the question should stay over a program that paints"
screen_answer a
screen_gone 'callgate asks'
wait_answered
screen_wait '^ 24 '

touch "$HOME/work/stop"
screen_wait '^status 0$'
rm -f "$HOME/work/stop"

for size in same other; do
	screen_again "$CALLGATE run -- sh -c './asker & exec python3 meter.py'; echo status \$?"
	screen_wait '^ 24 '
	touch "$HOME/work/still"
	screen_wait 'still'
	asked_over meter
	if [ $size = other ]; then
		screen_tmux resize-window -x 100 -y 30
		screen_wait '^╭.{98}╮$'
		screen_tmux resize-window -x 80 -y 24
		screen_wait '^╭.{78}╮$'
		# The terminal forgets the margins when its size changes.
		sed -i 's/region [0-9,]*/region 0,23/' "$TEST_TMP/screen.meter"
	fi
	screen_answer a
	screen_gone 'callgate asks'
	wait_answered
	screen_same meter
	touch "$HOME/work/stop"
	screen_wait '^status 0$'
	rm -f "$HOME/work/stop" "$HOME/work/still" "$HOME/work/is-still"
done
screen_end
