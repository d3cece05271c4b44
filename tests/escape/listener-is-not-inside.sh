#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md P15: nobody inside holds the listener, or calls would hang for ever after the enforcer:
# no process in the sandbox has a descriptor of it, of the enforcer's ring or of a socket to it.
. "$TESTS/support/attack.sh"

"$CALLGATE" run --unattended -- sh -c 'touch up; sleep 30; :' &
run=$!
while ! [ -e up ]; do sleep 0.05; done
sleep 0.3
below() {
	local pid

	for pid in $(cat "/proc/$1/task"/*/children); do
		echo "$pid"
		below "$pid"
	done
}
namespace=$(readlink "/proc/$run/ns/pid")
count=0
for pid in $(below "$run"); do
	# As the ordinary user another's descriptors may be hidden; its own agents' are not.
	[ "$(readlink "/proc/$pid/ns/pid" 2>/dev/null)" != "$namespace" ] || continue
	count=$((count + 1))
	if find "/proc/$pid/fd" -lname '*seccomp*' -o -lname '*io_uring*' 2>/dev/null | grep -q .; then
		fail "$pid ($(cat "/proc/$pid/comm")) holds what is the enforcer's"
		ls -l "/proc/$pid/fd"
	fi
done
[ "$count" -gt 0 ] || [ "$TEST_USER" = user ] || fail "processes inside should be found"
kill "$run"
wait "$run"
:
