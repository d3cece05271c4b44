/* SPDX-License-Identifier: Apache-2.0 */
/* Where the control sockets are. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "enforcer/base/text.h"
#include "enforcer/control/place.h"

#define BACKLOG 16

/* A place that is too long to be one is left out. */
static void places_add(struct control_places *places, const char *base, const char *rest)
{
	int n = snprintf(places->path[places->n], PATH_MAX, "%s%s", strcmp(base, "/") ? base : "",
			 rest);

	if (n > 0 && n < PATH_MAX)
		places->n++;
}

void control_places_of(const char *runtime, const char *state, const char *home,
		       struct control_places *ret_places)
{
	ret_places->n = 0;
	if (runtime && runtime[0] == '/')
		places_add(ret_places, runtime, "/callgate");
	if (state && state[0] == '/')
		places_add(ret_places, state, "/callgate/run");
	else if (home && home[0] == '/')
		places_add(ret_places, home, "/.local/state/callgate/run");
}

int control_places_find(struct control_places *ret_places, struct failure *reterr)
{
	const char *home = getenv("HOME");

	if (!home || home[0] != '/') {
		const struct passwd *user = getpwuid(getuid());

		home = user ? user->pw_dir : NULL;
	}
	control_places_of(getenv("XDG_RUNTIME_DIR"), getenv("XDG_STATE_HOME"), home, ret_places);
	if (ret_places->n > 0)
		return 0;
	failure_hint(reterr, "set HOME to your home directory");
	return failure_set(reterr, -ENOENT, "cannot tell where the control sockets are");
}

static int refuse(struct failure *reterr, const char *path, int error, const char *why)
{
	struct buffer shown = {};

	text_append_escaped(&shown, path, strlen(path), FAILURE_TEXT_MAX / 2);
	failure_hint(reterr, "it must be a directory of yours with mode 0700");
	failure_set(reterr, error, "the directory of the control sockets, %s, %s",
		    shown.error ? "?" : shown.data, why);
	buffer_done(&shown);
	return error;
}

/* The parents as anybody makes them; the last one is for us alone. */
static int make_directories(const char *path)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return -ENAMETOOLONG;
	memcpy(part, path, len + 1);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(part, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int control_place_open(const char *path, bool make, int *ret_dirfd, struct failure *reterr)
{
	_cleanup_fd_ int fd = -1;
	struct stat st;
	int r;

	if (make) {
		r = make_directories(path);
		if (r < 0)
			return refuse(reterr, path, r, "cannot be made");
	}
	fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0)
		return refuse(reterr, path, -EPERM,
			      errno == ENOTDIR || errno == ELOOP ? "is no directory"
								 : "cannot be opened");
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid != geteuid())
		return refuse(reterr, path, -EPERM, "belongs to somebody else");
	if (st.st_mode & 077)
		return refuse(reterr, path, -EPERM, "is open to others");
	*ret_dirfd = steal_fd(fd);
	return 0;
}

/* Under sudo the variable may name the caller's: what root made there would be in the way of its
 * owner. */
static bool parent_is_ours(const char *path)
{
	_cleanup_free_ char *parent = strdup(path);
	struct stat st;
	char *slash;

	slash = parent ? strrchr(parent, '/') : NULL;
	if (!slash || slash == parent)
		return false;
	*slash = '\0';
	return stat(parent, &st) < 0 ? errno == ENOENT : st.st_uid == geteuid();
}

int control_places_make(const struct control_places *places, int *ret_dirfd, const char **ret_path,
			struct failure *reterr)
{
	int r = -ENOENT;

	if (places->n == 0)
		return failure_set(reterr, r, "there is no place for the control socket");
	for (int i = 0; i < places->n; i++) {
		bool last = i + 1 == places->n;

		if (!last && !parent_is_ours(places->path[i]))
			continue;
		r = control_place_open(places->path[i], true, ret_dirfd, last ? reterr : NULL);
		if (r == 0) {
			*ret_path = places->path[i];
			return 0;
		}
	}
	return r;
}

static bool is_run(const char *run, size_t len)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	return len > 0 && len < CONTROL_RUN_MAX && strspn(run, plain) == len;
}

bool control_run_of(const char *name, char ret_run[static CONTROL_RUN_MAX])
{
	size_t len = strcspn(name, ".");

	if (!is_run(name, len) || strcmp(name + len, CONTROL_SUFFIX) != 0)
		return false;
	memcpy(ret_run, name, len);
	ret_run[len] = '\0';
	return true;
}

/* The directory by its descriptor, so that what was checked is what is used. */
static int address_of(int dirfd, const char *run, const char *suffix, struct sockaddr_un *ret)
{
	int n;

	if (!is_run(run, strlen(run)))
		return -EINVAL;
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	n = snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s%s", dirfd, run,
		     suffix);
	return n < 0 || (size_t)n >= sizeof(ret->sun_path) ? -ENAMETOOLONG : 0;
}

int control_place_listen(int dirfd, const char *run, int *ret_fd)
{
	_cleanup_fd_ int fd = -1;
	struct sockaddr_un address;
	char early[CONTROL_RUN_MAX + 16], name[CONTROL_RUN_MAX + 16];
	int one = 1, r;

	r = address_of(dirfd, run, ".new", &address);
	if (r < 0)
		return r;
	snprintf(early, sizeof(early), "%s.new", run);
	snprintf(name, sizeof(name), "%s" CONTROL_SUFFIX, run);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* Before any connection is: what is sent before the option is set has no sender. */
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return errno == EADDRINUSE ? -EEXIST : -errno;
	r = 0;
	if (fchmodat(dirfd, early, 0600, 0) < 0 || listen(fd, BACKLOG) < 0 ||
	    linkat(dirfd, early, dirfd, name, 0) < 0)
		r = -errno;
	unlinkat(dirfd, early, 0);
	if (r < 0)
		return r;
	*ret_fd = steal_fd(fd);
	return 0;
}

int control_place_connect(int dirfd, const char *run, int *ret_fd)
{
	_cleanup_fd_ int fd = -1;
	struct sockaddr_un address;
	struct ucred peer;
	socklen_t len = sizeof(peer);
	int r = address_of(dirfd, run, CONTROL_SUFFIX, &address);

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;
	if (peer.uid != geteuid())
		return -EPERM;
	*ret_fd = steal_fd(fd);
	return 0;
}

void control_place_remove(int dirfd, const char *run)
{
	char name[CONTROL_RUN_MAX + 16];

	if (!is_run(run, strlen(run)))
		return;
	snprintf(name, sizeof(name), "%s" CONTROL_SUFFIX, run);
	unlinkat(dirfd, name, 0);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_run(char ***runs, size_t *n, const char *run)
{
	char **more = reallocarray(*runs, *n + 2, sizeof(*more));

	if (!more)
		return -ENOMEM;
	*runs = more;
	more[*n] = strdup(run);
	if (!more[*n])
		return -ENOMEM;
	more[++*n] = NULL;
	return 0;
}

int control_place_list(int dirfd, char ***ret_runs)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char **runs = calloc(1, sizeof(*runs));
	struct dirent *entry;
	size_t n = 0;
	int r = runs ? 0 : -ENOMEM;

	if (!dir) {
		r = -errno;
		fd_close(fd);
		free(runs);
		return r;
	}
	while (r == 0 && (entry = readdir(dir))) {
		char run[CONTROL_RUN_MAX];

		if (control_run_of(entry->d_name, run))
			r = add_run(&runs, &n, run);
	}
	closedir(dir);
	if (r < 0) {
		while (n > 0)
			free(runs[--n]);
		free(runs);
		return r;
	}
	qsort(runs, n, sizeof(*runs), by_name);
	*ret_runs = runs;
	return 0;
}
