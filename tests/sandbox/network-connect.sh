#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare
#
# Issue, part 1: what connect() says is what the other side did, blocking and not; options, epoll and
# duplicates survive; ends and resets are carried over; the record has both ends.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

names api.example.test
serve '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
    import time; time.sleep(60)'
closed=$port
# Says what it got when the other side has no more; "reset" resets; "late" is said after a while.
serve '
import socket, struct, threading
def work(c):
    data = b""
    while True:
        part = c.recv(65536)
        if not part: break
        data += part
        if data == b"reset":
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            c.close()
            return
    c.sendall(b"got %d" % len(data))
    c.close()
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
while True:
    threading.Thread(target=work, args=(s.accept()[0],), daemon=True).start()'
open=$port
# Takes nobody for two seconds: its queue is full.
serve '
import socket, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(0)
full = [socket.socket() for i in range(3)]
for c in full:
    c.setblocking(False)
    c.connect_ex(s.getsockname())
print(s.getsockname()[1], flush=True)
time.sleep(2)
while True:
    c = s.accept()[0]
    try: c.sendall(b"late"); c.close()
    except OSError: pass'
slow=$port
let "{\"allow\": \"connect\", \"host\": \"api.example.test\", \"port\": [$closed, $open, $slow]}" \
	'{"deny": "connect", "host": "*"}'

run_options+=(--audit "$TEST_TMP/log")
expect_output "$(printf '%s\n' ECONNREFUSED ECONNREFUSED 'got 300000' 'got 0' ECONNRESET \
	'EISCONN' 'got 4' 'EINPROGRESS EALREADY pending' 'late' EACCES EACCES)" \
	outside python3 - "$closed" "$open" "$slow" <<'END'
import errno, os, select, socket, struct, sys
closed, opened, slow = map(int, sys.argv[1:])
name = "api.example.test"
address = socket.getaddrinfo(name, opened, socket.AF_INET)[0][4][0]
def code(number):
    return errno.errorcode.get(number, number)
# blocking, refused
print(code(socket.socket().connect_ex((address, closed))))
# not blocking, refused: by the call or afterwards, but never a success
s = socket.socket()
s.setblocking(False)
said = s.connect_ex((address, closed))
if said == errno.EINPROGRESS:
    select.select([], [s], [], 5)
    said = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
print(code(said))
# half-close: all arrives, then the answer comes
s = socket.socket()
s.connect((address, opened))
assert s.getpeername() == (address, opened), s.getpeername()
s.sendall(b"x" * 300000)
s.shutdown(socket.SHUT_WR)
print(s.recv(100).decode())
# epoll registered before the connect, a duplicate used after it, options kept
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
s.setblocking(False)
e = select.epoll()
e.register(s, select.EPOLLOUT | select.EPOLLIN)
said = s.connect_ex((address, opened))
assert said == errno.EINPROGRESS, said
other = s.dup()
e.unregister(s)
e.register(s, select.EPOLLOUT)
assert e.poll(5)[0][1] & select.EPOLLOUT
assert other.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
other.setblocking(True)
other.shutdown(socket.SHUT_WR)
print(other.recv(100).decode())
# a reset is a reset
s = socket.socket()
s.connect((address, opened))
s.sendall(b"reset")
try:
    print(s.recv(100))
except OSError as error:
    print(code(error.errno))
# connected is connected; dissolved, it can connect again, and is judged again
s = socket.socket()
s.connect((address, opened))
print(code(s.connect_ex((address, opened))))
s.close()
s = socket.socket()
s.connect((address, opened))
libc = __import__("ctypes").CDLL(None)
libc.connect(s.fileno(), struct.pack("HHIQ", 0, 0, 0, 0), 16)
s.connect((address, opened))
s.sendall(b"four")
s.shutdown(socket.SHUT_WR)
print(s.recv(100).decode())
# a slow one does not stop the program, nor does it succeed before it has
import time
s = socket.socket()
s.setblocking(False)
start = time.monotonic()
first = code(s.connect_ex((address, slow)))
assert time.monotonic() - start < 0.5, time.monotonic() - start
second = code(s.connect_ex((address, slow)))
print(first, second, "early" if select.select([], [s], [], 0.3)[1] else "pending")
select.select([], [s], [], 30)
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
s.setblocking(True)
print(s.recv(100).decode())
# what is not allowed: another port, a literal address
print(code(socket.socket().connect_ex((address, 1))))
print(code(socket.socket().connect_ex(("192.0.2.1", opened))))
END
grep -q '"event":"connection-end".*"host":"api.example.test","address":"127.0.0.1".*"sent":300000' \
	"$TEST_TMP/log" || fail "the end of a connection should be on record"
grep -q '"how":"reset by the host"' "$TEST_TMP/log" || fail "a reset should be on record"
