/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a policy file, once. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/policy-file.h"

static int check_status(const struct stat *st, const char *shown, enum policy_file_owner owner,
			struct failure *reterr)
{
	mode_t refused = owner == POLICY_FILE_MANAGED ? S_IWGRP | S_IWOTH : S_IWOTH;

	if (!S_ISREG(st->st_mode)) {
		failure_hint(reterr, "a policy is read from a regular file");
		return failure_set(reterr, -EINVAL, "%s: is not a regular file", shown);
	}
	if (st->st_size > POLICY_FILE_MAX)
		return failure_set(reterr, -EFBIG, "%s: is larger than 1 MiB: that is no policy",
				   shown);
	if (owner == POLICY_FILE_PROJECT || owner == POLICY_FILE_ANY)
		return 0;
	if (st->st_mode & refused) {
		failure_hint(reterr, "look at what it says, then: chmod %s %s",
			     owner == POLICY_FILE_MANAGED ? "go-w" : "o-w", shown);
		return failure_set(reterr, -EPERM, "%s: others may write to it (mode %04o)", shown,
				   (unsigned)st->st_mode & 07777);
	}
	if (st->st_uid != 0 && st->st_uid != getuid()) {
		failure_hint(reterr, "copy it to a file of your own and name that");
		return failure_set(reterr, -EPERM,
				   "%s: belongs to uid %u, neither to you nor to root", shown,
				   (unsigned)st->st_uid);
	}
	return 0;
}

int policy_file_read(const char *path, enum policy_file_owner owner, char **ret_text,
		     size_t *ret_len, struct failure *reterr)
{
	_cleanup_fd_ int fd = -1;
	char shown[SHOWN_MAX];
	struct stat st;
	int r;

	facts_show(path, shown);
	/* O_NONBLOCK: open(2) of a FIFO without a writer would wait for one. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
				(owner == POLICY_FILE_PROJECT ? O_NOFOLLOW : 0));
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return -ENOENT;
	if (fd < 0 && errno == ELOOP && owner == POLICY_FILE_PROJECT)
		return failure_set(reterr, -ELOOP, "%s: is a symbolic link", shown);
	if (fd < 0)
		return failure_set(reterr, -errno, "%s: %s", shown, strerror(errno));
	if (fstat(fd, &st) < 0)
		return failure_set(reterr, -errno, "%s: %s", shown, strerror(errno));
	r = check_status(&st, shown, owner, reterr);
	if (r < 0)
		return r;
	r = fd_read_file(fd, POLICY_FILE_MAX, ret_text, ret_len);
	if (r == -EFBIG)
		return failure_set(reterr, r, "%s: is larger than 1 MiB: that is no policy", shown);
	if (r < 0)
		return failure_set(reterr, r, "%s: %s", shown, strerror(-r));
	return 0;
}

int policy_hash(const char *text, size_t len, char ret_hex[static HASH_HEX_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	size_t size = sizeof(digest);

	if (!EVP_Q_digest(NULL, "SHA256", NULL, text, len, digest, &size) || size != 32)
		return -EIO;
	for (size_t i = 0; i < size; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
	return 0;
}
