#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md, "fchmod, futimens and fsetxattr work on an O_RDONLY descriptor": of a file that may be
# read and not written nothing is changed through its descriptor, by name, or by truncation.
. "$TESTS/support/attack.sh"

echo text >fixed.cfg
policy <<'END'
{"version": 1, "rules": [{"deny": "write", "path": "*.cfg"}]}
END
before=$(stat -c '%a %s %Y %h %u' fixed.cfg)
expect_output "EACCES" agent <<'END'
fd = os.open("fixed.cfg", os.O_RDONLY)
path = os.open("fixed.cfg", os.O_PATH)
proc = f"/proc/self/fd/{fd}"
said = {attempt(os.fchmod, fd, 0o777), attempt(os.utime, fd, (1, 1)), attempt(os.fchown, fd, os.getuid(), -1),
        attempt(os.setxattr, fd, "user.x", b"y"), attempt(os.chmod, proc, 0o777),
        attempt(os.utime, proc, (1, 1)), attempt(os.truncate, proc, 0), attempt(os.open, proc, os.O_WRONLY),
        attempt(os.open, "fixed.cfg", os.O_RDONLY | os.O_TRUNC), attempt(os.chmod, f"/proc/self/fd/{path}", 0),
        system_call("fchmodat2", path, b"", 0o777, 0x1000), attempt(os.removexattr, "fixed.cfg", "user.x"),
        attempt(os.link, proc, "second"), attempt(os.link, "fixed.cfg", "second.txt")}
say(*sorted(said - {"EXDEV", "ENODATA"}))
END
expect_equal "$(stat -c '%a %s %Y %h %u' fixed.cfg)" "$before"
