/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constants of kernels newer than Debian 12's headers (6.1), each with its source in the kernel
 * tree. The one place for them; may be included from every folder.
 */
#pragma once

#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <linux/types.h>
#include <sys/ioctl.h>

/* include/uapi/linux/seccomp.h, 5.19 */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
/* include/uapi/linux/seccomp.h, 6.6 */
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS      SECCOMP_IOW(4, __u64)
#endif

/* include/uapi/linux/landlock.h: REFER 5.19, TRUNCATE 6.2, IOCTL_DEV 6.10, scopes 6.12 */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif
#ifndef LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define LANDLOCK_SCOPE_SIGNAL               (1ULL << 1)
#endif
/* struct landlock_ruleset_attr as of 6.12; the kernel takes its size beside it, and refuses a
 * longer one only where the unknown part is not zero (E2BIG), so pass the size that the ABI has. */
struct landlock_ruleset_attr_newer {
	__u64 handled_access_fs;
	__u64 handled_access_net; /* ABI 4 */
	__u64 scoped;             /* ABI 6 */
};

/* include/uapi/linux/memfd.h, 6.3 */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#define MFD_EXEC        0x0010U
#endif

/* include/uapi/linux/pidfd.h, 6.9: O_EXCL */
#ifndef PIDFD_THREAD
#define PIDFD_THREAD 0200
#endif
