/* SPDX-License-Identifier: Apache-2.0 */
/* Calls as a program would make them, about the tree of gate_tree(), and what they come to. */
#pragma once

#include "tests/pipeline/gate.h"

struct call_argument {
	const void *data; /* goes into the target's memory; NULL: the number itself */
	size_t len;
	uint64_t number;
};

struct scripted_call {
	const char *name;
	enum mediated call;
	struct call_argument args[6];
	enum fake_answer_kind kind; /* of its answer, where everything is allowed */
	int64_t value;              /* an errno, or what it returns */
	bool waits;                 /* answered from the loop */
};

extern const struct scripted_call scripted_calls[];
extern const size_t n_scripted_calls;

/* With the arguments in the fake target's memory. */
uint64_t scripted_make(struct gate *gate, const struct scripted_call *call);

/* Makes the call of this name; its answer, or FAKE_NOTHING where it waits. */
struct fake_answer made(struct gate *gate, const char *name);
/* The one answer of this call. */
struct fake_answer answered(uint64_t cookie);
/* A member of a line of the record; "" where it has none. */
const char *word(json_t *line, const char *name);
/* 0: nothing is there. */
ino_t inode(const char *name);

#define CHECK_ERROR(answer, error)                                                                 \
	do {                                                                                       \
		struct fake_answer _given = (answer);                                              \
		CHECK_INT(_given.kind, FAKE_ERROR);                                                \
		CHECK_INT(_given.value, error);                                                    \
	} while (0)
