/* SPDX-License-Identifier: Apache-2.0 */
/* The recorded calls of runs judged again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/records/replay.h"

struct replay {
	const struct policy *policy;
	bool own, hooks;
	struct replay_counts counts;
	struct table changes;
	struct prompts *prompts;
	uint64_t run_questions, run_persons;
};

static const char *const unknown_names[] = {
	[REPLAY_KNOWN] = "",
	[REPLAY_FAILED_BY_ITSELF] = "failed by themselves",
	[REPLAY_RULE_ZERO] = "callgate's own files (rule zero)",
	[REPLAY_WALL] = "held by the wall",
	[REPLAY_FAULT] = "callgate's own faults",
	[REPLAY_HOOK] = "hooks had a say",
	[REPLAY_CUT] = "cut in the record",
	[REPLAY_REDACTED] = "redacted",
	[REPLAY_MOVE] = "moves of what may have been a link",
};
_Static_assert(sizeof(unknown_names) / sizeof(unknown_names[0]) == REPLAY_UNKNOWN_COUNT,
	       "name every reason");

const char *replay_unknown_name(enum replay_unknown why)
{
	return unknown_names[why];
}

const char *replay_unknown_key(enum replay_unknown why)
{
	static const char *const keys[REPLAY_UNKNOWN_COUNT] = {
		[REPLAY_KNOWN] = "",
		[REPLAY_FAILED_BY_ITSELF] = "failed-by-itself",
		[REPLAY_RULE_ZERO] = "rule-zero",
		[REPLAY_WALL] = "wall",
		[REPLAY_FAULT] = "fault",
		[REPLAY_HOOK] = "hook",
		[REPLAY_CUT] = "cut",
		[REPLAY_REDACTED] = "redacted",
		[REPLAY_MOVE] = "move",
	};

	return keys[why];
}

int replay_new(uint64_t think_ns, struct replay **ret_replay)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	int r;

	if (!replay)
		return -ENOMEM;
	r = prompts_new(think_ns, &replay->counts.now, &replay->prompts);
	if (r < 0) {
		free(replay);
		return r;
	}
	table_init(&replay->changes, sizeof(struct replay_change), REPLAY_CHANGES_MAX);
	*ret_replay = replay;
	return 0;
}

struct replay *replay_free(struct replay *replay)
{
	if (!replay)
		return NULL;
	for (size_t i = 0; i < replay->changes.n; i++) {
		struct replay_change *change = replay->changes.rows[i].value;

		free(change->program);
		free(change->name);
		free(change->was_by);
		free(change->is_by);
	}
	table_done(&replay->changes);
	prompts_free(replay->prompts);
	free(replay);
	return NULL;
}

int replay_begin(struct replay *replay)
{
	replay->run_questions = replay->run_persons = 0;
	return prompts_begin(replay->prompts);
}

void replay_judge_by(struct replay *replay, const struct policy *policy, bool own, bool hooks)
{
	replay->policy = policy;
	replay->own = own;
	replay->hooks = hooks;
	prompts_judge_by(replay->prompts, policy, own);
}

/* ---- judging ---- */

static bool is_among(enum mediated call, const enum mediated *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (calls[i] == call)
			return true;
	return false;
}

/* As moves.c does in a run. What is a symlink there is told by the file; here a thing that is no
 * directory may have been one. */
static enum replay_unknown judge_move(const struct policy *policy, const struct object *from,
				      const struct object *to, bool *lawful)
{
	if (!policy_moves_no_laxer(policy, from, to))
		*lawful = false;
	else if (from->directory)
		*lawful = policy_arrives_no_stricter(policy, from, to);
	else if (!policy_link_leads_nowhere_guarded(policy, to))
		return REPLAY_MOVE;
	return REPLAY_KNOWN;
}

static enum replay_unknown judge_moves(const struct policy *policy, const struct request *request,
				       struct decision *decision)
{
	static const enum mediated moves[] = {MEDIATED_rename, MEDIATED_renameat,
					      MEDIATED_renameat2, MEDIATED_link, MEDIATED_linkat};
	static const enum mediated links[] = {MEDIATED_symlink, MEDIATED_symlinkat};
	const struct object *objects = request->objects;
	enum replay_unknown why = REPLAY_KNOWN;
	bool lawful = true;

	if (is_among(request->call, links, ARRAY_LEN(links)) && request->n_objects > 0)
		lawful = policy_link_leads_nowhere_guarded(policy, &objects[0]);
	if (is_among(request->call, moves, ARRAY_LEN(moves)) && request->n_objects > 1) {
		why = judge_move(policy, &objects[0], &objects[1], &lawful);
		if (why == REPLAY_KNOWN && lawful && request->flags & 2) /* RENAME_EXCHANGE */
			why = judge_move(policy, &objects[1], &objects[0], &lawful);
	}
	if (!lawful) {
		decision->verdict = VERDICT_DENY;
		decision->verb = VERB_WRITE;
	}
	return why;
}

/* What the policy of the run said, whoever answered for it. */
static enum verdict verdict_then(const struct entry *entry)
{
	switch (entry->by) {
	case BY_PERSON:
	case BY_GRANT:
	case BY_UNATTENDED:
	case BY_HOOK:
	case BY_FLOOD:
	case BY_COOL_DOWN:
		return VERDICT_ASK;
	case BY_NOTHING:
	case BY_RULE_ZERO:
	case BY_RULE:
	case BY_OTHERWISE:
	case BY_NO_VERB:
	case BY_WALL:
	case BY_FAULT:
		return entry->verdict;
	}
	return entry->verdict;
}

static enum replay_unknown why_unknown(const struct replay *replay, const struct entry *entry)
{
	switch (entry->by) {
	case BY_RULE_ZERO:
		return REPLAY_RULE_ZERO;
	case BY_WALL:
		return REPLAY_WALL;
	case BY_FAULT:
	case BY_NOTHING:
		/* A call whose object nobody could tell is denied by every policy. */
		return REPLAY_FAULT;
	case BY_HOOK:
		/* An approver answered a question: the policy had asked, as for a person. */
		if (!entry->question)
			return REPLAY_HOOK;
		break;
	case BY_NO_VERB:
		/* A policy finds no verb without a reason; the call's own failure has one. */
		if (entry->request.n_objects == 0 || entry->reason)
			return REPLAY_FAILED_BY_ITSELF;
		break;
	case BY_RULE:
	case BY_OTHERWISE:
	case BY_GRANT:
	case BY_PERSON:
	case BY_UNATTENDED:
	case BY_FLOOD:
	case BY_COOL_DOWN:
		break;
	}
	/* Only arguments are redacted, and only some rules ask about those. */
	if (entry->redacted &&
	    (!entry->request.argv || policy_looks_at_arguments(replay->policy, &entry->request)))
		return REPLAY_REDACTED;
	return entry->whole ? REPLAY_KNOWN : REPLAY_CUT;
}

/* ---- changes ---- */

static const char *decided_by(const struct decision *decision)
{
	return decision->rule ? decision->rule->id : decided_by_name(decision->by);
}

static void add_change(struct replay *replay, const struct entry *entry, const struct decision *now,
		       enum verdict was)
{
	const struct object *object = now->object < entry->request.n_objects
					      ? &entry->request.objects[now->object]
					      : entry_object(entry);
	const char *was_by = entry->rule ?: decided_by_name(entry->by), *is_by = decided_by(now);
	const char *program = entry->request.program ?: "?";
	char text[ENTRY_NAME_SIZE];
	const char *name = object ? entry_object_name(object, text) : NULL;
	_cleanup_(buffer_done) struct buffer key = {};
	struct replay_change *change;

	name = name ?: "?";
	buffer_printf(&key, "%d %d %d %s", (int)was, (int)now->verdict, (int)now->verb, was_by);
	buffer_append(&key, "", 1);
	buffer_append(&key, is_by, strlen(is_by) + 1);
	buffer_append(&key, program, strlen(program) + 1);
	buffer_append(&key, name, strlen(name));
	change = key.error ? NULL : table_get(&replay->changes, key.data, key.len);
	if (!change) {
		replay->counts.changes_beyond++;
		return;
	}
	change->n++;
	if (change->program)
		return;
	change->was = was;
	change->is = now->verdict;
	change->verb = now->verb ? now->verb : entry->verb;
	change->program = strdup(program);
	change->name = strdup(name);
	change->was_by = strdup(was_by);
	change->is_by = strdup(is_by);
}

/* A call or a question under the policy that holds now. */
static enum replay_unknown judge_now(struct replay *replay, const struct entry *entry,
				     enum verdict was, struct decision *ret_now)
{
	enum replay_unknown why = why_unknown(replay, entry);

	*ret_now = (struct decision){};
	if (why == REPLAY_KNOWN) {
		policy_judge(replay->policy, &entry->request, ret_now);
		if (ret_now->verdict != VERDICT_DENY)
			why = judge_moves(replay->policy, &entry->request, ret_now);
	}
	/* With hooks that ask, the rules' own verdict is not on record. */
	if (why == REPLAY_KNOWN && replay->own && replay->hooks && was == VERDICT_ASK &&
	    ret_now->verdict != VERDICT_ASK)
		why = REPLAY_HOOK;
	return why;
}

static int judge(struct replay *replay, const struct entry *entry)
{
	struct replay_counts *counts = &replay->counts;
	enum verdict was = verdict_then(entry);
	struct decision now;
	enum replay_unknown why = judge_now(replay, entry, was, &now);
	int r = 0;

	counts->calls++;
	if (why != REPLAY_KNOWN) {
		counts->unknown[why]++;
		return 0;
	}
	counts->judged++;
	counts->matrix[was][now.verdict]++;
	counts->newly_through += entry->verdict != VERDICT_ALLOW && now.verdict == VERDICT_ALLOW;
	if (now.verdict == VERDICT_ASK)
		r = prompts_call(replay->prompts, entry, &now);
	if (was != now.verdict)
		add_change(replay, entry, &now, was);
	else if (entry->rule && strcmp(entry->rule, decided_by(&now)) != 0)
		counts->rules_differ++;
	return r;
}

static int judge_question(struct replay *replay, const struct entry *entry)
{
	struct decision now;

	/* The calls that were counted for want of questions were those of questions. */
	if (replay->run_questions++ == 0)
		replay->counts.prompts_then -= replay->run_persons;
	replay->counts.prompts_then++;
	if (judge_now(replay, entry, VERDICT_ASK, &now) != REPLAY_KNOWN ||
	    now.verdict != VERDICT_ASK)
		return 0;
	return prompts_question(replay->prompts, entry, &now);
}

int replay_add(struct replay *replay, const struct entry *entry)
{
	if (entry->event == ENTRY_QUESTION)
		return judge_question(replay, entry);
	if (entry->event == ENTRY_ANSWER)
		return prompts_answer(replay->prompts, entry);
	if (entry->event == ENTRY_GRANT)
		return prompts_grant(replay->prompts, entry);
	if (entry->event == ENTRY_REVOKE)
		prompts_revoke(replay->prompts, entry);
	if (entry->event != ENTRY_CALL)
		return 0;
	if (entry->by == BY_PERSON && replay->run_questions == 0) {
		replay->run_persons++;
		replay->counts.prompts_then++;
	}
	return judge(replay, entry);
}

const struct replay_counts *replay_counts(const struct replay *replay)
{
	return &replay->counts;
}

const struct table *replay_changes(const struct replay *replay)
{
	return &replay->changes;
}
