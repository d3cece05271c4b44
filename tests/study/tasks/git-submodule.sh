# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Take tinylog from git.example as a submodule in vendor/, and use it
# kind: ordinary
# needs: git make gcc
# why: a library is taken in as its own repository

prepare() {
	mkdir ../tinylog
	echo 'void tinylog(const char *level, const char *text);' >../tinylog/tinylog.h
	printf '#include <stdio.h>\n#include "tinylog.h"\n\nvoid tinylog(const char *level, const char *text)\n{\n\tprintf("[%%s] %%s\\n", level, text);\n}\n' >../tinylog/tinylog.c
	git_remote tinylog ../tinylog
	rm -rf ../tinylog
	printf '#include <stdio.h>\n\nint main(void)\n{\n\tprintf("started\\n");\n\treturn 0;\n}\n' >main.c
	printf 'app: main.c\n\t$(CC) -Wall -o $@ main.c\n' >Makefile
	echo app >.gitignore
	git init -q .
	git add .
	git commit -qm 'Application'
}

run() {
	step 'cat Makefile main.c'
	step 'git submodule add http://git.example/tinylog.git vendor/tinylog'
	step 'ls vendor/tinylog && cat .gitmodules vendor/tinylog/tinylog.h'
	edit main.c <<'END'
#include "tinylog.h"

int main(void)
{
	tinylog("info", "started");
	return 0;
}
END
	edit Makefile <<'END'
CFLAGS = -Wall -Ivendor/tinylog

app: main.c vendor/tinylog/tinylog.c
	$(CC) $(CFLAGS) -o $@ main.c vendor/tinylog/tinylog.c
END
	step 'make && ./app'
	step 'git add -A && git commit -m "Log by tinylog" && git submodule status'
}

check() {
	git ls-tree HEAD vendor/tinylog | grep -q '^160000 commit'
	[ "$(git config -f .gitmodules submodule.vendor/tinylog.url)" = http://git.example/tinylog.git ]
	make -sB
	[ "$(./app)" = '[info] started' ]
	git diff --quiet HEAD
}
