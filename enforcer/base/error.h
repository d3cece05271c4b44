/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Failures that a person must read: a message made where the cause is known, printed once at the
 * top. Functions return a negative errno; struct failure carries the words beside it.
 * A failure that was filled is kept: later calls of failure_set() do not overwrite the first cause.
 */
#pragma once

#include <stdarg.h>

#define FAILURE_TEXT_MAX 1024

struct failure {
	char text[FAILURE_TEXT_MAX]; /* what happened, to which object */
	char hint[FAILURE_TEXT_MAX]; /* what to do next; may be empty */
};

/* Returns error (a negative errno, passed through), so that it can stand in a return statement.
 * reterr may be NULL. */
int failure_set(struct failure *reterr, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void failure_hint(struct failure *reterr, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* To stderr, as "callgate: text" and, where there is one, "  hint". */
void failure_print(const struct failure *failure);
