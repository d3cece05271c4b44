#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Issue, part 2: no child outlives the run: neither one in the background, nor one in a session of its
# own that ignores signals.
. "$TESTS/support/sandbox.sh"

mark=6$RANDOM$RANDOM
expect_within 10 in_sandbox sh -c "sleep $mark & exit 3"
expect_equal "$test_status" 3
expect_within 10 in_sandbox sh -c "setsid sh -c 'trap \"\" TERM HUP INT; sleep $mark; :' & exit 0"
expect_within 10 in_sandbox bash -c "(setsid bash -c 'exec -a [kworker/0:1] sleep $mark' &) ; exit 0"
for _ in $(seq 20); do
	pgrep -f "sleep $mark|kworker/0:1.*$mark" >/dev/null || break
	sleep 0.1
done
expect_equal "$(pgrep -cf "sleep $mark")" 0
