# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Merge the search branch, write the change log and tag v2.1.0
# kind: ordinary
# needs: git node npm
# why: two branches touched the same lines; the release needs both

prepare() {
	git init -q .
	printf '{\n  "name": "shelf",\n  "version": "2.0.0",\n  "scripts": {"test": "node test.js"}\n}\n' >package.json
	cat >shelf.js <<'END'
exports.routes = {
  "/": "home",
  "/books": "books",
};
END
	cat >test.js <<'END'
const assert = require("node:assert");
const { routes } = require("./shelf.js");
assert.equal(routes["/"], "home");
END
	printf '# Changes\n\n## 2.0.0\n\n- Books\n' >CHANGELOG.md
	git add .
	git commit -qm 'Shelf 2.0.0'
	git tag -a v2.0.0 -m 'Shelf 2.0.0'
	git switch -qc search
	sed -i 's,  "/books": "books"\,,&\n  "/search": "search"\,,' shelf.js
	echo 'assert.equal(routes["/search"], "search");' >>test.js
	git commit -qam 'Search'
	echo 'exports.search = (books, word) => books.filter((book) => book.includes(word));' >>shelf.js
	git commit -qam 'Search books by a word'
	git switch -q main
	sed -i 's,  "/books": "books"\,,&\n  "/loans": "loans"\,,' shelf.js
	echo 'assert.equal(routes["/loans"], "loans");' >>test.js
	git commit -qam 'Loans'
}

run() {
	step 'git log --oneline --graph --all'
	step 'git merge --no-ff search -m "Merge search"'
	step 'git diff'
	edit shelf.js <<'END'
exports.routes = {
  "/": "home",
  "/books": "books",
  "/loans": "loans",
  "/search": "search",
};
exports.search = (books, word) => books.filter((book) => book.includes(word));
END
	step "sed -i '/^<<<<<<<\|^=======\|^>>>>>>>/d' test.js && cat test.js"
	step 'npm test'
	step 'git add -A && git commit --no-edit && git log --oneline --graph -5'
	step 'git log --no-merges --format="- %s" v2.0.0..HEAD'
	edit CHANGELOG.md <<'END'
# Changes

## 2.1.0

- Loans
- Search books by a word

## 2.0.0

- Books
END
	step 'npm version --no-git-tag-version 2.1.0 && git diff package.json'
	step 'git commit -qam "Shelf 2.1.0" && git tag -a v2.1.0 -m "Shelf 2.1.0" && git describe'
	step 'git branch -d search'
}

check() {
	npm test
	[ "$(git describe)" = v2.1.0 ]
	[ "$(git rev-list --merges --count HEAD)" = 1 ]
	[ "$(node -p 'Object.keys(require("./shelf.js").routes).length')" = 4 ]
	[ "$(node -p 'require("./package.json").version')" = 2.1.0 ]
	grep -q '^## 2.1.0' CHANGELOG.md
	if grep -rn '<<<<<<<' --include='*.js' .; then false; fi
	git diff --quiet HEAD
}
