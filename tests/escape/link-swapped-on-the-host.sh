#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "the walk from there takes no symlinks": a directory outside that became a link on
# the host, while the agent runs, does not lead an allowed write elsewhere.
. "$TESTS/support/attack.sh"

out=$TEST_TMP/out
mkdir -p "$out/d" "$TEST_TMP/elsewhere"
policy <<END
{"version": 1, "rules": [{"allow": ["read", "write"], "path": "$out/**/*.txt"}]}
END
in_sandbox bash -c "echo 1 >$out/d/1.txt; touch go; while [ -e go ]; do sleep 0.05; done
	echo 2 >$out/d/2.txt; rm -f $out/d/1.txt; mkdir $out/d/sub.txt; echo done" \
	>"$test_output" 2>"$test_errors" &
run=$!
while [ ! -e go ]; do sleep 0.05; done
mv "$out/d" "$out/d-old"
ln -s "$TEST_TMP/elsewhere" "$out/d"
echo keep >"$TEST_TMP/elsewhere/1.txt"
rm go
wait "$run"
expect_equal "$(ls "$TEST_TMP/elsewhere")" 1.txt
expect_file "$out/d-old/1.txt" 1
