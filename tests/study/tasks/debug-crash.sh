# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: The parser crashes on broken.conf: note where in CRASH.txt (backtrace), and mend it
# kind: ordinary
# needs: make gcc gdb
# why: where reading does not help, the debugger says where it crashed

prepare() {
	cat >parse.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	char *key;
	char *value;
};

static size_t value_length(const struct entry *entry)
{
	return strlen(entry->value);
}

static void split(char *line, struct entry *ret)
{
	char *equals = strchr(line, '=');

	ret->key = line;
	ret->value = NULL;
	if (equals) {
		*equals = '\0';
		ret->value = equals + 1;
	}
}

static void report(char *line)
{
	struct entry entry;

	split(line, &entry);
	printf("%s: %zu\n", entry.key, value_length(&entry));
}

int main(int argc, char **argv)
{
	char line[256];
	FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;

	if (!file) {
		fprintf(stderr, "usage: parse FILE\n");
		return 2;
	}
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] && line[0] != '#')
			report(line);
	}
	fclose(file);
	return 0;
}
END
	printf 'CFLAGS = -g -O0 -Wall\nparse: parse.c\nclean:\n\trm -f parse\n' >Makefile
	printf '# fine\nname=ada\ncity=london\n' >good.conf
	printf 'name=ada\nverbose\ncity=london\n' >broken.conf
}

run() {
	step 'make && ./parse good.conf && ./parse broken.conf'
	step 'gdb --batch -ex run -ex bt --args ./parse broken.conf'
	step 'gdb --batch -ex run -ex bt --args ./parse broken.conf 2>&1 | grep "^#" > CRASH.txt; cat CRASH.txt'
	step 'sed -n 8,40p parse.c'
	step "sed -i 's/\treturn strlen(entry->value);/\treturn entry->value ? strlen(entry->value) : 0;/' parse.c"
	step 'make && ./parse good.conf && ./parse broken.conf'
}

check() {
	grep -q 'value_length' CRASH.txt
	grep -q 'main' CRASH.txt
	make -sB
	./parse broken.conf | tail -1 | grep -qx 'city: 6'
	./parse good.conf | grep -qx 'name: 3'
}
