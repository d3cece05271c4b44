/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run came to, for a person at its end. Names, programs and reasons come from the agent or
 * from a project's file: escaped and cut.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/summary-data.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"

#define GROUPS_SHOWN 10
#define NAMES_SHOWN  5
#define NAME_SHOWN   200

/* Denials with the same cause. */
struct group {
	const struct summary_denial *first;
	uint64_t calls;
	size_t distinct;
};

static bool same_group(const struct summary_denial *a, const struct summary_denial *b)
{
	return a->by == b->by && a->verb == b->verb && (a->rule != NULL) == (b->rule != NULL) &&
	       (!a->rule || strcmp(a->rule, b->rule) == 0);
}

static size_t group_denials(const struct summary *summary, struct group *ret_groups)
{
	size_t n = 0;

	for (size_t i = 0; i < summary->n_denials; i++) {
		const struct summary_denial *denial = summary->denials[i];
		size_t g = 0;

		while (g < n && !same_group(ret_groups[g].first, denial))
			g++;
		if (g == n)
			ret_groups[n++] = (struct group){.first = denial};
		ret_groups[g].calls += denial->count;
		ret_groups[g].distinct++;
	}
	return n;
}

static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->calls != y->calls)
		return x->calls < y->calls ? 1 : -1;
	return 0;
}

/* What would change it, or NULL. */
static const char *hint_for(const struct summary_denial *denial)
{
	switch (denial->by) {
	case BY_RULE_ZERO:
		return "callgate's own files and sockets are never the agent's";
	case BY_RULE:
		if (denial->rule && denial->layer == LAYER_GUARDS)
			return "protected: only a rule with \"unprotect\": true allows it";
		if (denial->rule && denial->layer == LAYER_MANAGED)
			return "set by this machine's administrator in /etc/callgate/policy.json";
		return "the rule can be changed where it stands, or one put before it";
	case BY_OTHERWISE:
		if (denial->verb == VERB_READ)
			return "allow it with --read DIR, or by a rule";
		if (denial->verb == VERB_WRITE)
			return "allow it with --add-dir DIR, or by a rule";
		if (denial->verb == VERB_EXEC)
			return "what may run is fixed at the start: start with a rule that allows "
			       "it, or with --add-dir DIR";
		return "no rule speaks of it: allow it by one";
	case BY_WALL:
		if (denial->verb == VERB_EXEC)
			return "what may run is fixed at the start: start with a rule that allows "
			       "it";
		return "the sandbox has no way there, whatever the policy says";
	case BY_UNATTENDED:
		return "it would have been asked: run callgate on a terminal, or allow it by a "
		       "rule";
	case BY_FLOOD:
		return "too much was asked at once: allow it by a rule, or ask again later";
	case BY_COOL_DOWN:
		return "the same was denied a moment before";
	case BY_FAULT:
		return "callgate could not judge, perform or record it: see the record";
	case BY_NOTHING:
	case BY_NO_VERB:
	case BY_GRANT:
	case BY_HOOK:
	case BY_PERSON:
		return NULL;
	}
	return NULL;
}

static void append_name(struct buffer *text, const char *name)
{
	text_append_escaped(text, name, strlen(name), NAME_SHOWN);
}

static void append_denial(struct buffer *text, const struct summary_denial *denial)
{
	buffer_printf(text, "    %s ", mediated_name(denial->call));
	append_name(text, denial->name ? denial->name : object_kind_name(denial->kind));
	if (denial->program) {
		buffer_append_string(text, " by ");
		append_name(text, denial->program);
	}
	if (denial->count > 1)
		buffer_printf(text, " (%llu times)", (unsigned long long)denial->count);
	buffer_append_string(text, "\n");
}

static void append_group(struct buffer *text, const struct summary *summary,
			 const struct group *group)
{
	const struct summary_denial *first = group->first;
	const char *hint = hint_for(first);
	size_t shown = 0;

	buffer_printf(text, "  %llu %s", (unsigned long long)group->calls,
		      first->verb ? verb_name(first->verb) : "calls");
	buffer_append_string(text, " by ");
	append_name(text, first->rule ? first->rule : decided_by_name(first->by));
	if (first->reason) {
		buffer_append_string(text, ": ");
		append_name(text, first->reason);
	}
	buffer_append_string(text, "\n");
	for (size_t i = 0; i < summary->n_denials && shown < NAMES_SHOWN; i++) {
		if (!same_group(first, summary->denials[i]))
			continue;
		append_denial(text, summary->denials[i]);
		shown++;
	}
	if (group->distinct > shown)
		buffer_printf(text, "    and %zu more\n", group->distinct - shown);
	if (hint)
		buffer_printf(text, "    hint: %s\n", hint);
}

int summary_text(const struct summary *summary, struct buffer *ret_text)
{
	_cleanup_free_ struct group *groups = NULL;
	struct summary_counts counts;
	size_t n;

	summary_counts(summary, &counts);
	if (counts.denied == 0)
		return 0;
	groups = calloc(SUMMARY_DENIALS_MAX, sizeof(*groups));
	if (!groups)
		return -ENOMEM;
	n = group_denials(summary, groups);
	qsort(groups, n, sizeof(*groups), compare_groups);
	buffer_printf(ret_text, "callgate: %llu of %llu calls denied\n",
		      (unsigned long long)counts.denied,
		      (unsigned long long)(counts.denied + counts.allowed));
	for (size_t i = 0; i < n && i < GROUPS_SHOWN; i++)
		append_group(ret_text, summary, &groups[i]);
	if (n > GROUPS_SHOWN)
		buffer_printf(ret_text, "  and %zu more causes\n", n - GROUPS_SHOWN);
	if (summary->denials_omitted > 0)
		buffer_printf(ret_text, "  and %llu calls that are only in the record\n",
			      (unsigned long long)summary->denials_omitted);
	return ret_text->error;
}
