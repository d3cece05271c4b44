#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Issue, "What it must show": a log outside cannot be read until --add-dir or --read names its
# directory; --read gives no writing.
. "$TESTS/support/sandbox.sh"

log=$TEST_TMP/app
secret "$log/error.log"

expect_error "Permission denied" in_sandbox cat "$log/error.log"
run_options=(--unattended --add-dir "$log")
expect_output "the secret" in_sandbox cat "$log/error.log"
expect_ok in_sandbox sh -c "echo more >>$log/error.log"
expect_file "$log/error.log" "the secret
more"
run_options=(--unattended --read "$log")
expect_ok in_sandbox cat "$log/error.log"
expect_fail in_sandbox sh -c "echo again >>$log/error.log"
expect_fail in_sandbox rm "$log/error.log"
expect_fail in_sandbox touch "$log/new"
expect_no_file "$log/new"
expect_equal "$(wc -l <"$log/error.log")" 2
