#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "A wall and a gate", kernel-notes.md P39: O_PATH, attributes and names are no contents:
# what the gate would let slip the wall holds: a secret is listed and stat'ed, and never read.
. "$TESTS/support/attack.sh"

secret "$HOME/.ssh/id_rsa"
expect_output "11 EACCES EACCES EACCES EACCES" agent "$HOME/.ssh" <<'END'
import mmap, sys
path = sys.argv[1] + "/id_rsa"
size = os.stat(path).st_size
fd = call(SYS["openat"], AT_FDCWD, path.encode(), os.O_PATH)
say(size, attempt(os.open, path, os.O_RDONLY), attempt(os.listdir, sys.argv[1]),
    attempt(os.open, f"/proc/self/fd/{fd}", os.O_RDONLY) if fd >= 0 else "EACCES",
    attempt(os.execv, path, ["x"]))
END
