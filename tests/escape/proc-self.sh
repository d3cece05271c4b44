#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "self and thread-self are the target's, fd/N is pidfd_getfd"; kernel-notes.md P25 and
# "RESOLVE_IN_ROOT": /proc/self, /dev/stdin, /dev/fd and /etc/mtab work, and are the agent's.
. "$TESTS/support/attack.sh"

echo content >file
expect_ok agent <<'END'
import threading
def read(path):
    with open(path) as file:
        return file.read()
def field(path, key):
    return next(line.split()[1] for line in read(path).splitlines() if line.startswith(key))
assert field("/proc/self/status", "Pid:") == str(os.getpid())
assert os.readlink("/proc/self") == str(os.getpid())
said = []
def thread():
    said.append(field("/proc/thread-self/status", "Pid:") == str(threading.get_native_id()))
    said.append(field("/proc/self/status", "Pid:") == str(os.getpid()))
t = threading.Thread(target=thread)
t.start()
t.join()
assert said == [True, True], said
fd = os.open("file", os.O_RDONLY)
for path in (f"/proc/self/fd/{fd}", f"/dev/fd/{fd}", f"/proc/thread-self/fd/{fd}",
             f"/proc/{os.getpid()}/fd/{fd}", f"/proc/{os.getpid()}/task/{os.getpid()}/fd/{fd}",
             "/proc/self/cwd/file", f"/proc/self/root{os.getcwd()}/file"):
    assert read(path) == "content\n", path
assert "proc" in read("/etc/mtab") if os.path.lexists("/etc/mtab") else True
assert read("/proc/self/comm") == "python3\n"
assert "attack" in read("/proc/self/maps") or "python" in read("/proc/self/maps")
read("/proc/self/exe") if False else os.close(os.open("/proc/self/exe", os.O_RDONLY))
END
expect_output "through" sh -c "echo through | '$CALLGATE' run --unattended -- cat /dev/stdin"
expect_output "out" in_sandbox sh -c 'echo out >/dev/stdout'
