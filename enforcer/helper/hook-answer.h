/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a hook said. PURE. Whatever is no clear answer is a failure, never consent: a hook that
 * prints half an object, or a word where an object belongs, has not been understood.
 */
#pragma once

#include "enforcer/base/buffer.h"
#include "enforcer/helper/hooks.h"

/* text: what it wrote: nothing, or one JSON object. Fills opinion and reason; *ret_id: the call
 * that it names (NULL: nobody asks), 0 where it names none. */
void hook_answer_parse(const char *text, size_t len, struct hook_answer *ret_answer,
		       uint64_t *ret_id);
/* status: of waitpid(2). said, complaint: its standard output and error. */
void hook_answer_of_exit(int status, const struct buffer *said, const struct buffer *complaint,
			 struct hook_answer *ret_answer);
/* FAILED, with the reason printed. */
void hook_answer_failed(struct hook_answer *ret_answer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
