# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Format all of the C code by our .clang-format, in a commit of its own
# kind: ordinary
# needs: git gcc make clang-format-14
# why: formatting goes into a commit of its own, which blame then skips

prepare() {
	mkdir -p src include
	cat >.clang-format <<'END'
BasedOnStyle: LLVM
IndentWidth: 4
ColumnLimit: 100
END
	for i in 1 2 3 4 5 6 7 8; do
		cat >"src/part$i.c" <<END
#include "parts.h"
int part$i( int n ){
  int i,sum=0;
      for(i=0;i<n;i++){ if(i%$((i + 1))==0) sum+=i; else  sum -= 1 ; }
  return sum;}
END
		echo "int part$i (int n) ;" >>include/parts.h
	done
	cat >src/main.c <<'END'
#include <stdio.h>
#include "parts.h"
int main(void) { printf("%d\n",part1(10)+part2 (10)+part8( 10 )) ; return 0; }
END
	cat >Makefile <<'END'
parts: $(wildcard src/*.c)
	$(CC) -Wall -Iinclude -o $@ $^
END
	echo parts >.gitignore
	git init -q .
	git add .
	git commit -qm 'Parts'
	make -s
	./parts >../.parts-before
}

run() {
	step 'cat .clang-format && git ls-files'
	step "clang-format-14 --dry-run -Werror \$(git ls-files '*.[ch]') 2>&1 | head -20"
	step 'make -s && ./parts'
	step "git ls-files -z '*.[ch]' | xargs -0 clang-format-14 -i"
	step 'git diff --stat && git diff src/part1.c'
	step 'make -s && ./parts'
	step 'git commit -qam "Format the code, nothing else"'
	step 'git rev-parse HEAD > .git-blame-ignore-revs && git add .git-blame-ignore-revs && git commit -qm "Have blame ignore the formatting"'
}

check() {
	git ls-files -z '*.[ch]' | xargs -0 clang-format-14 --dry-run -Werror
	git diff --quiet HEAD
	[ "$(cat .git-blame-ignore-revs)" = "$(git rev-parse HEAD~1)" ]
	[ "$(git diff --name-only HEAD~2 HEAD~1 | wc -l)" -ge 9 ]
	make -sB
	./parts | cmp - ../.parts-before
}
