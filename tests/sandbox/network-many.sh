#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare
# timeout: 120
#
# Issue, "What it must show": 2,000 connections at once and 10,000 short ones in a row, with no descriptor
# or memory left behind in the enforcer; who never reads stalls nobody; the agent's end closes what is outside.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

if [ "$(ulimit -Hn)" -lt 12000 ]; then
	skip "2,000 connections need 12,000 descriptors"
fi
names api.example.test
short=10000
[ -z "${CALLGATE_TEST_SANITIZED:-}" ] || short=1000
serve '
import asyncio, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
held = 0
async def echo(reader, writer):
    global held
    held += 1
    try:
        while data := await reader.read(65536):
            writer.write(b"%d" % held if data == b"how many?" else data)
            await writer.drain()
            while data == b"without end":
                writer.write(b"z" * 1000000)
                await writer.drain()
    except OSError:
        pass
    held -= 1
    writer.close()
async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())'
let "{\"allow\": \"connect\", \"host\": \"api.example.test\", \"port\": $port}"
run_options+=(--audit "$TEST_TMP/log")
cat >many.py <<'END'
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
address = socket.getaddrinfo("api.example.test", int(sys.argv[1]), socket.AF_INET)[0][4]
def begin():
    return socket.create_connection(address)
def echo(s, data=b"x"):
    s.sendall(data)
    assert s.recv(64) == data
# It sends and never reads.
deaf = begin()
deaf.setblocking(False)
try:
    while True:
        deaf.send(b"y" * 65536)
except BlockingIOError:
    pass
many = [begin() for i in range(2000)]
for s in many:
    echo(s)
for s in many:
    s.close()
# The enforcer is looked at here, and at the end.
for count in min(1000, int(sys.argv[2]) // 2), int(sys.argv[2]):
    for i in range(count):
        with begin() as s:
            echo(s)
    print("made", count, flush=True)
    sys.stdin.readline()
left = begin()
left.sendall(b"how many?")
print("held", left.recv(64).decode())
END
mkfifo "$TEST_TMP/go"
outside python3 many.py "$port" "$short" <"$TEST_TMP/go" >"$TEST_TMP/said" 2>&1 &
run=$!
exec 8>"$TEST_TMP/go"
# look N: descriptors, and KiB of memory, of the enforcer when the Nth line was said
look() {
	local pid

	while [ "$(wc -l <"$TEST_TMP/said")" -lt "$1" ] && kill -0 "$run" 2>/dev/null; do
		sleep 0.1
	done
	pid=$(pgrep -P "$run" -x callgate)
	descriptors=$(find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l) # root's to see
	memory=$(awk '$1 == "VmRSS:" {print $2}' "/proc/$pid/status")
	echo go on >&8
}
look 1
early=$descriptors
early_memory=$memory
look 2
wait "$run" || fail "it should succeed: $(cat "$TEST_TMP/said")"
expect_equal "$(tail -n 1 "$TEST_TMP/said")" "held 2"
# Sockets of the sandbox's namespace are made 32 at a time, for two families.
[ "$descriptors" -le $((early + 64)) ] || fail "$early descriptors became $descriptors"
[ -n "${CALLGATE_TEST_SANITIZED:-}" ] || [ "$memory" -le $((early_memory + 3000)) ] ||
	fail "$early_memory KiB became $memory"
# Streams that never end keep neither calls nor other connections from going on.
cat >endless.py <<'END'
import os, socket, sys, threading
address = socket.getaddrinfo("api.example.test", int(sys.argv[1]), socket.AF_INET)[0][4]
read = [0, 0, 0, 0]
def drink(i):
    s = socket.create_connection(address)
    s.sendall(b"without end")
    while data := s.recv(1 << 20):
        read[i] += len(data)
for i in range(4):
    threading.Thread(target=drink, args=(i,), daemon=True).start()
while min(read) == 0:
    open("endless.py").close()
for i in range(50):
    open("endless.py").close()
    s = socket.create_connection(address)
    s.sendall(b"x")
    assert s.recv(1) == b"x"
    s.close()
before = list(read)
while any(now == then for now, then in zip(read, before)):
    open("endless.py").close()
print("all went on", flush=True)
os._exit(0)
END
expect_output "all went on" outside python3 endless.py "$port"

# The last two ended with the run.
expect_output "held 1" outside python3 -c '
import socket, sys
s = socket.create_connection(("api.example.test", int(sys.argv[1])))
s.sendall(b"how many?")
print("held", s.recv(64).decode())' "$port"
# Each has its end on record.
few=$((short / 2 < 1000 ? short / 2 : 1000))
expect_equal "$(grep -c '"event":"connection-end"' "$TEST_TMP/log")" $((few + short + 2057))
