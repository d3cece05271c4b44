#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare
# timeout: 150
#
# No agent reaches the page that answers its questions, though its policy gives it that port of the host's
# loopback: not one that ran before, not one that is started after, by no address and no name, and not in the
# moment in which the page begins to listen. The token is in no file and on no command line.
. "$TESTS/support/attack.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/web.sh"

cat >"$TEST_TMP/server.py" <<'END'
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen(64)
print(s.getsockname()[1], flush=True)
while True:
    c = s.accept()[0]
    c.recv(100)
    c.sendall(b"x")
    c.close()
END
other_server() {
	python3 "$TEST_TMP/server.py" "$1" >"$TEST_TMP/server.out" &
	server=$!
	until_true grep -q . "$TEST_TMP/server.out"
}
end_server() {
	kill "$server"
	wait "$server" 2>/dev/null
}

other_server 0
port=$(cat "$TEST_TMP/server.out")
names me.example.test
# What the kernel connects to its loopback as well.
printf '0.0.0.0 any.example.test\n' >>"$network_hosts"
# As wide as it can be: what is denied here is denied by nothing but rule zero.
policy <<END
{"version": 1, "rules": [
	{"allow": "connect", "host_loopback": $port, "protocol": ["tcp", "udp"]},
	{"allow": "connect", "host": "*"},
	{"allow": "connect", "address": "0.0.0.0/0"},
	{"allow": "connect", "address": "::/0"},
	{"allow": ["read", "write", "exec", "connect", "listen"], "unprotect": true}]}
END
run_options+=(--profile observe)

cat >reach.py <<'END'
import errno, os, socket, sys, time
port, name = int(sys.argv[1]), sys.argv[2]

def attempt(family, address, kind=socket.SOCK_STREAM):
    s = socket.socket(family, kind)
    s.settimeout(20)
    try:
        s.connect((address, port))
        if kind == socket.SOCK_DGRAM:
            s.send(b"x")
        # What was connected for an instant, and cut, was not reached.
        s.sendall(b"GET / HTTP/1.1\r\n\r\n")
        s.recv(100)
        return "reached"
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))

def all_ways():
    ways = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET, "localhost"),
            (socket.AF_INET6, "::1"), (socket.AF_INET6, "::ffff:127.0.0.1"),
            (socket.AF_INET, "me.example.test"), (socket.AF_INET, "any.example.test")]
    found = []
    for family, address in ways:
        try:
            found.append(attempt(family, address))
        except socket.gaierror:
            found.append("no name")
    return found

def step(word):
    while not os.path.exists(f"{name}-{word}"):
        time.sleep(0.02)

print("before", all_ways()[0], flush=True)
step("now")
print("now", *sorted(set(all_ways())), flush=True)
# While it comes and goes: nothing of it is ever seen.
step("race")
print("racing", flush=True)
seen, ended = set(), False
while not ended:
    ended = os.path.exists(f"{name}-enough")
    seen.add(attempt(socket.AF_INET, "127.0.0.1"))
print("raced", *sorted(seen - {"ECONNREFUSED", "EACCES"}), flush=True)
step("killed")
print("killed", all_ways()[0], flush=True)
END

outside python3 reach.py "$port" old >"$TEST_TMP/old" 2>/dev/null &
old=$!
until_true grep -q 'before' "$TEST_TMP/old"
# The rule does open it; so what follows can fail.
expect_equal "$(cat "$TEST_TMP/old")" "before reached"
end_server

web_start "$port"
touch old-now
until_true grep -q '^now' "$TEST_TMP/old"
outside python3 reach.py "$port" new >"$TEST_TMP/new" 2>/dev/null &
new=$!
until_true grep -q 'before' "$TEST_TMP/new"
touch new-now
until_true grep -q '^now' "$TEST_TMP/new"
grep -rq "\"port\":$port.*\"by\":\"rule-zero\"" "$HOME/.local/state/callgate/runs" || fail "rule zero should be on record"

# ---- the token
grep -rlF -- "$web_token" "$HOME" "$TEST_TMP" >"$TEST_TMP/found" 2>/dev/null
expect_equal "$(cat "$TEST_TMP/found")" ""
for file in cmdline environ; do
	{ tr '\0' '\n' <"/proc/$web_pid/$file"; } 2>/dev/null | grep -qF -- "$web_token" &&
		fail "the token should not be in its $file"
done
tr '\0' ' ' <"/proc/$web_pid/cmdline" >"$TEST_TMP/line"
grep -q ' web --port' "$TEST_TMP/line" || fail "this should be the page's server: $(cat "$TEST_TMP/line")"
expect_error "this is inside of a run" in_sandbox "$CALLGATE" web
# Its file is there, and is no agent's to take away.
state=$HOME/.local/state/callgate/run
[ -e "$state/$port.port" ] || fail "the port should be claimed"
expect_fail in_sandbox rm -f "$state/$port.port"
expect_fail in_sandbox mv "$HOME/.local" "$HOME/elsewhere"
[ -e "$state/$port.port" ] || fail "the port should be claimed still"

# ---- the moment in which it begins
web_stop
touch old-race
until_true grep -q racing "$TEST_TMP/old"
for _ in 1 2 3 4 5 6; do
	web_start "$port"
	web_stop
	expect_equal "$web_status" 0
done
touch old-enough
until_true grep -q '^raced' "$TEST_TMP/old"

# ---- killed, it holds the port no longer
web_start "$port"
web_stop KILL
other_server "$port"
touch old-killed new-race new-enough new-killed
wait "$old" "$new"
end_server
expect_equal "$(cat "$TEST_TMP/old")" "before reached
now EACCES
racing
raced
killed reached"
expect_equal "$(sed -n 1,2p "$TEST_TMP/new")" "before EACCES
now EACCES"
expect_equal "$(tail -n 1 "$TEST_TMP/new")" "killed reached"
