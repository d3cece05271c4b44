#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "From the view to the host only by mount", and kernel-notes.md, "A pin taken from the
# read-only view is EROFS": a file outside that a glob rule allows is written on the host, with the
# agent's umask and owner; nothing beside it is.
. "$TESTS/support/attack.sh"

out=$TEST_TMP/out
mkdir -p "$out/sub"
echo old >"$out/old.txt"
echo old >"$out/old.log"
policy <<END
{"version": 1, "rules": [{"allow": ["read", "write"], "path": "$out/**/*.txt"}]}
END
expect_ok in_sandbox bash -c "umask 027; echo new >$out/new.txt; umask 077; echo s >$out/sub/s.txt;
	echo more >>$out/old.txt; chmod 604 $out/old.txt; touch -d @86400 $out/old.txt"
expect_file "$out/new.txt" new
expect_equal "$(stat -c '%a %u' "$out/new.txt")" "640 $(id -u)"
expect_equal "$(stat -c %a "$out/sub/s.txt")" 600
expect_file "$out/old.txt" "old
more"
expect_equal "$(stat -c '%a %Y' "$out/old.txt")" "604 86400"
for command in "echo x >>$out/old.log" "echo x >$out/new.log" "mkdir $out/dir" "rm $out/old.log" \
	"mv $out/old.txt $out/old.md" "ln $out/old.txt $out/l.md" "rmdir $out/sub" \
	"ln -s $HOME/.bashrc $out/l.txt && echo x >>$out/l.txt"; do
	expect_fail in_sandbox bash -c "$command"
done
expect_ok in_sandbox rm "$out/new.txt"
expect_no_file "$out/new.txt"
expect_file "$out/old.log" old
