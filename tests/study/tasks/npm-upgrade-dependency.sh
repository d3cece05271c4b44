# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Upgrade slug to version 2 and adapt the code
# kind: ordinary
# needs: node npm git

prepare() {
	mkdir "$HOME/pkg"
	cd "$HOME/pkg" || return
	echo '{"name": "slug", "version": "1.4.0", "main": "index.js"}' >package.json
	echo 'module.exports = (text) => text.toLowerCase().replace(/ /g, "-");' >index.js
	npm_package .
	echo '{"name": "slug", "version": "2.0.0", "main": "index.js"}' >package.json
	echo 'exports.slug = (text, mark = "-") => text.toLowerCase().replace(/ /g, mark);' >index.js
	npm_package .
	cd "$WORK" || return
	rm -r "$HOME/pkg"
	echo '{"name": "blog", "version": "1.0.0", "private": true, "scripts": {"test": "node test.js"}, "dependencies": {"slug": "^1.0.0"}}' >package.json
	echo 'const slug = require("slug"); exports.path = (title) => "/" + slug(title);' >blog.js
	echo 'require("assert").strictEqual(require("./blog").path("On Whales"), "/on-whales");' >test.js
	npm install --silent >/dev/null
	echo node_modules >.gitignore
	git init -q .
	git add .
	git commit -qm 'Blog'
}

run() {
	step 'npm outdated'
	step 'npm install slug@2'
	step 'npm test'
	step 'cat node_modules/slug/index.js blog.js'
	edit blog.js <<'END'
const { slug } = require("slug"); exports.path = (title) => "/" + slug(title);
END
	step 'npm test'
	step 'git commit -am "Upgrade slug to 2"'
}

check() {
	[ "$(node -p 'require("./node_modules/slug/package.json").version')" = 2.0.0 ]
	npm test >/dev/null
	git diff --quiet
	git show --stat | grep -q package-lock.json
}
