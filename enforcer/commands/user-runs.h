/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the commands that speak to runs: all runs of the user, and what a person calls the things in
 * them. A question or grant is "3" where that is one thing only, else "RUN/3", where RUN is the
 * beginning of a run's id or of its last part ("1fdd/3").
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/error.h"
#include "enforcer/control/client.h"

#define USER_RUNS_MAX 256
/* How long a run may take to answer. */
#define USER_RUNS_PATIENCE_MS 5000

struct user_runs {
	struct control_link *links[USER_RUNS_MAX]; /* oldest first */
	int n;
};

/* run: only those that it matches, at least one; NULL: all, which may be none. Refused inside of a
 * run. 0 or a negative errno with reterr. */
int user_runs_open(struct user_runs *runs, const char *run, struct failure *reterr);
void user_runs_done(struct user_runs *runs);

/* As control_link_ask(). */
int user_runs_ask(struct control_link *link, const char *method, json_t *params,
		  json_t **ret_result, struct failure *reterr);

/* One thing: method lists them under member, each an object with "id". */
struct user_thing {
	struct control_link *link; /* borrowed from the runs */
	json_t *object;            /* owned */
};
struct user_things {
	struct user_thing *things; /* owned */
	size_t n;
};

/* All things of all runs. "grants" with "grants", "list" with "questions". A run that ends
 * meanwhile has none. */
int user_runs_list(const struct user_runs *runs, const char *method, const char *member,
		   struct user_things *ret_things, struct failure *reterr);
void user_things_done(struct user_things *things);

/*
 * The thing that word names. what: "question", "grant". -ENOENT with what there is, -ENOTUNIQ with
 * the choices, -EINVAL where word is no name of a thing.
 */
int user_things_find(const struct user_things *things, const char *word, const char *what,
		     const struct user_thing **ret_thing, struct failure *reterr);

/* "3", or "1fdd7951/3" where there is more than one run. */
#define USER_NAME_MAX 96
void user_thing_name(const struct user_runs *runs, const struct user_thing *thing,
		     char ret_name[static USER_NAME_MAX]);

/* "90s", "10m", "2h", "1d": in ms. -EINVAL with words. */
int user_duration_parse(const char *text, int64_t *ret_ms, struct failure *reterr);
/* "3 s", "12 min", "2 h". */
#define USER_DURATION_MAX 32
void user_duration_show(int64_t ms, char ret_text[static USER_DURATION_MAX]);
