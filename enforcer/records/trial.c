/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded runs replayed again and again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/records/table.h"
#include "enforcer/records/trial.h"

struct kept {
	struct entry *entry; /* owned */
	bool refused;
	size_t policy; /* FACTS: which of the different ones holds from here on */
};

struct kept_list {
	struct kept *items;
	size_t n, size;
};

struct trial {
	struct trial_place place;
	struct kept_list kept, head; /* head: of a run of which nothing is kept yet */
	/* What the policy is made of that holds where the record is being read: of the run, and
	 * from run_len on of its layers and facts. Runs mostly have the same. */
	struct buffer made_of;
	size_t run_len;
	bool made;             /* up to its facts */
	struct table policies; /* different ones, by that; of size_t: their numbers */
};

int trial_new(const struct trial_place *place, struct trial **ret_trial)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	if (!trial)
		return -ENOMEM;
	trial->place = *place;
	table_init(&trial->policies, sizeof(size_t), TRIAL_KEPT_MAX);
	*ret_trial = trial;
	return 0;
}

static void kept_clear(struct kept_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		entry_done(list->items[i].entry);
		free(list->items[i].entry);
	}
	list->n = 0;
}

struct trial *trial_free(struct trial *trial)
{
	if (!trial)
		return NULL;
	kept_clear(&trial->kept);
	kept_clear(&trial->head);
	free(trial->kept.items);
	free(trial->head.items);
	buffer_done(&trial->made_of);
	table_done(&trial->policies);
	free(trial);
	return NULL;
}

/* The entry is taken, also on failure. */
static int kept_add(struct kept_list *list, const struct kept *kept)
{
	size_t size = list->size ? list->size * 2 : 64;
	struct kept *items;

	if (list->n == list->size) {
		items = reallocarray(list->items, size, sizeof(*items));
		if (!items) {
			entry_done(kept->entry);
			free(kept->entry);
			return -ENOMEM;
		}
		list->items = items;
		list->size = size;
	}
	list->items[list->n++] = *kept;
	return 0;
}

/* Those of a line's members that a policy is made of. */
static int append_members(struct buffer *made_of, json_t *line)
{
	static const char *const members[] = {"workspaces",  "layer",  "file",  "text",
					      "text_length", "read",   "home",  "tmp",
					      "state",       "search", "names", "names_truncated"};
	json_t *some = json_object();
	char *text;

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (json_object_get(line, members[i]))
			json_object_set(some, members[i], json_object_get(line, members[i]));
	text = json_dumps(some, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(some);
	if (!text)
		return -ENOMEM;
	buffer_append(made_of, text, strlen(text) + 1);
	free(text);
	return made_of->error;
}

/* Cuts off what is behind len. */
static void shorten(struct buffer *buffer, size_t len)
{
	struct buffer shorter = {};

	buffer_append(&shorter, buffer->data ? buffer->data : "", len);
	buffer_done(buffer);
	*buffer = shorter;
}

/* A line of a head: as recorded_policy_take() takes it. *ret_policy: behind the facts. */
static int take_head(struct trial *trial, const struct entry *entry, size_t *ret_policy)
{
	size_t known = trial->policies.n, *number;
	int r;

	if (entry->event == ENTRY_RUN_START)
		shorten(&trial->made_of, 0);
	else if (entry->event == ENTRY_POLICY && trial->made)
		shorten(&trial->made_of, trial->run_len);
	trial->made = entry->event == ENTRY_FACTS;
	r = append_members(&trial->made_of, entry->root);
	if (entry->event == ENTRY_RUN_START)
		trial->run_len = trial->made_of.len;
	if (r < 0 || entry->event != ENTRY_FACTS)
		return r;
	number = table_get(&trial->policies, trial->made_of.data, trial->made_of.len);
	if (!number)
		return -ENOMEM;
	if (trial->policies.n > known)
		*number = known;
	*ret_policy = *number;
	return 0;
}

static int add_line(struct kept_list *list, const struct trial_line *line)
{
	struct entry *entry = malloc(sizeof(*entry));
	int r = entry ? entry_parse(entry, line->line, line->len) : -ENOMEM;

	if (r < 0) {
		free(entry);
		return r;
	}
	return kept_add(list, &(struct kept){.entry = entry, .refused = line->refused});
}

static int keep_head(struct trial *trial)
{
	int r = 0;

	for (size_t i = 0; i < trial->head.n; i++) {
		if (r == 0)
			r = kept_add(&trial->kept, &trial->head.items[i]);
		else
			entry_done(trial->head.items[i].entry);
	}
	trial->head.n = 0;
	return r;
}

int trial_keep(struct trial *trial, const struct trial_line *line, struct failure *reterr)
{
	enum entry_event event = line->entry->event;
	int r = 0;

	if (event == ENTRY_RUN_START)
		kept_clear(&trial->head);
	if (event == ENTRY_RUN_START || event == ENTRY_POLICY || event == ENTRY_FACTS) {
		r = add_line(&trial->head, line);
		return r < 0 ? r
			     : take_head(trial, line->entry,
					 &trial->head.items[trial->head.n - 1].policy);
	}
	if (!line->relevant)
		return 0;
	if (trial->kept.n + trial->head.n >= TRIAL_KEPT_MAX) {
		failure_hint(reterr, "name fewer runs, or narrow them down: --since, --program");
		return failure_set(reterr, -E2BIG,
				   "these runs asked more often than can be weighed (%d lines)",
				   TRIAL_KEPT_MAX);
	}
	r = keep_head(trial);
	return r < 0 ? r : add_line(&trial->kept, line);
}

void trial_refuse_question(struct trial *trial, uint64_t question)
{
	for (size_t i = trial->kept.n; i > 0; i--) {
		struct kept *kept = &trial->kept.items[i - 1];

		if (kept->entry->event == ENTRY_RUN_START)
			return;
		if (kept->entry->event == ENTRY_QUESTION && kept->entry->question == question) {
			kept->refused = true;
			return;
		}
	}
}

int trial_build(const struct trial *trial, struct recorded_policy *recorded,
		const struct trial_text *text, struct policy **ret_policy, struct failure *reterr)
{
	const struct trial_place *place = &trial->place;
	const struct recorded_instead instead = {
		.replaced = place->replaces ? 1u << place->layer : 0,
		.keeps_read = true,
		.policy = {.file = place->file,
			   .text = text->text,
			   .len = text->len,
			   .layer = place->layer},
		.canonical = place->canonical,
		.program = place->program,
		.userdata = place->userdata,
	};

	return recorded_policy_build(recorded, &instead, ret_policy, reterr);
}

/* ---- replaying */

struct running {
	const struct trial *trial;
	const struct trial_text *text;
	struct recorded_policy *recorded;
	struct replay *replay;
	struct policy **policies; /* the different ones, as far as they are made; owned */
	struct policy *policy;    /* that holds; borrowed */
	uint64_t refused_opened;
	struct failure *reterr;
};

static void judge_refused(struct running *running, const struct kept *kept)
{
	struct decision decision;

	if (!kept->refused)
		return;
	policy_judge(running->policy, &kept->entry->request, &decision);
	running->refused_opened += decision.verdict == VERDICT_ALLOW;
}

static int run_one(struct running *running, const struct kept *kept)
{
	const struct entry *entry = kept->entry;
	int r = recorded_policy_take(running->recorded, entry);

	if (r < 0)
		return r;
	if (entry->event == ENTRY_RUN_START) {
		running->policy = NULL;
		return replay_begin(running->replay);
	}
	if (entry->event == ENTRY_FACTS) {
		running->policy = running->policies[kept->policy];
		if (!running->policy)
			r = trial_build(running->trial, running->recorded, running->text,
					&running->policy, running->reterr);
		running->policies[kept->policy] = running->policy;
		if (r == 0)
			replay_judge_by(running->replay, running->policy, false, false);
		return r;
	}
	if (!running->policy)
		return 0;
	judge_refused(running, kept);
	return replay_add(running->replay, entry);
}

int trial_run(const struct trial *trial, const struct trial_text *text,
	      struct trial_outcome *ret_outcome, struct failure *reterr)
{
	struct running running = {.trial = trial, .text = text, .reterr = reterr};
	int r = replay_new(trial->place.think_ns, &running.replay);

	running.recorded = recorded_policy_new();
	running.policies = calloc(trial->policies.n + 1, sizeof(*running.policies));
	if (!running.recorded || !running.policies)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < trial->kept.n; i++)
		r = run_one(&running, &trial->kept.items[i]);
	if (r == 0)
		*ret_outcome = (struct trial_outcome){
			.counts = *replay_counts(running.replay),
			.refused_opened = running.refused_opened,
		};
	for (size_t i = 0; running.policies && i < trial->policies.n; i++)
		policy_free(running.policies[i]);
	free(running.policies);
	replay_free(running.replay);
	recorded_policy_free(running.recorded);
	return r;
}

int trial_each_policy(const struct trial *trial,
		      int (*visit)(void *userdata, struct recorded_policy *recorded),
		      void *userdata)
{
	_cleanup_(recorded_policy_freep) struct recorded_policy *recorded = recorded_policy_new();
	_cleanup_free_ bool *seen = calloc(trial->policies.n + 1, sizeof(*seen));
	int r = recorded && seen ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < trial->kept.n; i++) {
		const struct kept *kept = &trial->kept.items[i];

		r = recorded_policy_take(recorded, kept->entry);
		if (r < 0 || kept->entry->event != ENTRY_FACTS || seen[kept->policy])
			continue;
		seen[kept->policy] = true;
		r = visit(userdata, recorded);
	}
	return r;
}
