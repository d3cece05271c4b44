/* SPDX-License-Identifier: Apache-2.0 */
/* The mounts of a view: our own, for want of a sandbox. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/request/view.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static struct view *our_view(void)
{
	_cleanup_fd_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct failure failure = {};
	struct view *view = NULL;

	if (view_new(root, -1, getpid(), &view, &failure) < 0)
		fprintf(stderr, "%s\n", failure.text);
	CHECK(view != NULL);
	return view;
}

static void test_every_mount_is_found_by_its_id(void)
{
	_cleanup_(view_freep) struct view *view = our_view();
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[8192];
	size_t n = 0;

	while (view && file && fgets(line, sizeof(line), file)) {
		const struct view_mount *mount = view_mount(view, strtoull(line, NULL, 10));

		n++;
		CHECK(mount != NULL);
		if (!mount)
			continue;
		CHECK_INT(mount->point[0], '/');
		CHECK(strstr(mount->point, "\\0") == NULL);
		if (strstr(line, " - proc "))
			CHECK(mount->kind == VIEW_MOUNT_PROC || mount->kind == VIEW_MOUNT_REFUSED);
		if (strncmp(mount->point, "/dev", 4) == 0)
			CHECK_INT(mount->kind, VIEW_MOUNT_DEVICES);
	}
	if (file)
		fclose(file);
	CHECK(view && n == view->n_mounts);
	CHECK(view && view_mount(view, 1u << 31) == NULL);
}

static void test_the_host_has_what_was_pinned_or_nothing(void)
{
	_cleanup_(view_freep) struct view *view = our_view();
	struct view_mount *mount = NULL;
	struct place_stat st;
	int fd, found = -1;

	scratch_make();
	scratch_file("file", "", 0600);
	CHECK_INT(symlink("file", scratch_path("link")), 0);
	fd = open(scratch_path("file"), O_PATH | O_CLOEXEC);
	CHECK_INT(place_stat(fd, &st), 0);
	for (size_t i = 0; view && i < view->n_mounts; i++)
		if (view->mounts[i].id == st.mount)
			mount = &view->mounts[i];
	CHECK(mount != NULL);
	if (mount && mount->host >= 0) {
		CHECK_INT(view_host(view, mount, scratch_path("file"), &st, &found), 0);
		found = fd_close(found);
		/* Another thing, nothing, a link. */
		CHECK_INT(view_host(view, mount, scratch, &st, &found), -ESTALE);
		CHECK_INT(view_host(view, mount, scratch_path("gone"), &st, &found), -ESTALE);
		CHECK_INT(view_host(view, mount, scratch_path("link"), &st, &found), -ESTALE);
		CHECK_INT(found, -1);
		mount->host = fd_close(mount->host);
	}
	if (mount)
		CHECK_INT(view_host(view, mount, scratch_path("file"), &st, &found), -EROFS);
	close(fd);
}

static void test_a_view_of_nothing_is_an_error(void)
{
	struct failure failure = {};
	struct view *view = NULL;

	CHECK(view_new(-1, -1, getpid(), &view, &failure) < 0);
	CHECK(failure.text[0] && !view);
}

int main(void)
{
	RUN(test_every_mount_is_found_by_its_id);
	RUN(test_the_host_has_what_was_pinned_or_nothing);
	RUN(test_a_view_of_nothing_is_an_error);
	return check_summary();
}
