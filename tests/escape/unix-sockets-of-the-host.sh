#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3
#
# kernel-notes.md, "Doors beside the gate": a host's socket by path is reached by rule only (docker.sock
# by none), its directory descriptors therefore neither; abstract ones of the host not at all.
. "$TESTS/support/attack.sh"

mkdir "$TEST_TMP/run" "$HOME/work/shared"
cat >"$TEST_TMP/server.py" <<'END'
import os, socket, sys, threading
def serve(address):
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen()
    while True:
        peer, _ = server.accept()
        socket.send_fds(peer, [b"x"], [os.open("/", os.O_PATH)])
        peer.close()
for address in sys.argv[1:]:
    threading.Thread(target=serve, args=(address.replace("@", "\0"),), daemon=True).start()
open(sys.argv[1] + ".up", "w").close()
threading.Event().wait()
END
abstract=callgate-test-$RANDOM$RANDOM
python3 "$TEST_TMP/server.py" "$TEST_TMP/run/docker.sock" "$TEST_TMP/run/other.sock" "@$abstract" &
server=$!
while ! [ -e "$TEST_TMP/run/docker.sock.up" ]; do sleep 0.05; done
sleep 0.2
ln -s "$TEST_TMP/run/docker.sock" link
cat >connect.py <<'END'
import socket, sys
for address in sys.argv[1:]:
    s = socket.socket(socket.AF_UNIX)
    try:
        s.connect(address.replace("@", "\0"))
        print("connected", len(socket.recv_fds(s, 1, 4)[1]))
    except OSError as error:
        print(error.errno)
END
connect() {
	in_sandbox python3 connect.py "$@"
}
expect_output "13 13 13" sh -c "'$CALLGATE' run --unattended -- python3 connect.py \
	'$TEST_TMP/run/docker.sock' '$TEST_TMP/run/other.sock' link | xargs"
test_run connect "@$abstract"
expect_equal "$(cat "$test_output")" 111
policy <<END
{"version": 1, "rules": [{"allow": "connect", "unix": "$TEST_TMP/run/other.sock"},
	{"deny": "connect", "unix": "$TEST_TMP/run/docker.sock"}]}
END
expect_output "13" connect "$TEST_TMP/run/docker.sock"
expect_output "13" connect link
expect_output "connected 1" connect "$TEST_TMP/run/other.sock"
kill "$server"
wait "$server" 2>/dev/null
:
