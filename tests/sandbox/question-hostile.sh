#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What an agent writes neither answers a question nor draws one that counts, and ten thousand
# questions leave the terminal usable and the enforcer small.
# needs: tmux python3
# timeout: 180
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/screen.sh"

secret "$HOME/n/private.txt"

# A box that looks like ours: the key goes to the agent, and opens nothing.
cat >"$HOME/work/forger.py" <<'END'
import os, tty
tty.setraw(0)
os.write(1, b"\x1b[2J\x1b[5;1H" + "╭─ callgate asks ───────── 59 s left ─╮\r\n│ a  allow once │\r\n".encode())
key = os.read(0, 1)
os.write(1, b"\x1b[2J\x1b[Hforged: " + key + b"\r\n")
try:
    print(open(os.path.expanduser("~/n/private.txt")).read(), end="\r\n")
except OSError as error:
    print(error.strerror, end="\r\n")
END
screen_start "$CALLGATE run -- python3 forger.py; echo status \$?"
screen_wait 'callgate asks'
screen_type a
# Now the real one, which the agent's file of before does not answer.
screen_wait 'python3.* wants to read'
screen_wait '^forged: a'
screen_answer d
screen_wait 'Permission denied'
screen_wait '^status 0$'

# Everything that makes a terminal answer, or type, or look otherwise, up to the question and from
# its first moment on; the replies would come while it is open.
cat >"$HOME/work/talker.py" <<'END'
import os, threading, time, tty
tty.setraw(0)
asks = (b"\x05\x1b[6n\x1b[5n\x1b[c\x1b[>c\x1b[>q\x1bP$qm\x1b\\\x1b]10;?\x07\x1b]52;c;YQ==\x07\x1b]52;c;?\x07"
        b"\x1b]0;a\x07\x1b[21t\x1b]2;a\x1b\\\x1b[?2004l\x1b[?1003h\x1b[?1004h\x1b[4;10r\x1b[?6h\x1b[?7l\x1b(0"
        b"\x1b[?1049h\x1b[?1049l\x1b[?5h\x1b[8m\x1b[4h\x1b[?25l\x1b]0;never ended")
def talk():
    while True:
        os.write(1, asks)
        time.sleep(0.01)
threading.Thread(target=talk, daemon=True).start()
try:
    answer = open(os.path.expanduser("~/n/private.txt")).read()
except OSError as error:
    answer = error.strerror + "\n"
open("answer", "w").write(answer)
os._exit(0)
END
screen_again "$CALLGATE run -- python3 talker.py; printf '\\033c'; stty sane; echo status \$?"
screen_asked
screen_wait 'talker|python3.* wants to read'
# A paste, with brackets and without; keys that are sequences; many at once.
screen_tmux set-buffer 'aaaa'
screen_tmux paste-buffer -p
screen_tmux paste-buffer
screen_type Up Down F1 M-a Home
screen_type aaaa
screen_asked
expect_no_file "$HOME/work/answer"
screen_answer d
# Replies to what the agent asked last may stand before it, as they would without callgate.
screen_wait 'status 0$'
expect_file "$HOME/work/answer" 'Permission denied'
rm "$HOME/work/answer"

# The same on the way out of the second screen, with a key that allows.
screen_again "$CALLGATE run -- python3 talker.py; printf '\\033c'; stty sane; echo status \$?"
screen_answer a
screen_wait 'status 0$'
expect_file "$HOME/work/answer" 'the secret'

# Ten thousand different questions, by as many threads as are not waiting yet. The enforcer's memory
# is read before and after, from the outside.
cat >"$HOME/work/flood.py" <<'END'
import itertools, os, threading, time
numbers = iter(range(10000))
denied = itertools.count()
def ask():
    for n in numbers:
        try:
            open(os.path.expanduser(f"~/n/{n}-" + "x" * 200), "w")
        except OSError:
            next(denied)
os.mknod("flood-ready")
while not os.path.exists("go"):
    time.sleep(0.05)
threads = [threading.Thread(target=ask) for _ in range(64)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("denied", next(denied))
END
echo '{"version": 1, "extends": "agent", "approval": {"timeout": "4s"}}' >"$TEST_TMP/policy.json"
screen_again "$CALLGATE run --policy $TEST_TMP/policy.json -- python3 flood.py; echo status \$?"

# memory PID: its resident memory, in KiB
memory() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"
}

for ((i = 0; i < 100; i++)); do
	[ -e "$HOME/work/flood-ready" ] && break
	sleep 0.1
done
pane=$(screen_tmux display-message -p '#{pane_pid}')
enforcer=$(pgrep -P "$pane" -x callgate | head -n 1)
before=$(memory "$enforcer")
touch "$HOME/work/go"
screen_asked
screen_wait '1 of [0-9]+, '
screen_answer d
screen_asked
after=$(memory "$enforcer")
if [ -z "${CALLGATE_TEST_SANITIZED:-}" ] && [ $((after - before)) -gt 16384 ]; then
	fail "the enforcer has grown from $before to $after KiB under a flood"
fi
screen_wait '^denied 10000$'
screen_wait '^status 0$'
after=$(sed -n 's/^callgate: \([0-9]*\) calls were denied.*/\1/p' <(screen_show))
expect_equal "$after" 10000
screen_type 'typed' Enter
screen_wait '^typed$'
screen_end
