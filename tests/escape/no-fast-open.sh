#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md P52: no connect without connect: MSG_FASTOPEN in each of the send family, and
# TCP_FASTOPEN_CONNECT, which puts it off to the first write.
. "$TESTS/support/attack.sh"

expect_output "EOPNOTSUPP EOPNOTSUPP EOPNOTSUPP ENOPROTOOPT" agent <<'END'
import socket
MSG_FASTOPEN = 0x20000000
s = socket.socket()
address = ("127.0.0.1", 9)
said = [attempt(s.sendto, b"x", MSG_FASTOPEN, address),
        attempt(s.sendmsg, [b"x"], [], MSG_FASTOPEN, address),
        name(call(307, s.fileno(), 0, 0, MSG_FASTOPEN)),
        attempt(s.setsockopt, socket.IPPROTO_TCP, 30, 1)]
say(*said)
END
