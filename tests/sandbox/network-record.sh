#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare jq
#
# Issue, part 7: bytes each way are on record and in --json and --verbose, by host; a connection for
# whose end there is no room on record is not made; the agent's death closes what is outside.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

if [ "$(ulimit -Hn)" -lt 16000 ]; then
	skip "3,000 connections need 16,000 descriptors"
fi
names api.example.test other.example.test
# Echoes; to "gone?" it answers, on a file, how many it has when there are fewer than two.
serve '
import asyncio, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
held = 0
async def echo(reader, writer):
    global held
    held += 1
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    held -= 1
    writer.close()
    if held == 0:
        print("nobody", flush=True)
async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())'
let "{\"allow\": \"connect\", \"host\": [\"api.example.test\", \"other.example.test\"], \"port\": $port}"
run_options+=(--audit "$TEST_TMP/log" --json "$TEST_TMP/summary" --verbose)

# What is relayed is counted: small, and a bulk that is spliced, echoed.
expect_ok outside python3 -c '
import socket, sys, threading
for host, n in ("api.example.test", 5), ("api.example.test", 30000000), ("other.example.test", 7):
    s = socket.create_connection((host, int(sys.argv[1])))
    def send():
        s.sendall(bytes(range(250)) * (n // 250) + b"x" * (n % 250))
        s.shutdown(socket.SHUT_WR)
    threading.Thread(target=send).start()
    got = 0
    while data := s.recv(1 << 20):
        assert n < 250 or data[0] == got % 250, (data[0], got)
        got += len(data)
    assert got == n, (got, n)
try:
    socket.create_connection(("192.0.2.1", 9))
except OSError:
    pass' "$port"
grep -qF "  api.example.test:$port: 2 connections, 30 MB sent, 30 MB received" "$test_errors" ||
	fail "--verbose should show the host: $(cat "$test_errors")"
grep -qF "  192.0.2.1:9: 1 denied" "$test_errors" || fail "--verbose should show what was denied"
expect_equal "$(jq -c '[.hosts[] | [.host // .address, .protocol, .connections, .sent, .received, .denied]]' \
	"$TEST_TMP/summary")" \
	'[["api.example.test","tcp",2,30000005,30000005,0],["other.example.test","tcp",1,7,7,0],["192.0.2.1","tcp",0,0,0,1]]'
expect_equal "$(jq .hosts_omitted "$TEST_TMP/summary")" 0
expect_equal "$(jq -s -c '[.[] | select(.event == "connection-end") | [.host, .sent, .received, .how]]' \
	"$TEST_TMP/log")" \
	'[["api.example.test",5,5,"closed"],["api.example.test",30000000,30000000,"closed"],["other.example.test",7,7,"closed"]]'

# Killed, not ended: what is outside is closed all the same.
nobody() {
	grep -c nobody "$TEST_TMP/port.0"
}
before=$(nobody)
outside python3 -c '
import os, signal, socket, sys
s = [socket.create_connection(("api.example.test", int(sys.argv[1]))) for i in range(3)]
for c in s:
    c.sendall(b"x")
    assert c.recv(1) == b"x"
os.kill(os.getpid(), signal.SIGKILL)' "$port" 2>/dev/null
for _ in {1..100}; do
	[ "$(nobody)" -eq "$before" ] || break
	sleep 0.05
done
[ "$(nobody)" -gt "$before" ] || fail "the agent's death should close its connections"

# A record that nobody takes: its room is spent, first by what must still be said.
mkfifo "$TEST_TMP/fifo"
exec 9<>"$TEST_TMP/fifo"
let "{\"allow\": \"connect\", \"host\": \"api.example.test\", \"port\": $port}"
run_options+=(--audit /dev/fd/9)
mkfifo "$TEST_TMP/go"
outside python3 -c '
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
address = socket.getaddrinfo("api.example.test", int(sys.argv[1]), socket.AF_INET)[0][4]
many = []
try:
    for i in range(3000):
        many.append(socket.create_connection(address))
    print(len(many), "none was refused", flush=True)
except OSError as error:
    print(len(many), "refused", error.errno, flush=True)
sys.stdin.readline()' "$port" <"$TEST_TMP/go" >"$TEST_TMP/said" 2>"$TEST_TMP/errors" &
run=$!
exec 8>"$TEST_TMP/go"
while ! grep -q . "$TEST_TMP/said" && kill -0 "$run" 2>/dev/null; do
	sleep 0.1
done
# Now it is taken, and nothing is missing.
cat "$TEST_TMP/fifo" >"$TEST_TMP/taken" 8>&- 9<&- &
taker=$!
echo go on >&8
wait "$run" || fail "it should succeed: $(cat "$TEST_TMP/errors")"
exec 9<&-
wait "$taker"
read -r made what <"$TEST_TMP/said"
expect_equal "$what" "refused 13"
expect_equal "$(grep -c '"event":"connection-end"' "$TEST_TMP/taken")" "$made"
expect_equal "$(tail -n 1 "$TEST_TMP/taken" | jq -r .event)" run-end
