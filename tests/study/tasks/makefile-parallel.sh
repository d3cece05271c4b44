# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: The build breaks with make -j, and does not notice changed headers: mend the Makefile
# kind: ordinary
# needs: git make gcc
# why: a build that is right by luck only is made right

prepare() {
	mkdir tools
	cat >tools/make-table.sh <<'END'
#!/bin/sh
# writes the table of squares
sleep 0.2
echo 'static const int squares[] = {'
for i in 0 1 2 3 4 5 6 7 8 9; do echo "	$((i * i)),"; done
echo '};'
END
	chmod 755 tools/make-table.sh
	echo 'int square(int n); int cube(int n);' >powers.h
	printf '#include "table.h"\n#include "powers.h"\nint square(int n) { return squares[n]; }\n' >square.c
	printf '#include "powers.h"\nint cube(int n) { return square(n) * n; }\n' >cube.c
	printf '#include <stdio.h>\n#include "powers.h"\nint main(void) { printf("%%d %%d\\n", square(3), cube(3)); }\n' >main.c
	cat >Makefile <<'END'
OBJECTS = main.o square.o cube.o

all: generate powers

generate:
	./tools/make-table.sh > table.h

powers: $(OBJECTS)
	$(CC) -o powers $(OBJECTS)

.c.o:
	$(CC) -c $<

clean:
	rm -f *.o powers table.h
END
	git init -q .
	git add .
	git commit -qm 'Powers'
}

run() {
	step 'cat Makefile tools/make-table.sh && ls'
	step 'make clean && make -j4'
	step 'head -3 *.c powers.h'
	edit Makefile <<'END'
OBJECTS = main.o square.o cube.o
CFLAGS = -O1 -Wall -MMD -MP

all: powers

powers: $(OBJECTS)
	$(CC) -o $@ $(OBJECTS)

# before there are .d files, make cannot know who includes it
$(OBJECTS): | table.h

table.h: tools/make-table.sh
	./tools/make-table.sh > $@.new
	mv $@.new $@

clean:
	rm -f *.o *.d powers table.h

-include $(OBJECTS:.o=.d)

.PHONY: all clean
END
	step 'make clean && make -j4 && ./powers'
	step 'make -j4'
	step 'touch powers.h && make -j4'
	edit .gitignore <<'END'
*.o
*.d
powers
table.h
END
	step 'git add -A && git commit -m "make: know what depends on what" && git status --short'
}

check() {
	git diff --quiet HEAD
	[ -z "$(git status --porcelain)" ]
	if git ls-files | grep -E '\.[od]$'; then false; fi
	make -s clean
	make -s -j4
	[ "$(./powers)" = '9 27' ]
	make -q
	touch -d '+1 minute' powers.h
	if make -q; then false; fi
	make -s clean
	[ ! -e table.h ]
}
