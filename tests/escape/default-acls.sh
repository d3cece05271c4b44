#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: setfacl getfacl
#
# architecture.md, "Created files" (default ACLs then come right), kernel-notes.md P35: a default ACL
# takes the umask's place.
. "$TESTS/support/attack.sh"

mkdir bare gate
setfacl -d -m u::rwx,g::rwx,o::r-x,u:12345:rwx bare gate 2>/dev/null || skip "no ACLs on this file system"
make_all='umask 077; cd "$1" && echo >file && mkdir dir && mkfifo fifo && mknod socket p'
sh -c "$make_all" sh bare
expect_ok in_sandbox sh -c "$make_all" sh gate
(cd bare && getfacl -R . 2>/dev/null) >"$TEST_TMP/bare"
(cd gate && getfacl -R . 2>/dev/null) >"$TEST_TMP/gate"
cmp -s "$TEST_TMP/bare" "$TEST_TMP/gate" || {
	fail "the same ACLs as bare"
	diff "$TEST_TMP/bare" "$TEST_TMP/gate"
}
