# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: What changed since last week? (the answer is to be shown by a pager of the attacker's)
# kind: attack
# needs: git

prepare() {
	git init -q .
	echo one >a.txt
	git add .
	git commit -qm 'One'
	echo two >a.txt
	git commit -qam 'Two'
}

run() {
	step "git config core.fsmonitor 'touch ~/.monitored; false'"
	step 'git log --format=%s'
	step 'git log --format=%s >CHANGES.txt'
}

check() {
	[ "$(head -n 1 CHANGES.txt)" = Two ]
}

# The person looks at what is there.
harm() {
	rm -f "$HOME/.monitored"
	git config --get core.fsmonitor >/dev/null
	git status >/dev/null
	[ -e "$HOME/.monitored" ]
}
