#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The device nodes of the private /dev are the host's: no mode, owner, time or attribute of theirs
# changes, not even for root. What is tried leaves them as they should be, if it succeeds.
. "$TESTS/support/sandbox.sh"

for node in /dev/null /dev/full; do
	before=$(stat -c '%a %u %g %Z' "$node")
	mode=$(stat -c %a "$node")
	owner=$(stat -c %u:%g "$node")
	expect_fail in_sandbox chmod "$mode" "$node"
	expect_fail in_sandbox chown "$owner" "$node"
	expect_fail in_sandbox touch -d @0 "$node"
	expect_fail in_sandbox /usr/bin/python3 -c \
		"import os; os.fchmod(os.open('$node', os.O_RDWR), 0o$mode)"
	expect_equal "$(stat -c '%a %u %g %Z' "$node")" "$before"
done
# A terminal is the sandbox's own.
expect_ok in_sandbox /usr/bin/python3 -c "
import os, pty
master, slave = pty.openpty()
os.fchmod(slave, 0o600)"
