/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report tells of runs beside their numbers (records/stats.h, which it has counted as well):
 * who was refused what, where bytes went, what answers were remembered for, how fast people
 * answered, and when. PURE. Bounded: what finds no place is counted.
 */
#pragma once

#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/stats.h"
#include "enforcer/records/table.h"
#include "enforcer/report/timeline.h"

#define REPORT_RUNS_MAX    20000
#define REPORT_DENIALS_MAX 20000
#define REPORT_HOSTS_MAX   20000
#define REPORT_GRANTS_MAX  20000
#define REPORT_HASTY_MAX   20000
#define REPORT_FAULTS_MAX  20
#define REPORT_TREES_MAX   6
#define REPORT_TEXT_MAX    512 /* bytes kept of a text */

struct report_run {
	char *id, *command, *directory; /* owned; command: its words, escaped */
	uint64_t started_ns, ended_ns;
	bool ended;
	int status;
	uint64_t calls, denied, prompts;
	bool verified, good; /* good: whole, ended and signed */
	char words[256];     /* what is wrong with its record */
};

struct report_denial {
	char *program, *name, *rule, *reason; /* owned; rule: or what decided */
	enum verb verb;
	enum decided_by by;
	bool protected; /* by the guards, by an administrator or by callgate itself */
	uint64_t n, first_ns, last_ns;
};

struct report_host {
	uint64_t connections, sent, received;
	uint64_t allowed, denied; /* calls */
};

struct report_grant {
	char *run, *covers, *scope, *lasts; /* owned */
	enum verdict verdict;
	uint64_t id, used, at_ns;
};

/* Approved by a person in less than STATS_HABIT_NS. */
struct report_hasty {
	char *program, *name; /* owned */
	enum verb verb;
	uint64_t n;
};

/* What became of calls, by the verb that it hung on. */
enum report_outcome {
	REPORT_ALLOWED = 0, /* by a rule */
	REPORT_APPROVED,    /* after somebody was asked */
	REPORT_REFUSED,     /* the same */
	REPORT_DENIED,
};
#define REPORT_OUTCOMES (REPORT_DENIED + 1)

/* What became of prompts: the kinds of the timeline. */
enum report_answer {
	REPORT_YES = 0,
	REPORT_NO,
	REPORT_NOBODY, /* too late, withdrawn, or the run's end */
};

/* How long people took: less than so many ns; the last has no bound. */
#define REPORT_WAITS 8
extern const uint64_t report_waits[REPORT_WAITS];

struct report {
	struct stats *stats;
	struct timeline prompts;                              /* by enum report_answer */
	uint64_t verbs[VERB_COUNT + 1][REPORT_OUTCOMES];      /* the last: without a verb */
	uint64_t waits[REPORT_WAITS][2];                      /* allowed, denied */
	struct table runs, denials, hosts, grants, hasty;     /* of the structs of that name */
	uint64_t denials_beyond, hosts_beyond, grants_beyond; /* calls, calls and ends, grants */
	uint64_t hasty_beyond, runs_beyond;
	char *faults[REPORT_FAULTS_MAX]; /* owned */
	uint64_t n_faults;
	struct report_run *run; /* that is being read; borrowed from runs; NULL: no place */
	uint64_t first_ns, last_ns;
	/* Pages of the runs' processes, HTML, of those runs that have most to tell; owned. */
	struct report_tree {
		char *html;
		uint64_t weight, order;
	} trees[REPORT_TREES_MAX];
	uint64_t n_trees;
};

/* offset_s: of local time to UTC. 0 or -ENOMEM. */
int report_new(int64_t offset_s, struct report **ret_report);
struct report *report_free(struct report *report);
DEFINE_CLEANUP(struct report *, report_free)

/* A line of a run, in its order. 0 or -ENOMEM. */
int report_add(struct report *report, struct entry *entry);
/* Behind the last line of a run. */
int report_end_run(struct report *report);

/* What the record of a run is worth. */
struct report_proof {
	const char *run, *words;
	bool good;
	uint64_t line; /* the first that is wrong; 0: of none can that be said */
};
void report_verified(struct report *report, const struct report_proof *proof);

/* Keeps a page of processes where it tells more than one that is kept; html: taken, or freed. */
void report_keep_tree(struct report *report, char *html, uint64_t weight);

/* For table_sorted(): what to look at first. */
int report_denials_by_number(const void *a, const void *b);
int report_denials_by_weight(const void *a, const void *b);
int report_hosts_by_bytes(const void *a, const void *b);
int report_grants_by_use(const void *a, const void *b); /* never used first */
int report_hasty_by_number(const void *a, const void *b);
int report_runs_by_time(const void *a, const void *b); /* newest first */
