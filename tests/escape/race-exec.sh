#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The name of a program, or an argument that a rule looks at, is rewritten while execve is
# judged: what was refused never runs its first instruction. 10,000 tries each; 50,000 in the
# long form.
# timeout: 240
# long: 1800
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

race_policy
install_program race-exec race-image
cp race-image image.p
cp race-image image.s
for what in path argument; do
	race "$(race_tries 10000 50000)" race-exec "$what"
	# It was met, not only missed: the wrong image was there, and was killed.
	[ "$race_killed" -gt 0 ] || fail "$what: no exec was ever caught by its verification"
done
