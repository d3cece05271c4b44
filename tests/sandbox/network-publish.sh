#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 curl
#
# Issue, part 4: servers inside are reached by a published port of the host's loopback, and by nothing else.
. "$TESTS/support/sandbox.sh"

# free_port: one that nobody has at this moment
free_port() {
	python3 -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}
first=$(free_port)
second=$(free_port)
six=$(free_port)
runs=()
end() {
	local status=$?

	[ "${#runs[@]}" -eq 0 ] || kill "${runs[@]}" 2>/dev/null
	wait
	(exit "$status")
	test_end
}
trap end EXIT

# begin COMMAND...: in the background, until it says "ready"
begin() {
	: >"$TEST_TMP/said"
	"$CALLGATE" run "${run_options[@]}" -- "$@" >"$TEST_TMP/said" 2>"$TEST_TMP/complained" </dev/null &
	runs=("$!")
	while ! grep -q ready "$TEST_TMP/said"; do
		kill -0 "${runs[0]}" 2>/dev/null || {
			fail "the server does not start"
			cat "$TEST_TMP/said" "$TEST_TMP/complained"
			exit 1
		}
	done
}
finish() {
	kill "${runs[0]}"
	wait "${runs[0]}"
	runs=()
}

cat >serve.py <<'END'
import http.server, socket, sys, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = ("inside " + self.path + "\n").encode()
        if self.path == "/large":
            body = b"x" * 3000000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        n = len(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"%d\n" % n)
    def log_message(self, *args):
        pass
class Six(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
http.server.ThreadingHTTPServer.request_queue_size = 256
servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 3000), Handler), Six(("::1", 3001), Handler)]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
END
policy <<END
{"version": 1, "extends": "agent", "publish": [{"port": 3000, "on": $first}, {"port": 3001, "on": $six}]}
END
run_options+=(--publish "3002:$second" --audit "$TEST_TMP/log")
begin python3 serve.py
expect_output "inside /x" curl -sS "http://127.0.0.1:$first/x"
expect_output "inside /y" curl -sS "http://[::1]:$first/y"
expect_output "inside /z" curl -sS "http://localhost:$six/z"
expect_equal "$(curl -sS "http://127.0.0.1:$first/large" | wc -c)" 3000000
head -c 2000000 /dev/zero >large
expect_output 2000000 curl -sS --data-binary @large "http://127.0.0.1:$first/"
# Nobody listens inside.
expect_fail curl -sS -m 5 "http://127.0.0.1:$second/"
# Only the loopback of this machine listens.
expect_equal "$(python3 - "$first" <<'END'
import sys
port = "%04X" % int(sys.argv[1])
print(sorted(line.split()[1] for name in ("tcp", "tcp6") for line in open("/proc/net/" + name)
             if line.split()[1].endswith(":" + port) and line.split()[3] == "0A"))
END
)" "['00000000000000000000000001000000:$(printf %04X "$first")', '0100007F:$(printf %04X "$first")']"
expect_output "100" python3 - "$first" <<'END'
import socket, sys
many = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for i in range(100)]
for s in many:
    s.sendall(b"GET /m HTTP/1.0\r\n\r\n")
print(sum(b"inside /m" in s.makefile("rb").read() for s in many))
END
# The port is taken: the second run does not begin, and says so.
run_options=(--unattended --publish "3000:$first")
expect_status 125 in_sandbox true
grep -q "cannot publish on port $first of this machine: Address already in use" "$test_errors" ||
	fail "it should say which port is taken"
finish
expect_fail curl -sS -m 5 "http://127.0.0.1:$first/"
for line in '"event":"published","time".*"port":3000,"on":'"$first"',"from":"127.0.0.1:' \
	'"event":"published-end".*"port":3000,"on":'"$first"',"from":"\[::1\]:.*"how":"closed"' \
	'"event":"published-end".*"port":3002,.*"sent":0,"received":0,"how":"refused"' \
	'"event":"published-end".*"received":2000'; do
	grep -q "$line" "$TEST_TMP/log" || fail "the record should have $line"
done

# The agent does not come back in by its own door, nor by that of the host's loopback.
policy <<END
{"version": 1, "extends": "agent", "rules": [{"allow": "connect", "host_loopback": $first}],
 "publish": [{"port": 3000, "on": $first}]}
END
expect_output "EACCES ECONNREFUSED" in_sandbox python3 - "$first" "$second" <<'END'
import errno, socket, sys
print(*(errno.errorcode[socket.socket().connect_ex(("127.0.0.1", int(p)))] for p in sys.argv[1:]))
END
for wrong in 0 3000:0 3000:70000 x 3000: "3000:1 "; do
	run_options=(--unattended --publish "$wrong")
	expect_status 125 in_sandbox true
done
if command -v node >/dev/null; then
	run_options=(--unattended --publish "4000:$first")
	begin node -e '
require("http").createServer((q, a) => a.end("node " + q.url + "\n")).listen(4000, "localhost",
	() => console.log("ready"))'
	expect_output "node /n" curl -sS "http://localhost:$first/n"
	finish
fi
