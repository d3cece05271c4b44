#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare ip
#
# Issue, part 1 and 2: a name whose IPv6 leads nowhere is reached by IPv4; a blocking connect has the
# upstream's real errno; signals and SO_SNDTIMEO end the call as bare. In a network of our own, where one
# address swallows what is sent to it.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

cat >>"$network_hosts" <<'END'
fd77::2 eyeballs.example.test
127.0.0.1 eyeballs.example.test
10.77.0.2 swallowed.example.test
10.78.0.2 unreachable.example.test
10.77.0.2 slow.example.test
END
let '{"allow": "connect", "host": "*.example.test"}' '{"allow": "connect", "address": ["10.0.0.0/8", "fd00::/8"]}'
run_options+=(--audit "$TEST_TMP/log")
cat >"$TEST_TMP/net.sh" <<END
ip link set lo up
ip addr add 10.77.0.2/32 dev lo
ip -6 addr add fd77::2/128 dev lo nodad
ip route add unreachable 10.78.0.0/24
echo 1 >/proc/sys/net/ipv4/tcp_syn_retries
echo 0 >/proc/sys/net/ipv4/tcp_syn_linear_timeouts
mount --bind $network_hosts /etc/hosts
# Two listeners hear nothing: a filter drops each packet for them.
python3 -c '
import ctypes, socket, struct
drop = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
kept = []
for family, address in ((socket.AF_INET, "10.77.0.2"), (socket.AF_INET6, "fd77::2")):
    s = socket.socket(family)
    s.bind((address, 7777))
    s.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HxxxxxxQ", 1, ctypes.addressof(drop)))
    s.listen()
    kept.append(s)
s = socket.socket()
s.bind(("127.0.0.1", 7777))
s.listen()
while True:
    c = s.accept()[0]
    c.sendall(b"here")
    c.close()' &
server=\$!
while ! (exec 3<>/dev/tcp/127.0.0.1/7777) 2>/dev/null; do kill -0 \$server || exit 1; done
"\$@"
status=\$?
kill \$server
exit \$status
END
# elsewhere COMMAND...: in the sandbox, in that network
elsewhere() {
	local map=()

	[ "$TEST_USER" = root ] || map=(--map-root-user)
	unshare "${map[@]}" --mount --net bash "$TEST_TMP/net.sh" "$CALLGATE" run "${run_options[@]}" -- "$@"
}
elsewhere true || skip "no network namespace can be made here"

cat >tell.py <<'END'
import errno, signal, socket, struct, sys, threading
def connect(host, s=None):
    s = s or socket.socket()
    try:
        s.connect((host + ".example.test", 7777))
        return s.recv(10).decode()
    except OSError as error:
        return errno.errorcode[error.errno]
for family in socket.AF_INET, socket.AF_INET6:
    print("eyeballs", connect("eyeballs", socket.socket(family)))
print("unreachable", connect("unreachable"))
print("swallowed", connect("swallowed"))
# For so long and no longer: then it goes on by itself, as bare.
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 0, 200000))
print("limited", connect("slow", s), errno.errorcode[s.connect_ex(("slow.example.test", 7777))])
# Python restarts what a signal has interrupted, by asking what became of it (PEP 475): the C library
# tells of the signal itself.
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
address = socket.getaddrinfo("slow.example.test", 7777, socket.AF_INET)[0][4]
raw = struct.pack("=H", socket.AF_INET) + struct.pack("!H", 7777) + socket.inet_aton(address[0]) + bytes(8)
signal.signal(signal.SIGALRM, lambda *a: None)
signal.siginterrupt(signal.SIGALRM, True)
s = socket.socket()
signal.setitimer(signal.ITIMER_REAL, 0.3)
r = libc.connect(s.fileno(), raw, 16)
print("interrupted", errno.errorcode.get(ctypes.get_errno(), r))
s.setblocking(False)
print("then", errno.errorcode[s.connect_ex(address)])
END
expect_output "$(printf '%s\n' 'eyeballs here' 'eyeballs here' 'unreachable EHOSTUNREACH' \
	'swallowed ETIMEDOUT' 'limited EINPROGRESS EALREADY' 'interrupted EINTR' 'then EALREADY')" \
	elsewhere python3 tell.py

# The helper that looks names up is killed: nobody hangs, and it is said once.
cat >late.py <<'END'
import os, socket, time, errno
open("started", "w").close()
while not os.path.exists("go"): time.sleep(0.05)
for i in range(3):
    s = socket.socket()
    s.setblocking(i < 1)
    print(errno.errorcode[s.connect_ex(("api.example.test", 7777))])
END
names api.example.test
helper=
outside python3 late.py >"$TEST_TMP/said" 2>"$TEST_TMP/errors" &
run=$!
for ((i = 0; i < 200; i++)); do
	[ ! -e started ] || break
	sleep 0.05
done
# find_helper PID: below it
find_helper() {
	local child

	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		[ "$(cat "/proc/$child/comm" 2>/dev/null)" != callgate-helper ] || helper=$child
		find_helper "$child"
	done
}
find_helper "$run"
[ -n "$helper" ] && kill -9 "$helper" || fail "there should be a helper"
touch go
wait "$run"
expect_equal "$(tr '\n' ' ' <"$TEST_TMP/said")" 'EHOSTUNREACH EHOSTUNREACH EHOSTUNREACH '
expect_equal "$(grep -c 'helper that looks names up has ended' "$TEST_TMP/errors")" 1
grep -q '"event":"fault".*helper that looks names up' "$TEST_TMP/log" || fail "it should be on record"
