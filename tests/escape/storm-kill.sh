#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Whoever makes calls is killed at any moment of them: those who live are served, and the
# enforcer keeps nothing: it may open 256 descriptors in all, and has as many afterwards as
# before. 1,000 kills each; 4,000 in the long form.
# timeout: 180
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

race_policy
install_program storm-kill race-image
cp race-image image.p
ulimit -n 256
tries=$(race_tries 1000 4000)
kinds='open create fifo connect exec thread'

# wait_for FILE
wait_for() {
	local end=$((SECONDS + race_seconds))

	until [ -e "$1" ] || [ "$SECONDS" -gt "$end" ]; do
		sleep 0.05
	done
}

# But for the processes that it keeps for speed, at most 64, of which some end. Where it cannot be
# looked at (its memory is nobody's, so only root can) the limit alone speaks.
descriptors() {
	sleep 0.3 # what waits for others is looked after each 50 ms
	find "/proc/$1/fd" -mindepth 1 -printf '%l\n' 2>/dev/null |
		grep -cvE '^/proc/[0-9]+( \(deleted\))?$'
}

"$CALLGATE" run "${run_options[@]}" -- sh -c '
	for kind in $2; do ./storm-kill 200 20 "$kind" || exit; done
	: >first
	until [ -e on ]; do sleep 0.05; done
	for kind in $2; do ./storm-kill "$1" 60 "$kind" || exit; done
	: >second
	until [ -e end ]; do sleep 0.05; done' - "$tries" "$kinds" \
	>"$test_output" 2>"$test_errors" &
enforcer=$!
wait_for first
before=$(descriptors "$enforcer")
: >on
for _ in $kinds; do
	wait_for second
done
after=$(descriptors "$enforcer")
: >end
wait "$enforcer" || fail "ended with status $?"
echo "descriptors of the enforcer: $before, $after"
cat "$test_output" "$test_errors"
[ "$after" -le "$before" ] || fail "descriptors are left behind: $before, then $after"
expect_equal "$(grep -c " allowed=$tries .* other=0" "$test_output")" 6
