#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Issue, part 2: the status is the command's, 128 and the signal's number, 125 for callgate's own
# failure, 126 and 127 as in env(1).
. "$TESTS/support/sandbox.sh"

for status in 0 1 2 77 124 255; do
	expect_status "$status" in_sandbox sh -c "exit $status"
done
expect_status 143 in_sandbox sh -c 'kill -TERM $$'
expect_status 137 in_sandbox sh -c 'kill -KILL $$'
expect_status 139 in_sandbox sh -c 'kill -SEGV $$'
expect_status 134 in_sandbox sh -c 'kill -ABRT $$'
expect_status 127 in_sandbox no-such-program
expect_status 127 in_sandbox ./no-such-program
echo text >file
expect_status 126 in_sandbox ./file
expect_status 126 in_sandbox "$HOME/work"
expect_status 125 "$CALLGATE" run --no-such-option -- true
expect_status 125 "$CALLGATE" run --policy "$TEST_TMP/none.json" -- true
echo '{"version": 1, "rules": [}' >"$TEST_TMP/bad.json"
expect_status 125 "$CALLGATE" run --policy "$TEST_TMP/bad.json" -- true
expect_status 125 "$CALLGATE" run --unattended --
