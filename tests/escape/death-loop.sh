#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The enforcer is killed while eight processes open and make files: nothing succeeds afterwards, the
# sandbox ends, nobody is left (the runner looks). 20 times; 200 in the long form.
# timeout: 120
# long: 900
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

race_policy
install_program death-loop
expect_ok "$PROGRAMS/death-loop" "$(race_tries 20 200)" side \
	"$CALLGATE" run "${run_options[@]}" -- ./death-loop agent side
tail -n 1 "$test_output"
