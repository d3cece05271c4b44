#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md P51 and P52: sendto with an address, sendmsg and sendmmsg of UDP, mapped and unspecified
# addresses reach nothing outside, at once; AF_UNSPEC dissolves.
. "$TESTS/support/attack.sh"

expect_ok agent <<'END'
import socket, time
start = time.monotonic()
outside = [("192.0.2.1", 53), ("8.8.8.8", 53), ("255.255.255.255", 9)]
for address in outside:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    assert attempt(s.sendto, b"x", address) in ("ENETUNREACH", "EACCES"), address
    assert attempt(s.sendmsg, [b"x"], [], 0, address) in ("ENETUNREACH", "EACCES"), address
    assert attempt(s.connect, address) in ("ENETUNREACH", "EACCES"), address
for address in (("::ffff:192.0.2.1", 80), ("2001:db8::1", 80), ("64:ff9b::808:808", 80)):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        s = socket.socket(socket.AF_INET6, kind)
        assert attempt(s.connect, address) in ("ENETUNREACH", "EACCES", "EADDRNOTAVAIL"), address
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(("127.0.0.1", 0))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for to in ("127.0.0.1", "0.0.0.0"):
    s.connect((to, a.getsockname()[1]))
unspec = ctypes.create_string_buffer(16)
assert system_call("connect", s.fileno(), unspec, 16) == "ok"
assert attempt(s.getpeername) == "ENOTCONN"
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.connect(("::ffff:127.0.0.1", a.getsockname()[1]))
s.send(b"mapped")
assert a.recv(9) == b"mapped"
assert time.monotonic() - start < 5
END
