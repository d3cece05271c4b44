/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every system call of x86-64 up to the highest that the authors have looked at, and what the
 * filter does with it. Numbers: arch/x86/entry/syscalls/syscall_64.tbl of 6.18; 337 to 423 were
 * never given out. A number that is not here is ENOSYS, so that a new kernel's call is closed.
 *   ALLOW   can be judged harmless by its number alone
 *   NOTIFY  stops at the gate: one entry each in mediated-syscalls.h
 *   EPERM   refused; ENOSYS: refused, and runtimes probe for it and fall back
 *   ARGS    registers decide: argument-rules.c
 */
#pragma once

#include "filters/mediated-syscalls.h"

/* The highest number that was looked at. Raising it means to read what the new calls do. */
#define CALL_NR_HIGHEST 469

/* Zero is the safe one. */
enum call_action {
	CALL_ENOSYS = 0,
	CALL_EPERM,
	CALL_ARGS,
	CALL_NOTIFY,
	CALL_ALLOW,
};

#define SYSCALLS(X)                                                                                \
	X(0, read, ALLOW)                                                                          \
	X(1, write, ALLOW)                                                                         \
	X(2, open, NOTIFY)                                                                         \
	X(3, close, ALLOW)                                                                         \
	X(4, stat, ALLOW)                                                                          \
	X(5, fstat, ALLOW)                                                                         \
	X(6, lstat, ALLOW)                                                                         \
	X(7, poll, ALLOW)                                                                          \
	X(8, lseek, ALLOW)                                                                         \
	X(9, mmap, ALLOW)                                                                          \
	X(10, mprotect, ALLOW)                                                                     \
	X(11, munmap, ALLOW)                                                                       \
	X(12, brk, ALLOW)                                                                          \
	X(13, rt_sigaction, ALLOW)                                                                 \
	X(14, rt_sigprocmask, ALLOW)                                                               \
	X(15, rt_sigreturn, ALLOW)                                                                 \
	X(16, ioctl, ARGS)                                                                         \
	X(17, pread64, ALLOW)                                                                      \
	X(18, pwrite64, ALLOW)                                                                     \
	X(19, readv, ALLOW)                                                                        \
	X(20, writev, ALLOW)                                                                       \
	X(21, access, ALLOW)                                                                       \
	X(22, pipe, ALLOW)                                                                         \
	X(23, select, ALLOW)                                                                       \
	X(24, sched_yield, ALLOW)                                                                  \
	X(25, mremap, ALLOW)                                                                       \
	X(26, msync, ALLOW)                                                                        \
	X(27, mincore, ALLOW)                                                                      \
	X(28, madvise, ALLOW)                                                                      \
	X(29, shmget, ALLOW) /* as mq_open */                                                      \
	X(30, shmat, ALLOW)                                                                        \
	X(31, shmctl, ALLOW)                                                                       \
	X(32, dup, ALLOW)                                                                          \
	X(33, dup2, ALLOW)                                                                         \
	X(34, pause, ALLOW)                                                                        \
	X(35, nanosleep, ALLOW)                                                                    \
	X(36, getitimer, ALLOW)                                                                    \
	X(37, alarm, ALLOW)                                                                        \
	X(38, setitimer, ALLOW)                                                                    \
	X(39, getpid, ALLOW)                                                                       \
	X(40, sendfile, ALLOW)                                                                     \
	X(41, socket, ARGS)                                                                        \
	X(42, connect, NOTIFY)                                                                     \
	X(43, accept, ALLOW)                                                                       \
	X(44, sendto, ARGS)                                                                        \
	X(45, recvfrom, ALLOW)                                                                     \
	X(46, sendmsg, ARGS)                                                                       \
	X(47, recvmsg, ALLOW)                                                                      \
	X(48, shutdown, ALLOW)                                                                     \
	X(49, bind, NOTIFY)                                                                        \
	X(50, listen, NOTIFY)                                                                      \
	X(51, getsockname, ALLOW)                                                                  \
	X(52, getpeername, ALLOW)                                                                  \
	X(53, socketpair, ARGS)                                                                    \
	X(54, setsockopt, ARGS)                                                                    \
	X(55, getsockopt, ALLOW)                                                                   \
	X(56, clone, ARGS)                                                                         \
	X(57, fork, ALLOW)                                                                         \
	X(58, vfork, ALLOW)                                                                        \
	X(59, execve, NOTIFY)                                                                      \
	X(60, exit, ALLOW)                                                                         \
	X(61, wait4, ALLOW)                                                                        \
	X(62, kill, ALLOW) /* as pidfd_open */                                                     \
	X(63, uname, ALLOW)                                                                        \
	X(64, semget, ALLOW)                                                                       \
	X(65, semop, ALLOW)                                                                        \
	X(66, semctl, ALLOW)                                                                       \
	X(67, shmdt, ALLOW)                                                                        \
	X(68, msgget, ALLOW)                                                                       \
	X(69, msgsnd, ALLOW)                                                                       \
	X(70, msgrcv, ALLOW)                                                                       \
	X(71, msgctl, ALLOW)                                                                       \
	X(72, fcntl, ARGS)                                                                         \
	X(73, flock, ALLOW)                                                                        \
	X(74, fsync, ALLOW)                                                                        \
	X(75, fdatasync, ALLOW)                                                                    \
	X(76, truncate, NOTIFY)                                                                    \
	X(77, ftruncate, ALLOW) /* wants a descriptor that was judged for writing */               \
	X(78, getdents, ALLOW)                                                                     \
	X(79, getcwd, ALLOW)                                                                       \
	X(80, chdir, ALLOW)                                                                        \
	X(81, fchdir, ALLOW)                                                                       \
	X(82, rename, NOTIFY)                                                                      \
	X(83, mkdir, NOTIFY)                                                                       \
	X(84, rmdir, NOTIFY)                                                                       \
	X(85, creat, NOTIFY)                                                                       \
	X(86, link, NOTIFY)                                                                        \
	X(87, unlink, NOTIFY)                                                                      \
	X(88, symlink, NOTIFY)                                                                     \
	X(89, readlink, ALLOW)                                                                     \
	X(90, chmod, NOTIFY)                                                                       \
	X(91, fchmod, NOTIFY)                                                                      \
	X(92, chown, NOTIFY)                                                                       \
	X(93, fchown, NOTIFY)                                                                      \
	X(94, lchown, NOTIFY)                                                                      \
	X(95, umask, ALLOW)                                                                        \
	X(96, gettimeofday, ALLOW)                                                                 \
	X(97, getrlimit, ALLOW)                                                                    \
	X(98, getrusage, ALLOW)                                                                    \
	X(99, sysinfo, ALLOW)                                                                      \
	X(100, times, ALLOW)                                                                       \
	X(101, ptrace, EPERM) /* rewrites what the gate has judged */                              \
	X(102, getuid, ALLOW)                                                                      \
	X(103, syslog, EPERM)                                                                      \
	X(104, getgid, ALLOW)                                                                      \
	X(105, setuid, ALLOW) /* single-id map, no new privileges */                               \
	X(106, setgid, ALLOW)                                                                      \
	X(107, geteuid, ALLOW)                                                                     \
	X(108, getegid, ALLOW)                                                                     \
	X(109, setpgid, ALLOW)                                                                     \
	X(110, getppid, ALLOW)                                                                     \
	X(111, getpgrp, ALLOW)                                                                     \
	X(112, setsid, ALLOW)                                                                      \
	X(113, setreuid, ALLOW)                                                                    \
	X(114, setregid, ALLOW)                                                                    \
	X(115, getgroups, ALLOW)                                                                   \
	X(116, setgroups, ALLOW)                                                                   \
	X(117, setresuid, ALLOW)                                                                   \
	X(118, getresuid, ALLOW)                                                                   \
	X(119, setresgid, ALLOW)                                                                   \
	X(120, getresgid, ALLOW)                                                                   \
	X(121, getpgid, ALLOW)                                                                     \
	X(122, setfsuid, ALLOW)                                                                    \
	X(123, setfsgid, ALLOW)                                                                    \
	X(124, getsid, ALLOW)                                                                      \
	X(125, capget, ALLOW)                                                                      \
	X(126, capset, ALLOW) /* can only drop */                                                  \
	X(127, rt_sigpending, ALLOW)                                                               \
	X(128, rt_sigtimedwait, ALLOW)                                                             \
	X(129, rt_sigqueueinfo, ALLOW)                                                             \
	X(130, rt_sigsuspend, ALLOW)                                                               \
	X(131, sigaltstack, ALLOW)                                                                 \
	X(132, utime, NOTIFY)                                                                      \
	X(133, mknod, NOTIFY)                                                                      \
	X(134, uselib, ENOSYS)                                                                     \
	X(135, personality, ALLOW) /* mmap_min_addr still holds page 0 */                          \
	X(136, ustat, ENOSYS)                                                                      \
	X(137, statfs, ALLOW)                                                                      \
	X(138, fstatfs, ALLOW)                                                                     \
	X(139, sysfs, ENOSYS)                                                                      \
	X(140, getpriority, ALLOW)                                                                 \
	X(141, setpriority, ALLOW)                                                                 \
	X(142, sched_setparam, ALLOW)                                                              \
	X(143, sched_getparam, ALLOW)                                                              \
	X(144, sched_setscheduler, ALLOW)                                                          \
	X(145, sched_getscheduler, ALLOW)                                                          \
	X(146, sched_get_priority_max, ALLOW)                                                      \
	X(147, sched_get_priority_min, ALLOW)                                                      \
	X(148, sched_rr_get_interval, ALLOW)                                                       \
	X(149, mlock, ALLOW)                                                                       \
	X(150, munlock, ALLOW)                                                                     \
	X(151, mlockall, ALLOW)                                                                    \
	X(152, munlockall, ALLOW)                                                                  \
	X(153, vhangup, EPERM)                                                                     \
	X(154, modify_ldt, EPERM)                                                                  \
	X(155, pivot_root, EPERM)                                                                  \
	X(156, _sysctl, ENOSYS)                                                                    \
	X(157, prctl, ARGS) /* PR_SET_MM */                                                        \
	X(158, arch_prctl, ALLOW)                                                                  \
	X(159, adjtimex, EPERM) /* as settimeofday */                                              \
	X(160, setrlimit, ARGS)                                                                    \
	X(161, chroot, EPERM)                                                                      \
	X(162, sync, ALLOW) /* slow at worst */                                                    \
	X(163, acct, EPERM)                                                                        \
	X(164, settimeofday, EPERM)                                                                \
	X(165, mount, EPERM)                                                                       \
	X(166, umount2, EPERM)                                                                     \
	X(167, swapon, EPERM)                                                                      \
	X(168, swapoff, EPERM)                                                                     \
	X(169, reboot, EPERM)                                                                      \
	X(170, sethostname, EPERM)                                                                 \
	X(171, setdomainname, EPERM)                                                               \
	X(172, iopl, EPERM)                                                                        \
	X(173, ioperm, EPERM)                                                                      \
	X(174, create_module, ENOSYS)                                                              \
	X(175, init_module, EPERM)                                                                 \
	X(176, delete_module, EPERM)                                                               \
	X(177, get_kernel_syms, ENOSYS)                                                            \
	X(178, query_module, ENOSYS)                                                               \
	X(179, quotactl, EPERM)                                                                    \
	X(180, nfsservctl, ENOSYS)                                                                 \
	X(181, getpmsg, ENOSYS)                                                                    \
	X(182, putpmsg, ENOSYS)                                                                    \
	X(183, afs_syscall, ENOSYS)                                                                \
	X(184, tuxcall, ENOSYS)                                                                    \
	X(185, security, ENOSYS)                                                                   \
	X(186, gettid, ALLOW)                                                                      \
	X(187, readahead, ALLOW)                                                                   \
	X(188, setxattr, NOTIFY)                                                                   \
	X(189, lsetxattr, NOTIFY)                                                                  \
	X(190, fsetxattr, NOTIFY)                                                                  \
	X(191, getxattr, ALLOW)                                                                    \
	X(192, lgetxattr, ALLOW)                                                                   \
	X(193, fgetxattr, ALLOW)                                                                   \
	X(194, listxattr, ALLOW)                                                                   \
	X(195, llistxattr, ALLOW)                                                                  \
	X(196, flistxattr, ALLOW)                                                                  \
	X(197, removexattr, NOTIFY)                                                                \
	X(198, lremovexattr, NOTIFY)                                                               \
	X(199, fremovexattr, NOTIFY)                                                               \
	X(200, tkill, ALLOW)                                                                       \
	X(201, time, ALLOW)                                                                        \
	X(202, futex, ALLOW)                                                                       \
	X(203, sched_setaffinity, ALLOW)                                                           \
	X(204, sched_getaffinity, ALLOW)                                                           \
	X(205, set_thread_area, ENOSYS)                                                            \
	X(206, io_setup, ARGS)                                                                     \
	X(207, io_destroy, ARGS)                                                                   \
	X(208, io_getevents, ARGS)                                                                 \
	X(209, io_submit, ARGS)                                                                    \
	X(210, io_cancel, ARGS)                                                                    \
	X(211, get_thread_area, ENOSYS)                                                            \
	X(212, lookup_dcookie, ENOSYS) /* gone since 6.7 */                                        \
	X(213, epoll_create, ALLOW)                                                                \
	X(214, epoll_ctl_old, ENOSYS)                                                              \
	X(215, epoll_wait_old, ENOSYS)                                                             \
	X(216, remap_file_pages, ALLOW)                                                            \
	X(217, getdents64, ALLOW)                                                                  \
	X(218, set_tid_address, ALLOW)                                                             \
	X(219, restart_syscall, ALLOW) /* the kernel's own, after a signal */                      \
	X(220, semtimedop, ALLOW)                                                                  \
	X(221, fadvise64, ALLOW)                                                                   \
	X(222, timer_create, ALLOW)                                                                \
	X(223, timer_settime, ALLOW)                                                               \
	X(224, timer_gettime, ALLOW)                                                               \
	X(225, timer_getoverrun, ALLOW)                                                            \
	X(226, timer_delete, ALLOW)                                                                \
	X(227, clock_settime, EPERM)                                                               \
	X(228, clock_gettime, ALLOW)                                                               \
	X(229, clock_getres, ALLOW)                                                                \
	X(230, clock_nanosleep, ALLOW)                                                             \
	X(231, exit_group, ALLOW)                                                                  \
	X(232, epoll_wait, ALLOW)                                                                  \
	X(233, epoll_ctl, ALLOW)                                                                   \
	X(234, tgkill, ALLOW)                                                                      \
	X(235, utimes, NOTIFY)                                                                     \
	X(236, vserver, ENOSYS)                                                                    \
	X(237, mbind, ALLOW)                                                                       \
	X(238, set_mempolicy, ALLOW)                                                               \
	X(239, get_mempolicy, ALLOW)                                                               \
	X(240, mq_open, ALLOW) /* the ipc namespace is the sandbox's own */                        \
	X(241, mq_unlink, ALLOW)                                                                   \
	X(242, mq_timedsend, ALLOW)                                                                \
	X(243, mq_timedreceive, ALLOW)                                                             \
	X(244, mq_notify, ALLOW)                                                                   \
	X(245, mq_getsetattr, ALLOW)                                                               \
	X(246, kexec_load, EPERM)                                                                  \
	X(247, waitid, ALLOW)                                                                      \
	X(248, add_key, EPERM)                                                                     \
	X(249, request_key, EPERM)                                                                 \
	X(250, keyctl, EPERM)                                                                      \
	X(251, ioprio_set, ALLOW)                                                                  \
	X(252, ioprio_get, ALLOW)                                                                  \
	X(253, inotify_init, ALLOW)                                                                \
	X(254, inotify_add_watch, ALLOW) /* names: see the threat model */                         \
	X(255, inotify_rm_watch, ALLOW)                                                            \
	X(256, migrate_pages, ALLOW)                                                               \
	X(257, openat, NOTIFY)                                                                     \
	X(258, mkdirat, NOTIFY)                                                                    \
	X(259, mknodat, NOTIFY)                                                                    \
	X(260, fchownat, NOTIFY)                                                                   \
	X(261, futimesat, NOTIFY)                                                                  \
	X(262, newfstatat, ALLOW)                                                                  \
	X(263, unlinkat, NOTIFY)                                                                   \
	X(264, renameat, NOTIFY)                                                                   \
	X(265, linkat, NOTIFY)                                                                     \
	X(266, symlinkat, NOTIFY)                                                                  \
	X(267, readlinkat, ALLOW)                                                                  \
	X(268, fchmodat, NOTIFY)                                                                   \
	X(269, faccessat, ALLOW)                                                                   \
	X(270, pselect6, ALLOW)                                                                    \
	X(271, ppoll, ALLOW)                                                                       \
	X(272, unshare, ARGS)                                                                      \
	X(273, set_robust_list, ALLOW)                                                             \
	X(274, get_robust_list, ALLOW)                                                             \
	X(275, splice, ALLOW)                                                                      \
	X(276, tee, ALLOW)                                                                         \
	X(277, sync_file_range, ALLOW)                                                             \
	X(278, vmsplice, ALLOW)                                                                    \
	X(279, move_pages, ALLOW)                                                                  \
	X(280, utimensat, NOTIFY)                                                                  \
	X(281, epoll_pwait, ALLOW)                                                                 \
	X(282, signalfd, ALLOW)                                                                    \
	X(283, timerfd_create, ALLOW)                                                              \
	X(284, eventfd, ALLOW)                                                                     \
	X(285, fallocate, ALLOW) /* as ftruncate */                                                \
	X(286, timerfd_settime, ALLOW)                                                             \
	X(287, timerfd_gettime, ALLOW)                                                             \
	X(288, accept4, ALLOW)                                                                     \
	X(289, signalfd4, ALLOW)                                                                   \
	X(290, eventfd2, ALLOW)                                                                    \
	X(291, epoll_create1, ALLOW)                                                               \
	X(292, dup3, ALLOW)                                                                        \
	X(293, pipe2, ALLOW)                                                                       \
	X(294, inotify_init1, ALLOW)                                                               \
	X(295, preadv, ALLOW)                                                                      \
	X(296, pwritev, ALLOW)                                                                     \
	X(297, rt_tgsigqueueinfo, ALLOW)                                                           \
	X(298, perf_event_open, EPERM)                                                             \
	X(299, recvmmsg, ALLOW)                                                                    \
	X(300, fanotify_init, EPERM)                                                               \
	X(301, fanotify_mark, EPERM)                                                               \
	X(302, prlimit64, ARGS)                                                                    \
	X(303, name_to_handle_at, EPERM) /* a name for an object that no path rule sees */         \
	X(304, open_by_handle_at, EPERM)                                                           \
	X(305, clock_adjtime, EPERM) /* as settimeofday */                                         \
	X(306, syncfs, ALLOW)                                                                      \
	X(307, sendmmsg, ARGS)                                                                     \
	X(308, setns, EPERM)                                                                       \
	X(309, getcpu, ALLOW)                                                                      \
	X(310, process_vm_readv, ALLOW)  /* siblings of one sandbox have no secrets */             \
	X(311, process_vm_writev, EPERM) /* as ptrace */                                           \
	X(312, kcmp, EPERM)                                                                        \
	X(313, finit_module, EPERM)                                                                \
	X(314, sched_setattr, ALLOW)                                                               \
	X(315, sched_getattr, ALLOW)                                                               \
	X(316, renameat2, NOTIFY)                                                                  \
	X(317, seccomp, ARGS)                                                                      \
	X(318, getrandom, ALLOW)                                                                   \
	X(319, memfd_create, ARGS)                                                                 \
	X(320, kexec_file_load, EPERM)                                                             \
	X(321, bpf, EPERM)                                                                         \
	X(322, execveat, NOTIFY)                                                                   \
	X(323, userfaultfd, EPERM) /* stalls whoever reads the memory */                           \
	X(324, membarrier, ALLOW)                                                                  \
	X(325, mlock2, ALLOW)                                                                      \
	X(326, copy_file_range, ALLOW) /* both descriptors were judged */                          \
	X(327, preadv2, ALLOW)                                                                     \
	X(328, pwritev2, ALLOW)                                                                    \
	X(329, pkey_mprotect, ALLOW)                                                               \
	X(330, pkey_alloc, ALLOW)                                                                  \
	X(331, pkey_free, ALLOW)                                                                   \
	X(332, statx, ALLOW)                                                                       \
	X(333, io_pgetevents, ARGS)                                                                \
	X(334, rseq, ALLOW)                                                                        \
	X(335, uretprobe, ALLOW) /* entered by a tracer's trampoline only */                       \
	X(336, uprobe, ALLOW)    /* as uretprobe */                                                \
	X(424, pidfd_send_signal, ALLOW)                                                           \
	X(425, io_uring_setup, ENOSYS) /* a ring makes every call without us */                    \
	X(426, io_uring_enter, ENOSYS)                                                             \
	X(427, io_uring_register, ENOSYS)                                                          \
	X(428, open_tree, EPERM)                                                                   \
	X(429, move_mount, EPERM)                                                                  \
	X(430, fsopen, EPERM)                                                                      \
	X(431, fsconfig, EPERM)                                                                    \
	X(432, fsmount, EPERM)                                                                     \
	X(433, fspick, EPERM)                                                                      \
	X(434, pidfd_open, ALLOW) /* ends at the pid namespace */                                  \
	X(435, clone3, ENOSYS)    /* flags are in memory: glibc falls back to clone */             \
	X(436, close_range, ALLOW)                                                                 \
	X(437, openat2, NOTIFY)                                                                    \
	X(438, pidfd_getfd, EPERM) /* takes descriptors past the gate */                           \
	X(439, faccessat2, ALLOW)                                                                  \
	X(440, process_madvise, ALLOW) /* advice, never contents */                                \
	X(441, epoll_pwait2, ALLOW)                                                                \
	X(442, mount_setattr, EPERM)                                                               \
	X(443, quotactl_fd, EPERM)                                                                 \
	X(444, landlock_create_ruleset, ARGS)                                                      \
	X(445, landlock_add_rule, ARGS)                                                            \
	X(446, landlock_restrict_self, ARGS)                                                       \
	X(447, memfd_secret, ENOSYS)    /* memory that the enforcer could not read */              \
	X(448, process_mrelease, EPERM) /* nothing needs it */                                     \
	X(449, futex_waitv, ALLOW)                                                                 \
	X(450, set_mempolicy_home_node, ALLOW)                                                     \
	X(451, cachestat, ALLOW)                                                                   \
	X(452, fchmodat2, NOTIFY)                                                                  \
	X(453, map_shadow_stack, ALLOW)                                                            \
	X(454, futex_wake, ALLOW)                                                                  \
	X(455, futex_wait, ALLOW)                                                                  \
	X(456, futex_requeue, ALLOW)                                                               \
	X(457, statmount, ENOSYS) /* extensible struct: /proc/self/mountinfo tells the same */     \
	X(458, listmount, ENOSYS) /* as statmount */                                               \
	X(459, lsm_get_self_attr, ALLOW)                                                           \
	X(460, lsm_set_self_attr, EPERM) /* as a write to /proc/self/attr */                       \
	X(461, lsm_list_modules, ALLOW)                                                            \
	X(462, mseal, ALLOW)                                                                       \
	X(463, setxattrat, NOTIFY)                                                                 \
	X(464, getxattrat, ALLOW)                                                                  \
	X(465, listxattrat, ALLOW)                                                                 \
	X(466, removexattrat, NOTIFY)                                                              \
	X(467, open_tree_attr, EPERM) /* as mount_setattr */                                       \
	X(468, file_getattr, ALLOW)                                                                \
	X(469, file_setattr, NOTIFY)

enum call_number {
#define X(number, name, action) CALL_NR_##name = number,
	SYSCALLS(X)
#undef X
};

/* Each mediated call must be stopped, and nothing may be stopped that is not mediated: every entry
 * of mediated-syscalls.h is NOTIFY or ARGS here, and the NOTIFY of both are the same in number. */
enum call_action_of {
#define X(number, name, action) CALL_ACTION_##name = CALL_##action,
	SYSCALLS(X)
#undef X
};

#define X(name, family)                                                                            \
	_Static_assert((int)CALL_ACTION_##name == (int)CALL_NOTIFY ||                              \
			       (int)CALL_ACTION_##name == (int)CALL_ARGS,                          \
		       "mediated, but not stopped: " #name);
MEDIATED_SYSCALLS(X)
#undef X

enum {
	CALLS_NOTIFIED = 0
#define X(number, name, action) +((int)CALL_##action == (int)CALL_NOTIFY)
	SYSCALLS(X)
#undef X
		,
	CALLS_NOTIFIED_MEDIATED = 0
#define X(name, family) +((int)CALL_ACTION_##name == (int)CALL_NOTIFY)
	MEDIATED_SYSCALLS(X)
#undef X
};
_Static_assert((int)CALLS_NOTIFIED == (int)CALLS_NOTIFIED_MEDIATED,
	       "a call stops that mediated-syscalls.h does not know");
