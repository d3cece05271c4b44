#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 120
#
# style.md, "If there are a million of these?"; kernel-notes.md P21: two thousand threads stand in opens
# of FIFOs: the enforcer's memory and descriptors are bounded, the rest of the agent goes on, the run ends.
. "$TESTS/support/attack.sh"

cat >work.py <<'END'
import os, resource, threading, time

os.mkfifo("fifo")
threading.stack_size(65536)
started = 0
def stand():
    try:
        os.open("fifo", os.O_RDONLY)
    except OSError:
        pass
for i in range(2000):
    try:
        threading.Thread(target=stand, daemon=True).start()
        started += 1
    except RuntimeError:
        break
time.sleep(1)
worked = 0
for i in range(200):
    try:
        with open("file", "w") as file:
            worked += 1
    except OSError as error:
        last = error
print("worked", worked == 200, flush=True)
os._exit(0)
END
ulimit -Sn 1024
"$CALLGATE" run --unattended -- python3 work.py >"$TEST_TMP/out" 2>&1 &
run=$!
most=0
while kill -0 "$run" 2>/dev/null; do
	now=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$run/status" 2>/dev/null)
	[ "${now:-0}" -le "$most" ] || most=$now
	sleep 0.1
done
wait "$run"
expect_equal "$?" 0
expect_equal "$(grep -v '^callgate: denied: ' "$TEST_TMP/out")" "worked True"
limit=150000
[ -z "${CALLGATE_TEST_SANITIZED:-}" ] || limit=1500000
[ "$most" -lt "$limit" ] || fail "the enforcer should need less than $limit kB ($most)"
