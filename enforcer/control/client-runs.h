/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All runs of the user, for a program that looks on: finds them, connects to each, subscribes, and
 * tells what happens in any. Runs that begin later are found within CONTROL_SCAN_MS. One descriptor
 * to poll, nothing waits:
 *
 *	control_runs_new(&places, &config, &runs);
 *	for (;;) {
 *		poll(control_runs_fd(runs), POLLIN; and your own descriptors);
 *		control_runs_work(runs);
 *	}
 */
#pragma once

#include <jansson.h>

#include "enforcer/control/client.h"
#include "enforcer/control/place.h"

#define CONTROL_SCAN_MS 500

struct control_runs;

/* One of them, from opened() until closed() returns. */
struct control_run {
	struct control_link *link; /* for control_link_call() */
	const char *id;            /* control_run_short() for a person */
	json_t *status;            /* as `status` had it when it was opened; borrowed by handlers */
	void *userdata;            /* the handlers' own */
};

struct control_runs_config {
	bool answers; /* questions wait for this program's person */
	bool calls;   /* every decision, as "call" events */
	/* Each may be NULL. What waits already comes as "question.opened" behind opened(). */
	void (*opened)(void *userdata, struct control_run *run);
	void (*event)(void *userdata, struct control_run *run, const char *method, json_t *params);
	/* What is granted by then, an array behind opened(); more of it may come by others. */
	void (*granted)(void *userdata, struct control_run *run, const json_t *grants);
	void (*closed)(void *userdata, struct control_run *run, const char *reason);
	void *userdata;
};

int control_runs_new(const struct control_places *places, const struct control_runs_config *config,
		     struct control_runs **ret_runs);
struct control_runs *control_runs_free(struct control_runs *runs);
DEFINE_CLEANUP(struct control_runs *, control_runs_free)

/* Readable when control_runs_work() has something to do; owned by runs. */
int control_runs_fd(const struct control_runs *runs);
/* Reads, writes, looks for new runs; calls the handlers. Not from a handler. */
void control_runs_work(struct control_runs *runs);

/*
 * For a program that asks once: the links to all runs now, at most max, oldest first; their number,
 * or a negative errno. What is left of runs that are gone is removed.
 */
int control_links_open(const struct control_places *places, struct control_link **ret_links,
		       int max);
/* The random part of a run's id, which tells runs apart: behind its last "-". */
const char *control_run_short(const char *run);
/* True where word is the beginning of the run's id, or of its random part. */
bool control_run_matches(const char *run, const char *word);
