#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md P58: fexecve, execveat and /proc/self/fd/N of an allowed program run it; a deleted file
# of the workspace, held open, is what it was.
. "$TESTS/support/attack.sh"

expect_output "0 0 0 0" agent <<'END'
import shutil
def run(way):
    pid = os.fork()
    if pid == 0:
        try:
            way()
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
fd = os.open("/bin/true", os.O_RDONLY)
path = os.open("/bin/true", os.O_PATH)
said = [run(lambda: os.execve(fd, ["true"], {})), run(lambda: os.execve(path, ["true"], {})),
        run(lambda: os.execv(f"/proc/self/fd/{fd}", ["true"]))]
shutil.copy("/bin/true", "mine")
mine = os.open("mine", os.O_RDONLY)
os.unlink("mine")
said.append(run(lambda: os.execve(mine, ["true"], {})))
say(*said)
END
