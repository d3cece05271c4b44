#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Directories are handed over only as opened through the target's own root"; from none
# that the agent can get (open, O_PATH, /proc, SCM_RIGHTS, a rule outside) leads ".." to the host's root.
. "$TESTS/support/attack.sh"

mkdir -p "$TEST_TMP/out/sub" "$TEST_TMP/added/deep/er"
host=$(mktemp -d /tmp/callgate-test.XXXXXX) || exit 1
cat >"$TEST_TMP/policy.json" <<END
{"version": 1, "rules": [{"allow": ["read", "write"], "path": "$TEST_TMP/out"}]}
END
run_options=(--unattended --policy "$TEST_TMP/policy.json" --add-dir "$TEST_TMP/added")
expect_ok agent "$host" "$TEST_TMP" <<'END'
import socket, sys
marker, tmp = sys.argv[1], sys.argv[2]
root = os.stat("/")
wrong = 0
os.mkdir("made")
def passed(fd):
    a, b = socket.socketpair()
    socket.send_fds(a, [b"x"], [fd])
    return socket.recv_fds(b, 1, 1)[1][0]
paths = ["/", ".", "..", "made", tmp + "/out", tmp + "/out/sub", tmp + "/added/deep/er", "/usr/lib",
         "/proc/self/cwd", "/proc/self/root", "/proc/self", "/dev", "/tmp", "/dev/shm", "/etc"]
for path in paths:
    for flags in (os.O_RDONLY, os.O_PATH):
        try:
            fds = [os.open(path, flags | os.O_DIRECTORY)]
        except PermissionError:
            continue
        fds.append(passed(fds[0]))
        for way in (f"/proc/self/fd/{fds[0]}", f"/dev/fd/{fds[0]}"):
            try:
                fds.append(os.open(way, flags | os.O_DIRECTORY))
            except PermissionError:
                pass
        for fd in fds:
            up = ""
            for depth in range(24):
                try:
                    os.stat(up + marker.lstrip("/"), dir_fd=fd)
                    say(path, flags, "leads to the host by", up)
                    wrong = 1
                except OSError:
                    pass
                up += "../"
            top = os.stat(up, dir_fd=fd)
            if (top.st_dev, top.st_ino) != (root.st_dev, root.st_ino):
                say(path, flags, "has another root")
                wrong = 1
            here = os.open(".", os.O_PATH)
            try:
                os.fchdir(fd)
                for _ in range(24):
                    os.chdir("..")
                if os.path.exists(marker.lstrip("/")):
                    say(path, flags, "fchdir leads to the host")
                    wrong = 1
            except PermissionError:
                pass
            os.fchdir(here)
            os.close(here)
            os.close(fd)
raise SystemExit(wrong)
END
rmdir "$host"
