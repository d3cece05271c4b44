#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The nodes of the private /dev are the host's own, bound there: a root without capabilities owns them,
# and bare could change them. Nothing inside does, whatever the policy says.
# users: root
# needs: setfattr
. "$TESTS/support/sandbox.sh"

policy <<'POLICY'
{"version": 1, "rules": [
	{"allow": ["read", "exec"]},
	{"allow": "write", "path": "${workspace}"},
	{"allow": "write", "path": "/dev"}
]}
POLICY

# To what they are already: where the gate fails, the machine is not harmed.
before=$(stat -c '%a %u %g %Y' /dev/full)
expect_error 'Operation not permitted' in_sandbox chmod 666 /dev/full
expect_error 'Operation not permitted' in_sandbox chown root /dev/full
expect_error 'Operation not permitted' in_sandbox touch -c -d "@${before##* }" /dev/full
expect_error 'Operation not permitted' in_sandbox setfattr -n security.selinux -v x /dev/full
expect_equal "$(stat -c '%a %u %g %Y' /dev/full)" "$before"
expect_ok in_sandbox sh -c 'echo > /dev/null && touch /dev/shm/file && chmod 600 /dev/shm/file'
