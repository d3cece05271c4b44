#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Nothing in the loop may wait for the sandbox"; kernel-notes.md P17 and P37: a hundred
# processes stand in the open of a FIFO; others go on, and the hundred end when they are killed or met.
. "$TESTS/support/attack.sh"

expect_ok agent <<'END'
import signal, time
os.mkfifo("fifo")
os.mkfifo("met")
children = []
for i in range(100):
    pid = os.fork()
    if pid == 0:
        os.open("fifo" if i % 2 else "met", os.O_RDONLY if i % 4 < 2 else os.O_WRONLY) if i % 2 \
            else os.open("met", os.O_RDONLY)
        os._exit(7)
    children.append(pid)
time.sleep(0.5)
start = time.monotonic()
for i in range(300):
    with open(f"file{i}", "w") as file:
        file.write("x")
    os.unlink(f"file{i}")
took = time.monotonic() - start
assert took < 5, took
writer = os.open("met", os.O_WRONLY)
for i, pid in enumerate(children):
    if i % 2 == 0:
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 7, status
for i, pid in enumerate(children):
    if i % 2:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
END
