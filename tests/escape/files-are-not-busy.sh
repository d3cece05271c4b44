#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md P1: written, closed and executed at once is never ETXTBSY; a pipe's end and a lock are
# gone when the agent closed its own.
. "$TESTS/support/attack.sh"

expect_output "0 busy 0 locked 0 late" agent <<'END'
import fcntl, subprocess
program = open("/bin/true", "rb").read()
busy = locked = late = 0
for i in range(200):
    fd = os.open("t", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o755)
    os.write(fd, program)
    os.close(fd)
    try:
        subprocess.run(["./t"], check=True)
    except OSError as error:
        busy += error.errno == 26
    os.unlink("t")
for i in range(500):
    fd = os.open("lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(fd)
    other = os.open("lock", os.O_RDWR)
    try:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        locked += 1
    os.close(other)
os.mkfifo("fifo")
for i in range(200):
    reader = os.open("fifo", os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open("fifo", os.O_WRONLY)
    os.close(writer)
    try:
        late += os.read(reader, 1) != b""
    except BlockingIOError:
        late += 1
    os.close(reader)
say(busy, "busy", locked, "locked", late, "late")
END
