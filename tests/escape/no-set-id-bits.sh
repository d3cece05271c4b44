#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "mode bits 06000 are stripped": by open, creat, mkdir, mknod, chmod, fchmod (on a
# descriptor that was opened for reading: kernel-notes.md), fchmodat2, O_TMPFILE.
. "$TESTS/support/attack.sh"

expect_output "0o755 0o755 0o755 0o755 0o755 0o755 0o755 0o755 0o755 0o755" agent <<'END'
import stat
os.umask(0)
def mode(path):
    return oct(stat.S_IMODE(os.stat(path).st_mode) & 0o6777)
said = []
os.close(os.open("open", os.O_CREAT | os.O_WRONLY, 0o6755))
said.append(mode("open"))
os.close(call(SYS["creat"], b"creat", 0o6755))
said.append(mode("creat"))
os.mkdir("dir", 0o6755)
said.append(mode("dir"))
os.mknod("node", stat.S_IFREG | 0o6755)
said.append(mode("node"))
open("file", "w").close()
os.chmod("file", 0o6755)
said.append(mode("file"))
os.chmod("file", 0)
os.chmod("file", 0o644)
fd = os.open("file", os.O_RDONLY)
os.fchmod(fd, 0o6755)
said.append(mode("file"))
os.chmod("file", 0)
call(SYS["fchmodat2"], AT_FDCWD, b"file", 0o6755, 0)
said.append(mode("file"))
os.chmod("dir", 0o2755)
said.append(mode("dir"))
fd = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o6755)
said.append(oct(stat.S_IMODE(os.fstat(fd).st_mode)))
how = (ctypes.c_uint64 * 3)(os.O_CREAT | os.O_WRONLY, 0o6755, 0)
os.close(call(SYS["openat2"], AT_FDCWD, b"openat2", how, 24))
said.append(mode("openat2"))
say(*said)
END
expect_equal "$(find "$HOME/work" -perm /6000 | wc -l)" 0
