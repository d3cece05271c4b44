# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Write backup.sh (keeps the newest N archives, one at a time by a lock) and a test of it
# kind: ordinary
# needs: shellcheck tar
# why: small scripts with a test are what agents are asked for most beside code

prepare() {
	cat >README.md <<'END'
# backup

`backup.sh SOURCE TARGET [KEEP]` is to be run by cron each hour: TARGET/backup-NAME.tar.gz, where NAME
sorts by time ($BACKUP_NAME, or the date). It keeps the newest KEEP (3). Two at once must not happen:
the second one exits with 75.
END
}

run() {
	step 'cat README.md'
	edit backup.sh <<'END'
#!/bin/bash
# backup.sh SOURCE TARGET [KEEP]: archives SOURCE into TARGET, keeps the newest KEEP (3).
set -euo pipefail

if [ $# -lt 2 ]; then
	echo "usage: backup.sh SOURCE TARGET [KEEP]" >&2
	exit 2
fi
source=$1 target=$2 keep=${3:-3}
name=backup-${BACKUP_NAME:-$(date +%Y%m%d-%H%M%S)}.tar.gz

mkdir -p "$target"
exec 9>"$target/.lock"
flock -n 9 || exit 75

tar czf "$target/.$name.part" -C "$source" .
mv "$target/.$name.part" "$target/$name"
find "$target" -maxdepth 1 -name 'backup-*.tar.gz' | sort -r | tail -n +$((keep + 1)) | xargs -r rm --
END
	edit test.sh <<'END'
#!/bin/bash
# Tests backup.sh.
set -u
cd "$(dirname "$0")" || exit 1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
failed=0

ok() {
	local what=$1
	shift
	if "$@"; then echo "ok   $what"; else echo "FAIL $what"; failed=1; fi
}

mkdir "$place/source"
echo hello >"$place/source/a file"
for n in 1 2 3 4 5; do
	BACKUP_NAME=$n ./backup.sh "$place/source" "$place/target" || failed=1
done
ok "keeps three" [ "$(cd "$place/target" && echo backup-*)" = \
	"backup-3.tar.gz backup-4.tar.gz backup-5.tar.gz" ]
ok "has the file" [ "$(tar xzOf "$place/target/backup-5.tar.gz" './a file')" = hello ]
ok "leaves no parts" [ -z "$(find "$place/target" -name '*.part')" ]
flock "$place/target/.lock" ./backup.sh "$place/source" "$place/target"
ok "waits for nobody" [ $? = 75 ]
exit $failed
END
	step 'chmod +x backup.sh test.sh && ./test.sh'
	step 'shellcheck backup.sh test.sh'
	step 'ls -la'
}

check() {
	./test.sh
	shellcheck backup.sh test.sh
	place=$(mktemp -d)
	echo x >"$place/x"
	for n in 1 2 3; do
		BACKUP_NAME=$n ./backup.sh "$place" "$place.target" 2
	done
	[ "$(ls "$place.target")" = "$(printf 'backup-2.tar.gz\nbackup-3.tar.gz')" ]
	rm -rf "$place" "$place.target"
}
