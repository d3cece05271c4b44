#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Issue, part 2: --add-dir and --read are absolute and exist, else nothing starts and it is said.
. "$TESTS/support/sandbox.sh"

mkdir "$HOME/work/below"
for option in --add-dir --read; do
	for dir in "$TEST_TMP/not-there" below; do
		run_options=(--unattended "$option" "$dir")
		expect_status 125 in_sandbox touch ran
		grep -qF "$dir" "$test_errors" || fail "the message should name $dir"
		expect_no_file "$HOME/work/ran"
	done
done
