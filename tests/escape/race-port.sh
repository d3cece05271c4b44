#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare
# long: 900
#
# A datagram without a source port, by a race with the kernel, is asked about as any other: nobody approved it.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/race.sh"

serve "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 0))
print(s.getsockname()[1], flush=True)
while True:
    data = s.recv(65536)
    open('heard', 'ab').write(data)"
names asked.example.test
policy <<END
{"version": 1, "extends": "agent", "rules": [
	{"ask": "connect", "host": "asked.example.test", "port": $port, "protocol": "udp"},
	{"allow": "connect", "address": "127.0.0.0/8", "protocol": "udp"}]}
END
run_options+=(--unattended)
install_program race-port
tries=$(race_tries 200000)
cat >attack.py <<END
import os, socket
address = socket.getaddrinfo("asked.example.test", $port, socket.AF_INET)[0][4][0]
os.execv("./race-port", ["race-port", "$tries", "20", "$port", address])
END
outside python3 attack.py | tee said
grep -q 'allowed' said || fail "the race should be run"
expect_no_file heard
