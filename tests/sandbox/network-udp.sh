#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare
#
# Issue, part 5: datagrams to what a rule names with "protocol": "udp" are relayed, by whichever call they
# are sent; nothing else leaves but to the resolver.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

# Says what it got; counts what it gets in a file.
udp_server() {
	serve '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
    data, peer = s.recvfrom(65536)
    s.sendto(b"host " + data, peer)'
}
udp_server
time=$port
udp_server
other=$port
serve '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
s.close()
import time; time.sleep(60)'
closed=$port
names time.example.test any.example.test rebound.example.test asked.example.test denied.example.test
rules() {
	policy <<END
{"version": 1, "extends": "agent", "rules": [
	{"allow": "connect", "host": "time.example.test", "port": [$time, $closed], "protocol": "udp"},
	{"allow": "connect", "host": "any.example.test", "protocol": "udp"},
	{"allow": "connect", "host": "time.example.test"},
	{"allow": "connect", "address": "192.0.2.0/24", "port": 123, "protocol": "udp"},
	{"ask": "connect", "host": "asked.example.test", "protocol": "udp"},
	$1
	{"deny": "connect", "host": "*"}], "otherwise": {"connect": "deny"},
 "approval": {"unattended": "${2:-deny}"}}
END
	run_options+=(--audit "$TEST_TMP/log")
}
loopback='{"allow": "connect", "address": "127.0.0.0/8", "protocol": "udp"},'
cat >udp.py <<'END'
import errno, socket, sys
def code(error):
    return errno.errorcode.get(error.errno, type(error).__name__)
def resolved(name, port, family=socket.AF_INET):
    return socket.getaddrinfo(name, port, family, socket.SOCK_DGRAM)[0][4]
def try_to(do):
    try:
        return do()
    except OSError as error:
        return code(error)
def new(family=socket.AF_INET, wait=5):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(wait)
    return s
def connected(name, port, family=socket.AF_INET, data=b"a", wait=5):
    s = new(family, wait)
    s.connect(resolved(name, port, family))
    s.send(data)
    return s.recv(65536).decode()
def sent(name, port, family=socket.AF_INET, data=b"b", wait=5):
    s = new(family, wait)
    at = resolved(name, port, family)
    s.sendto(data, at)
    answer, peer = s.recvfrom(65536)
    assert peer[:2] == at[:2], (peer, at)
    return answer.decode()
def messaged(name, port, family=socket.AF_INET, data=b"c", wait=5):
    s = new(family, wait)
    s.sendmsg([data], [], 0, resolved(name, port, family))
    return s.recv(65536).decode()
END
rules "$loopback"
expect_output "$(printf '%s\n' 'host a' 'host b' 'host c' 'host a' 'host b' 'host c' 'host a' 'host b' \
	'50005 5' 'host 0 host 9')" outside python3 - "$time" <<'END'
import sys
from udp import *
port = int(sys.argv[1])
for family in (socket.AF_INET, socket.AF_INET6):
    for how in (connected, sent, messaged):
        print(how("time.example.test", port, family))
# Where no port is named, the first two make the way.
print(connected("any.example.test", port))
print(sent("any.example.test", port))
print(len(connected("time.example.test", port, data=b"x" * 50000)), len(connected("time.example.test", port, data=b"")))
many = [new() for i in range(10)]
for i, s in enumerate(many):
    s.connect(resolved("time.example.test", port))
    s.send(b"%d" % i)
answers = [s.recv(100).decode() for s in many]
print(answers[0], answers[9])
END
grep -q '"event":"datagrams".*"port":'"$time"',"protocol":"udp","host":"time.example.test".*"decision":"allow"' \
	"$TEST_TMP/log" || fail "the decision should be on record"
grep -q '"event":"connection-end".*"host":"time.example.test","address":"127.0.0.1","port":'"$time"',"protocol":"udp","datagrams_sent":1,"datagrams_received":1,"sent":1,"received":6' \
	"$TEST_TMP/log" || fail "the end should be on record"

# Another port, another name, a literal address, a DNS server: nothing comes, and sendto says so at once.
expect_output "$(printf '%s\n' EACCES EACCES gaierror ENETUNREACH ENETUNREACH ENETUNREACH ECONNREFUSED \
	TimeoutError 'no echo')" outside python3 - "$other" "$time" "$closed" <<'END'
import sys
from udp import *
other, port, closed = map(int, sys.argv[1:])
print(try_to(lambda: sent("time.example.test", other)))
# The port is of another protocol's rule.
print(try_to(lambda: sent("time.example.test", 443)))
print(try_to(lambda: sent("denied.example.test", port)))
literal = ("192.0.2.7", 53)
s = new()
print(try_to(lambda: s.sendto(b"x", literal)))
print(try_to(lambda: s.sendmsg([b"x"], [], 0, literal)))
print(try_to(lambda: s.connect(literal)))
# Refused by the host is refused.
def refused():
    s = new()
    s.connect(resolved("time.example.test", closed))
    s.send(b"x")
    return s.recv(100)
print(try_to(refused))
print(try_to(lambda: messaged("time.example.test", other, wait=0.5)))
def ping():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
    s.sendto(b"\x08\0\0\0\0\0\0\0", resolved("time.example.test", 0))
# Without a right of the host's group, there is no such socket at all.
print("no echo" if try_to(ping) in ("EACCES", "ENETUNREACH") else "echo")
END
# A name that leads to the host's loopback, without a rule for that.
rules ""
expect_output "TimeoutError" outside python3 - "$time" <<'END'
import sys
from udp import *
print(try_to(lambda: connected("time.example.test", int(sys.argv[1]), wait=1)))
END
grep -q '"how":"address refused"' "$TEST_TMP/log" || fail "the refused address should be on record"
# Asked for: by the call, and by what no call tells; nobody there.
for answer in deny allow; do
	rules "$loopback" "$answer"
	wanted="EACCES TimeoutError"
	[ "$answer" = deny ] || wanted="host b host a"
	expect_output "$wanted" outside python3 - "$time" <<'END'
import sys
from udp import *
port = int(sys.argv[1])
print(try_to(lambda: sent("asked.example.test", port)), try_to(lambda: connected("asked.example.test", port, wait=1)))
END
done
# A hook that wants to see connections sees what stops at the gate, and nothing else leaves then.
policy <<END
{"version": 1, "extends": "agent", "rules": [
	{"allow": "connect", "host": "time.example.test", "port": $time, "protocol": "udp"},
	{"allow": "connect", "address": "127.0.0.0/8", "protocol": "udp"}],
 "hooks": [{"on": "connect", "command": ["/bin/echo", "{}"]}]}
END
run_options+=(--audit "$TEST_TMP/hooked")
expect_output "host b TimeoutError" outside python3 - "$time" <<'END'
import sys
from udp import *
port = int(sys.argv[1])
print(try_to(lambda: sent("time.example.test", port)), try_to(lambda: connected("time.example.test", port, wait=1)))
END
grep -q '"event":"datagrams".*"decision":"deny","by":"hook"' "$TEST_TMP/hooked" ||
	fail "the record should say that a hook keeps it"
# The host's loopback.
policy <<END
{"version": 1, "extends": "agent", "rules": [
	{"allow": "connect", "host_loopback": $time, "protocol": "udp"}]}
END
expect_output "$(printf '%s\n' 'host a' 'host b' 'host c' EADDRINUSE 'ECONNREFUSED')" \
	in_sandbox python3 - "$time" "$other" <<'END'
import sys
from udp import *
port, other = map(int, sys.argv[1:])
for how in (connected, sent, messaged):
    print(how("127.0.0.1", port))
print(try_to(lambda: new().bind(("127.0.0.1", port))))
print(try_to(lambda: connected("127.0.0.1", other)))
END
if command -v node >/dev/null; then
	rules "$loopback"
	expect_output "$(printf '%s\n' 'host bound' 'host joined')" outside node -e '
const dgram = require("dgram"), port = +process.argv[1];
const one = dgram.createSocket("udp4");
one.on("message", (data) => {
	console.log(data.toString());
	one.close();
	const two = dgram.createSocket("udp4");
	two.connect(port, "time.example.test", () => two.send("joined"));
	two.on("message", (data) => { console.log(data.toString()); two.close(); });
});
one.send("bound", port, "time.example.test");' "$time"
fi
