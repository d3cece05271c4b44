#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 120
#
# architecture.md, "No answer means no": what is made with a name in .git and removed, and opens of FIFOs
# that wait, each cost the enforcer descriptors. They do not run out for good, and no call waits for ever.
. "$TESTS/support/attack.sh"

# Not a multiple of what a waiting open holds: the last few must be too few for looking at a target.
ulimit -n 397
expect_output "still answered" timeout -k 2 60 "$CALLGATE" run --unattended -- sh -c '
	i=0
	while [ $i -lt 600 ]; do
		: >n$i.git && rm n$i.git || exit 1
		i=$((i + 1))
	done
	echo "still answered"'

# Whom the enforcer has no descriptor for is refused, at once; when the others end, all is as before.
expect_output "answered 20 ok" agent <<'END'
import signal, time
os.mkfifo("fifo")
waiting = []
for _ in range(300):
    pid = os.fork()
    if pid == 0:
        attempt(os.open, "fifo", os.O_RDONLY)
        os._exit(0)
    waiting.append(pid)
time.sleep(2)
answered = 0
for _ in range(20):
    pid = os.fork()
    if pid == 0:
        attempt(os.open, "/etc/hostname", os.O_RDONLY)
        os._exit(0)
    end = time.monotonic() + 5
    while (done := os.waitpid(pid, os.WNOHANG)[0]) == 0 and time.monotonic() < end:
        time.sleep(0.02)
    if done == 0:
        os.kill(pid, signal.SIGKILL)
        break
    answered += 1
for pid in waiting:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
time.sleep(1)
say("answered", answered, attempt(os.open, "/etc/hostname", os.O_RDONLY))
END
