# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Add the missing German greeting on a branch and push it
# kind: ordinary
# needs: git

prepare() {
	mkdir "$HOME/upstream"
	printf 'en=hello\nfr=bonjour\n' >"$HOME/upstream/greetings.properties"
	git_remote greetings "$HOME/upstream"
	rm -rf "$HOME/upstream"
	git clone -q http://git.example/greetings.git .
}

run() {
	step 'git status && git log --oneline -3'
	step 'git fetch origin'
	step 'git switch -c german'
	step 'echo "de=guten Tag" >>greetings.properties'
	step 'git diff'
	step 'git commit -am "Add German"'
	step 'git push -u origin german'
}

check() {
	[ "$(git -C "$WORLD/git/greetings.git" show german:greetings.properties | tail -n 1)" = "de=guten Tag" ]
}
