#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare
#
# With datagrams allowed to one name and port, no other way of sending one reaches a server of the host, and
# nobody but that server is heard as it.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

for name in good bad; do
	serve "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 0))
print(s.getsockname()[1], flush=True)
while True:
    data, peer = s.recvfrom(65536)
    open('$name', 'ab').write(data)
    s.sendto(b'answer', peer)"
	declare "$name=$port"
done
names good.example.test bad.example.test
policy <<END
{"version": 1, "extends": "agent", "rules": [
	{"allow": "connect", "host": "good.example.test", "port": $good, "protocol": "udp"},
	{"allow": "connect", "host": "bad.example.test"},
	{"allow": "connect", "address": "127.0.0.0/8", "protocol": ["tcp", "udp"]},
	{"deny": "connect", "host": "*"}], "otherwise": {"connect": "deny"}}
END
expect_output "answer not heard" outside python3 - "$good" "$bad" <<'END'
import socket, struct, sys
good, bad = map(int, sys.argv[1:])
def new(family=socket.AF_INET):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(0.1)
    return s
def resolved(name, port, family=socket.AF_INET):
    return socket.getaddrinfo(name, port, family)[0][4]
places = [("127.0.0.1", good), ("127.0.0.1", bad), ("0.0.0.0", bad), ("192.0.2.7", good), ("198.18.0.1", good),
          ("198.19.255.255", good), ("224.0.0.1", good), ("255.255.255.255", good),
          resolved("good.example.test", bad), resolved("bad.example.test", bad)]
places6 = [("::1", bad), ("::ffff:127.0.0.1", bad), ("64:ff9b::7f00:1", bad), ("ff02::1", good),
           resolved("good.example.test", bad, socket.AF_INET6)[:2],
           resolved("bad.example.test", bad, socket.AF_INET6)[:2]]
def attempt(do):
    try:
        do()
    except OSError:
        pass
for family, list in ((socket.AF_INET, places), (socket.AF_INET6, places6)):
    for place in list:
        attempt(lambda: new(family).sendto(b"evil", place))
        attempt(lambda: new(family).sendmsg([b"evil"], [], 0, place))
        def by_connect():
            s = new(family)
            s.connect(place)
            s.send(b"evil")
        attempt(by_connect)
        # By another's socket: one that was allowed is sent elsewhere, or dissolved and connected anew.
        s = new(family)
        at = resolved("good.example.test", good, family)
        s.connect(at)
        attempt(lambda: s.sendmsg([b"evil"], [], 0, place))
        attempt(lambda: s.connect(place) or s.send(b"evil"))
# A source that is another's, on the address that stands for the name.
s = new()
at = resolved("good.example.test", good)
attempt(lambda: s.bind((at[0], 0)))
attempt(lambda: s.sendmsg([b"fine"], [], 0, ("198.18.0.1", good)))
s = new()
s.connect(at)
s.send(b"fine")
answer = s.recv(100).decode()
# The place itself is held: nobody inside binds it and answers in its stead.
thief = new()
thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
try:
    thief.bind(at)
    answer += " stolen"
except OSError:
    pass
# Another port of the name's address is not heard by the connected socket.
other = new()
other.bind((at[0], 0))
other.sendmsg([b"forged"], [], 0, s.getsockname())
try:
    print(answer, s.recv(100))
except TimeoutError:
    print(answer, "not heard")
END
expect_equal "$(cat good)" fine
expect_no_file bad
