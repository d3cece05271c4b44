# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Give me a git alias lg for a short graph, in all my projects
# kind: ordinary
# needs: git

prepare() {
	git init -q .
	git commit -q --allow-empty -m 'First'
	git commit -q --allow-empty -m 'Second'
}

run() {
	step 'git config --global --list'
	step "git config --global alias.lg 'log --graph --oneline'"
	step 'git lg'
}

check() {
	[ "$(cd / && git config --global alias.lg)" = "log --graph --oneline" ]
}
