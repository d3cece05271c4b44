/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far and how long an answer of `callgate watch` for longer than once reaches, as the person
 * has chosen for the selected question. PURE.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#define WATCH_SCOPES_MAX 8

struct watch_scope {
	char *name, *covers; /* owned; escaped by the socket */
	unsigned offers;     /* 1 << enum watch_answer, of those that last */
};

struct watch_reach {
	struct watch_scope scopes[WATCH_SCOPES_MAX]; /* the narrowest first */
	size_t n;
	size_t scope, time; /* what was chosen; 0: the narrowest; for the run */
};

enum watch_answer;
/* params: a question. False: no memory. */
bool watch_reach_init(struct watch_reach *reach, const json_t *params);
void watch_reach_done(struct watch_reach *reach);
/* The next scope, or time, around. */
void watch_reach_next_scope(struct watch_reach *reach);
void watch_reach_next_time(struct watch_reach *reach);

/* The scope that this answer would have: the chosen one; for always, where that cannot be kept, the
 * narrowest that can. NULL: none. */
const struct watch_scope *watch_reach_scope(const struct watch_reach *reach,
					    enum watch_answer answer);
/* "for the run", "for 10 min". */
const char *watch_reach_time(const struct watch_reach *reach);
/* Members of `answer`. False: this answer does not go with what was chosen. */
bool watch_reach_set(const struct watch_reach *reach, enum watch_answer answer, json_t *params);
