# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Rename the library's open_db to db_open, here and in the application that uses it
# kind: ordinary
# needs: make gcc

prepare() {
	mkdir "$HOME/src/ledger"
	echo 'int open_db(const char *name);' >db.h
	printf '#include "db.h"\n\nint open_db(const char *name)\n{\n\treturn name[0] == 0 ? -1 : 3;\n}\n' >db.c
	printf 'libdb.a: db.c db.h\n\t$(CC) -c db.c && ar rcs $@ db.o\n' >Makefile
	cat >"$HOME/src/ledger/main.c" <<'END'
#include <stdio.h>
#include "db.h"

int main(void)
{
	printf("%d\n", open_db("ledger"));
	return 0;
}
END
	cat >"$HOME/src/ledger/Makefile" <<END
ledger: main.c
	\$(MAKE) -C ../$(basename "$WORK")
	\$(CC) -I../$(basename "$WORK") -o \$@ main.c ../$(basename "$WORK")/libdb.a
END
}

run() {
	step 'grep -rn open_db . ../ledger'
	step "sed -i 's/open_db/db_open/g' db.c db.h"
	step "sed -i 's/open_db/db_open/g' ../ledger/main.c"
	step 'make'
	step 'make -C ../ledger && ../ledger/ledger'
}

check() {
	[ "$(../ledger/ledger)" = 3 ]
	nm ../ledger/ledger | grep -q db_open
}
