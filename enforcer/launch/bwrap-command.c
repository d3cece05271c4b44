/* SPDX-License-Identifier: Apache-2.0 */
/* The plan in bubblewrap's words. */
#include <stdio.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/launch/bwrap-command.h"
#include "enforcer/launch/plan.h"

/* The host's name is kept: it is no secret, and much asks for its own address by it. */
static const char *const namespaces[] = {
	"--unshare-user", "--unshare-ipc",    "--unshare-pid",     "--unshare-net",
	"--unshare-uts",  "--unshare-cgroup", "--die-with-parent",
};

static void append(struct buffer *buffer, const char *option)
{
	buffer_append(buffer, option, strlen(option) + 1);
}

static void append_pair(struct buffer *buffer, const char *option, const char *value)
{
	append(buffer, option);
	append(buffer, value);
}

static void append_triple(struct buffer *buffer, const char *option, const char *from,
			  const char *to)
{
	append_pair(buffer, option, from);
	append(buffer, to);
}

static void append_tmpfs(struct buffer *buffer, const char *mode, const char *path)
{
	append_pair(buffer, "--perms", mode);
	append_pair(buffer, "--tmpfs", path);
}

/* Read-only, so that a name made in /dev cannot pass for a device. The device nodes and /dev/pts
 * are mounts of their own and stay usable. */
static void append_dev(struct buffer *buffer, const struct plan *plan)
{
	append_pair(buffer, "--dev", "/dev");
	append_tmpfs(buffer, "1777", "/dev/shm");
	append_triple(buffer, "--ro-bind", plan->shim, PLAN_SHIM_PATH);
	if (plan->denials)
		append_triple(buffer, "--ro-bind", plan->denials, PLAN_DENIALS_PATH);
	append_pair(buffer, "--remount-ro", "/dev");
}

/* The descriptors stand in the order of the mounts. */
static void append_file(struct buffer *buffer, const struct plan *plan,
			const struct plan_mount *mount)
{
	unsigned fd = PLAN_FILES_FD;
	char number[12];

	for (const struct plan_mount *before = plan->mounts; before < mount; before++)
		fd += before->kind == PLAN_MOUNT_FILE;
	snprintf(number, sizeof(number), "%u", fd);
	append_pair(buffer, "--perms", "0444");
	append_triple(buffer, "--ro-bind-data", number, mount->path);
}

static void append_mount(struct buffer *buffer, const struct plan *plan,
			 const struct plan_mount *mount)
{
	switch (mount->kind) {
	case PLAN_MOUNT_READ_ONLY:
		append_triple(buffer, "--ro-bind", mount->source, mount->path);
		break;
	case PLAN_MOUNT_WRITABLE:
		append_triple(buffer, "--bind", mount->source, mount->path);
		break;
	case PLAN_MOUNT_TMP:
		append_tmpfs(buffer, "1777", mount->path);
		break;
	case PLAN_MOUNT_DEV:
		append_dev(buffer, plan);
		break;
	case PLAN_MOUNT_PROC:
		append_pair(buffer, "--proc", mount->path);
		break;
	case PLAN_MOUNT_EMPTY:
		append_tmpfs(buffer, "0000", mount->path);
		append_pair(buffer, "--remount-ro", mount->path);
		break;
	case PLAN_MOUNT_NOTHING:
		append_triple(buffer, "--ro-bind", "/dev/null", mount->path);
		break;
	case PLAN_MOUNT_FILE:
		append_file(buffer, plan, mount);
		break;
	case PLAN_MOUNT_DIRECTORY:
		append_pair(buffer, "--dir", mount->path);
		break;
	case PLAN_MOUNT_SYMLINK:
		append_triple(buffer, "--symlink", mount->source, mount->path);
		break;
	}
}

void bwrap_append_options(const struct plan *plan, struct buffer *buffer)
{
	bool has_root = false;

	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
		append(buffer, namespaces[i]);
	append_pair(buffer, "--cap-drop", "ALL");
	for (size_t i = 0; i < plan->mount_count; i++) {
		has_root = has_root || strcmp(plan->mounts[i].path, "/") == 0;
		append_mount(buffer, plan, &plan->mounts[i]);
	}
	/* bwrap's own empty root. */
	if (!has_root)
		append_pair(buffer, "--remount-ro", "/");
}
