#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "mknod makes FIFOs, sockets and regular files only": devices and whiteouts are EPERM.
. "$TESTS/support/attack.sh"

expect_output "EPERM EPERM EPERM EPERM EPERM ok ok ok" agent <<'END'
import stat
touched = open("file", "w").close()
say(system_call("mknod", b"c", stat.S_IFCHR | 0o666, (1 << 8) | 3),
    system_call("mknod", b"b", stat.S_IFBLK | 0o666, (254 << 8)),
    system_call("mknod", b"w", stat.S_IFCHR | 0o666, 0),
    system_call("mknodat", AT_FDCWD, b"c2", stat.S_IFCHR | 0o666, (5 << 8) | 1),
    system_call("renameat2", AT_FDCWD, b"file", AT_FDCWD, b"other", 4),
    system_call("mknod", b"fifo", stat.S_IFIFO | 0o666, 0),
    system_call("mknod", b"socket", stat.S_IFSOCK | 0o666, 0),
    system_call("mknod", b"regular", stat.S_IFREG | 0o666, 0))
END
for name in c b w c2 other; do
	expect_no_file "$HOME/work/$name"
done
