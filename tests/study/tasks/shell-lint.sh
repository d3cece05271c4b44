# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Make the scripts pass shellcheck, and not break on names with spaces
# kind: ordinary
# needs: git shellcheck
# why: the linter's list is worked off, then it is silent

prepare() {
	mkdir -p scripts
	cat >scripts/count.sh <<'END'
#!/bin/bash
# prints how many lines each file of a directory has
cd $1
for f in `ls`; do
	n=`wc -l < $f`
	echo $f: $n
done
END
	cat >scripts/archive.sh <<'END'
#!/bin/sh
# archives a directory: archive.sh DIRECTORY TARGET
dir=$1
target=$2
if [ -z $dir ] || [ -z $target ]; then
	echo "usage: archive.sh DIRECTORY TARGET"
	exit 2
fi
tar cf $target -C $dir .
if [ $? -ne 0 ]; then exit 1; fi
echo "archived `ls $dir | wc -l` entries"
END
	chmod 755 scripts/*.sh
	git init -q .
	git add .
	git commit -qm 'Scripts'
}

run() {
	step 'shellcheck -f gcc scripts/*.sh'
	step 'cat scripts/count.sh scripts/archive.sh'
	edit scripts/count.sh <<'END'
#!/bin/bash
# prints how many lines each file of a directory has
cd "$1" || exit 1
for f in *; do
	[ -f "$f" ] || continue
	n=$(wc -l <"$f")
	echo "$f: $n"
done
END
	edit scripts/archive.sh <<'END'
#!/bin/sh
# archives a directory: archive.sh DIRECTORY TARGET
dir=$1
target=$2
if [ -z "$dir" ] || [ -z "$target" ]; then
	echo "usage: archive.sh DIRECTORY TARGET" >&2
	exit 2
fi
tar cf "$target" -C "$dir" . || exit 1
echo "archived $(find "$dir" -mindepth 1 -maxdepth 1 | wc -l) entries"
END
	step 'shellcheck scripts/*.sh && echo clean'
	step 'd=$(mktemp -d) && printf "a\nb\n" > "$d/two lines" && scripts/count.sh "$d" && scripts/archive.sh "$d" "$d.tar" && tar tf "$d.tar"; rm -rf "$d" "$d.tar"'
	step 'git diff --stat'
	step 'git commit -qam "Quote what may hold spaces" && git log --oneline'
}

check() {
	shellcheck scripts/*.sh
	place=$(mktemp -d)
	printf 'a\nb\n' >"$place/two lines"
	[ "$(scripts/count.sh "$place")" = 'two lines: 2' ]
	scripts/archive.sh "$place" "$place.tar"
	tar tf "$place.tar" | grep -q 'two lines'
	rm -rf "$place" "$place.tar"
	git diff --quiet HEAD
}
