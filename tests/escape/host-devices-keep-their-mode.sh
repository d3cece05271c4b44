#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Performing without becoming a tool of the agent": the nodes of the private /dev are
# the host's: their mode, owner, times and attributes are not the agent's to change, as root neither;
# nor through a descriptor, nor a hard link to one. Its own terminals and /dev/shm are.
. "$TESTS/support/attack.sh"

before=$(stat -c '%n %a %u %g %Y' /dev/null /dev/zero /dev/full /dev/tty)
expect_ok agent <<'END'
wrong = 0
for path in ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/stdin"):
    # What it has already: a defect changes nothing for the others on this machine.
    st = os.stat(path)
    said = [attempt(os.chmod, path, st.st_mode & 0o777), attempt(os.chown, path, 0, 0),
            attempt(os.utime, path, (st.st_atime, st.st_mtime)),
            attempt(os.setxattr, path, "user.x", b"x")]
    if path != "/dev/tty":
        fd = os.open(path, os.O_RDONLY)
        said += [attempt(os.fchmod, fd, st.st_mode & 0o777), attempt(os.utime, fd, (1, st.st_mtime))]
    said += [attempt(os.link, path, "link"), attempt(os.rename, path, "moved"),
             attempt(os.unlink, "/dev/stdin" if False else path) if path != "/dev/stdin" else "EBUSY"]
    if "ok" in said:
        say(path, said)
        wrong = 1
open("/dev/shm/x", "w").close()
os.chmod("/dev/shm/x", 0o600)
master, slave = os.openpty()
os.fchmod(slave, 0o620)
raise SystemExit(wrong)
END
expect_equal "$(stat -c '%n %a %u %g %Y' /dev/null /dev/zero /dev/full /dev/tty)" "$before"
