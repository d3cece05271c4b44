#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The doctor finds this machine, on which the other tests pass, able to run a sandbox, and says the
# same in lines and as JSON.
. "$TESTS/support/sandbox.sh"

expect_ok "$CALLGATE" doctor
expect_equal "$(grep -cE '^(ok  |warn|FAIL)  ' "$test_output")" 24
expect_equal "$(grep -c '^FAIL' "$test_output")" 0

expect_ok "$CALLGATE" doctor --json
cp "$test_output" "$TEST_TMP/doctor.json"
expect_output "1 24 True" /usr/bin/python3 -c '
import json, sys
said = json.load(open(sys.argv[1]))
print(said["version"], len(said["checks"]), said["status"] in ("ok", "warn"))' \
	"$TEST_TMP/doctor.json"

expect_status 2 "$CALLGATE" doctor --no-such-option
