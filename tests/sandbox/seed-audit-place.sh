#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Issue, part 6: a record inside a tree that the agent may write is refused; outside it is written.
. "$TESTS/support/sandbox.sh"

mkdir "$TEST_TMP/added" sub
ln -s "$HOME/work" "$TEST_TMP/link"
for file in "$HOME/work/log" "$HOME/work/sub/log" "$TEST_TMP/link/log" log "$TEST_TMP/added/log"; do
	run_options=(--unattended --add-dir "$TEST_TMP/added" --audit "$file")
	expect_status 125 in_sandbox touch ran
	grep -q 'where the agent may write' "$test_errors" || {
		fail "the message should say why"
		test_show
	}
	expect_no_file "$HOME/work/ran"
done
run_options=(--unattended --audit "$TEST_TMP/log.jsonl")
expect_ok in_sandbox true
[ -s "$TEST_TMP/log.jsonl" ] || fail "there should be a record"
expect_equal "$(stat -c %a "$TEST_TMP/log.jsonl")" 600
