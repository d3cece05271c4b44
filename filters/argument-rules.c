/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules on arguments. What is compared is in a register: nothing here can be rewritten by
 * another thread after it was judged. Numbers of requests and flags are the kernel's ABI, written
 * out because the headers of the build may be older (or those of another file system missing).
 */
#include "filters/argument-rules.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "filters/kernel-newer.h"
#include "filters/syscalls.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define ALLOW         SECCOMP_RET_ALLOW
#define NOTIFY        SECCOMP_RET_USER_NOTIF
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))

#define ALL_BITS 0xffffffffu

#define IS(n, v)                                                                                   \
	{                                                                                          \
		.argument = (n), .mask = ALL_BITS, .value = (v)                                    \
	}
#define MASKED(n, m, v)                                                                            \
	{                                                                                          \
		.argument = (n), .mask = (m), .value = (v)                                         \
	}
#define ANY_OF(n, bits)                                                                            \
	{                                                                                          \
		.argument = (n), .mask = (bits), .differs = true                                   \
	}
#define NONE_OF(n, bits)                                                                           \
	{                                                                                          \
		.argument = (n), .mask = (bits)                                                    \
	}
#define HIGH_IS_ZERO(n)                                                                            \
	{                                                                                          \
		.argument = (n), .word = WORD_HIGH, .mask = ALL_BITS                               \
	}
#define HIGH_IS_SET(n)                                                                             \
	{                                                                                          \
		.argument = (n), .word = WORD_HIGH, .mask = ALL_BITS, .differs = true              \
	}
#define OTHERWISE(action_)                                                                         \
	{                                                                                          \
		.words = "otherwise", .action = (action_)                                          \
	}

/* include/uapi/linux/fs.h and its kin: direction, size, type and number of an ioctl are its low 32
 * bits. The type (bits 8 to 15) is the file system's own letter. */
#define IOCTL_TYPE_MASK 0x0000ff00u
#define IOCTL_TYPE(t)   ((uint32_t)(t) << 8)

/* What an ioctl changes, it changes on a descriptor that may be open for reading only, and so was
 * judged for reading only. Families are refused whole (a new member is then closed as well), but
 * for the few that read, or that want a descriptor open for writing. */
static const struct argument_rule ioctl_rules[] = {
	{"TIOCSTI", REFUSE(EPERM), .tests = {IS(1, 0x5412)}},
	{"TIOCLINUX", REFUSE(EPERM), .tests = {IS(1, 0x541c)}},
	/* Line disciplines are drivers of their own, seldom looked at; no agent drives a modem. */
	{"TIOCSETD", REFUSE(EPERM), .tests = {IS(1, 0x5423)}},
	/* cp: the kernel wants the source open for reading and the target for writing. */
	{"FICLONE", ALLOW, .tests = {IS(1, 0x40049409)}},
	{"FICLONERANGE", ALLOW, .tests = {IS(1, 0x4020940d)}},
	{"any other of btrfs, FIDEDUPERANGE", REFUSE(EPERM),
	 .tests = {MASKED(1, IOCTL_TYPE_MASK, IOCTL_TYPE(0x94))}},
	{"FS_IOC_GETFLAGS", ALLOW, .tests = {IS(1, 0x80086601)}},
	{"FS_IOC32_GETFLAGS", ALLOW, .tests = {IS(1, 0x80046601)}},
	{"FS_IOC_FIEMAP", ALLOW, .tests = {IS(1, 0xc020660b)}},
	{"any other of type 'f': FS_IOC_SETFLAGS, encryption, verity, ext4", REFUSE(EPERM),
	 .tests = {MASKED(1, IOCTL_TYPE_MASK, IOCTL_TYPE('f'))}},
	{"FS_IOC_FSGETXATTR", ALLOW, .tests = {IS(1, 0x801c581f)}},
	{"any other of type 'X': FS_IOC_FSSETXATTR, freeze, trim, XFS", REFUSE(EPERM),
	 .tests = {MASKED(1, IOCTL_TYPE_MASK, IOCTL_TYPE('X'))}},
	{"FS_IOC_SETVERSION", REFUSE(EPERM), .tests = {IS(1, 0x40087602)}},
	{"FS_IOC32_SETVERSION", REFUSE(EPERM), .tests = {IS(1, 0x40047602)}},
	{"FAT_IOCTL_SET_ATTRIBUTES", REFUSE(EPERM), .tests = {IS(1, 0x40047211)}},
	/* Makes a file of a given name. */
	{"OCFS2_IOC_REFLINK", REFUSE(EPERM), .tests = {IS(1, 0x40186f04)}},
	{"any of f2fs", REFUSE(EPERM), .tests = {MASKED(1, IOCTL_TYPE_MASK, IOCTL_TYPE(0xf5))}},
	{"any of bcachefs", REFUSE(EPERM), .tests = {MASKED(1, IOCTL_TYPE_MASK, IOCTL_TYPE(0xbc))}},
	{"any of zfs", REFUSE(EPERM), .tests = {MASKED(1, IOCTL_TYPE_MASK, IOCTL_TYPE(0x83))}},
	OTHERWISE(ALLOW),
};

/* A lease stops whoever opens the file next until its holder agrees, for 45 seconds: that is the
 * enforcer. EINVAL is what a file system without leases says. F_SETDELEG (6.19) is the same. */
static const struct argument_rule fcntl_rules[] = {
	{"F_SETLEASE", REFUSE(EINVAL), .tests = {IS(1, 1024)}},
	{"F_SETDELEG", REFUSE(EINVAL), .tests = {IS(1, 1040)}},
	OTHERWISE(ALLOW),
};

/* net/socket.c: the type is the low four bits; above them stand SOCK_CLOEXEC and SOCK_NONBLOCK, and
 * what is not known there is the kernel's EINVAL. */
#define TYPE(t) MASKED(1, 0xfu, t)

/* net/unix/af_unix.c takes protocol 0 and PF_UNIX (1), and SOCK_RAW as SOCK_DGRAM. Datagrams are
 * refused: their address stands in the memory of a sendmsg, where no filter can see it. */
#define UNIX_RULES                                                                                 \
	{"AF_UNIX, SOCK_STREAM", ALLOW,                                                            \
	 .tests = {IS(0, AF_UNIX), TYPE(SOCK_STREAM), NONE_OF(2, ~1u)}},                           \
		{"AF_UNIX, SOCK_SEQPACKET", ALLOW,                                                 \
		 .tests = {IS(0, AF_UNIX), TYPE(SOCK_SEQPACKET), NONE_OF(2, ~1u)}},                \
		{"AF_UNIX, another protocol", REFUSE(EPROTONOSUPPORT),                             \
		 .tests = {IS(0, AF_UNIX), ANY_OF(2, ~1u)}},                                       \
	{                                                                                          \
		"AF_UNIX, another type", REFUSE(ESOCKTNOSUPPORT), .tests = { IS(0, AF_UNIX) }      \
	}

/* Refusals are those of the kernel (net/ipv4/af_inet.c): a raw socket is EPERM where the capability
 * is missing, and a missing protocol (MPTCP, which Go asks for first; SCTP) EPROTONOSUPPORT. */
#define INET_RULES(family, icmp)                                                                   \
	{#family ", SOCK_STREAM", ALLOW, .tests = {IS(0, family), TYPE(SOCK_STREAM), IS(2, 0)}},   \
		{#family ", SOCK_STREAM, IPPROTO_TCP", ALLOW,                                      \
		 .tests = {IS(0, family), TYPE(SOCK_STREAM), IS(2, IPPROTO_TCP)}},                 \
		{#family ", SOCK_DGRAM", ALLOW,                                                    \
		 .tests = {IS(0, family), TYPE(SOCK_DGRAM), IS(2, 0)}},                            \
		{#family ", SOCK_DGRAM, IPPROTO_UDP", ALLOW,                                       \
		 .tests = {IS(0, family), TYPE(SOCK_DGRAM), IS(2, IPPROTO_UDP)}},                  \
		{#family ", SOCK_DGRAM, " #icmp, ALLOW,                                            \
		 .tests = {IS(0, family), TYPE(SOCK_DGRAM), IS(2, icmp)}},                         \
		{#family ", SOCK_STREAM, another protocol", REFUSE(EPROTONOSUPPORT),               \
		 .tests = {IS(0, family), TYPE(SOCK_STREAM)}},                                     \
		{#family ", SOCK_DGRAM, another protocol", REFUSE(EPROTONOSUPPORT),                \
		 .tests = {IS(0, family), TYPE(SOCK_DGRAM)}},                                      \
		{#family ", SOCK_RAW", REFUSE(EPERM), .tests = {IS(0, family), TYPE(SOCK_RAW)}},   \
	{                                                                                          \
#family ", another type", REFUSE(ESOCKTNOSUPPORT), .tests = { IS(0, family) }      \
	}

static const struct argument_rule socket_rules[] = {
	UNIX_RULES,
	INET_RULES(AF_INET, IPPROTO_ICMP),
	INET_RULES(AF_INET6, IPPROTO_ICMPV6),
	{"AF_NETLINK, SOCK_RAW, NETLINK_ROUTE", ALLOW,
	 .tests = {IS(0, AF_NETLINK), TYPE(SOCK_RAW), IS(2, NETLINK_ROUTE)}},
	{"AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE", ALLOW,
	 .tests = {IS(0, AF_NETLINK), TYPE(SOCK_DGRAM), IS(2, NETLINK_ROUTE)}},
	{"AF_NETLINK, another protocol", REFUSE(EPROTONOSUPPORT),
	 .tests = {IS(0, AF_NETLINK), ANY_OF(2, ALL_BITS)}},
	{"AF_NETLINK, another type", REFUSE(ESOCKTNOSUPPORT), .tests = {IS(0, AF_NETLINK)}},
	OTHERWISE(REFUSE(EAFNOSUPPORT)),
};

/* Of the other families that socket() gives none makes pairs: EOPNOTSUPP from the kernel too. */
static const struct argument_rule socketpair_rules[] = {
	UNIX_RULES,
	{"AF_INET", REFUSE(EOPNOTSUPP), .tests = {IS(0, AF_INET)}},
	{"AF_INET6", REFUSE(EOPNOTSUPP), .tests = {IS(0, AF_INET6)}},
	{"AF_NETLINK", REFUSE(EOPNOTSUPP), .tests = {IS(0, AF_NETLINK)}},
	OTHERWISE(REFUSE(EAFNOSUPPORT)),
};

/* MSG_FASTOPEN connects from within a send, to an address that is in memory. */
static const struct argument_rule sendto_rules[] = {
	{"MSG_FASTOPEN", REFUSE(EOPNOTSUPP), .tests = {ANY_OF(3, MSG_FASTOPEN)}},
	{"an address", NOTIFY, .tests = {ANY_OF(4, ALL_BITS)}},
	{"an address", NOTIFY, .tests = {HIGH_IS_SET(4)}},
	OTHERWISE(ALLOW),
};

static const struct argument_rule sendmsg_rules[] = {
	{"MSG_FASTOPEN", REFUSE(EOPNOTSUPP), .tests = {ANY_OF(2, MSG_FASTOPEN)}},
	OTHERWISE(ALLOW),
};

static const struct argument_rule sendmmsg_rules[] = {
	{"MSG_FASTOPEN", REFUSE(EOPNOTSUPP), .tests = {ANY_OF(3, MSG_FASTOPEN)}},
	OTHERWISE(ALLOW),
};

/* It puts the connect off to the first write, which does not stop at the gate. */
static const struct argument_rule setsockopt_rules[] = {
	{"TCP_FASTOPEN_CONNECT", REFUSE(ENOPROTOOPT),
	 .tests = {IS(1, IPPROTO_TCP), IS(2, TCP_FASTOPEN_CONNECT)}},
	OTHERWISE(ALLOW),
};

#define NEW_NAMESPACES                                                                             \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET)
_Static_assert(NEW_NAMESPACES == 0x7e020000, "every namespace that clone can make");

/* kernel/fork.c takes the low 32 bits, and every one of them has a meaning since long, so that the
 * refused can be listed. CLONE_NEWTIME is within the exit signal here, and means that. CLONE_PTRACE
 * would give a child to whoever traces the caller, which can be nobody but the enforcer. */
static const struct argument_rule clone_rules[] = {
	{"CLONE_NEW*", REFUSE(EPERM), .tests = {ANY_OF(0, NEW_NAMESPACES)}},
	{"CLONE_PTRACE", REFUSE(EPERM), .tests = {ANY_OF(0, CLONE_PTRACE)}},
	OTHERWISE(ALLOW),
};

#define UNSHARE_HARMLESS                                                                           \
	(CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)

/* Here new bits come, so the allowed are listed. A thread with a cwd of its own is wanted. */
static const struct argument_rule unshare_rules[] = {
	{"only CLONE_FS, CLONE_FILES, CLONE_SYSVSEM, CLONE_VM, CLONE_SIGHAND, CLONE_THREAD", ALLOW,
	 .tests = {NONE_OF(0, ~(uint32_t)UNSHARE_HARMLESS), HIGH_IS_ZERO(0)}},
	OTHERWISE(REFUSE(EPERM)),
};

/* Changes /proc/<pid>/exe, by which the enforcer names a program, and the place of the argument
 * vector: the kernel wants a capability for the first, and nobody but a checkpointer the second. */
static const struct argument_rule prctl_rules[] = {
	{"PR_SET_MM", REFUSE(EPERM), .tests = {IS(0, PR_SET_MM)}},
	OTHERWISE(ALLOW),
};

/* Filters of the agent's own only take away, and browsers install them. A listener of its own would
 * be told of calls before us. Operations beyond those known are EINVAL, as from the kernel. */
static const struct argument_rule seccomp_rules[] = {
	{"SECCOMP_SET_MODE_FILTER with SECCOMP_FILTER_FLAG_NEW_LISTENER", REFUSE(EPERM),
	 .tests = {IS(0, SECCOMP_SET_MODE_FILTER), ANY_OF(1, SECCOMP_FILTER_FLAG_NEW_LISTENER)}},
	{"an operation known (0 to 3)", ALLOW, .tests = {NONE_OF(0, ~3u)}},
	OTHERWISE(REFUSE(EINVAL)),
};

/* Landlock has no say over memfds. Both flags at once are the kernel's EINVAL: let it be judged. */
static const struct argument_rule memfd_create_rules[] = {
	{"the policy allows running from memory", ALLOW, .option = OPTION_MEMORY_EXEC},
	{"MFD_NOEXEC_SEAL without MFD_EXEC", ALLOW,
	 .tests = {MASKED(1, MFD_NOEXEC_SEAL | MFD_EXEC, MFD_NOEXEC_SEAL)}},
	OTHERWISE(NOTIFY),
};

/* Linux AIO writes memory while a call is judged. ENOSYS is what a kernel without it says, and
 * databases go on without. */
static const struct argument_rule linux_aio_rules[] = {
	{"the policy allows Linux AIO", ALLOW, .option = OPTION_LINUX_AIO},
	OTHERWISE(REFUSE(ENOSYS)),
};

/* Core dumps are off by a limit of 1, which alone stops the host's pipe handler too (fs/coredump.c
 * looks at the soft limit): 0 would turn that on again, and programs that hold secrets set 0, and
 * end where it fails. So it succeeds and changes nothing. */
#define SUCCEED REFUSE(0)
static const struct argument_rule setrlimit_rules[] = {
	{"RLIMIT_CORE: succeeds, changes nothing", SUCCEED, .tests = {IS(0, RLIMIT_CORE)}},
	OTHERWISE(ALLOW),
};
static const struct argument_rule prlimit64_rules[] = {
	{"a new RLIMIT_CORE: succeeds, changes nothing", SUCCEED,
	 .tests = {IS(1, RLIMIT_CORE), ANY_OF(2, ALL_BITS)}},
	{"a new RLIMIT_CORE (high half of the pointer)", SUCCEED,
	 .tests = {IS(1, RLIMIT_CORE), HIGH_IS_SET(2)}},
	OTHERWISE(ALLOW),
};

/* A domain of the agent's own would not bind what the enforcer opens for it: say that there is no
 * Landlock, in the kernel's words for "switched off at boot", and an inner tool knows. */
static const struct argument_rule landlock_rules[] = {
	OTHERWISE(REFUSE(EOPNOTSUPP)),
};

#define RULES(call, list)                                                                          \
	{                                                                                          \
		CALL_NR_##call, list, ARRAY_LEN(list)                                              \
	}

const struct argument_rules argument_rules[] = {
	RULES(fcntl, fcntl_rules),
	RULES(ioctl, ioctl_rules),
	RULES(socket, socket_rules),
	RULES(socketpair, socketpair_rules),
	RULES(sendto, sendto_rules),
	RULES(sendmsg, sendmsg_rules),
	RULES(sendmmsg, sendmmsg_rules),
	RULES(setsockopt, setsockopt_rules),
	RULES(clone, clone_rules),
	RULES(unshare, unshare_rules),
	RULES(prctl, prctl_rules),
	RULES(setrlimit, setrlimit_rules),
	RULES(prlimit64, prlimit64_rules),
	RULES(seccomp, seccomp_rules),
	RULES(memfd_create, memfd_create_rules),
	RULES(io_setup, linux_aio_rules),
	RULES(io_destroy, linux_aio_rules),
	RULES(io_getevents, linux_aio_rules),
	RULES(io_submit, linux_aio_rules),
	RULES(io_cancel, linux_aio_rules),
	RULES(io_pgetevents, linux_aio_rules),
	RULES(landlock_create_ruleset, landlock_rules),
	RULES(landlock_add_rule, landlock_rules),
	RULES(landlock_restrict_self, landlock_rules),
};
const size_t argument_rules_count = ARRAY_LEN(argument_rules);

enum {
	CALLS_WITH_ARGUMENTS = 0
#define X(number, name, action) +((int)CALL_##action == (int)CALL_ARGS)
	SYSCALLS(X)
#undef X
};
_Static_assert(ARRAY_LEN(argument_rules) == CALLS_WITH_ARGUMENTS,
	       "rules for each ARGS, and no more");

int argument_rules_find(int number)
{
	for (size_t i = 0; i < argument_rules_count; i++)
		if (argument_rules[i].number == number)
			return (int)i;
	return -1;
}

bool argument_rule_holds(const struct argument_rule *rule, const struct filter_options *options)
{
	switch (rule->option) {
	case OPTION_ALWAYS:
		return true;
	case OPTION_LINUX_AIO:
		return options->linux_aio;
	case OPTION_MEMORY_EXEC:
		return options->memory_exec;
	}
	return false;
}
