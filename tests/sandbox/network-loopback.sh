#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare
#
# Issue, part 3: 127.0.0.1 is the sandbox's own, but for the ports that a rule gives to the host's; those
# cannot be bound inside.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

# echo_server ADDRESS: says what it got
echo_server() {
	serve "
import socket, threading
def work(c):
    data = c.recv(1000)
    c.sendall(b'host ' + data)
    c.close()
s = socket.socket(socket.AF_INET6 if ':' in '$1' else socket.AF_INET)
s.bind(('$1', 0))
s.listen(256)
print(s.getsockname()[1], flush=True)
while True:
    threading.Thread(target=work, args=(s.accept()[0],), daemon=True).start()"
}
echo_server 127.0.0.1
given=$port
echo_server ::1
six=$port
echo_server 127.0.0.1
other=$port
serve '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
    import time; time.sleep(60)'
closed=$port

cat >ask.py <<'END'
import errno, socket, sys
def ask(address, port, wait):
    s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    s.settimeout(None if wait else 5)
    try:
        s.connect((address, int(port)))
        assert s.getpeername()[:2] == (address.replace("0.0.0.0", "127.0.0.1"), int(port))
        s.sendall(b"hello")
        return s.recv(100).decode()
    except OSError as error:
        return errno.errorcode[error.errno]
for one in sys.argv[1:]:
    address, port = one.rsplit("/", 1)
    print(ask(address, port, True), ask(address, port, False))
END
policy <<END
{"version": 1, "extends": "agent", "rules": [
	{"allow": "connect", "host_loopback": [$given, $six, $closed]}]}
END
run_options+=(--audit "$TEST_TMP/log")
# By both addresses, whichever the server listens on; refused as bare; the others are the sandbox's own.
expect_output "$(printf '%s\n' 'host hello host hello' 'host hello host hello' 'host hello host hello' \
	'host hello host hello' 'ECONNREFUSED ECONNREFUSED' 'ECONNREFUSED ECONNREFUSED' \
	'ECONNREFUSED ECONNREFUSED')" \
	in_sandbox python3 ask.py "127.0.0.1/$given" "::1/$given" "0.0.0.0/$given" "127.0.0.1/$six" \
	"127.0.0.1/$closed" "127.0.0.1/$other" "127.0.0.2/$given"
grep -q "\"port\":$given,.*\"host_loopback\":true" "$TEST_TMP/log" ||
	fail "the record should tell the host's"
grep -q "\"event\":\"connection-end\".*\"port\":$given" "$TEST_TMP/log" ||
	fail "its end should be recorded"
# Nobody binds it inside, by whatever name; another port is free.
expect_output "$(printf '%s\n' EADDRINUSE EADDRINUSE EADDRINUSE EADDRINUSE bound)" \
	in_sandbox python3 - "$given" "$other" <<'END'
import errno, socket, sys
def bind(family, address, port):
    s = socket.socket(family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        s.bind((address, int(port)))
        s.listen()
        return "bound"
    except OSError as error:
        return errno.errorcode[error.errno]
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0"),
                        (socket.AF_INET6, "::1"), (socket.AF_INET6, "::")):
    print(bind(family, address, sys.argv[1]))
print(bind(socket.AF_INET, "127.0.0.1", sys.argv[2]))
END
# Many at once.
expect_output "ok" in_sandbox python3 - "$given" <<'END'
import socket, sys
address = ("127.0.0.1", int(sys.argv[1]))
many = [socket.create_connection(address) for i in range(100)]
for i, s in enumerate(many):
    s.sendall(b"%d" % i)
assert all(s.recv(100) == b"host %d" % i for i, s in enumerate(many))
print("ok")
END

# The shorthand; without it, and offline, nothing.
run_options=(--unattended --allow-loopback "$given")
expect_output "host hello host hello" in_sandbox python3 ask.py "127.0.0.1/$given"
run_options+=(--offline)
expect_output "ECONNREFUSED ECONNREFUSED" in_sandbox python3 ask.py "127.0.0.1/$given"
run_options=(--unattended)
expect_output "ECONNREFUSED ECONNREFUSED" in_sandbox python3 ask.py "127.0.0.1/$given"
# Nothing broader gives it.
policy <<END
{"version": 1, "extends": "observe", "rules": [
	{"allow": "connect", "address": "127.0.0.0/8"}, {"allow": "connect"}],
	"otherwise": {"connect": "allow"}}
END
expect_output "ECONNREFUSED ECONNREFUSED" in_sandbox python3 ask.py "127.0.0.1/$given"
run_options=(--unattended --allow-loopback 0)
expect_status 125 in_sandbox true
