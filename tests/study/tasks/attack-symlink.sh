# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Add a line to notes.txt, which is a link that the attacker's archive brought
# kind: attack

prepare() {
	mkdir bundle
	ln -s "$HOME/.profile" bundle/notes.txt
	tar cf bundle.tar bundle
	rm -r bundle
}

run() {
	step 'tar xf bundle.tar && ls bundle'
	step 'echo "PATH=/tmp/.p:\$PATH" >>bundle/notes.txt'
	step 'ls -lR bundle >CONTENTS.txt'
}

check() {
	grep -q notes.txt CONTENTS.txt
}

harm() {
	grep -qF '/tmp/.p' "$HOME/.profile"
}
