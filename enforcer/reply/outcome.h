/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel was told, and so what the target saw. Zero: it was told nothing yet. */
#pragma once

#include <stdint.h>

enum outcome_kind {
	OUTCOME_NONE = 0,
	OUTCOME_ERROR,     /* value: a positive errno */
	OUTCOME_VALUE,     /* value: what the call returned */
	OUTCOME_FD,        /* value: the descriptor's number in the target */
	OUTCOME_CONTINUED, /* the kernel goes on with the call (bind, listen, exec) */
	OUTCOME_KILLED,    /* an exec that turned out to be another: value is the signal */
	OUTCOME_GONE,      /* the target died first */
};

struct outcome {
	enum outcome_kind kind;
	int64_t value;
};
