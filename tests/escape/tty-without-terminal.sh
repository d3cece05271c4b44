#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: script
#
# architecture.md, "/dev/tty is the target's own terminal": ENXIO where it has none, also when the person
# has one; /dev/console is not the person's.
. "$TESTS/support/attack.sh"

expect_output "ENXIO ENXIO" agent <<'END'
say(attempt(os.open, "/dev/tty", os.O_RDWR), attempt(os.open, "/dev/tty", os.O_RDONLY | os.O_NONBLOCK))
END
expect_fail in_sandbox sh -c 'echo x >/dev/console'
expect_fail in_sandbox sh -c 'echo x >/dev/tty'
# In a session of its own there is no terminal, whatever the run has.
SHELL=/bin/bash script -qec "'$CALLGATE' run --unattended -- setsid -w sh -c \
	'(: >/dev/tty) 2>/dev/null && echo opened || echo refused'" /dev/null </dev/null >"$TEST_TMP/out" 2>&1
expect_equal "$(tr -d '\r\0' <"$TEST_TMP/out" | sed 's/\^@//; s/\x08//g' | grep -cE '^refused$')" 1
[ "$test_failures" -eq 0 ] || cat -v "$TEST_TMP/out"
