# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Clone the ring buffer library, build it and run its tests
# kind: ordinary
# needs: git gcc make

prepare() {
	mkdir "$HOME/upstream"
	cd "$HOME/upstream" || return
	cat >ring.h <<'END'
#include <stdbool.h>
#include <stddef.h>
struct ring { size_t head, count; int values[8]; };
bool ring_push(struct ring *ring, int value);
bool ring_pop(struct ring *ring, int *value);
END
	cat >ring.c <<'END'
#include "ring.h"

bool ring_push(struct ring *ring, int value)
{
	if (ring->count == 8)
		return false;
	ring->values[(ring->head + ring->count++) % 8] = value;
	return true;
}

bool ring_pop(struct ring *ring, int *value)
{
	if (ring->count == 0)
		return false;
	*value = ring->values[ring->head];
	ring->head = (ring->head + 1) % 8;
	ring->count--;
	return true;
}
END
	cat >test-ring.c <<'END'
#include <stdio.h>
#include "ring.h"

int main(void)
{
	struct ring ring = {0};
	int value;

	for (int i = 0; i < 8; i++)
		if (!ring_push(&ring, i))
			return 1;
	if (ring_push(&ring, 8) || !ring_pop(&ring, &value) || value != 0)
		return 1;
	puts("all well");
	return 0;
}
END
	cat >configure <<'END'
#!/bin/sh
# What autoconf does, in small: try the compiler, write the Makefile.
dir=$(mktemp -d)
echo 'int main(void) { return 0; }' >"$dir/a.c"
${CC:-cc} -Wextra -o "$dir/a" "$dir/a.c" && "$dir/a" || exit 1
rm -r "$dir"
sed "s/@CFLAGS@/-O2 -Wextra/" Makefile.in >Makefile
echo "configured"
END
	chmod +x configure
	cat >Makefile.in <<'END'
CFLAGS = @CFLAGS@
libring.a: ring.o
	ar rcs $@ $^
check: test-ring
	./test-ring
test-ring: test-ring.o libring.a
END
	git_remote ring .
	cd "$WORK" || return
	rm -r "$HOME/upstream"
}

run() {
	step 'git clone http://git.example/ring.git'
	step 'ls ring && cat ring/Makefile.in'
	step 'cd ring && ./configure'
	step 'cd ring && make -j2'
	step 'cd ring && make check'
}

check() {
	[ "$(ring/test-ring)" = "all well" ]
	ar t ring/libring.a | grep -qx ring.o
}
