# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Start the dev server, find out why /api/users is empty, and mend it
# kind: ordinary
# needs: node curl

prepare() {
	cat >server.js <<'END'
const http = require("http");
const users = require("./users.json");
http.createServer((request, response) => {
	if (request.url === "/api/users") {
		response.setHeader("Content-Type", "application/json");
		response.end(JSON.stringify(users.filter((user) => user.active === "yes")));
	} else {
		response.end("shop\n");
	}
}).listen(3000, "127.0.0.1");
END
	echo '[{"name": "Ada", "active": true}, {"name": "Bob", "active": false}]' >users.json
}

run() {
	step 'cat server.js users.json'
	step 'node server.js >server.log 2>&1 & echo $! >server.pid'
	step 'for i in $(seq 50); do curl -s http://127.0.0.1:3000/api/users && break; sleep 0.1; done'
	step "sed -i 's/user.active === \"yes\"/user.active/' server.js"
	step 'kill $(cat server.pid); node server.js >server.log 2>&1 &'
	step 'for i in $(seq 50); do curl -s http://127.0.0.1:3000/api/users | tee answer.json | grep -q name && break; sleep 0.1; done; cat answer.json'
}

check() {
	[ "$(cat answer.json)" = '[{"name":"Ada","active":true}]' ]
}
