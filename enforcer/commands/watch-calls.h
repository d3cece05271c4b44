/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last calls of all runs, and the part of them that is looked at: a filter, a search, and a
 * place that new calls do not move. PURE. The oldest is forgotten where there is no room.
 *
 * Calls are counted from 1 in the order in which they came; a number is never used again.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define WATCH_CALLS_MAX    10000
#define WATCH_WORDS_MAX    128
#define WATCH_FILTER_WORDS 16

/* Texts are escaped, and may be shown. */
struct watch_call {
	time_t at;
	char run[16];     /* control_run_short() */
	char decision[8]; /* "" where this is a gap: object says so */
	char verb[8];
	char *program; /* without its directories */
	char *object;
	char *why;
};

struct watch_calls; /* owns all of it */

int watch_calls_new(struct watch_calls **ret_calls);
struct watch_calls *watch_calls_free(struct watch_calls *calls);

/* call: the parameters of a `call` event. What is missing in it is shown as empty. -ENOMEM. */
int watch_calls_add(struct watch_calls *calls, const char *run, const json_t *call);
/* count calls were not told here. */
int watch_calls_add_gap(struct watch_calls *calls, const char *run, json_int_t count);

/*
 * text: words; verbs, decisions, program=NAME, run=ID, and others that stand anywhere in the line.
 * Of each kind one must be true; of other words all. An empty text shows everything.
 */
void watch_calls_filter(struct watch_calls *calls, const char *text);
const char *watch_calls_filtered(const struct watch_calls *calls);

/* The last rows that pass, up to where is looked at, oldest first; their number. ret_calls: of at
 * least rows places; borrowed until the next call is added. */
size_t watch_calls_view(struct watch_calls *calls, size_t rows,
			const struct watch_call **ret_calls);
/* By so many rows of the last view: negative to the older. At the newest it follows again, unless
 * it is paused. */
void watch_calls_scroll(struct watch_calls *calls, int64_t rows);
void watch_calls_pause(struct watch_calls *calls);
bool watch_calls_paused(const struct watch_calls *calls);
/* How many calls that pass came behind where is looked at. */
size_t watch_calls_behind(const struct watch_calls *calls);

/* Empty: no search. Letters of either case. */
void watch_calls_search(struct watch_calls *calls, const char *text);
const char *watch_calls_searched(const struct watch_calls *calls);
/* Goes to the next one that holds the text, to the older or the newer. False: there is none. */
bool watch_calls_find(struct watch_calls *calls, bool older);
/* Whether it holds the searched text; whether it is the one that was gone to. */
bool watch_calls_holds(const struct watch_calls *calls, const struct watch_call *call);
bool watch_calls_is_found(const struct watch_calls *calls, const struct watch_call *call);
