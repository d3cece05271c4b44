# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Servers for the tests of the network, and names for them: the hosts file of a mount namespace that the
# run is started in, so that the machine's own is not touched.
#
#   serve PROGRAM        python, on the host: prints its port first; $port is it, ended with the test
#   names NAME...        stand for 127.0.0.1 for the host's resolver
#   outside COMMAND...   in_sandbox with those names and the policy
#   let RULE...          the policy: these rules, and the host's loopback for names

network_servers=()
network_hosts=$TEST_TMP/hosts
printf '127.0.0.1 localhost\n' >"$network_hosts"

network_end() {
	local status=$?

	if [ "${#network_servers[@]}" -gt 0 ]; then
		kill "${network_servers[@]}" 2>/dev/null
		wait "${network_servers[@]}" 2>/dev/null
	fi
	(exit "$status")
	test_end
}
trap network_end EXIT

serve() {
	local said=$TEST_TMP/port.${#network_servers[@]}

	: >"$said"
	python3 -c "$1" >"$said" 2>"$said.errors" &
	network_servers+=("$!")
	while ! grep -q . "$said"; do
		kill -0 "${network_servers[-1]}" 2>/dev/null || {
			cat "$said.errors"
			fail "the server does not start"
			exit 1
		}
	done
	port=$(head -n 1 "$said")
}

# A web server that says who it is and what it was asked for.
serve_web() {
	serve '
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = ("web " + self.path + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()'
}

names() {
	printf '127.0.0.1 %s\n' "$*" >>"$network_hosts"
}

let() {
	local rules

	rules=$(printf '%s,\n' "$@")
	policy <<END
{"version": 1, "rules": [$rules
	{"allow": "connect", "address": "127.0.0.0/8", "reason": "for names that resolve to it"}]}
END
}

# outside COMMAND...
outside() {
	local map=() back=()

	# To mount, it is root of a namespace; what it starts is the ordinary user again.
	if [ "$TEST_USER" != root ]; then
		map=(--map-root-user)
		back=(unshare --user "--map-user=$(id -u)" "--map-group=$(id -g)")
	fi
	unshare "${map[@]}" --mount bash -c \
		'mount --bind "$1" /etc/hosts && shift && exec "$@"' - "$network_hosts" \
		"${back[@]}" "$CALLGATE" run "${run_options[@]}" -- "$@"
}
