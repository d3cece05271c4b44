#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Programs are started from eight threads at once, in each way that makes verifying them hard:
# all of them run, none is refused or hangs. 800 each; 20,000 in the long form.
# timeout: 180
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

policy <<<'{"version": 1, "extends": "agent"}'
install_program storm-exec race-image
mv race-image image.p
tries=$(race_tries 800 20000)

for how in spawn vfork thread leaderless exiting; do
	race_run "$CALLGATE" "$tries" "$race_seconds" storm-exec "$how" || continue
	expect_equal "$how $race_allowed" "$how $tries"
done
race_run "$CALLGATE" "$tries" "$race_seconds" storm-exec killed
expect_equal "$((race_allowed + race_killed)) $race_other" "$tries 0"
