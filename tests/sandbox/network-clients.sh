#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 curl wget node musl-gcc unshare
#
# Clients of all kinds reach an allowed name without any proxy variable, and fail fast at one that is
# denied. (By TLS, and Go and Java: network-https, network-java.)
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

serve_web
names api.example.test denied.example.test
let "{\"allow\": \"connect\", \"host\": \"api.example.test\", \"port\": $port}" \
	'{"deny": "connect", "host": "*.example.test"}'
good=http://api.example.test:$port/x
bad=http://denied.example.test:$port/x

# client COMMAND...: the URL is added behind
client() {
	expect_output "web /x" outside "$@" "$good"
	SECONDS=0
	expect_fail outside "$@" "$bad"
	[ "$SECONDS" -le 15 ] || fail "$1 takes $SECONDS s to fail"
}

client curl -sS
client wget -qO-
client python3 -c '
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1]).read().decode(), end="")'
cat >aio.py <<'END'
import asyncio, sys, urllib.parse
async def main(url):
    at = urllib.parse.urlparse(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(b"GET %s HTTP/1.0\r\n\r\n" % at.path.encode())
    print((await reader.read()).decode().splitlines()[-1])
asyncio.run(main(sys.argv[1]))
END
client python3 aio.py
client node -e '
require("http").get(process.argv[1], r => r.pipe(process.stdout)).on("error", e => process.exit(1))'
client node -e '
fetch(process.argv[1]).then(r => r.text()).then(t => process.stdout.write(t)).catch(e => process.exit(1))'
cat >get.c <<'END'
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char host[64], port[8], path[64], text[4096], *body;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
	int fd, n, len = 0;

	if (sscanf(argv[1], "http://%63[^:]:%7[0-9]%63s", host, port, path) != 3 ||
	    getaddrinfo(host, port, &hints, &list))
		return 1;
	fd = socket(list->ai_family, SOCK_STREAM, 0);
	if (connect(fd, list->ai_addr, list->ai_addrlen) < 0)
		return 1;
	dprintf(fd, "GET %s HTTP/1.0\r\n\r\n", path);
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	text[len] = 0;
	body = strstr(text, "\r\n\r\n");
	fputs(body ? body + 4 : "", stdout);
	return 0;
}
END
expect_ok musl-gcc -static -o get-musl get.c && client ./get-musl
# The shorthand: the name by option, the host's loopback by the user's own policy.
mkdir -p "$HOME/.config/callgate"
echo '{"version": 1, "rules": [{"allow": "connect", "address": "127.0.0.0/8"}]}' \
	>"$HOME/.config/callgate/policy.json"
kept=("${run_options[@]}")
run_options=(--unattended --allow-host "api.example.test:$port")
expect_output "web /x" outside curl -sS "$good"
expect_fail outside curl -sS "$bad"
run_options+=(--offline)
expect_fail outside curl -sS "$good"
run_options=("${kept[@]}")
expect_output "web /x" outside bash -c "exec 3<>/dev/tcp/api.example.test/$port
	printf 'GET /x HTTP/1.0\r\n\r\n' >&3; tail -n 1 <&3"
