#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: dash jq script stty
# timeout: 90
#
# SIGKILL of callgate leaves the person's terminal as it was before, where no shell with job control puts it
# right; and nothing of the run stays behind.
. "$TESTS/support/sandbox.sh"

# In the foreground, as a program of a script is.
cat >"$TEST_TMP/person.sh" <<END
modes() { stty -a | tr ' ;' '\n\n' | grep -x -- '-*icanon\|-*echo\|-*isig\|-*opost'; }
tty >$TEST_TMP/tty
modes >$TEST_TMP/before
$CALLGATE run -- sh -c 'exec sleep 1000'
until [ "\$(modes)" = "\$(cat $TEST_TMP/before)" ]; do sleep 0.1; done
modes >$TEST_TMP/after
END
# A terminal that stays until its person is done.
script -qec "dash $TEST_TMP/person.sh" /dev/null </dev/null >"$TEST_TMP/said" 2>&1 &
script=$!

is_raw() {
	enforcer=$("$CALLGATE" runs --json | jq -r '.runs[0].pid // empty')
	[ -n "$enforcer" ] && stty -F "$(cat "$TEST_TMP/tty")" -a | grep -q -- '-icanon'
}
until_true is_raw
kill -KILL "$enforcer"
until_true test -s "$TEST_TMP/after"
expect_equal "$(cat "$TEST_TMP/after")" "$(cat "$TEST_TMP/before")"
grep -qx icanon "$TEST_TMP/after" || fail "the terminal should be cooked"
wait "$script"
