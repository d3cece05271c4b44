#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, invariant 2, kernel-notes.md P29 and P30: unreadable memory is EFAULT and never goes on:
# NULL, unmapped, PROT_NONE, a string that runs into an unmapped page; one that ends before it is read.
. "$TESTS/support/attack.sh"

expect_ok agent <<'END'
import mmap
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int,
                      ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
area = libc.mmap(None, 3 * 4096, 3, 0x22, -1, 0)
libc.munmap(area + 8192, 4096)
libc.mprotect(area, 4096, 0)
ctypes.memmove(area + 8192 - 9, b"/dev/nul", 8)
ctypes.memset(area + 8192 - 1, ord("l"), 1)
ctypes.memmove(area + 4096, b"/dev/null\0", 10)
wrong = 0
def expect(wanted, *arguments):
    global wrong
    said = system_call(*arguments)
    if said != wanted:
        say(*arguments, said, wanted)
        wrong = 1
for address in (0, 8, area, area + 8192, area + 8192 - 9, 0xffff800000000000, 1 << 62):
    expect("EFAULT", "openat", AT_FDCWD, address, os.O_RDONLY)
    expect("EFAULT", "open", address, os.O_CREAT | os.O_WRONLY, 0o600)
    expect("EFAULT", "mkdirat", AT_FDCWD, address, 0o700)
    expect("EFAULT", "rename", address, b"x")
    expect("EFAULT", "execve", address, 0, 0)
    expect("EFAULT", "openat2", AT_FDCWD, b"/dev/null", address, 24)
    expect("EFAULT", "openat2", AT_FDCWD, address, (ctypes.c_uint64 * 3)(), 24)
    if address:
        expect("EFAULT", "execve", b"/bin/true", address, 0)
expect("EFAULT", "rename", b"attack.py", area)
expect("ok", "openat", AT_FDCWD, area + 4096, os.O_RDONLY)
expect("EFAULT", "execve", b"/bin/true", (ctypes.c_uint64 * 2)(area, 0), 0)
import socket
s = socket.socket()
expect("EFAULT", "connect", s.fileno(), area, 16)
expect("EPERM", "userfaultfd", 0)
raise SystemExit(wrong)
END
