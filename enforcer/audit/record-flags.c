/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flags of a call by their names. The kernel's own headers, not the C library's: glibc says
 * that O_LARGEFILE is 0 where the kernel (and every program that is not glibc's) has a bit for it.
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/memfd.h>
#include <linux/xattr.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "enforcer/audit/json-emit.h"
#include "enforcer/audit/record-flags.h"
#include "enforcer/base/cleanup.h"

/* Debian 12's headers end before these. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#define MFD_EXEC        0x0010U
#endif
#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

struct flag_name {
	uint64_t bits;
	const char *name;
};

/* A flag that contains another stands before it. */
static const struct flag_name open_flags[] = {
	{O_CREAT, "O_CREAT"},         {O_EXCL, "O_EXCL"},         {O_TRUNC, "O_TRUNC"},
	{O_APPEND, "O_APPEND"},       {O_TMPFILE, "O_TMPFILE"},   {O_DIRECTORY, "O_DIRECTORY"},
	{O_PATH, "O_PATH"},           {O_NOFOLLOW, "O_NOFOLLOW"}, {O_NONBLOCK, "O_NONBLOCK"},
	{O_SYNC, "O_SYNC"},           {O_DSYNC, "O_DSYNC"},       {O_DIRECT, "O_DIRECT"},
	{O_NOATIME, "O_NOATIME"},     {O_NOCTTY, "O_NOCTTY"},     {FASYNC, "O_ASYNC"},
	{O_LARGEFILE, "O_LARGEFILE"}, {O_CLOEXEC, "O_CLOEXEC"},   {0, NULL},
};

static const struct flag_name rename_flags[] = {
	{RENAME_NOREPLACE, "RENAME_NOREPLACE"},
	{RENAME_EXCHANGE, "RENAME_EXCHANGE"},
	{RENAME_WHITEOUT, "RENAME_WHITEOUT"},
	{0, NULL},
};

static const struct flag_name at_flags[] = {
	{AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"}, {AT_SYMLINK_FOLLOW, "AT_SYMLINK_FOLLOW"},
	{AT_NO_AUTOMOUNT, "AT_NO_AUTOMOUNT"},         {AT_EMPTY_PATH, "AT_EMPTY_PATH"},
	{AT_EXECVE_CHECK, "AT_EXECVE_CHECK"},         {0, NULL},
};

static const struct flag_name unlink_flags[] = {
	{AT_REMOVEDIR, "AT_REMOVEDIR"},
	{0, NULL},
};

static const struct flag_name xattr_flags[] = {
	{XATTR_CREATE, "XATTR_CREATE"},
	{XATTR_REPLACE, "XATTR_REPLACE"},
	{0, NULL},
};

static const struct flag_name memfd_flags[] = {
	{MFD_CLOEXEC, "MFD_CLOEXEC"}, {MFD_ALLOW_SEALING, "MFD_ALLOW_SEALING"},
	{MFD_HUGETLB, "MFD_HUGETLB"}, {MFD_NOEXEC_SEAL, "MFD_NOEXEC_SEAL"},
	{MFD_EXEC, "MFD_EXEC"},       {0, NULL},
};

static const struct flag_name send_flags[] = {
	{MSG_OOB, "MSG_OOB"},   {MSG_DONTROUTE, "MSG_DONTROUTE"}, {MSG_DONTWAIT, "MSG_DONTWAIT"},
	{MSG_EOR, "MSG_EOR"},   {MSG_CONFIRM, "MSG_CONFIRM"},     {MSG_NOSIGNAL, "MSG_NOSIGNAL"},
	{MSG_MORE, "MSG_MORE"}, {MSG_FASTOPEN, "MSG_FASTOPEN"},   {0, NULL},
};

/* NULL: the flags of this call have no names here, and are written as a number. */
static const struct flag_name *const flags_of[MEDIATED_COUNT] = {
	[MEDIATED_open] = open_flags,        [MEDIATED_creat] = open_flags,
	[MEDIATED_openat] = open_flags,      [MEDIATED_openat2] = open_flags,
	[MEDIATED_renameat2] = rename_flags, [MEDIATED_unlinkat] = unlink_flags,
	[MEDIATED_linkat] = at_flags,        [MEDIATED_fchmodat2] = at_flags,
	[MEDIATED_fchownat] = at_flags,      [MEDIATED_utimensat] = at_flags,
	[MEDIATED_setxattrat] = at_flags,    [MEDIATED_removexattrat] = at_flags,
	[MEDIATED_file_setattr] = at_flags,  [MEDIATED_execveat] = at_flags,
	[MEDIATED_setxattr] = xattr_flags,   [MEDIATED_lsetxattr] = xattr_flags,
	[MEDIATED_fsetxattr] = xattr_flags,  [MEDIATED_memfd_create] = memfd_flags,
	[MEDIATED_sendto] = send_flags,
};

static void separate(struct buffer *text, bool *first)
{
	if (!*first)
		emit(text, "|", 1);
	*first = false;
}

void record_flags(struct buffer *text, enum mediated call, uint64_t flags)
{
	static const char *const modes[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
	const struct flag_name *names = call < MEDIATED_COUNT ? flags_of[call] : NULL;
	bool first = true;

	/* Reading is the absence of a bit; creat has no flags but those that its name means. */
	if (names == open_flags && (flags != 0 || call != MEDIATED_creat)) {
		separate(text, &first);
		emit_text(text, modes[flags & O_ACCMODE]);
		flags &= ~(uint64_t)O_ACCMODE;
	}
	for (; names && names->name; names++) {
		if ((flags & names->bits) != names->bits)
			continue;
		flags &= ~names->bits;
		separate(text, &first);
		emit_text(text, names->name);
	}
	if (flags != 0) {
		separate(text, &first);
		emit_hexadecimal(text, flags);
	}
}
