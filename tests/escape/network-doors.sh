#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 curl unshare
#
# Issue 3, "Nothing else gets out": with one name allowed, every other way to the same server fails, and
# the resolver answers nothing for what is denied.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

serve_web
web=$port
serve '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
s.accept()
open("touched", "w")'
names api.example.test rebound.example.test other.test
policy <<END
{"version": 1, "rules": [
	{"allow": "connect", "host": "api.example.test", "port": $web},
	{"allow": "connect", "host": "rebound.example.test"},
	{"deny": "connect", "address": ["0.0.0.0/8", "128.0.0.0/2", "10.0.0.0/8"]}],
	"otherwise": {"connect": "deny"}}
END
# Without a rule for the address, a name that leads to the host's loopback is refused.
expect_fail outside curl -sS -m 5 "http://rebound.example.test:$web/"
policy <<END
{"version": 1, "rules": [
	{"allow": "connect", "host": "api.example.test", "port": $web},
	{"allow": "connect", "address": "127.0.0.0/8", "port": $web}],
	"otherwise": {"connect": "deny"}}
END
expect_output "web /" outside curl -sS -m 5 "http://api.example.test:$web/"
expect_fail outside curl -sS -m 5 "http://api.example.test:$port/"
expect_fail outside curl -sS -m 5 "http://other.test:$web/"
expect_fail outside curl -sS -m 5 --resolve "api.example.test:$web:127.0.0.1" \
	"http://api.example.test:$web/"
expect_fail outside curl -sS -m 5 --resolve "api.example.test:$web:192.0.2.7" \
	"http://api.example.test:$web/"
expect_fail outside curl -sS -m 5 --connect-to "::other.test:$web" "http://api.example.test:$web/"
for host in 127.0.0.1 "[::1]" "[::ffff:127.0.0.1]" "[::ffff:192.0.2.7]" "[64:ff9b::c000:207]" 192.0.2.7 \
	"[2001:db8::7]" 198.18.0.1 198.19.255.255 "[fd63:616c:6c67::ffff]"; do
	expect_fail outside curl -sS -g -m 5 "http://$host:$web/"
done
expect_fail outside bash -c "exec 3<>/dev/tcp/192.0.2.7/$web"
expect_fail outside bash -c "echo x >/dev/udp/192.0.2.7/53; exec 3<>/dev/tcp/192.0.2.7/53"
expect_output "$(printf '%s\n' 3 3 0 0 '0 0' 'no no')" outside python3 - <<'END'
import os, socket, struct
def ask(name, kind, how=socket.SOCK_DGRAM, server="127.0.0.53"):
    query = struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0)
    query += b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0"
    query += struct.pack(">HH", kind, 1)
    s = socket.socket(socket.AF_INET, how)
    s.settimeout(5)
    s.connect((server, 53))
    if how == socket.SOCK_STREAM:
        s.sendall(struct.pack(">H", len(query)) + query)
        answer = s.recv(4096)[2:]
    else:
        s.send(query)
        answer = s.recv(4096)
    return answer[3] & 15, struct.unpack(">H", answer[6:8])[0]
print(ask("secret.evil.example", 1)[0])           # NXDOMAIN, at once
print(ask("secret.evil.example", 16, socket.SOCK_STREAM)[0])
print(ask("api.example.test", 1)[0])
print(ask("API.Example.TEST", 28, socket.SOCK_STREAM, "127.0.0.1")[0])
print(*ask("api.example.test", 65))               # HTTPS: nothing, fast
def leaves(send):
    try:
        send()
        return "yes"
    except OSError:
        return "no"
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print(leaves(lambda: u.sendto(b"x", ("192.0.2.7", 53))),
      leaves(lambda: u.sendmsg([b"x"], [], 0, ("192.0.2.7", 53))))
END
expect_no_file touched
