/* SPDX-License-Identifier: Apache-2.0 */
/* A view made of one directory. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "tests/support/fake-view.h"

static void add(struct view *view, const char *path, const char *point, enum view_mount_kind kind)
{
	_cleanup_fd_ int fd = open(path, O_PATH | O_CLOEXEC);
	struct view_mount *mount = &view->mounts[view->n_mounts];
	struct place_stat st;

	if (fd < 0 || place_stat(fd, &st) < 0)
		abort();
	*mount = (struct view_mount){
		.id = st.mount, .kind = kind, .writable = true, .point = strdup(point), .host = -1};
	if (!mount->point)
		abort();
	if (kind == VIEW_MOUNT_PROC)
		view->proc_dev = st.dev;
	view->n_mounts++;
}

struct view *fake_view_new(const char *root)
{
	struct view *view = calloc(1, sizeof(*view));

	if (!view)
		abort();
	view->devpts = -1;
	view->pins = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	view->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	view->mounts = calloc(2, sizeof(*view->mounts));
	if (view->root < 0 || !view->mounts)
		abort();
	add(view, root, "/", VIEW_MOUNT_FILES);
	add(view, "/proc", "/proc", VIEW_MOUNT_PROC);
	if (view->mounts[0].id > view->mounts[1].id) {
		struct view_mount swap = view->mounts[0];

		view->mounts[0] = view->mounts[1];
		view->mounts[1] = swap;
	}
	return view;
}
