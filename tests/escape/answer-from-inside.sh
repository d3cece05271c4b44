#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 script
# timeout: 120
#
# An agent on a terminal, whose question stands there, does not answer it: by the commands that a person would
# use, by typing at any terminal that it can open, by the master of its own, or by what it writes.
. "$TESTS/support/attack.sh"

secret "$HOME/n/private.txt"
mkdir -p bin
cp "$CALLGATE" bin/callgate
mkdir -p "$HOME/.config/callgate"
echo '{"version": 1, "approval": {"timeout": "5s"}, "rules": [{"ask": "read", "path": "~/n"}]}' \
	>"$HOME/.config/callgate/policy.json"

cat >attack-answer.py <<'END'
import fcntl, glob, os, subprocess, sys, termios, threading, time

path = os.path.expanduser("~/n/private.txt")
answer = []
def ask():
    try:
        answer.append(open(path).read().strip())
    except OSError as error:
        answer.append(error.strerror)
thread = threading.Thread(target=ask)
thread.start()
said = []
# What a person would say, elsewhere.
environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
for words in (["allow", "1"], ["allow", "1", "--for-run"], ["grant", "read", path], ["pending"], ["runs"],
              ["policy", "add", "allow", "read", path], ["policy", "reload"], ["revoke", "1"]):
    done = subprocess.run(["bin/callgate", *words], env=environment, capture_output=True, check=False,
                          stdin=subprocess.DEVNULL)
    said.append(f"{words[0]} {'refused' if done.returncode and b'inside of a run' in done.stderr else done}")
# Keys, at whatever is a terminal here.
masters = 0
for link in glob.glob("/proc/[0-9]*/fd/*"):
    try:
        masters += "ptmx" in os.readlink(link)
    except OSError:
        pass
said.append(f"masters {masters}")
master, slave = os.openpty()
ttys = ["/dev/tty", *glob.glob("/dev/pts/[0-9]*"), *glob.glob("/proc/self/root/dev/pts/*"), "/dev/console", "/dev/tty0"]
for number in range(64):
    ttys.append(f"/dev/pts/{number}")
typed = 0
def type_at(tty):
    global typed
    try:
        fd = os.open(tty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return
    for letter in b"a", b"y", b"\r":
        try:
            fcntl.ioctl(fd, termios.TIOCSTI, letter)
            typed += 1
        except OSError:
            pass
    try:
        os.write(fd, b"a\ry\r\x1b[200~a\x1b[201~\x1b]52;c;YQ==\x07\x1b[6n\x1b[5n\x1b]0;a\x07\x1b[21t")
    except OSError:
        pass
    os.close(fd)
os.write(master, b"a\ra\r")
# From before it is asked until it is over.
while True:
    for tty in ttys:
        type_at(tty)
    if not thread.is_alive():
        break
    time.sleep(0.2)
said.append(f"typed {typed}")
thread.join()
said.append(f"answer {answer[0]}")
with open("said", "w") as out:
    print(*said, sep="\n", file=out)
END
# Its person is away: nothing is typed.
SHELL=/bin/bash script -qec "stty cols 100 rows 30; '$CALLGATE' run -- /usr/bin/python3 -B attack-answer.py" /dev/null \
	</dev/null >"$TEST_TMP/screen" 2>&1
if ! grep -q '^allow refused$' said || grep -v 'refused$' said | grep -qv '^masters 0$\|^typed 0$\|^answer Permission denied$'; then
	fail "nothing inside should answer"
	sed 's/^/  said: /' said
fi
expect_equal "$(grep -c . said)" 11
grep -q 'the secret' "$TEST_TMP/screen" && fail "the secret came out"
grep -aq 'callgate asks\|no answer within' "$TEST_TMP/screen" || fail "it should have been asked on the terminal"
jq -es 'any(.event == "question")' "$(find "$HOME/.local/state/callgate/runs" -name '*.jsonl')" >/dev/null ||
	fail "a question should stand on record"
