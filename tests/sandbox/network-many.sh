#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare
# timeout: 120
#
# Issue, "What it must show": 2,000 connections at once and 10,000 short ones in a row, with no descriptor
# left behind in the enforcer; who never reads stalls nobody; the agent's end closes what is outside.
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
for i in range(int(sys.argv[2])):
    with begin() as s:
        echo(s)
left = begin()
left.sendall(b"how many?")
print("held", left.recv(64).decode())
END
expect_output "held 2" outside python3 many.py "$port" "$short"
# The last two ended with the run.
expect_output "held 1" outside python3 -c '
import socket, sys
s = socket.create_connection(("api.example.test", int(sys.argv[1])))
s.sendall(b"how many?")
print("held", s.recv(64).decode())' "$port"
# Each has its end on record.
expect_equal "$(grep -c '"event":"connection-end"' "$TEST_TMP/log")" $((short + 2003))
