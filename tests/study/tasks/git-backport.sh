# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Bring the fix for long names to release-1.2 and tag 1.2.1
# kind: ordinary
# needs: git node
# why: a fix is wanted in the release that is out, and conflicts there

prepare() {
	git init -q .
	cat >name.js <<'END'
exports.short = (name) => name.slice(0, 10);
END
	printf '{\n  "name": "names",\n  "version": "1.2.0"\n}\n' >package.json
	printf '# Changes\n\n## 1.2.0\n- short names\n' >CHANGELOG.md
	git add .
	git commit -qm 'Release 1.2.0'
	git tag -a v1.2.0 -m 'names 1.2.0'
	git branch release-1.2
	cat >>name.js <<'END'
exports.initials = (name) => name.split(" ").map((part) => part[0]).join("");
END
	sed -i '2a ## unreleased\n- initials\n' CHANGELOG.md
	git commit -qam 'Initials'
	sed -i 's/^exports.short.*/exports.short = (name) => (name.length > 10 ? name.slice(0, 9) + "…" : name);/' name.js
	sed -i 's/^- initials/- initials\n- long names end with an ellipsis/' CHANGELOG.md
	git commit -qam 'Mark names that were cut'
	sed -i 's/1.2.0/2.0.0-dev/' package.json
	git commit -qam 'Open 2.0'
}

run() {
	step 'git branch -a && git tag && git log --oneline --all --graph'
	step 'git switch release-1.2'
	step "git cherry-pick -x \$(git log main --format=%h --grep='Mark names')"
	step 'git status --short && git diff'
	edit CHANGELOG.md <<'END'
# Changes

## 1.2.1
- long names end with an ellipsis

## 1.2.0
- short names
END
	edit name.js <<'END'
exports.short = (name) => (name.length > 10 ? name.slice(0, 9) + "…" : name);
END
	step 'git add -A && git -c core.editor=true cherry-pick --continue'
	step "node -p 'require(\"./name.js\").short(\"Ada Lovelace of London\")'"
	step "sed -i 's/\"version\": \"1.2.0\"/\"version\": \"1.2.1\"/' package.json && git commit -qam 'Release 1.2.1'"
	step 'git tag -a v1.2.1 -m "names 1.2.1" && git log --oneline --decorate | head -5'
	step 'git switch main'
}

check() {
	[ "$(git cat-file -t v1.2.1)" = tag ]
	[ "$(git rev-parse 'v1.2.1^{commit}')" = "$(git rev-parse release-1.2)" ]
	git show v1.2.1:package.json | grep -q '"version": "1.2.1"'
	git show v1.2.1:name.js | grep -q '…'
	if git show v1.2.1:name.js | grep initials; then false; fi
	if git show v1.2.1:CHANGELOG.md | grep -E '<<<<|initials'; then false; fi
	git log release-1.2 | grep -q 'cherry picked from commit'
}
