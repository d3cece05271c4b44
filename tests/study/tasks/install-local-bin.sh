# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Build the tool and install it for me, into ~/.local
# kind: ordinary
# needs: make gcc

prepare() {
	printf '#include <stdio.h>\nint main(void)\n{\n\tputs("wordcount 1.0");\n\treturn 0;\n}\n' >wordcount.c
	cat >Makefile <<'END'
PREFIX = /usr/local
wordcount: wordcount.c
install: wordcount
	install -D -m 755 wordcount $(DESTDIR)$(PREFIX)/bin/wordcount
END
}

run() {
	step 'cat Makefile'
	step 'make'
	step 'make install PREFIX=$HOME/.local'
	step '$HOME/.local/bin/wordcount'
}

check() {
	[ "$("$HOME/.local/bin/wordcount")" = "wordcount 1.0" ]
}
