/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs came to in numbers: decisions, prompts, how they were answered and how fast. PURE.
 * docs/research.md defines each number.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/audit/record-event.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/table.h"

/* An approval given within it is taken for one of habit. */
#define STATS_HABIT_NS 2000000000u

struct recorded_policy;

struct stats_counts {
	uint64_t runs, unfinished; /* unfinished: without an end on record */
	uint64_t agent_ns;         /* from the first to the last line of each run */
	uint64_t calls, allowed, denied;
	uint64_t failed_by_itself;
	uint64_t by[BY_FAULT + 1];
	uint64_t prompts;      /* questions put to somebody */
	uint64_t prompt_calls; /* calls that waited for one */
	uint64_t unattended;   /* calls that fell under ask where nobody was */
	uint64_t prompts_allowed, prompts_denied, prompts_withdrawn;
	uint64_t answered_by[ANSWERED_BY_WITHDRAWN + 1];
	uint64_t waited_ns;      /* by people's answers */
	uint64_t habit;          /* allowed by a person within STATS_HABIT_NS */
	uint64_t person_allowed; /* of which so many are */
	uint64_t repeated;       /* prompts for what had been asked before in the same run */
	uint64_t grants, grants_unused;
	uint64_t estimated; /* runs whose record has no questions, but answers of people in calls */
};

/* A rule, or what answers where there is none, by the key LAYER:TEXT. */
struct stats_rule {
	char *id;   /* of the first run that had it; owned */
	char *text; /* its words, from the recorded policy; owned, or NULL */
	uint64_t calls, denied, prompts, allowed, waited_ns;
};

/* The same thing asked for again and again. */
struct stats_question {
	char *program, *name; /* owned */
	enum verb verb;
	uint64_t prompts, allowed;
};

struct stats;

int stats_new(struct stats **ret_stats);
struct stats *stats_free(struct stats *stats);
DEFINE_CLEANUP(struct stats *, stats_free)

/* A line of a run, in its order. 0 or -ENOMEM. */
int stats_add(struct stats *stats, const struct entry *entry);
/* Behind the last line of a run. */
int stats_end_run(struct stats *stats);

const struct stats_counts *stats_counts(const struct stats *stats);
const struct table *stats_rules(const struct stats *stats);     /* of struct stats_rule */
const struct table *stats_questions(const struct stats *stats); /* of struct stats_question */
/* The time under which so many of a hundred of people's answers were given; 0 where there is none.
 */
uint64_t stats_percentile(struct stats *stats, unsigned percent);

/* For table_sorted(): the most first. */
int stats_rules_by_prompts(const void *a, const void *b);
int stats_rules_by_calls(const void *a, const void *b);
int stats_questions_by_prompts(const void *a, const void *b);

/* A prompt and what became of it: told of each once, behind its answer or the end of its run. */
struct stats_prompt {
	uint64_t at_ns, after_ns;
	bool answered;
	enum answered_by by;
	enum verdict verdict;
	const struct stats_question *question; /* NULL: there was no room for it */
};
void stats_watch(struct stats *stats,
		 void (*tell)(void *userdata, const struct stats_prompt *prompt), void *userdata);

double stats_an_hour(const struct stats_counts *counts); /* prompts, of agent time */
/* All of it for a program, as `callgate stats --json` prints it. Given; NULL: no memory. */
json_t *stats_json(struct stats *stats);
