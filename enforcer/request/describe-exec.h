/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an execve would run: the program, and what the kernel or the loader would run for it: the
 * interpreter of a script, the program behind "ld.so PROGRAM". Judged before the call goes on, so
 * that what is refused fails with EACCES; what really runs is compared with it afterwards
 * (reply/verify-exec).
 */
#pragma once

#include "enforcer/request/describe.h"

/* The image that the kernel will have mapped when nothing changes meanwhile. */
struct exec_image {
	uint64_t dev, ino; /* of the last interpreter, or the program itself */
	bool script;       /* the program is a script: dev and ino are its interpreter's */
	uint64_t script_dev, script_ino;
	bool script_by_number; /* reached by the target's own descriptor, which exec may close */
};

/*
 * Adds the objects of an execution to the request, whose vector is filled already. place: what the
 * path leads to. 0, or the negative errno that is the call's answer.
 */
int describe_exec(const struct view *view, const struct target *target, const struct place *place,
		  struct request *request, struct exec_image *ret_image);
