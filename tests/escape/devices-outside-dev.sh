#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# users: root
#
# architecture.md, "block devices, and character devices outside the private /dev, are refused": also
# where the person put one into the workspace, or adds the host's /dev.
. "$TESTS/support/attack.sh"

mknod work-null c 1 3 2>/dev/null || skip "this root may not make devices"
mknod work-disk b 7 200
chmod 666 work-null work-disk
expect_error "Permission denied" in_sandbox cat work-null
expect_error "Permission denied" in_sandbox sh -c 'echo >work-null'
expect_error "Permission denied" in_sandbox cat work-disk
expect_fail in_sandbox truncate -s 0 work-disk
rm work-null work-disk
disk=$(find /dev -maxdepth 1 -type b | head -n 1)
policy <<'END'
{"version": 1, "rules": [{"allow": ["read", "write"], "unprotect": true}]}
END
for add in "" /dev /; do
	run_options=(--unattended --policy "$TEST_TMP/policy.json")
	[ -z "$add" ] || run_options+=(--add-dir "$add")
	for path in $disk /dev/mem /dev/kmsg /dev/console /dev/loop-control /dev/net/tun /dev/fuse; do
		test_run in_sandbox dd if="$path" of=/dev/null count=1 bs=16 iflag=nonblock
		case $test_status in
		0) fail "$path should not be read (with '$add')" ;;
		esac
		test_run in_sandbox python3 -c 'import os, sys; os.open(sys.argv[1], os.O_WRONLY | os.O_NONBLOCK)' "$path"
		[ "$test_status" -ne 0 ] || fail "$path should not be opened (with '$add')"
	done
done
