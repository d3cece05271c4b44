/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox's view of the file system. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/request/view.h"

#define MOUNTS_MAX 8192

int place_stat(int fd, struct place_stat *ret_stat)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
		  STATX_BASIC_STATS | STATX_MNT_ID, &stx) < 0)
		return -errno;
	if (!(stx.stx_mask & STATX_MNT_ID))
		return -EOPNOTSUPP;
	*ret_stat = (struct place_stat){
		.mode = stx.stx_mode,
		.nlink = stx.stx_nlink,
		.uid = stx.stx_uid,
		.dev = makedev(stx.stx_dev_major, stx.stx_dev_minor),
		.ino = stx.stx_ino,
		.rdev = makedev(stx.stx_rdev_major, stx.stx_rdev_minor),
		.mount = stx.stx_mnt_id,
	};
	return 0;
}

void pin_name(int fd, char ret_name[static PIN_NAME_MAX])
{
	char digits[PIN_NAME_MAX];
	size_t n = 0;

	for (unsigned rest = (unsigned)fd; n == 0 || rest > 0; rest /= 10)
		digits[n++] = (char)('0' + rest % 10);
	for (size_t i = 0; i < n; i++)
		ret_name[i] = digits[n - 1 - i];
	ret_name[n] = '\0';
}

struct view *view_free(struct view *view)
{
	if (!view)
		return NULL;
	for (size_t i = 0; i < view->n_mounts; i++) {
		fd_close(view->mounts[i].host);
		free(view->mounts[i].point);
	}
	free(view->mounts);
	fd_close(view->root);
	fd_close(view->devpts);
	fd_close(view->pins);
	free(view);
	return NULL;
}

static int open_plain(int dirfd, const char *path, uint64_t resolve)
{
	struct open_how how = {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
			       .resolve = RESOLVE_NO_SYMLINKS | resolve};
	int fd;

	while (*path == '/')
		path++;
	fd = (int)syscall(SYS_openat2, dirfd, *path ? path : ".", &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

/* mountinfo writes space, tab, newline and backslash as three octal digits. */
static void unescape(char *text)
{
	char *out = text;

	for (const char *in = text; *in;) {
		if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' && in[2] && in[3]) {
			*out++ = (char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
			in += 4;
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
}

static enum view_mount_kind kind_of(const struct view *view, const char *type, const char *dev,
				    const char *point)
{
	static const char *const kernel[] = {
		"sysfs",      "cgroup",     "cgroup2",   "debugfs",  "tracefs", "bpf",
		"pstore",     "securityfs", "configfs",  "efivarfs", "fusectl", "binfmt_misc",
		"rpc_pipefs", "resctrl",    "selinuxfs", "smackfs",  "mqueue"};
	static const char *const remote[] = {"nfs", "nfs4", "cifs", "smb3",
					     "9p",  "ceph", "afs",  "autofs"};

	unsigned major, minor;

	if (strcmp(type, "proc") == 0)
		return sscanf(dev, "%u:%u", &major, &minor) == 2 &&
				       makedev(major, minor) == view->proc_dev
			       ? VIEW_MOUNT_PROC
			       : VIEW_MOUNT_REFUSED;
	if (strcmp(point, "/dev") == 0 || strncmp(point, "/dev/", 5) == 0)
		return VIEW_MOUNT_DEVICES;
	for (size_t i = 0; i < ARRAY_LEN(kernel); i++)
		if (strcmp(type, kernel[i]) == 0)
			return VIEW_MOUNT_KERNEL;
	if (strncmp(type, "fuse", 4) == 0)
		return VIEW_MOUNT_REMOTE;
	for (size_t i = 0; i < ARRAY_LEN(remote); i++)
		if (strcmp(type, remote[i]) == 0)
			return VIEW_MOUNT_REMOTE;
	return VIEW_MOUNT_FILES;
}

/* The host's directory of the same path, where it is the very directory that is mounted. */
static int host_of(const struct view *view, const struct view_mount *mount)
{
	_cleanup_fd_ int here = -1, there = -1, host_root = -1;
	struct place_stat a, b;

	if (mount->kind != VIEW_MOUNT_FILES && mount->kind != VIEW_MOUNT_REMOTE)
		return -1;
	host_root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	here = open_plain(host_root, mount->point, 0);
	there = open_plain(view->root, mount->point, 0);
	if (here < 0 || there < 0 || place_stat(here, &a) < 0 || place_stat(there, &b) < 0)
		return -1;
	/* Another mount may lie on top of this one: then there is not ours. */
	if (b.mount != mount->id || a.dev != b.dev || a.ino != b.ino)
		return -1;
	return steal_fd(here);
}

static int view_add(struct view *view, char *line)
{
	struct view_mount mount = {.host = -1}, *more;
	char *save = NULL, *fields[6], *rest, *type;

	/* id parent major:minor root point options [tags] - type source superoptions */
	rest = strstr(line, " - ");
	if (!rest)
		return -EINVAL;
	*rest = '\0';
	type = strtok_r(rest + 3, " ", &save);
	save = NULL;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		fields[i] = strtok_r(i == 0 ? line : NULL, " ", &save);
		if (!fields[i])
			return -EINVAL;
	}
	if (!type || view->n_mounts >= MOUNTS_MAX)
		return -EINVAL;
	unescape(fields[4]);
	mount.id = strtoull(fields[0], NULL, 10);
	mount.writable = strncmp(fields[5], "rw", 2) == 0;
	mount.kind = kind_of(view, type, fields[2], fields[4]);
	mount.point = strdup(fields[4]);
	if (!mount.point)
		return -ENOMEM;
	mount.host = host_of(view, &mount);
	more = reallocarray(view->mounts, view->n_mounts + 1, sizeof(*more));
	if (!more) {
		free(mount.point);
		fd_close(mount.host);
		return -ENOMEM;
	}
	view->mounts = more;
	view->mounts[view->n_mounts++] = mount;
	return 0;
}

static int compare_mounts(const void *a, const void *b)
{
	const struct view_mount *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

int view_new(int root, int devpts, pid_t agent, struct view **ret_view, struct failure *reterr)
{
	_cleanup_(view_freep) struct view *view = calloc(1, sizeof(*view));
	_cleanup_free_ char *text = NULL;
	_cleanup_fd_ int fd = -1, proc = -1;
	struct place_stat st;
	char path[64], *save = NULL;
	size_t len;
	int r;

	if (!view)
		return -ENOMEM;
	view->devpts = -1;
	view->pins = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	view->root = fcntl(root, F_DUPFD_CLOEXEC, 3);
	if (view->root < 0)
		return failure_set(reterr, -errno, "cannot hold the sandbox's root directory");
	if (view->pins < 0)
		return failure_set(reterr, -errno, "cannot hold /proc/self/fd");
	view->devpts = devpts < 0 ? -1 : fcntl(devpts, F_DUPFD_CLOEXEC, 3);
	if (view->devpts >= 0 && place_stat(view->devpts, &st) == 0)
		view->devpts_dev = st.dev;
	proc = open_plain(view->root, "/proc", 0);
	r = proc < 0 ? proc : place_stat(proc, &st);
	if (r < 0)
		return failure_set(reterr, r, "cannot look at the sandbox's /proc");
	view->proc_dev = st.dev;
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", agent);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return failure_set(reterr, -errno, "cannot read the sandbox's mounts (%s)", path);
	r = fd_read_file(fd, 16 << 20, &text, &len);
	for (char *line = r < 0 ? NULL : strtok_r(text, "\n", &save); line && r == 0;
	     line = strtok_r(NULL, "\n", &save))
		r = view_add(view, line);
	if (r < 0 || view->n_mounts == 0)
		return failure_set(reterr, r < 0 ? r : -EINVAL,
				   "cannot understand the sandbox's mounts (%s)", path);
	qsort(view->mounts, view->n_mounts, sizeof(*view->mounts), compare_mounts);
	*ret_view = steal_pointer(view);
	return 0;
}

const struct view_mount *view_mount(const struct view *view, uint64_t id)
{
	struct view_mount key = {.id = id};

	return bsearch(&key, view->mounts, view->n_mounts, sizeof(key), compare_mounts);
}

int view_open(const struct view *view, const char *path)
{
	return open_plain(view->root, path, RESOLVE_BENEATH);
}

int view_host(const struct view *view, const struct view_mount *mount, const char *path,
	      const struct place_stat *pin, int *ret_fd)
{
	_cleanup_fd_ int fd = -1;
	size_t len = strlen(mount->point);
	struct place_stat st;

	(void)view;
	if (mount->host < 0)
		return -EROFS;
	if (len == 1)
		len = 0;
	if (strncmp(path, mount->point, len) != 0 || (path[len] != '/' && path[len] != '\0'))
		return -ESTALE;
	fd = open_plain(mount->host, path + len, RESOLVE_BENEATH);
	if (fd < 0)
		return fd == -ENOENT || fd == -ELOOP || fd == -EXDEV ? -ESTALE : fd;
	if (place_stat(fd, &st) < 0 || st.dev != pin->dev || st.ino != pin->ino)
		return -ESTALE;
	*ret_fd = steal_fd(fd);
	return 0;
}
