/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan of a run: policy and the machine's facts in, mounts, Landlock rules, filter, environment
 * and command out. Pure: the host's tree is seen through struct plan_tree, so that the same input
 * gives the same plan, which can be printed and tested without a kernel. sandbox.h carries it out.
 *
 * The wall only ever allows less than the policy in the end: what a rule allows and the wall cannot
 * express is left to the gate, which performs it from outside.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"
#include "filters/filter.h"
#include "filters/landlock-rules.h"

struct policy;

enum plan_kind {
	PLAN_MISSING = 0, /* nothing there, or out of our sight */
	PLAN_DIRECTORY,
	PLAN_FILE,
	PLAN_SYMLINK,
	PLAN_OTHER, /* device, FIFO, socket */
};

/* The host's tree at the start, last components seen without following links. plan-host.h has the
 * real one. */
struct plan_tree {
	enum plan_kind (*kind)(void *userdata, const char *path);
	/* Calls each() with every name but "." and ".."; a non-zero answer ends it and is returned.
	 */
	int (*list)(void *userdata, const char *path, int (*each)(void *context, const char *name),
		    void *context);
	/* The text of a symlink into ret[PATH_MAX], or a negative errno. */
	int (*read_link)(void *userdata, const char *path, char *ret);
	void *userdata;
};

/* A file of callgate's own that stands in the view in place of the host's. */
struct plan_file {
	const char *path; /* canonical; on the host there must be a file */
	const char *text;
};
#define PLAN_FILES_MAX 3
/* bwrap finds the texts at this descriptor and those behind it. */
#define PLAN_FILES_FD 11

/* All borrowed for the call; vectors are NULL-ended; paths absolute and canonical. */
struct plan_input {
	const struct policy *policy;
	const struct plan_tree *tree;
	const char *const *argv; /* at least one */
	const char *const *envp; /* the agent's, filtered by policy already */
	const char *cwd;
	const char *shim;           /* the host's path of callgate-shim */
	const char *const *covered; /* directories of callgate's own: nothing in them is seen; or
				       NULL */
	const char *denials; /* the host's path of the file that tells the agent why; or NULL */
	const struct plan_file *files; /* ended by one without path; or NULL */
	int landlock_abi;              /* of the running kernel; below 1: none */
	unsigned terminal;             /* bit n: descriptor n is the person's terminal */
	struct winsize window;
};

enum plan_mount_kind {
	PLAN_MOUNT_READ_ONLY = 0,
	PLAN_MOUNT_WRITABLE,
	PLAN_MOUNT_TMP, /* private, empty, mode 1777 */
	PLAN_MOUNT_DEV, /* private /dev, read-only, with the shim in it */
	PLAN_MOUNT_PROC,
	PLAN_MOUNT_EMPTY,     /* covers a directory: nothing in it, mode 0, read-only */
	PLAN_MOUNT_NOTHING,   /* covers a file by /dev/null, read-only */
	PLAN_MOUNT_FILE,      /* a file with a text of ours, read-only */
	PLAN_MOUNT_DIRECTORY, /* no mount: an empty directory in the hidden view's root */
	PLAN_MOUNT_SYMLINK,   /* no mount: a link there */
};

struct plan_mount {
	enum plan_mount_kind kind;
	char *path;   /* in the view; owned */
	char *source; /* host path of READ_ONLY and WRITABLE, text of SYMLINK and
			 FILE; else NULL; owned */
};

/* Existing entries that are listed beside holes of readable and executable trees, at most. */
#define PLAN_SIBLINGS_MAX 4096

struct plan {
	bool hidden;               /* the view's root is empty, not the host's */
	struct plan_mount *mounts; /* in the order in which they are made: parents first */
	size_t mount_count;
	struct landlock_rules landlock;
	bool exact;     /* all trees that Landlock makes readable are exact */
	char **omitted; /* directories with too many siblings beside a hole: left to the gate, and
			   nothing in them can be executed; NULL-ended */
	size_t omitted_count;
	struct filter_options filter_options;
	struct filter filter;
	char **argv, **envp; /* as the agent gets them */
	char *search_path;   /* PATH for argv[0], from envp */
	char *cwd;
	char *denials; /* or NULL */
	char *shim;
	unsigned terminal;
	struct winsize window;
};

/* Where the shim is, inside. /dev is private, so no mount point is needed in the host's tree. */
#define PLAN_SHIM_PATH    "/dev/callgate/shim"
#define PLAN_DENIALS_PATH "/dev/callgate/denials.jsonl"

/* 0 or a negative errno with reterr. */
int plan_new(const struct plan_input *input, struct plan **ret_plan, struct failure *reterr);
struct plan *plan_free(struct plan *plan);
DEFINE_CLEANUP(struct plan *, plan_free)

/* The mount that a canonical path lies on in the view, or NULL. */
const struct plan_mount *plan_mount_of(const struct plan *plan, const char *path);

/* For a person (callgate run --print-plan): bwrap's arguments, the Landlock rules with their rights
 * and exactness, the filter. Errors are the stream's: ask ferror(). */
void plan_print(const struct plan *plan, FILE *out);
