#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Created files get the target's umask"; kernel-notes.md, "301 of 400 files": eight
# creators at once, each with a mask of its own, by open, mkdir and mknod.
. "$TESTS/support/attack.sh"

expect_ok agent <<'END'
import stat
masks = [0o000, 0o002, 0o022, 0o027, 0o077, 0o177, 0o007, 0o037]
children = []
for mask in masks:
    pid = os.fork()
    if pid == 0:
        os.umask(mask)
        for i in range(100):
            os.close(os.open(f"f{mask:o}.{i}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            os.mkdir(f"d{mask:o}.{i}", 0o777)
            os.mknod(f"n{mask:o}.{i}", stat.S_IFIFO | 0o666)
        os._exit(0)
    children.append(pid)
for pid in children:
    os.waitpid(pid, 0)
wrong = 0
for mask in masks:
    for i in range(100):
        for letter, mode in (("f", 0o666), ("d", 0o777), ("n", 0o666)):
            path = f"{letter}{mask:o}.{i}"
            if stat.S_IMODE(os.stat(path).st_mode) != mode & ~mask:
                say(path, oct(os.stat(path).st_mode))
                wrong += 1
raise SystemExit(wrong != 0)
END
