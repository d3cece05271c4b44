#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Nothing in the loop may wait for the sandbox": many threads of one process call
# execve at once. The enforcer's seizing of one does not wait for the exec of another: each program
# runs, and other calls are answered afterwards. 300 each; 10,000 in the long form.
# timeout: 120
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

policy <<<'{"version": 1, "extends": "agent"}'
install_program exec-many-threads race-image
mv race-image image.p
tries=$(race_tries 300 10000)

for threads in 2 8 24; do
	race_run "$CALLGATE" "$tries" "$race_seconds" exec-many-threads "$threads" || break
	expect_equal "$threads: $race_allowed" "$threads: $tries"
done
