#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md P61: the enforcer is outside the pid namespace: no number reaches it, neither signal nor
# ptrace nor /proc; and pid 1 inside does not die of the agent's signals.
. "$TESTS/support/attack.sh"

"$CALLGATE" run --unattended -- python3 -c '
import os, time
for pid in range(1, 40000):
    if pid != os.getpid():
        try:
            os.kill(pid, 9)
        except OSError:
            pass
open("survived", "w").close()' &
run=$!
wait "$run"
expect_equal "$?" 0
[ -e survived ] || fail "the agent should go on"
