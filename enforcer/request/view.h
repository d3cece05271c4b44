/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox's view of the file system: its mounts, which of them may be written, and which host
 * directory each stands for. Read once, before the agent runs: nothing inside can mount afterwards.
 *
 * From the view to the host leads only view_host(): by mount, walked without links, and compared
 * with the pin by device and inode. The path alone lies (the private /tmp/x reads like the host's).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"

enum view_mount_kind {
	VIEW_MOUNT_REFUSED = 0, /* another pid namespace's procfs */
	VIEW_MOUNT_FILES,
	VIEW_MOUNT_PROC,    /* the sandbox's own procfs */
	VIEW_MOUNT_DEVICES, /* the sandbox's own /dev, and its devpts: character devices work */
	VIEW_MOUNT_REMOTE,  /* a network or FUSE file system: opening may block */
	VIEW_MOUNT_KERNEL,  /* sysfs and its kin, which ask who opened them: never written */
};

struct view_mount {
	uint64_t id; /* statx */
	enum view_mount_kind kind;
	bool writable;
	char *point; /* where it is mounted, in the view; owned */
	int host;    /* O_PATH of the same directory on the host, or -1; owned */
};

struct view {
	int root;                  /* O_PATH; owned */
	int devpts;                /* O_PATH; owned */
	int pins;                  /* our own /proc/self/fd, O_PATH; owned: see pin_name() */
	uint64_t proc_dev;         /* of its own procfs */
	uint64_t devpts_dev;       /* of its own terminals; 0: it has none */
	struct view_mount *mounts; /* by id */
	size_t n_mounts;
};

/* What statx tells of a pin. */
struct place_stat {
	mode_t mode;
	uint32_t nlink;
	uid_t uid;
	uint64_t dev, ino, rdev, mount;
};

int place_stat(int fd, struct place_stat *ret_stat);

/*
 * "N", the name of our descriptor in view->pins: half the walk of "/proc/self/fd/N", which each
 * open makes twice.
 */
#define PIN_NAME_MAX 12
void pin_name(int fd, char ret_name[static PIN_NAME_MAX]);

/* agent: a process inside, in our pid namespace. Duplicates the descriptors. */
int view_new(int root, int devpts, pid_t agent, struct view **ret_view, struct failure *reterr);
struct view *view_free(struct view *view);
DEFINE_CLEANUP(struct view *, view_free)

const struct view_mount *view_mount(const struct view *view, uint64_t id);

/* O_PATH of what stands at an absolute path of the view that has no links in it, or a negative
 * errno. */
int view_open(const struct view *view, const char *path);

/*
 * The host's own descriptor (O_PATH) of a thing in the view: path is its canonical path there, pin
 * what it must turn out to be. -EROFS: the mount stands for nothing on the host; -ESTALE: the host
 * has something else there now.
 */
int view_host(const struct view *view, const struct view_mount *mount, const char *path,
	      const struct place_stat *pin, int *ret_fd);
