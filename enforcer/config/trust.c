/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which project files a person trusts.
 *
 * The store is {"version": 1, "trusted": {PATH: HASH, ...}}. Readers need no lock, because the
 * file is replaced by rename; writers hold one on its directory, so that two of them lose
 * nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/policy-file.h"
#include "enforcer/config/trust.h"

static int store_is_broken(const char *store, struct failure *reterr)
{
	char shown[SHOWN_MAX];

	failure_hint(reterr, "remove it and trust your projects again: callgate trust DIR");
	return failure_set(reterr, -EINVAL, "%s: is not a list of trusted projects",
			   facts_show(store, shown));
}

/* The whole store, or an empty one where there is none. */
static int store_load(const char *store, json_t **ret_root, struct failure *reterr)
{
	json_auto_t *root = NULL;
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	int r = policy_file_read(store, POLICY_FILE_PERSON, &text, &len, reterr);

	if (r == -ENOENT)
		root = json_pack("{s:i, s:{}}", "version", 1, "trusted");
	else if (r < 0)
		return r;
	else
		root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_integer_value(json_object_get(root, "version")) != 1 ||
	    !json_is_object(json_object_get(root, "trusted")))
		return store_is_broken(store, reterr);
	*ret_root = json_incref(root);
	return 0;
}

int trust_look_up(const char *store, const char *path, const char *hash, enum trust *ret_trust,
		  struct failure *reterr)
{
	json_auto_t *root = NULL;
	const char *known;
	int r;

	*ret_trust = TRUST_NONE;
	r = store_load(store, &root, reterr);
	if (r < 0)
		return r;
	known = json_string_value(json_object_get(json_object_get(root, "trusted"), path));
	if (known)
		*ret_trust = strcmp(known, hash) == 0 ? TRUST_GIVEN : TRUST_CHANGED;
	return 0;
}

/* Every directory above the last name of path. */
static int make_parents(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

/* The store's directory, locked for whoever changes the store; ret_name: its name in there. */
static int store_lock(const char *store, const char **ret_name)
{
	_cleanup_fd_ int dir = -1;
	_cleanup_free_ char *copy = NULL;
	int r = make_parents(store);

	if (r < 0)
		return r;
	copy = strndup(store, (size_t)(strrchr(store, '/') - store));
	if (!copy)
		return -ENOMEM;
	dir = open(copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || flock(dir, LOCK_EX) < 0)
		return -errno;
	*ret_name = strrchr(store, '/') + 1;
	return steal_fd(dir);
}

static int store_replace(int dir, const char *name, const json_t *root)
{
	_cleanup_free_ char *text = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
	char next[NAME_MAX];
	_cleanup_fd_ int fd = -1;
	int r;

	if (!text)
		return -ENOMEM;
	snprintf(next, sizeof(next), "%s.new", name);
	/* Left by a writer that died: the lock says that nobody writes it now. */
	if (unlinkat(dir, next, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir, next, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = fd_write_all(fd, text, strlen(text));
	if (r == 0)
		r = fd_write_all(fd, "\n", 1);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r == 0 && renameat(dir, next, dir, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(dir, next, 0);
	return r;
}

/* hash NULL: takes path out. */
static int store_change(const char *store, const char *path, const char *hash,
			struct failure *reterr)
{
	json_auto_t *root = NULL;
	_cleanup_fd_ int dir = -1;
	char shown[SHOWN_MAX];
	const char *name = NULL;
	json_t *trusted;
	int r;

	dir = store_lock(store, &name);
	if (dir < 0)
		return failure_set(reterr, dir, "%s: %s", facts_show(store, shown), strerror(-dir));
	r = store_load(store, &root, reterr);
	if (r < 0)
		return r;
	trusted = json_object_get(root, "trusted");
	if (!hash && json_object_del(trusted, path) < 0)
		return -ENOENT;
	/* JSON can say UTF-8 names only. */
	if (hash && json_object_set_new(trusted, path, json_string(hash)) < 0)
		return failure_set(reterr, -EILSEQ,
				   "%s: cannot be remembered: the name is not UTF-8",
				   facts_show(path, shown));
	r = store_replace(dir, name, root);
	if (r < 0)
		return failure_set(reterr, r, "%s: %s", facts_show(store, shown), strerror(-r));
	return 0;
}

int trust_give(const char *store, const char *path, const char *hash, struct failure *reterr)
{
	return store_change(store, path, hash, reterr);
}

int trust_revoke(const char *store, const char *path, struct failure *reterr)
{
	return store_change(store, path, NULL, reterr);
}
