#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "every tty O_NOCTTY", kernel-notes.md P38: a terminal that the agent makes and has
# opened by name does not become the enforcer's.
. "$TESTS/support/attack.sh"

setsid -w "$CALLGATE" run --unattended -- python3 -c '
import os, time
if os.fork() == 0:
    os.setsid()
else:
    os.wait()
    raise SystemExit
master, slave = os.openpty()
fd = os.open(os.ttyname(slave), os.O_RDWR)
open("up", "w").close()
while not os.path.exists("down"):
    time.sleep(0.05)' &
run=$!
while ! [ -e up ]; do sleep 0.05; done
expect_equal "$(sed 's/.*) //' "/proc/$run/stat" | cut -d' ' -f5)" 0
touch down
wait "$run"
