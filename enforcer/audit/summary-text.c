/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run came to, for a person at its end. Names, programs and reasons come from the agent or
 * from a project's file: escaped and cut.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/denial.h"
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
	const struct rule_info rule = {.layer = first->layer};
	const char *hint = denial_hint(first->by, first->rule ? &rule : NULL, first->verb);
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

static void append_bytes(struct buffer *text, uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB"};
	double value = (double)bytes / 1000;
	size_t i = 0;

	if (bytes < 1000) {
		buffer_printf(text, "%u bytes", (unsigned)bytes);
		return;
	}
	for (; value >= 999.5 && i + 1 < ARRAY_LEN(units); i++)
		value /= 1000;
	buffer_printf(text, value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[i]);
}

static int compare_hosts(const void *a, const void *b)
{
	const struct summary_host *x = *(const struct summary_host *const *)a;
	const struct summary_host *y = *(const struct summary_host *const *)b;
	uint64_t x_bytes = x->sent + x->received, y_bytes = y->sent + y->received;

	if (x_bytes != y_bytes)
		return x_bytes < y_bytes ? 1 : -1;
	if (x->denied != y->denied)
		return x->denied < y->denied ? 1 : -1;
	return 0;
}

static void append_host(struct buffer *text, const struct summary_host *host)
{
	bool v6 = !host->by_name && strchr(host->name, ':');

	buffer_append_string(text, v6 ? "  [" : "  ");
	append_name(text, host->name);
	buffer_printf(text, v6 ? "]:%u:" : ":%u:", (unsigned)host->port);
	if (host->connections) {
		buffer_printf(text,
			      host->connections == 1 ? " %llu connection, " : " %llu connections, ",
			      (unsigned long long)host->connections);
		append_bytes(text, host->sent);
		buffer_append_string(text, " sent, ");
		append_bytes(text, host->received);
		buffer_append_string(text, host->denied ? " received," : " received");
	}
	if (host->denied)
		buffer_printf(text, " %llu denied", (unsigned long long)host->denied);
	buffer_append_string(text, "\n");
}

static int append_hosts(const struct summary *summary, struct buffer *ret_text)
{
	_cleanup_free_ struct summary_host **hosts = NULL;

	if (summary->n_hosts == 0)
		return 0;
	hosts = calloc(summary->n_hosts, sizeof(struct summary_host *));
	if (!hosts)
		return -ENOMEM;
	memcpy(hosts, summary->hosts, summary->n_hosts * sizeof(struct summary_host *));
	qsort(hosts, summary->n_hosts, sizeof(struct summary_host *), compare_hosts);
	buffer_append_string(ret_text, "callgate: hosts\n");
	for (size_t i = 0; i < summary->n_hosts && i < GROUPS_SHOWN; i++)
		append_host(ret_text, hosts[i]);
	if (summary->n_hosts > GROUPS_SHOWN)
		buffer_printf(ret_text, "  and %zu more\n", summary->n_hosts - GROUPS_SHOWN);
	if (summary->hosts_omitted > 0)
		buffer_printf(ret_text,
			      "  and %llu connections or denials that are only in the "
			      "record\n",
			      (unsigned long long)summary->hosts_omitted);
	return ret_text->error;
}

int summary_text(const struct summary *summary, struct buffer *ret_text)
{
	_cleanup_free_ struct group *groups = NULL;
	struct summary_counts counts;
	size_t n;
	int r = append_hosts(summary, ret_text);

	summary_counts(summary, &counts);
	if (r < 0 || counts.denied == 0)
		return r;
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
