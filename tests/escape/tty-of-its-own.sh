#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: script
#
# architecture.md, "a run on a terminal has a pty of its own there, never the person's": another device,
# /dev/tty and /proc/self/fd/0 are it, and it has no name of the person's devpts.
. "$TESTS/support/attack.sh"

cat >look.sh <<'END'
tty=$(tty)
case $tty in /dev/pts/*|/dev/console) echo "tty $tty" ;; *) echo "none $tty" ;; esac
echo "same $(stat -L -c %d:%i /proc/self/fd/0)"
[ -e "$tty" ] && echo named
echo through >/dev/tty && echo written
ls /dev/pts | tr '\n' ' '
END
SHELL=/bin/bash script -qec "stat -L -c 'person %d:%i' /proc/self/fd/0; '$CALLGATE' run --unattended -- sh look.sh" \
	/dev/null </dev/null >"$TEST_TMP/out" 2>&1
said=$(tr -d '\r\0' <"$TEST_TMP/out" | sed 's/\^@//; s/\x08//g')
echo "$said" | grep -q '^tty /dev/pts/' || fail "the agent should have a terminal"
echo "$said" | grep -qx named || fail "it should have a name inside"
echo "$said" | grep -qx through || fail "/dev/tty should be it"
echo "$said" | grep -qx written || fail "/dev/tty should be writable"
person=$(echo "$said" | sed -n 's/^person //p')
same=$(echo "$said" | sed -n 's/^same //p')
[ -n "$person" ] && [ "$person" != "$same" ] || fail "it should not be the person's ($person, $same)"
[ "$test_failures" -eq 0 ] || echo "$said"
