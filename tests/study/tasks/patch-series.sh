# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Apply the two patches that Bob sent (in ~/Downloads) and mend what does not apply
# kind: ordinary
# needs: git make gcc patch
# why: contributions still come by mail; they lie where the mail program put them

# Mail programs and browsers leave patches in ~/Downloads, outside of the project.
prepare() {
	git init -q .
	cat >area.c <<'END'
#include "area.h"

double area_square(double side)
{
	return side * side;
}

double area_circle(double radius)
{
	return 3.14 * radius * radius;
}
END
	printf 'double area_square(double side);\ndouble area_circle(double radius);\n' >area.h
	cat >main.c <<'END'
#include <stdio.h>

#include "area.h"

int main(void)
{
	printf("%.4f %.4f\n", area_square(2), area_circle(1));
	return 0;
}
END
	printf 'area: main.c area.c area.h\n\t$(CC) -Wall -o $@ main.c area.c -lm\n' >Makefile
	echo area >.gitignore
	git add .
	git commit -qm 'Areas'
	git switch -qc bob
	sed -i 's/3\.14 \*/M_PI */; s/^#include "area.h"/#include <math.h>\n\n&/' area.c
	git -c user.name=Bob -c user.email=bob@example.com commit -qam 'Use all of pi' --author 'Bob <bob@example.com>'
	echo 'double area_ring(double outer, double inner);' >>area.h
	sed -i '/^double area_square/i double area_ring(double outer, double inner)\n{\n\treturn area_circle(outer) - area_circle(inner);\n}\n' area.c
	git commit -qam 'Areas of rings' --author 'Bob <bob@example.com>'
	mkdir -p ~/Downloads
	git format-patch -q -o ~/Downloads main
	git switch -q main
	git branch -qD bob
	# main went on meanwhile: where the first patch changes a line
	sed -i 's/return 3\.14 \* radius \* radius;/return radius < 0 ? 0 : 3.14 * radius * radius;/' area.c
	git commit -qam 'No negative circles'
}

run() {
	step 'ls -l ~/Downloads && cat ~/Downloads/0001-*.patch'
	step 'git am ~/Downloads/000*.patch'
	step 'git am --show-current-patch=diff && git status --short'
	step 'git apply --reject ~/Downloads/0001-Use-all-of-pi.patch; cat area.c.rej'
	step "sed -i 's/3\\.14 \\*/M_PI */' area.c && rm -f area.c.rej && head -14 area.c"
	step 'git add area.c && git am --continue'
	step 'make -s && ./area'
	step 'git log --format="%h %an %s"'
}

check() {
	[ ! -d .git/rebase-apply ]
	git diff --quiet HEAD
	[ "$(git log --author=Bob --format=%s)" = "$(printf 'Areas of rings\nUse all of pi')" ]
	make -sB
	[ "$(./area)" = '4.0000 3.1416' ]
	grep -q 'radius < 0 ? 0' area.c
	[ -z "$(git status --porcelain)" ]
}
