#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "No capabilities while performing": the enforcer's own process has none while the
# agent runs; and P61: it is not dumpable, and no process of the run has cores.
. "$TESTS/support/attack.sh"

"$CALLGATE" run --unattended -- sh -c 'echo up >up; exec sleep 20' &
run=$!
while ! [ -s up ]; do sleep 0.05; done
for set in CapInh CapPrm CapEff CapAmb; do
	expect_equal "$(sed -n "s/^$set:\t//p" "/proc/$run/status")" 0000000000000000
done
expect_equal "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$run/status")" 1
# Not dumpable: /proc/<pid>/fd and its kin belong to root then, and are closed to the same user.
expect_equal "$(stat -c %u "/proc/$run/environ")" 0
if [ "$TEST_USER" = user ]; then
	ls "/proc/$run/fd" >/dev/null 2>&1 && fail "the enforcer's descriptors should be hidden"
fi
kill "$run"
wait "$run"
:
