#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: unshare
#
# architecture.md, "The path is walked by us": a procfs of the host that is visible elsewhere in the view
# tells of host processes, and its self would be the enforcer: nothing of it is opened.
. "$TESTS/support/attack.sh"

mkdir hostproc
options=(-m)
[ "$(id -u)" -eq 0 ] || options=(-Urm)
unshare "${options[@]}" mount --rbind /proc hostproc 2>/dev/null ||
	skip "no procfs can be bound in a mount namespace here"
policy <<'END'
{"version": 1, "rules": [
	{"allow": ["read", "write", "exec", "connect", "listen"], "unprotect": true}]}
END
for path in self/status self/environ self/mem self/root/etc/shadow self/cwd self/cwd/x self/fd/0 self/exe 1/status \
	version sys/kernel/hostname; do
	test_run unshare "${options[@]}" sh -c 'mount --rbind /proc hostproc && exec "$@"' sh \
		"$CALLGATE" run --unattended --profile observe --policy "$TEST_TMP/policy.json" -- \
		cat "hostproc/$path"
	if [ "$test_status" -eq 0 ] || [ "$test_status" -eq 125 ] ||
		! grep -q 'Permission denied' "$test_errors"; then
		fail "hostproc/$path should be refused"
		test_show
	fi
done
