/* SPDX-License-Identifier: Apache-2.0 */
/*
 * execve cannot be performed for somebody else, so it is continued and verified: the thread is
 * seized before the answer; when it has a new image, it stops before that runs its first
 * instruction, and what is there then is compared with what was judged. If it is not the same, it
 * is shown to the owner of this module, who says whether it may run; else it is killed.
 *
 * One thread traces: everything here runs in the loop's, and no other waitpid may take its stops.
 */
#pragma once

#include "enforcer/reply/reply.h"
#include "enforcer/request/describe-exec.h"

enum exec_end {
	EXEC_GONE = 0, /* the thread died first */
	EXEC_FAILED,   /* the kernel refused: value is the errno */
	EXEC_RAN,      /* what was judged runs */
	EXEC_OTHER,    /* something else was there: allowed when it was judged again */
	EXEC_KILLED,   /* something else was there: killed */
};

/* What turned out to be there. All borrowed for the call. */
struct exec_seen {
	const struct target *target; /* stopped */
	int exe;                     /* O_PATH */
	const char *execfn;          /* AT_EXECFN: the path that the kernel used */
	char **argv;                 /* may be moved away: set it to NULL then */
	bool argv_truncated;
};

struct exec_owner {
	/* May this run? */
	bool (*judge_again)(void *userdata, struct exec_seen *seen);
	/* Once for each exec_begin() that returned 0. */
	void (*ended)(void *userdata, enum exec_end end, int value);
};

struct exec_verifier;

int exec_verifier_new(const struct reply_context *context, const struct exec_owner *owner,
		      struct exec_verifier **ret_verifier);
struct exec_verifier *exec_verifier_free(struct exec_verifier *verifier);
DEFINE_CLEANUP(struct exec_verifier *, exec_verifier_free)

struct exec_order {
	struct exec_image image;
	const char *path;              /* as the call named it; borrowed for the call */
	const struct request *request; /* borrowed until ended(): its vector is compared */
	void *userdata;
};

/*
 * Seizes the target and answers with CONTINUE, at once or when the exec of another thread of the
 * same process has ended. A negative errno: nothing was answered.
 */
int exec_begin(struct exec_verifier *verifier, const struct target *target,
	       const struct exec_order *order);

/* On SIGCHLD. */
void exec_reap(struct exec_verifier *verifier);
