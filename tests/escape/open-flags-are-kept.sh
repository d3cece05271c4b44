#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md P39 to P41: O_PATH of a denied file gives nothing by reopening it; CLOEXEC, NONBLOCK and
# APPEND are the descriptor's; NOATIME is the owner's; RESOLVE_* hold against the agent's own dirfd.
. "$TESTS/support/attack.sh"

secret "$HOME/.ssh/id_rsa"
ln -s "$HOME/.ssh/id_rsa" out
mkdir -p sub/in
ln -s ../.. sub/up
ln -s in sub/link
expect_ok agent "$HOME/.ssh/id_rsa" <<'END'
import fcntl, sys
secret = sys.argv[1]
for path in (secret, "out"):
    fd = call(SYS["openat"], AT_FDCWD, path.encode(), os.O_PATH)
    if fd >= 0:
        for way in (f"/proc/self/fd/{fd}", f"/dev/fd/{fd}"):
            assert attempt(os.open, way, os.O_RDONLY) == "EACCES", way
            assert attempt(os.open, way, os.O_RDWR) == "EACCES", way
        assert system_call("openat2", fd, b"", (ctypes.c_uint64 * 3)(), 24) != "ok"
        assert attempt(os.read, fd, 1) == "EBADF"
fd = call(SYS["openat"], AT_FDCWD, b"f", os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_NONBLOCK, 0o600)
assert fcntl.fcntl(fd, fcntl.F_GETFD) == 0
assert fcntl.fcntl(fd, fcntl.F_GETFL) & (os.O_APPEND | os.O_NONBLOCK) == os.O_APPEND | os.O_NONBLOCK
fd = call(SYS["openat"], AT_FDCWD, b"f", os.O_RDONLY | os.O_CLOEXEC)
assert fcntl.fcntl(fd, fcntl.F_GETFD) == 1
sub = os.open("sub", os.O_PATH)
def openat2(path, resolve, flags=os.O_PATH):
    return system_call("openat2", sub, path, (ctypes.c_uint64 * 3)(flags, 0, resolve), 24)
XDEV, MAGIC, SYMLINKS, BENEATH, IN_ROOT = 1, 2, 4, 8, 16
for path, resolve, wanted in ((b"in", BENEATH, "ok"), (b"up", BENEATH, "EXDEV"), (b"..", BENEATH, "EXDEV"),
                              (b"/etc", BENEATH, "EXDEV"), (b"link", SYMLINKS, "ELOOP"),
                              (b"link", BENEATH, "ok"), (b"in/../..", BENEATH, "EXDEV"),
                              (b"/in", IN_ROOT, "ok"), (b"../../in", IN_ROOT, "ok"),
                              (b"/proc/self/cwd", MAGIC, "ELOOP"), (b"/proc", XDEV, "EXDEV"),
                              (b"in", BENEATH | IN_ROOT, "EINVAL"), (b"in", 64, "EINVAL")):
    for flags in (os.O_PATH, os.O_RDONLY):
        said = openat2(path, resolve, flags)
        assert said == wanted, (path, resolve, flags, said, wanted)
assert system_call("openat2", sub, b"in", (ctypes.c_uint64 * 4)(os.O_PATH, 0, 0, 1), 32) == "E2BIG"
assert system_call("openat2", sub, b"in", (ctypes.c_uint64 * 4)(os.O_PATH, 0, 0, 0), 32) == "ok"
assert system_call("openat2", sub, b"in", (ctypes.c_uint64 * 3)(os.O_PATH, 0, 0), 16) == "EINVAL"
END
