#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Mediated calls", the refused among the known, each with its errno; kernel-notes.md
# P44 and P64, and "Doors beside the gate": io_uring, namespaces, keys, perf, userfaultfd.
. "$TESTS/support/attack.sh"

expect_ok agent <<'END'
wrong = 0
def expect(wanted, word, *arguments):
    global wrong
    said = system_call(word, *arguments)
    if said != wanted:
        say(word, arguments, said, "should be", wanted)
        wrong = 1
bad = 1 << 60
for word in ("io_uring_setup", "io_uring_enter", "io_uring_register", "clone3", "io_setup"):
    expect("ENOSYS", word, 4, bad)
for word in ("ptrace", "process_vm_writev", "kcmp", "pidfd_getfd", "userfaultfd", "bpf",
             "perf_event_open", "fanotify_init", "syslog", "modify_ldt", "add_key", "request_key",
             "keyctl", "mount", "umount2", "pivot_root", "open_tree", "move_mount", "fsopen",
             "fsmount", "mount_setattr", "chroot", "setns", "open_by_handle_at",
             "name_to_handle_at", "kexec_load", "init_module", "swapon", "acct", "quotactl",
             "reboot", "iopl", "ioperm"):
    expect("EPERM", word, 0, bad, bad, bad, bad, bad)
for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
             0x80):
    expect("EPERM", "unshare", flag)
    if flag != 0x80:
        said = name(call(56, flag | 17, 0, 0, 0, 0))
        if said != "EPERM":
            say("clone", hex(flag), said)
            wrong = 1
expect("EPERM", "unshare", 1 << 40)
expect("EPERM", "seccomp", 1, 1 << 3, bad)
for word in ("landlock_create_ruleset",):
    expect("EOPNOTSUPP", word, 0, 0, 1)
for number in (470, 471, 480, 500, 999, 0x3fffffff):
    said = name(call(number, 0, 0, 0))
    if said != "ENOSYS":
        say("call", number, said)
        wrong = 1
raise SystemExit(wrong)
END
