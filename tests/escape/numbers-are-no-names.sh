#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare
#
# An address that is looked up as if it were a name gets no address that stands for it: a rule that lets
# names be connected to, and one that denies an address, would be led past each other, and an upstream
# proxy would connect to it.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

serve '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(64)
print(s.getsockname()[1], flush=True)
while True:
    c = s.accept()[0]
    data = c.recv(4096)
    open("asked", "ab").write(data.split(b"\r\n")[0] + b"\n")
    c.sendall(b"HTTP/1.1 200 ok\r\n\r\n")
    c.close()'
policy <<END
{"version": 1, "extends": "agent",
 "upstream_proxy": {"url": "http://127.0.0.1:$port"},
 "rules": [
	{"deny": "connect", "address": ["10.0.0.0/8", "127.0.0.0/8"]},
	{"allow": "connect", "host": "*"}]}
END
outside python3 - >said <<'END'
import socket
def look_up(name):
    wire = b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\0"
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(10)
    s.sendto(b"\0\1\1\0\0\1\0\0\0\0\0\0" + wire + b"\0\1\0\1", ("127.0.0.53", 53))
    answer = s.recv(4096)
    return socket.inet_ntoa(answer[-4:]) if answer[3] & 15 == 0 else None
for name in "10.0.0.7", "127.1", "2130706433", "0x7f000001", "0X7F.1", "0177.0.0.1", "a.1", "1.example.test", "0x.example.test":
    address = look_up(name)
    print(name, "no name" if address is None else "a name")
    if address:
        try:
            s = socket.create_connection((address, 80), 10)
            s.recv(10)
        except OSError as e:
            print(e)
END
sed 's/^/  said: /' said
expect_equal "$(grep -c ' no name$' said)" 7
expect_equal "$(cat asked)" "CONNECT 1.example.test:80 HTTP/1.1
CONNECT 0x.example.test:80 HTTP/1.1"
