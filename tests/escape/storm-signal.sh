#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Calls under a storm of signals. Where handlers are installed with SA_RESTART, as runtimes do, no
# call fails with EINTR. Without it the kernel leaves one moment open in which a signal interrupts
# what bare it does not: from the call to its pick-up by the enforcer (WAIT_KILLABLE_RECV holds from
# then on). How often that happens, with a signal each 300 us, is printed: it hangs on how soon the
# enforcer gets a CPU. Nothing else may go wrong. 10,000 rounds of four calls; 100,000 in the long
# form.
# timeout: 180
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

race_policy
install_program storm-signal
tries=$(race_tries 10000)

for how in restart urgent timer children; do
	race_run "$CALLGATE" "$tries" "$race_seconds" storm-signal "$how" || continue
	case $how in
	restart | urgent)
		expect_equal "$how $race_other" "$how 0"
		;;
	timer | children)
		[ "$race_other" -eq 0 ] || expect_equal "$how $race_errno" "$how EINTR"
		;;
	esac
done
