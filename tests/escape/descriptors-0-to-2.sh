#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Descriptors 0 to 2 are checked": what came in as a file gives no more than it had:
# a file open for reading is not opened for writing through /proc/self/fd or /dev/stdin, nor changed.
. "$TESTS/support/attack.sh"

secret "$TEST_TMP/in"
chmod 600 "$TEST_TMP/in"
cat >given.py <<'END'
from attack import *
said = []
# Opening it duplicates it: nothing is truncated.
attempt(os.open, "/dev/stdin", os.O_RDONLY | os.O_TRUNC)
for path in ("/dev/stdin", "/proc/self/fd/0", "/dev/fd/0"):
    said += [attempt(os.open, path, os.O_WRONLY), attempt(os.open, path, os.O_RDWR),
             attempt(os.chmod, path, 0o666),
             attempt(os.truncate, path, 0), attempt(os.unlink, path)]
said += [attempt(os.fchmod, 0, 0o666), attempt(os.ftruncate, 0, 0), attempt(os.utime, 0, (1, 1)),
         attempt(os.setxattr, 0, "user.x", b"y"), attempt(os.link, "/proc/self/fd/0", "linked")]
say("ok" in said, os.read(0, 100))
END
before=$(stat -c '%a %s %Y' "$TEST_TMP/in")
expect_output "False b'the secret\\n'" sh -c \
	"'$CALLGATE' run --unattended -- python3 -B given.py <'$TEST_TMP/in'"
expect_equal "$(stat -c '%a %s %Y' "$TEST_TMP/in")" "$before"
expect_no_file linked
