#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 curl node git unshare
# timeout: 120
#
# Issue, part 6: connections go through the host's proxy, by HTTP CONNECT and by SOCKS5; names are the
# proxy's to resolve; what it refuses is an errno, and what is wrong with it is on record.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

serve_web
web=$port

# Two proxies in one program: HTTP on the first port that it prints, SOCKS5 on the second. Each name leads
# to 127.0.0.1; the first label says how it behaves. What it is asked for is written to a file.
proxies() {
	serve '
import base64, socket, sys, threading
def listener():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(64)
    return s
def copy(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        a.close(); b.close()
def through(c, port):
    u = socket.create_connection(("127.0.0.1", port))
    threading.Thread(target=copy, args=(c, u), daemon=True).start()
    copy(u, c)
def exactly(c, n):
    data = b""
    while len(data) < n:
        part = c.recv(n - len(data))
        if not part: raise OSError("end")
        data += part
    return data
def note(*words):
    print(*words, file=sys.stderr, flush=True)
def http(c):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += exactly(c, 1)
    lines = head.decode().split("\r\n")
    auth = [base64.b64decode(l.split()[-1]).decode() for l in lines if l.startswith("Proxy-Authorization: Basic ")]
    host, port = lines[0].split()[1].rsplit(":", 1)
    note("http", host, port, *auth)
    how = host.split(".")[0]
    if how == "never": threading.Event().wait()
    elif how == "closes": c.close()
    elif how == "garbage": c.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")
    elif how == "endless":
        while True: c.sendall(b"HTTP/1.1 200 ok\r\n" + b"X: y\r\n" * 1000)
    elif how[0] == "s": c.sendall(f"HTTP/1.1 {how[1:]} no\r\nContent-Length: 2\r\n\r\nno".encode()); c.close()
    elif how == "early": c.sendall(b"HTTP/1.1 200 ok\r\nA: b\r\n\r\nearly bird"); c.close()
    elif auth != ["user:p@ss"]: c.sendall(b"HTTP/1.0 407 who?\r\nProxy-Authenticate: Basic\r\n\r\n"); c.close()
    else:
        for byte in b"HTTP/1.1 100 wait\r\n\r\nHTTP/1.1 200 Connection established\r\nVia: me\r\n\r\n":
            c.sendall(bytes([byte]))
        through(c, int(port))
def socks(c):
    methods = exactly(c, exactly(c, 2)[1])
    if 2 in methods:
        c.sendall(b"\5\2")
        user = exactly(c, exactly(c, 2)[1]).decode()
        password = exactly(c, exactly(c, 1)[0]).decode()
        c.sendall(b"\1\0" if (user, password) == ("user", "p@ss") else b"\1\1")
        if (user, password) != ("user", "p@ss"): c.close(); return
    else:
        c.sendall(b"\5\xff"); c.close(); return
    kind = exactly(c, 4)[3]
    host = exactly(c, exactly(c, 1)[0]).decode() if kind == 3 else socket.inet_ntoa(exactly(c, 4))
    port = int.from_bytes(exactly(c, 2), "big")
    note("socks", host, port)
    how = host.split(".")[0]
    if how == "never": threading.Event().wait()
    elif how == "closes": c.close()
    elif how == "garbage": c.sendall(b"HTTP/1.1 200 ok\r\n\r\n")
    elif how[0] == "s": c.sendall(bytes([5, int(how[1:]), 0, 1, 0, 0, 0, 0, 0, 0])); c.close()
    elif how == "early": c.sendall(b"\5\0\0\3\2ab\0\1early bird"); c.close()
    else:
        for byte in b"\5\0\0\1\1\2\3\4\0\1": c.sendall(bytes([byte]))
        through(c, port)
def each(s, work):
    def quiet(c):
        try: work(c)
        except OSError: c.close()
    while True:
        threading.Thread(target=quiet, args=(s.accept()[0],), daemon=True).start()
a, b = listener(), listener()
print(a.getsockname()[1], b.getsockname()[1], flush=True)
threading.Thread(target=each, args=(a, http), daemon=True).start()
each(b, socks)'
	asked=$TEST_TMP/port.$((${#network_servers[@]} - 1)).errors
	read -r http socks <<<"$port"
}

# through PROXY-JSON: the policy of the runs that follow
through() {
	policy <<END
{"version": 1, "extends": "offline", "upstream_proxy": $1, "rules": [
	{"allow": "connect", "host": "*.example.test"}, {"allow": "connect", "address": "192.0.2.0/24"}]}
END
	run_options+=(--audit "$TEST_TMP/log")
	rm -f "$TEST_TMP/log"
}

faults() {
	grep -o '"event":"fault".*"what":"[^"]*' "$TEST_TMP/log" | sed 's/.*"what":"//' | sort -u
}

cat >tell.py <<'END'
import errno, socket, sys
for host in sys.argv[2:]:
    s = socket.socket()
    try:
        s.connect((host + ".example.test" if host.isalnum() else host, int(sys.argv[1])))
        s.settimeout(5)
        print(host, s.recv(100).decode())
    except OSError as error:
        print(host, errno.errorcode.get(error.errno, error))
END

proxies
through "{\"url\": \"http://user:p%40ss@127.0.0.1:$http\", \"timeout\": \"1s\"}"
expect_output "web /x" in_sandbox curl -sS "http://far.example.test:$web/x"
expect_output "web /x" in_sandbox node -e '
fetch(process.argv[1]).then(r => r.text()).then(t => process.stdout.write(t))' "http://far.example.test:$web/x"
expect_output "web /x" in_sandbox curl -sS "http://192.0.2.7:$web/x"
expect_fail in_sandbox curl -sS "http://other.example:$web/x"
expect_equal "$(sort -u "$asked")" "http 192.0.2.7 $web user:p@ss
http far.example.test $web user:p@ss"
expect_output "$(printf '%s\n' 'early early bird' 's403 EACCES' 's407 EACCES' 's502 EHOSTUNREACH' \
	's503 EHOSTUNREACH' 's504 ETIMEDOUT' 'never ETIMEDOUT' 'closes EHOSTUNREACH' \
	'garbage EHOSTUNREACH' 'endless EHOSTUNREACH')" in_sandbox python3 tell.py "$web" early s403 \
	s407 s502 s503 s504 never closes garbage endless
expect_equal "$(faults | wc -l)" 5
faults | grep -q 'password.*407' || fail "a refused password should be on record: $(faults)"
# What was said by the proxy is not the refusal of whom the program wanted.
grep -q 'callgate: the upstream proxy hung up' "$test_errors" || fail "the person should be told"

# A password in a file, out of the agent's reach; a wrong one.
echo 'p@ss' >"$TEST_TMP/password"
through "{\"url\": \"http://127.0.0.1:$http\", \"user\": \"user\", \"password_file\": \"$TEST_TMP/password\"}"
expect_output "web /x" in_sandbox curl -sS "http://far.example.test:$web/x"
policy <<END
{"version": 1, "extends": "observe", "upstream_proxy": {"url": "http://127.0.0.1:$http", "user": "user",
	"password_file": "$TEST_TMP/password"}}
END
expect_error 'ermission denied' in_sandbox cat "$TEST_TMP/password"
echo 'wrong' >"$TEST_TMP/password"
through "{\"url\": \"http://127.0.0.1:$http\", \"user\": \"user\", \"password_file\": \"$TEST_TMP/password\"}"
expect_output 'far EACCES' in_sandbox python3 tell.py "$web" far
faults | grep -q 'password' || fail "a wrong password should be on record"
: >"$TEST_TMP/password"
expect_status 125 in_sandbox true
grep -q 'holds no password' "$test_errors" || fail "an empty password should be told"

# A port of the host's loopback is reached directly; the proxy's is not to be had.
policy <<END
{"version": 1, "extends": "offline", "upstream_proxy": {"url": "http://127.0.0.1:$http"}, "rules": [
	{"allow": "connect", "host_loopback": [$web, $http]}]}
END
: >"$asked"
expect_output "web /x" in_sandbox curl -sS "http://127.0.0.1:$web/x"
expect_output '127.0.0.1 EACCES' in_sandbox python3 tell.py "$http" 127.0.0.1
expect_fail in_sandbox bash -c "exec 3<>/dev/tcp/::1/$http"
expect_equal "$(cat "$asked")" ''

# The proxy itself is nobody's to speak to, whatever a rule says.
policy <<END
{"version": 1, "extends": "offline", "upstream_proxy": {"url": "http://proxy.example.test:$http"},
	"rules": [{"allow": "connect", "host": "*"}, {"allow": "connect", "address": ["0.0.0.0/0", "::/0"]}]}
END
names proxy.example.test
expect_output 'proxy EACCES' outside python3 tell.py "$http" proxy
run_options+=(--audit "$TEST_TMP/log")

# SOCKS5.
through "{\"url\": \"socks5://user:p%40ss@127.0.0.1:$socks\", \"timeout\": \"1s\"}"
expect_output "web /x" in_sandbox curl -sS "http://far.example.test:$web/x"
expect_output "web /x" in_sandbox curl -sS "http://192.0.2.7:$web/x"
expect_output "$(printf '%s\n' 'early early bird' 's1 EHOSTUNREACH' 's2 EACCES' 's3 ENETUNREACH' \
	's4 EHOSTUNREACH' 's5 ECONNREFUSED' 's6 ETIMEDOUT' 's8 EHOSTUNREACH' 'never ETIMEDOUT' \
	'closes EHOSTUNREACH' 'garbage EHOSTUNREACH')" in_sandbox python3 tell.py "$web" early s1 s2 s3 \
	s4 s5 s6 s8 never closes garbage
through "{\"url\": \"socks5://127.0.0.1:$socks\"}"
expect_output 'far EACCES' in_sandbox python3 tell.py "$web" far
through "{\"url\": \"socks5://user:wrong@127.0.0.1:$socks\"}"
expect_output 'far EACCES' in_sandbox python3 tell.py "$web" far

# No proxy there: not ECONNREFUSED, which would be the other side's word.
kill "${network_servers[-1]}"
wait "${network_servers[-1]}" 2>/dev/null
expect_output 'far EHOSTUNREACH' in_sandbox python3 tell.py "$web" far
faults | grep -q 'cannot be reached' || fail "a proxy that is not there should be on record"

# Proxies that others wrote, and git through them. They resolve the names, in a namespace with those.
beside() {
	local map=()

	[ "$TEST_USER" = root ] || map=(--map-root-user)
	unshare "${map[@]}" --mount bash -c 'mount --bind "$1" /etc/hosts && shift && exec "$@"' - \
		"$network_hosts" "$@" >/dev/null 2>&1 &
	network_servers+=("$!")
}
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
listens() {
	local i

	for ((i = 0; i < 100; i++)); do
		! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null || return 0
		sleep 0.1
	done
	fail "nobody listens on $1"
}
names far.example.test
git init -q "$TEST_TMP/repo"
git -C "$TEST_TMP/repo" -c user.name=a -c user.email=a@b commit -q --allow-empty -m first
git -C "$TEST_TMP/repo" update-server-info
serve "
import functools, http.server
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory='$TEST_TMP')
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
print(server.server_address[1], flush=True)
server.serve_forever()"
repo=http://far.example.test:$port/repo/.git
tiny=$(free_port)
micro=$(free_port)
printf '%s\n' "Port $tiny" 'Listen 127.0.0.1' 'Allow 127.0.0.1' "ConnectPort $port" >"$TEST_TMP/tinyproxy.conf"
if command -v tinyproxy >/dev/null; then
	beside tinyproxy -d -c "$TEST_TMP/tinyproxy.conf"
	listens "$tiny"
	through "{\"url\": \"http://127.0.0.1:$tiny\"}"
	expect_ok in_sandbox git clone -q "$repo" by-http
	expect_equal "$(git -C by-http log --format=%s)" first
	expect_output 'far EACCES' in_sandbox python3 tell.py "$web" far
fi
if command -v microsocks >/dev/null; then
	beside microsocks -i 127.0.0.1 -p "$micro" -u user -P 'p@ss'
	listens "$micro"
	through "{\"url\": \"socks5://user:p%40ss@127.0.0.1:$micro\"}"
	expect_ok in_sandbox git clone -q "$repo" by-socks
	expect_equal "$(git -C by-socks log --format=%s)" first
fi
