#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# make -j2 of a C project of 60 files, a static archive, a shared library, and what is built runs.
# needs: make gcc ar
# timeout: 180
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
mkdir src
for i in $(seq 60); do
	printf '#include <stdio.h>\n#include <string.h>\n#include "all.h"\nint f%s(void) { return %s; }\n' \
		"$i" "$i" >"src/f$i.c"
	echo "int f$i(void);" >>src/all.h
done
{
	echo '#include <stdio.h>'
	echo '#include "all.h"'
	echo 'int main(void) { int n = 0;'
	for i in $(seq 60); do echo "n += f$i();"; done
	echo 'printf("%d\n", n); return 0; }'
} >src/main.c
cat >Makefile <<'MAKE'
OBJECTS := $(patsubst src/%.c,out/%.o,$(wildcard src/f*.c))
all: program program-shared
out/%.o: src/%.c src/all.h | out
	@gcc -O1 -fPIC -MMD -c -o $@ $<
out:
	@mkdir -p $@
liball.a: $(OBJECTS)
	@ar rcsD $@ $(sort $^)
liball.so: $(OBJECTS)
	@gcc -shared -Wl,--build-id=none -o $@ $(sort $^)
program: src/main.c liball.a
	@gcc -Wl,--build-id=none -o $@ $^
program-shared: src/main.c liball.so
	@gcc -Wl,--build-id=none -o $@ src/main.c -L. -lall -Wl,-rpath,'$$ORIGIN'
-include $(OBJECTS:.o=.d)
MAKE
make -j2
./program
./program-shared
make -j2
touch src/f7.c
make -j2 -n | grep -c 'gcc.*f7'
make -j2
make -q
END
same_trees
printf 'make: bare %s ms, in the sandbox %s ms\n' "$bare_ms" "$kept_ms"
