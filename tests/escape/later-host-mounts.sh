#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# users: root
#
# kernel-notes.md, "a file system that the host mounts later appears inside, writable": it does not, and
# an allowed write to its path is refused, for the host has another thing there now.
. "$TESTS/support/attack.sh"

mkdir -p "$TEST_TMP/m"
mount -t tmpfs tmpfs "$TEST_TMP/m" 2>/dev/null || skip "this root may not mount"
umount "$TEST_TMP/m"
policy <<END
{"version": 1, "rules": [{"allow": ["read", "write"], "path": "$TEST_TMP/m/*.txt"},
	{"allow": "read", "path": "$TEST_TMP/m"}]}
END
in_sandbox bash -c "touch go; while [ -e go ]; do sleep 0.05; done; ls $TEST_TMP/m
	cat $TEST_TMP/m/later; echo x >$TEST_TMP/m/x.txt; grep -c '$TEST_TMP/m ' /proc/mounts" \
	>"$test_output" 2>"$test_errors" &
run=$!
while [ ! -e go ]; do sleep 0.05; done
mount -t tmpfs tmpfs "$TEST_TMP/m"
secret "$TEST_TMP/m/later"
rm go
wait "$run"
expect_equal "$(ls "$TEST_TMP/m")" later
umount "$TEST_TMP/m"
grep -q secret "$test_output" && fail "the later mount should not be seen"
expect_equal "$(tail -n 1 "$test_output")" 0
