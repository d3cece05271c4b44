# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Install the dependencies of this project and get its tests to run
# kind: ordinary
# needs: node npm

prepare() {
	mkdir -p "$HOME/pkg/fast-sum" "$HOME/pkg/left"
	cd "$HOME/pkg/fast-sum" || return
	cat >package.json <<'END'
{"name": "fast-sum", "version": "2.1.0", "main": "built.js", "scripts": {"postinstall": "node build.js"}, "dependencies": {"left": "^1.0.0"}}
END
	# Like packages with native parts, it makes its code when it is installed.
	cat >build.js <<'END'
const fs = require("fs");
fs.writeFileSync("built.js", "const left = require('left');\nmodule.exports = (...n) => left(n).reduce((a, b) => a + b, 0);\n");
END
	npm_package .
	cd ../left || return
	echo '{"name": "left", "version": "1.0.3", "main": "index.js"}' >package.json
	echo 'module.exports = (list) => list.filter((x) => x !== undefined);' >index.js
	npm_package .
	cd "$WORK" || return
	rm -r "$HOME/pkg"
	cat >package.json <<'END'
{"name": "shop", "version": "0.1.0", "private": true, "scripts": {"test": "node --test"}, "dependencies": {"fast-sum": "^2.0.0"}}
END
	mkdir test
	cat >test/sum.test.js <<'END'
const test = require("node:test");
const assert = require("node:assert");
test("sums", () => assert.strictEqual(require("fast-sum")(1, undefined, 2), 3));
END
}

run() {
	step 'cat package.json && ls'
	step 'npm install'
	step 'npm test'
	step 'npm ls'
}

check() {
	[ -s package-lock.json ]
	[ "$(node -p 'require("fast-sum")(1, 2, 3)')" = 6 ]
	npm test >/dev/null
}
