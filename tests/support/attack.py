# SPDX-License-Identifier: Apache-2.0
"""The words of the attacks: raw system calls, and what came of them as the name of an errno."""
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(number, *arguments):
    """The result of a system call by number, or minus its errno."""
    words = [a if isinstance(a, (bytes, ctypes.Array, ctypes.Structure)) or hasattr(a, "_obj")
             else ctypes.c_void_p(a & 0xffffffffffffffff) if isinstance(a, int) else a
             for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *words)
    return -ctypes.get_errno() if result == -1 else result


def errno_name(number):
    # Two names for 95: Python knows it by the other one.
    return "EOPNOTSUPP" if number == errno.EOPNOTSUPP else errno.errorcode[number]


def name(result):
    """"ok", or the errno's name."""
    return "ok" if result >= 0 else errno_name(-result)


def attempt(function, *arguments, **named):
    """The name of the errno with which it ends, or "ok"."""
    try:
        function(*arguments, **named)
    except OSError as error:
        return errno_name(error.errno)
    return "ok"


def say(*words):
    print(*words, flush=True)


AT_FDCWD = -100
SYS = {
    "read": 0, "open": 2, "ioctl": 16, "dup2": 33, "connect": 42, "sendto": 44, "fork": 57,
    "execve": 59, "fcntl": 72, "creat": 85, "rename": 82, "link": 86, "symlink": 88, "chmod": 90,
    "mknod": 133, "ptrace": 101, "chroot": 161, "setns": 308, "openat": 257, "mkdirat": 258,
    "mknodat": 259, "linkat": 265, "renameat2": 316, "unshare": 272, "memfd_create": 319,
    "execveat": 322, "userfaultfd": 323, "openat2": 437, "pidfd_open": 434, "pidfd_getfd": 438,
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "fchmodat2": 452,
    "landlock_create_ruleset": 444, "open_by_handle_at": 304, "name_to_handle_at": 303,
    "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "bpf": 321, "mount": 165,
    "umount2": 166, "pivot_root": 155, "open_tree": 428, "move_mount": 429, "fsopen": 430,
    "fsmount": 432, "clone3": 435, "perf_event_open": 298, "fanotify_init": 300, "add_key": 248,
    "request_key": 249, "keyctl": 250, "seccomp": 317, "acct": 163, "swapon": 167, "quotactl": 179,
    "mq_open": 240, "shmget": 29, "io_setup": 206, "uselib": 134, "modify_ldt": 154,
    "init_module": 175, "kexec_load": 246, "reboot": 169, "iopl": 172, "ioperm": 173, "syslog": 103,
    "setxattrat": 463, "file_setattr": 469, "open_tree_attr": 467, "mount_setattr": 442,
}


def system_call(word, *arguments):
    """name() of a system call by name."""
    return name(call(SYS[word], *arguments))
