#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, invariant 2, kernel-notes.md P14: SIGKILL of the enforcer ends the sandbox; no call
# succeeds afterwards, and no process stays.
. "$TESTS/support/attack.sh"

mark=7$RANDOM$RANDOM
"$CALLGATE" run --unattended -- bash -c "setsid sleep $mark & sleep $mark & touch up
	trap '' TERM HUP INT
	i=0; while :; do i=\$((i + 1)); echo \$i >count; done" &
run=$!
while ! [ -e up ]; do sleep 0.05; done
sleep 0.5
kill -KILL "$run"
wait "$run" 2>/dev/null
for _ in $(seq 30); do
	pgrep -f "$mark" >/dev/null || break
	sleep 0.1
done
expect_equal "$(pgrep -cf "$mark")" 0
count=$(cat count)
sleep 0.3
expect_equal "$(cat count)" "$count"
