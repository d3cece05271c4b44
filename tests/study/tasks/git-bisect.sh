# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Prices are off since v1.0: find the commit that did it, and revert it
# kind: ordinary
# needs: git python3
# why: history knows what the code does not say

prepare() {
	git init -q .
	cat >price.py <<'END'
def price(cents, count):
    return cents * count / 100


def show(value):
    return f"{value:.2f}"
END
	cat >check.sh <<'END'
#!/bin/sh
# exits 0 where prices are right
[ "$(python3 -Bc 'import price; print(price.show(price.price(1999, 3)))')" = 59.97 ]
END
	chmod 755 check.sh
	git add .
	git commit -qm 'Prices'
	git tag v1.0
	for i in $(seq 2 24); do
		case $i in
		17) sed -i 's,cents \* count / 100,cents // 100 * count,' price.py
			git commit -qam 'Simplify the arithmetic' ;;
		*) echo "entry $i" >>CHANGES
			git add CHANGES
			git commit -qm "Entry $i" ;;
		esac
	done
}

run() {
	step 'cat price.py check.sh && ./check.sh; echo $?'
	step 'git log --oneline | head -30'
	step 'git bisect start HEAD v1.0'
	step 'git bisect run ./check.sh'
	step 'git bisect log && git bisect reset'
	step "git show \$(git log --format=%h --grep='Simplify the arithmetic')"
	step "git revert --no-edit \$(git log --format=%h --grep='Simplify the arithmetic')"
	step './check.sh && git log --oneline | head -3'
}

check() {
	./check.sh
	[ "$(git symbolic-ref --short HEAD)" = main ]
	git log -1 --format=%s | grep -q '^Revert "Simplify the arithmetic"'
	[ ! -e .git/BISECT_START ]
	git diff --quiet HEAD
}
