/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call as the registers and the target's memory said it, copied once, with the many names of one
 * thing brought to one form (open, creat and openat are CALL_OPEN). Not yet resolved: paths are
 * bytes.
 */
#pragma once

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "enforcer/request/place.h"
#include "enforcer/request/request.h"

enum call_kind {
	CALL_NONE = 0, /* refused */
	CALL_OPEN,
	CALL_MKDIR,
	CALL_MKNOD,
	CALL_RENAME,
	CALL_LINK,
	CALL_SYMLINK,
	CALL_UNLINK,
	CALL_RMDIR,
	CALL_TRUNCATE,
	CALL_CHMOD,
	CALL_CHOWN,
	CALL_UTIME,
	CALL_SETXATTR,
	CALL_REMOVEXATTR,
	CALL_FILE_SETATTR, /* always refused: inode flags */
	CALL_CONNECT,
	CALL_SENDTO,
	CALL_BIND,
	CALL_LISTEN,
	CALL_EXEC,
	CALL_MEMFD,
};

/* __O_TMPFILE of the kernel, which libc joins with O_DIRECTORY. */
#define CALL_TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

#define CALL_XATTR_NAME_MAX  255
#define CALL_XATTR_VALUE_MAX 65536
#define CALL_SEND_MAX        65536
#define CALL_MEMFD_NAME_MAX  249

struct call_path {
	bool given; /* false: there is none, the call is about fd alone */
	int dirfd;
	unsigned walk; /* enum walk_flags */
	int error;     /* [1]: it could not be read; 0 */
	char text[PATH_MAX];
};

struct call {
	enum call_kind kind;
	struct call_path path[2]; /* [1]: destination of rename and link */
	int fd;                   /* of calls on a descriptor; -1 */
	int socket;               /* CONNECT, SENDTO, BIND, LISTEN: duplicate of the agent's, once
	                             resolved; -1; owned */
	char *text;               /* SYMLINK: what the link says; owned */

	uint64_t flags;        /* OPEN: O_*; RENAME: RENAME_*; SENDTO: MSG_*; SETXATTR: XATTR_*;
	                      MEMFD: MFD_*; EXEC, LINK: AT_* */
	uint64_t restrictions; /* OPEN: RESOLVE_* */
	bool flags_in_memory;  /* OPEN: openat2, whose flags the kernel would read again */
	mode_t mode;
	dev_t dev;
	uid_t uid;
	gid_t gid;
	bool times_now; /* UTIME with a NULL pointer */
	struct timespec times[2];
	bool nothing; /* UTIME: both omitted; the kernel does not even look at the path */
	off_t length; /* TRUNCATE */

	char *name; /* SETXATTR, REMOVEXATTR, MEMFD; owned */
	void *data; /* SETXATTR: the value; SENDTO: the message; owned */
	size_t size;

	struct sockaddr_storage address; /* CONNECT, SENDTO, BIND */
	socklen_t address_len;

	char **argv; /* EXEC; moves into the request; owned until then */
	bool argv_truncated;
};

/*
 * Copies a call out of the target. 0, or the negative errno that the kernel gives for it (-EFAULT,
 * -EINVAL, -ENAMETOOLONG, ...), which is the call's answer; -ESRCH: the target is gone.
 * ret_call is new, all zero but behind the end of path[].text, and goes to call_done() in any case.
 */
int call_decode(enum mediated name, const struct seccomp_data *data, const struct target *target,
		struct call *ret_call);
void call_done(struct call *call);

/* Used among the decoders: a path argument. */
int call_read_path(const struct target *target, uint64_t address, int dirfd, unsigned walk,
		   struct call_path *ret_path);
int call_decode_open(enum mediated name, const uint64_t *args, const struct target *target,
		     struct call *call);
int call_decode_change(enum mediated name, const uint64_t *args, const struct target *target,
		       struct call *call);
int call_decode_socket(enum mediated name, const uint64_t *args, const struct target *target,
		       struct call *call);
int call_decode_exec(enum mediated name, const uint64_t *args, const struct target *target,
		     struct call *call);
