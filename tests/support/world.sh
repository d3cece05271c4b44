# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# A host and a world of the test's own, each a network namespace, and a tap that sees every packet of the
# host's: a script sources it after sandbox.sh and network.sh, and runs in the host from there on. The world
# has every address there is; it asks a resolver of its own (dnsmasq), and nothing leaves this machine.
#
#   world_servers        what says "web PATH" on ports 80 and 443, in the world
#   seen                 the packets since the last time it was asked, one a line: INTERFACE BYTES
#   world_of COMMAND...  in the world
#
# Names: *.test and *.example are 44.128.0.2 and 3ffe:8000::2, *.com the first of them. Both ranges belong to nobody's network.

if [ -z "${WORLD:-}" ]; then
	map=()
	[ "$TEST_USER" = root ] || map=(--map-root-user)
	trap - EXIT
	WORLD=1 exec unshare "${map[@]}" --net --mount bash "$0"
fi

world_of() {
	nsenter --net="/proc/$world/ns/net" "$@"
}

# world_server COMMAND...: in the world, ended with the test; what it says is in $world_said
world_server() {
	world_said=$TEST_TMP/said.${#network_servers[@]}
	: >"$world_said"
	nsenter --net="/proc/$world/ns/net" "$@" >"$world_said" 2>&1 &
	network_servers+=("$!")
}

world_wait() {
	local i

	for ((i = 0; i < 500; i++)); do
		! "$@" || return 0
		sleep 0.01
	done
	cat "$TEST_TMP"/said.* "$TEST_TMP/tap.errors"
	fail "never came: $*"
	exit 1
}

world_apart() {
	[ "$(readlink "/proc/$world/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

world_cables() {
	local i

	unshare --net sleep infinity &
	world=$!
	network_servers+=("$world")
	world_wait world_apart
	ip link set lo up
	ip link add wan type veth peer name far netns "$world"
	ip link set wan addrgenmode none up
	ip address add 44.128.0.1/29 dev wan
	ip address add 3ffe:8000::1/125 dev wan nodad
	world_of ip link set lo up
	world_of ip link set far addrgenmode none up
	for ((i = 2; i < 4; i++)); do
		world_of ip address add "44.128.0.$i/29" dev far
		world_of ip address add "3ffe:8000::$i/125" dev far nodad
	done
	# The rest of the addresses are the world's as well.
	world_of ip route add local default dev lo
	world_of ip -6 route add local default dev lo table main
	ip route add default via 44.128.0.3
	ip -6 route add default via 3ffe:8000::3
}

world_names() {
	local file

	echo 'nameserver 44.128.0.3' >"$TEST_TMP/resolv.conf"
	echo 'hosts: files dns' >"$TEST_TMP/nsswitch.conf"
	cp "$network_hosts" "$TEST_TMP/world-hosts"
	mount --bind "$TEST_TMP/world-hosts" /etc/hosts
	for file in resolv.conf nsswitch.conf; do
		mount --bind "$TEST_TMP/$file" "/etc/$file"
	done
	world_server dnsmasq --no-daemon --conf-file=/dev/null --user=root --group= --no-resolv --no-hosts \
		--listen-address=44.128.0.3 --bind-interfaces --pid-file= --cache-size=0 \
		--address=/test/44.128.0.2 --address=/test/3ffe:8000::2 \
		--address=/example/44.128.0.2 --address=/example/3ffe:8000::2 \
		--address=/com/44.128.0.2
	world_wait grep -q started "$world_said"
}

world_servers() {
	cat >"$TEST_TMP/world-web.py" <<'END'
import http.server, socket, threading
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"web %s\n" % self.path.encode())
    def log_message(self, *args):
        pass
servers = [Server(("::", port), Handler) for port in (80, 443)]
threading.Thread(target=servers[0].serve_forever, daemon=True).start()
print("up", flush=True)
servers[1].serve_forever()
END
	world_server python3 "$TEST_TMP/world-web.py"
	world_wait grep -q up "$world_said"
}

# What the kernel says on its own account is left out: ARP, and neighbours and groups of IPv6.
world_tap() {
	cat >"$TEST_TMP/tap.py" <<'END'
import socket, struct, sys
SOL_PACKET, PACKET_STATISTICS = 263, 6
tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
print("lo b'up'", flush=True)
while True:
    data, (interface, kind, *_) = tap.recvfrom(65536)
    if kind == 0x0806:
        continue
    if kind == 0x86dd and (data[6] == 58 and 130 <= data[40] <= 143 or data[6] == 0 and data[40] == 58):
        continue
    asked = b"mark-" in data
    if asked and struct.unpack("II", tap.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]:
        sys.exit("the tap was too slow")
    print(interface, data, flush=asked)
END
	: >"$TEST_TMP/tap"
	python3 "$TEST_TMP/tap.py" >"$TEST_TMP/tap" 2>"$TEST_TMP/tap.errors" &
	network_servers+=("$!")
	world_wait grep -q up "$TEST_TMP/tap"
	seen_before=1
	seen_asked=0
}

# A packet of our own comes behind all others.
seen() {
	local mark

	seen_asked=$((seen_asked + 1))
	mark=mark-$seen_asked-$$
	printf '%s' "$mark" >/dev/udp/127.0.0.9/9
	world_wait grep -q "$mark" "$TEST_TMP/tap"
	tail -n +$((seen_before + 1)) "$TEST_TMP/tap" | grep -v 'mark-[0-9]*-[0-9]' >"$TEST_TMP/seen"
	seen_before=$(wc -l <"$TEST_TMP/tap")
}

world_cables
world_names
world_tap
