#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3
#
# Issue, "What it must show": a connection to anything fails, fast, whatever speaks.
. "$TESTS/support/sandbox.sh"

for url in http://192.0.2.1/ http://10.0.0.1:8080/ https://example.com/ http://[2001:db8::1]/ \
	http://169.254.169.254/latest/meta-data/; do
	if command -v curl >/dev/null; then
		expect_within 5 in_sandbox curl -s "$url"
		[ "$test_status" -ne 0 ] || fail "curl $url should fail"
	fi
	expect_within 5 in_sandbox python3 -c \
		'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' "$url"
	[ "$test_status" -ne 0 ] || fail "urlopen $url should fail"
done
expect_within 5 in_sandbox bash -c 'exec 3<>/dev/tcp/192.0.2.1/80'
[ "$test_status" -ne 0 ] || fail "/dev/tcp should fail"
# A server of the host's loopback is not the sandbox's.
python3 -c '
import socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
s.accept()' >"$TEST_TMP/port" &
server=$!
while ! [ -s "$TEST_TMP/port" ]; do :; done
expect_within 5 in_sandbox bash -c "exec 3<>/dev/tcp/127.0.0.1/$(cat "$TEST_TMP/port")"
[ "$test_status" -ne 0 ] || fail "the host's loopback should not be reached"
kill "$server"
