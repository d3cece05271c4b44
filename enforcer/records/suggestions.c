/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that would have saved prompts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/policy/policy-edit.h"
#include "enforcer/records/proof.h"
#include "enforcer/records/suggestions.h"

struct finding {
	const struct suggestions_config *config;
	struct suggestions *suggestions;
	struct failure *reterr;
};

void suggested_reach_done(struct suggested_reach *reach)
{
	for (size_t i = 0; i < REACH_EXAMPLES_MAX; i++) {
		free(reach->examples[i]);
		free(reach->doubtful_examples[i]);
		free(reach->kept_examples[i]);
	}
	*reach = (struct suggested_reach){};
}

void suggestions_done(struct suggestions *suggestions)
{
	for (size_t i = 0; i < suggestions->n; i++)
		suggested_reach_done(&suggestions->items[i].reach);
	free(suggestions->items);
	*suggestions = (struct suggestions){};
}

/* Appends `to` with the candidate's rules in it. */
static int insert(const struct suggestions_config *config, const struct trial_text *to,
		  const struct candidate *candidate, struct buffer *ret_text,
		  struct failure *reterr)
{
	_cleanup_(buffer_done) struct buffer rules = {};
	struct policy_error error = {};
	struct policy_insertion insertion = {
		.text = to->text,
		.len = to->len,
		.ordinal = candidate->ordinal,
		.before = config->text.text,
		.before_len = config->text.len,
	};
	int r = candidate_append_rules(candidate, NULL, &rules);

	insertion.rules = rules.data;
	if (r == 0)
		r = policy_insert_rules(&insertion, ret_text, &error);
	if (r < 0)
		return failure_set(reterr, r, "%s:%d: %s", config->place->file, error.line,
				   error.text[0] ? error.text : strerror(-r));
	return 0;
}

int suggestions_insert(const struct suggestions_config *config,
		       const struct suggestions *suggestions, const bool *chosen,
		       struct buffer *ret_text, struct failure *reterr)
{
	struct trial_text now = config->text;
	struct buffer text = {};
	int r = 0;

	for (size_t i = 0; r == 0 && i < suggestions->n; i++) {
		struct buffer next = {};

		if (chosen && !chosen[i])
			continue;
		r = insert(config, &now, suggestions->items[i].candidate, &next, reterr);
		buffer_done(&text);
		text = next;
		now = (struct trial_text){text.data, text.len};
	}
	if (r == 0 && now.text)
		buffer_append(ret_text, now.text, now.len);
	buffer_done(&text);
	return r < 0 ? r : ret_text->error;
}

/* ---- what is none */

static bool is_at_or_below(const char *directory, const char *path)
{
	size_t len = strlen(directory);

	return strncmp(directory, path, len) == 0 && (path[len] == '/' || !path[len]);
}

static bool covers_stores(const struct suggestions_config *config,
			  const struct candidate *candidate)
{
	_cleanup_free_ char *path = proof_path(candidate->name, config->home);

	if (candidate->scope != CANDIDATE_DIRECTORY && candidate->scope != CANDIDATE_TREE)
		return false;
	if (!path)
		return true;
	/* Nor a tree that the home or the work lies in. */
	if (candidate->scope == CANDIDATE_TREE && config->home &&
	    is_at_or_below(path, config->home))
		return true;
	for (const char *const *one = config->workspaces; one && *one; one++)
		if (candidate->scope == CANDIDATE_TREE && is_at_or_below(path, *one))
			return true;
	for (unsigned i = 0; i < VERB_COUNT; i++) {
		enum verb verb = (enum verb)(1u << i);

		if (!(candidate->verbs & verb))
			continue;
		if (stores_hold_path(config->stores, verb, path, true) ||
		    stores_lie_below(config->stores, verb, path))
			return true;
	}
	return false;
}

static bool reaches_too_far(const struct suggestion *suggestion)
{
	const struct suggested_reach *reach = &suggestion->reach;
	uint64_t opened = reach->files + reach->directories;

	return reach->more || opened > SUGGESTIONS_REACH_MAX * suggestion->candidate->pieces;
}

/* ---- each by itself */

/* 1: it is one; 0: it is none. */
static int weigh(struct finding *finding, struct suggestion *suggestion)
{
	const struct suggestions_config *config = finding->config;
	const struct candidate *candidate = suggestion->candidate;
	struct suggestions *suggestions = finding->suggestions;
	_cleanup_(buffer_done) struct buffer text = {};
	struct trial_outcome outcome;
	struct trial_text with;
	int r;

	if (covers_stores(config, candidate)) {
		suggestions->stores++;
		return 0;
	}
	if (refusals_clash(config->refusals, candidate, config->home)) {
		suggestions->refused++;
		return 0;
	}
	r = insert(config, &config->text, candidate, &text, NULL);
	/* What a record of somebody's calls a path need not be one. */
	if (r == -EINVAL) {
		suggestions->invalid++;
		return 0;
	}
	with = (struct trial_text){text.data, text.len};
	if (r == 0)
		r = trial_run(config->trial, &with, &outcome, finding->reterr);
	if (r < 0)
		return r;
	if (outcome.refused_opened > 0) {
		suggestions->refused++;
		return 0;
	}
	if (outcome.counts.now.prompts + config->least > suggestions->prompts)
		return 0;
	suggestion->saves = suggestions->prompts - outcome.counts.now.prompts;
	r = proof_opens_nothing_denied(config->trial, config->place, &config->text, candidate,
				       finding->reterr);
	if (r <= 0) {
		suggestions->denied += r == 0;
		return r;
	}
	r = config->reach(config->userdata, candidate, &with, &suggestion->reach, finding->reterr);
	if (r < 0)
		return r;
	if (reaches_too_far(suggestion)) {
		suggestions->wide++;
		suggested_reach_done(&suggestion->reach);
		return 0;
	}
	return 1;
}

/* ---- one after the other */

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = *(const struct candidate *const *)a,
			       *y = *(const struct candidate *const *)b;

	if (x->prompts != y->prompts)
		return x->prompts < y->prompts ? 1 : -1;
	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	/* They stand in one array, in the order in which the record brought them. */
	return x < y ? -1 : x > y;
}

static int n_verbs(const struct suggestion *suggestion)
{
	return __builtin_popcount(suggestion->candidate->verbs);
}

static int compare_suggestions(const void *a, const void *b)
{
	const struct suggestion *x = a, *y = b;

	if (x->saves != y->saves)
		return x->saves < y->saves ? 1 : -1;
	if (x->candidate->scope != y->candidate->scope)
		return x->candidate->scope < y->candidate->scope ? -1 : 1;
	if (n_verbs(x) != n_verbs(y))
		return n_verbs(x) < n_verbs(y) ? -1 : 1;
	return strcmp(x->candidate->name, y->candidate->name)
		       ?: (x->candidate < y->candidate ? -1 : 1);
}

static int weigh_all(struct finding *finding)
{
	const struct candidates *candidates = finding->config->candidates;
	struct suggestions *suggestions = finding->suggestions;
	_cleanup_free_ const struct candidate **order = calloc(candidates->n + 1, sizeof(*order));
	int r = 0;

	suggestions->items = calloc(candidates->n + 1, sizeof(*suggestions->items));
	if (!order || !suggestions->items)
		return -ENOMEM;
	for (size_t i = 0; i < candidates->n; i++)
		order[i] = &candidates->items[i];
	qsort(order, candidates->n, sizeof(*order), compare_candidates);
	for (size_t i = 0; r >= 0 && i < candidates->n; i++) {
		struct suggestion *suggestion = &suggestions->items[suggestions->n];

		if (i >= SUGGESTIONS_CANDIDATES_MAX) {
			suggestions->beyond++;
			continue;
		}
		*suggestion = (struct suggestion){.candidate = order[i]};
		r = weigh(finding, suggestion);
		suggestions->n += r > 0;
	}
	qsort(suggestions->items, suggestions->n, sizeof(*suggestions->items), compare_suggestions);
	return r < 0 ? r : 0;
}

/* Keeps of the weighed what saves prompts beyond what was kept before it. */
static int choose(struct finding *finding)
{
	const struct suggestions_config *config = finding->config;
	struct suggestions *suggestions = finding->suggestions;
	struct trial_text now = config->text;
	struct buffer text = {};
	size_t n = suggestions->n, kept = 0;
	int r = 0;

	suggestions->prompts_left = suggestions->prompts;
	for (size_t i = 0; i < n; i++) {
		struct suggestion *one = &suggestions->items[i];
		struct buffer next = {};
		struct trial_outcome outcome = {};

		/* What cannot save enough any more need not be tried. */
		if (r == 0 && suggestions->prompts_left < config->least) {
			suggested_reach_done(&one->reach);
			continue;
		}
		if (r == 0)
			r = insert(config, &now, one->candidate, &next, finding->reterr);
		if (r == 0)
			r = trial_run(config->trial, &(struct trial_text){next.data, next.len},
				      &outcome, finding->reterr);
		if (r < 0 || outcome.refused_opened > 0 ||
		    outcome.counts.now.prompts + config->least > suggestions->prompts_left) {
			suggested_reach_done(&one->reach);
			buffer_done(&next);
			continue;
		}
		one->saves_more = suggestions->prompts_left - outcome.counts.now.prompts;
		suggestions->prompts_left = outcome.counts.now.prompts;
		buffer_done(&text);
		text = next;
		now = (struct trial_text){text.data, text.len};
		suggestions->items[kept++] = *one;
	}
	suggestions->n = kept;
	buffer_done(&text);
	return r;
}

int suggestions_find(const struct suggestions_config *config, struct suggestions *ret_suggestions,
		     struct failure *reterr)
{
	struct suggestions suggestions = {};
	struct finding finding = {config, &suggestions, reterr};
	struct trial_outcome outcome = {};
	int r = trial_run(config->trial, &config->text, &outcome, reterr);

	suggestions.calls = outcome.counts.calls;
	suggestions.prompts = outcome.counts.now.prompts;
	if (r == 0)
		r = weigh_all(&finding);
	if (r == 0)
		r = choose(&finding);
	if (r < 0)
		suggestions_done(&suggestions);
	else
		*ret_suggestions = suggestions;
	return r;
}
