/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table: every call that stops at the gate, with its family. The filter, the decoder, the
 * record, the documentation check and the tests are made from it. Numbers are kept by architecture
 * in syscalls-<arch>.h (CALL_NR_<name>); nothing else may know one.
 *
 * A family says which decoder reads the arguments and who answers:
 *   OPEN, CHANGE, CONNECT, MEMORY  performed by the enforcer
 *   LISTEN                         judged, recorded, continued
 *   EXEC                           continued, verified before the first instruction
 * sendto is here for calls with an address, memfd_create for calls without MFD_NOEXEC_SEAL: the
 * filter looks at the argument.
 */
#pragma once

#define MEDIATED_SYSCALLS(X)                                                                       \
	X(open, OPEN)                                                                              \
	X(creat, OPEN)                                                                             \
	X(openat, OPEN)                                                                            \
	X(openat2, OPEN)                                                                           \
	X(mkdir, CHANGE)                                                                           \
	X(mkdirat, CHANGE)                                                                         \
	X(mknod, CHANGE)                                                                           \
	X(mknodat, CHANGE)                                                                         \
	X(rename, CHANGE)                                                                          \
	X(renameat, CHANGE)                                                                        \
	X(renameat2, CHANGE)                                                                       \
	X(link, CHANGE)                                                                            \
	X(linkat, CHANGE)                                                                          \
	X(symlink, CHANGE)                                                                         \
	X(symlinkat, CHANGE)                                                                       \
	X(unlink, CHANGE)                                                                          \
	X(unlinkat, CHANGE)                                                                        \
	X(rmdir, CHANGE)                                                                           \
	X(truncate, CHANGE)                                                                        \
	X(chmod, CHANGE)                                                                           \
	X(fchmod, CHANGE)                                                                          \
	X(fchmodat, CHANGE)                                                                        \
	X(fchmodat2, CHANGE)                                                                       \
	X(chown, CHANGE)                                                                           \
	X(fchown, CHANGE)                                                                          \
	X(lchown, CHANGE)                                                                          \
	X(fchownat, CHANGE)                                                                        \
	X(utime, CHANGE)                                                                           \
	X(utimes, CHANGE)                                                                          \
	X(futimesat, CHANGE)                                                                       \
	X(utimensat, CHANGE)                                                                       \
	X(setxattr, CHANGE)                                                                        \
	X(lsetxattr, CHANGE)                                                                       \
	X(fsetxattr, CHANGE)                                                                       \
	X(setxattrat, CHANGE)                                                                      \
	X(removexattr, CHANGE)                                                                     \
	X(lremovexattr, CHANGE)                                                                    \
	X(fremovexattr, CHANGE)                                                                    \
	X(removexattrat, CHANGE)                                                                   \
	X(file_setattr, CHANGE)                                                                    \
	X(connect, CONNECT)                                                                        \
	X(sendto, CONNECT)                                                                         \
	X(bind, LISTEN)                                                                            \
	X(listen, LISTEN)                                                                          \
	X(execve, EXEC)                                                                            \
	X(execveat, EXEC)                                                                          \
	X(memfd_create, MEMORY)

/* Zero is no call: refused. */
enum mediated {
	MEDIATED_NONE = 0,
#define X(name, family) MEDIATED_##name,
	MEDIATED_SYSCALLS(X)
#undef X
		MEDIATED_COUNT
};

enum family {
	FAMILY_NONE = 0,
	FAMILY_OPEN,
	FAMILY_CHANGE,
	FAMILY_CONNECT,
	FAMILY_LISTEN,
	FAMILY_EXEC,
	FAMILY_MEMORY,
};

static inline enum family mediated_family(enum mediated call)
{
	static const unsigned char families[MEDIATED_COUNT] = {
#define X(name, family) [MEDIATED_##name] = FAMILY_##family,
		MEDIATED_SYSCALLS(X)
#undef X
	};

	return call < MEDIATED_COUNT ? (enum family)families[call] : FAMILY_NONE;
}

static inline const char *mediated_name(enum mediated call)
{
	static const char *const names[MEDIATED_COUNT] = {
#define X(name, family) [MEDIATED_##name] = #name,
		MEDIATED_SYSCALLS(X)
#undef X
	};

	return call > MEDIATED_NONE && call < MEDIATED_COUNT ? names[call] : "none";
}
