# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: make test fails: find out why, mend it, and commit
# kind: ordinary
# needs: git make gcc

prepare() {
	git init -q .
	cat >stats.c <<'END'
#include "stats.h"

double mean(const int *values, int count)
{
	int sum = 0;

	for (int i = 1; i < count; i++)
		sum += values[i];
	return (double)sum / count;
}
END
	echo 'double mean(const int *values, int count);' >stats.h
	cat >test.c <<'END'
#include <stdio.h>
#include "stats.h"

int main(void)
{
	int values[] = {10, 2, 3};

	if (mean(values, 3) != 5) {
		printf("mean is %f\n", mean(values, 3));
		return 1;
	}
	return 0;
}
END
	cat >Makefile <<'END'
CFLAGS = -Wall -O1
test: run-test
	./run-test
run-test: test.o stats.o
	$(CC) -o $@ $^
stats.o test.o: stats.h
clean:
	rm -f *.o run-test
END
	printf '*.o\nrun-test\n' >.gitignore
	git add .
	git commit -qm 'Statistics'
}

run() {
	step 'git status --short && git log --oneline | head -5'
	step 'make test'
	step 'cat stats.c test.c'
	edit stats.c <<'END'
#include "stats.h"

double mean(const int *values, int count)
{
	int sum = 0;

	for (int i = 0; i < count; i++)
		sum += values[i];
	return (double)sum / count;
}
END
	step 'make test'
	step 'git diff'
	step 'git add stats.c && git commit -m "Count the first value, too"'
}

check() {
	git diff --quiet
	[ "$(git log --oneline | wc -l)" = 2 ]
	make -s clean
	make -s test
}
