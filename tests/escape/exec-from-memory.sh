#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, invariant 1, and kernel-notes.md P58: Landlock does not cover memfds, so none can be
# executed: execveat, /proc/self/fd/N, fexecve, sealed or not; a deleted file neither by another name.
. "$TESTS/support/attack.sh"

expect_output "refused refused refused refused refused refused" agent <<'END'
said = []
def run(way):
    pid = os.fork()
    if pid == 0:
        try:
            way()
        except OSError as error:
            os._exit(100 if error.errno in (13, 1, 2) else 101)
        os._exit(102)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    said.append("refused" if code == 100 or code < 0 else str(code))
program = open("/bin/true", "rb").read()
argv = (ctypes.c_char_p * 2)(b"true", None)
envp = (ctypes.c_char_p * 1)(None)
for flags in (0, 1, 0x10, 0x2):
    fd = call(SYS["memfd_create"], b"m", flags)
    assert fd >= 0, fd
    os.write(fd, program)
    if flags == 0:
        def execveat():
            result = call(SYS["execveat"], fd, b"", argv, envp, 0x1000)
            raise OSError(-result, "")
        run(execveat)
        run(lambda: os.execve(fd, ["true"], {}))
        attempt(os.fchmod, fd, 0o777)
        run(lambda: os.execve(fd, ["true"], {}))
    run(lambda: os.execv(f"/proc/self/fd/{fd}", ["true"]) if flags != 0x10
        else os.execv(f"/proc/{os.getpid()}/fd/{fd}", ["true"]))
say(*said[:6])
if any(word != "refused" for word in said):
    say(said)
END
