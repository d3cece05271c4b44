#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md P52: a UNIX datagram socket as a standard stream sends to any path that sendto or sendmsg
# names, outside of the view too: the run does not begin. A stream's socket works.
. "$TESTS/support/attack.sh"

cat >"$TEST_TMP/streams.py" <<'END'
import os, socket, subprocess, sys
outside = os.path.join(os.environ["TEST_TMP"], "receiver")
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(outside)
receiver.settimeout(0.2)
run = [os.environ["CALLGATE"], "run", "--unattended", "--", "/usr/bin/python3", "-B", "send.py", outside]
for number, stream in enumerate(("stdin", "stdout", "stderr")):
    for ends in ([socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)],
                 socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)):
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
                   "stderr": subprocess.DEVNULL, stream: ends[0].fileno()}
        status = subprocess.run(run + [str(number)], timeout=20, **streams).returncode
        try:
            print(stream, "got", receiver.recv(100))
        except TimeoutError:
            print(stream, status)
a, b = socket.socketpair()
print("stream", subprocess.run(run + ["0"], stdin=a.fileno(), timeout=20).returncode)
END
cat >send.py <<'END'
import socket, sys
s = socket.socket(fileno=int(sys.argv[2]))
for send in (lambda: s.sendto(b"from inside", sys.argv[1]),
             lambda: s.sendmsg([b"from inside"], [], 0, sys.argv[1])):
    try:
        send()
    except OSError:
        pass
END
expect_output "stdin 125
stdin 125
stdout 125
stdout 125
stderr 125
stderr 125
stream 0" python3 "$TEST_TMP/streams.py"
