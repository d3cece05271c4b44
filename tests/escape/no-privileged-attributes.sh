#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "No capabilities while performing": as root too, no file capabilities, no trusted or
# security attributes, no other owner; nor in the private /tmp, whose namespace is the enforcer's.
. "$TESTS/support/attack.sh"

touch file
expect_output "EPERM EPERM EPERM EPERM EPERM refused refused" agent <<'END'
capability = bytes.fromhex("0100000202000000" + "00" * 12)[:20]
foreign = 12345
fd = os.open("file", os.O_RDWR)
os.close(os.open("/tmp/file", os.O_CREAT | os.O_WRONLY))
say(attempt(os.setxattr, "file", "security.capability", capability),
    attempt(os.setxattr, fd, "security.capability", capability),
    attempt(os.setxattr, "file", "trusted.x", b"x"),
    attempt(os.setxattr, "/tmp/file", "security.capability", capability),
    attempt(os.setxattr, "/tmp/file", "trusted.x", b"x"),
    *["refused" if said in ("EPERM", "EINVAL") else said  # an id that the sandbox does not know
      for said in (attempt(os.chown, "file", foreign, -1), attempt(os.fchown, fd, foreign, foreign))])
END
