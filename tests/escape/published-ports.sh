#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 curl
#
# A published port leads to the sandbox's own port and to nothing else: not to the host's server on a port of
# that number; and the agent reaches neither it nor the host by it, whatever rules give.
. "$TESTS/support/attack.sh"
. "$TESTS/support/network.sh"

serve_web
web=$port
out=$(python3 -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
names me.example.test
policy <<END
{"version": 1, "extends": "agent", "publish": [{"port": $web, "on": $out}], "rules": [
	{"allow": "connect", "host": "me.example.test"},
	{"allow": "connect", "address": "127.0.0.0/8"},
	{"allow": "connect", "host_loopback": $out}]}
END
run_options+=(--audit "$TEST_TMP/log")
cat >inside.py <<'END'
import errno, os, socket, sys, time
out = int(sys.argv[1])
def attempt(address):
    s = socket.socket()
    s.settimeout(5)
    return errno.errorcode.get(s.connect_ex((address, out)), "connected")
print(attempt("127.0.0.1"), attempt("me.example.test"))
print("ready", flush=True)
while not os.path.exists("asked"):
    time.sleep(0.02)
END
outside python3 inside.py "$out" >"$TEST_TMP/said" 2>/dev/null &
run=$!
while ! grep -q ready "$TEST_TMP/said"; do
	kill -0 "$run" || break
done
expect_fail curl -sS -m 5 "http://127.0.0.1:$out/"
touch asked
wait "$run"
expect_equal "$(head -n 1 "$TEST_TMP/said")" "EACCES EACCES"
grep -q "\"port\":$out.*\"by\":\"rule-zero\"" "$TEST_TMP/log" || fail "rule zero should be on record"
