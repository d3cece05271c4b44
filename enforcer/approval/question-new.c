/* SPDX-License-Identifier: Apache-2.0 */
/* A question put together: what it says, and what may be answered. */
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/pending-state.h"

struct question *question_free(struct question *question)
{
	if (!question)
		return NULL;
	buffer_done(&question->text);
	buffer_done(&question->program);
	buffer_done(&question->argv);
	for (size_t i = 0; i < question->n_objects; i++)
		buffer_done(&question->objects[i].text);
	for (size_t i = 0; i < SCOPE_COUNT; i++) {
		buffer_done(&question->scopes[i]);
		grant_free(question->reaches[i]);
	}
	buffer_done(&question->key);
	request_done(&question->request);
	free(question);
	return NULL;
}

/* A rule in the user's policy comes before the built-in ones and before "otherwise", and can come
 * before the user's own; no other layer is the user's to answer for. */
static bool rules_may_be_outranked(const struct question *question)
{
	for (size_t i = 0; i < question->n_parts; i++) {
		const struct rule_info *rule = question->parts[i].rule;

		if (rule && rule->layer != LAYER_USER && rule->layer != LAYER_BUILTIN)
			return false;
	}
	return true;
}

static void question_offer(struct question *question, enum answer_scope scope, bool whole,
			   bool always)
{
	unsigned bit = 1u << scope;

	question->denies[ANSWER_FOR_RUN] |= bit;
	if (whole)
		question->allows[ANSWER_FOR_RUN] |= bit;
	if (!always || scope == SCOPE_SAME || !whole)
		return;
	question->denies[ANSWER_ALWAYS] |= bit;
	question->allows[ANSWER_ALWAYS] |= bit;
}

static bool question_reach_same(struct question *question)
{
	struct grant *grant;

	if (question->key.len == 0)
		return true;
	grant = calloc(1, sizeof(*grant));
	if (!grant)
		return false;
	question->reaches[SCOPE_SAME] = grant;
	buffer_append(&grant->key, question->key.data, question->key.len);
	for (size_t i = 0; i < question->n_parts && grant->n_items < GRANT_ITEMS_MAX; i++) {
		const struct rule_info *rule = question->parts[i].rule;

		grant->items[grant->n_items].rule = rule ? strdup(rule->id) : NULL;
		if (rule && !grant->items[grant->n_items].rule)
			return false;
		grant->n_items++;
	}
	question_append_scope(&question->scopes[SCOPE_SAME], &question->request);
	return !grant->key.error && !question->scopes[SCOPE_SAME].error;
}

static bool question_can_be_kept(const struct question *question,
				 const struct approvals_config *config, const struct grant *grant)
{
	return !config->keepable || config->keepable(config->userdata, &question->request,
						     question->parts, question->n_parts, grant);
}

static bool question_reach(struct question *question, const struct approvals_config *config)
{
	const struct asked asked = {.request = &question->request,
				    .parts = question->parts,
				    .n_parts = question->n_parts};
	bool always = config->keep && rules_may_be_outranked(question);

	question->allows[ANSWER_ONCE] = question->denies[ANSWER_ONCE] = 1u << SCOPE_SAME;
	if (!question_reach_same(question))
		return false;
	if (question->reaches[SCOPE_SAME])
		question_offer(question, SCOPE_SAME, question->whole, false);
	for (enum answer_scope scope = SCOPE_FILE; scope < SCOPE_COUNT; scope++) {
		struct buffer *text = &question->scopes[scope];
		bool whole;

		question->reaches[scope] = reach_new(&asked, scope);
		if (!question->reaches[scope])
			continue;
		whole = reach_append_text(text, question->reaches[scope]);
		if (text->error)
			return false;
		question_offer(
			question, scope, question->whole && whole,
			always && question_can_be_kept(question, config, question->reaches[scope]));
	}
	return true;
}

struct question *question_new(const struct approvals *approvals, const struct request *request,
			      const struct decision *decision, struct buffer *key)
{
	_cleanup_(question_freep) struct question *question = calloc(1, sizeof(*question));
	const struct approvals_config *config = &approvals->config;

	if (!question || request_copy(request, &question->request) < 0)
		return NULL;
	question->call = request->call;
	question->pid = request->pid;
	question->decision = *decision;
	question->n_parts = approvals_judge(approvals, request, decision, question->parts);
	question->key = *key;
	*key = (struct buffer){};
	question_append_text(&question->text, request, decision, &question->whole);
	if (config->ancestry)
		question->n_ancestry = config->ancestry(config->userdata, request->pid,
							question->ancestry, QUESTION_ANCESTRY_MAX);
	if (question->text.error || question_describe(question) < 0 ||
	    !question_reach(question, config))
		return NULL;
	return steal_pointer(question);
}
