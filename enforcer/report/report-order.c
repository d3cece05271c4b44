/* SPDX-License-Identifier: Apache-2.0 */
/* What of a report to look at first. */
#include <string.h>

#include "enforcer/report/report.h"

static int descending(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

/* Of two alike, by what they are called: the same record gives the same page. */
static int by_key(const struct table_row *x, const struct table_row *y)
{
	int order = memcmp(x->key, y->key, x->len < y->len ? x->len : y->len);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

int report_denials_by_number(const void *a, const void *b)
{
	const struct table_row *x = *(const struct table_row *const *)a,
			       *y = *(const struct table_row *const *)b;
	const struct report_denial *m = x->value, *n = y->value;
	int order = descending(m->n, n->n);

	return order ? order : by_key(x, y);
}

/* What was tried on protected files first, then what rules deny, then what nobody allowed. */
static unsigned weight_of(const struct report_denial *denial)
{
	if (denial->protected)
		return 3;
	if (denial->by == BY_RULE || denial->by == BY_PERSON)
		return 2;
	return denial->verb == VERB_CONNECT ? 1 : 0;
}

int report_denials_by_weight(const void *a, const void *b)
{
	const struct table_row *x = *(const struct table_row *const *)a,
			       *y = *(const struct table_row *const *)b;
	int order = descending(weight_of(x->value), weight_of(y->value));

	return order ? order : report_denials_by_number(a, b);
}

int report_hosts_by_bytes(const void *a, const void *b)
{
	const struct table_row *x = *(const struct table_row *const *)a,
			       *y = *(const struct table_row *const *)b;
	const struct report_host *m = x->value, *n = y->value;
	int order = descending(m->sent + m->received, n->sent + n->received);

	order = order ? order : descending(m->denied, n->denied);
	order = order ? order : descending(m->allowed, n->allowed);
	return order ? order : by_key(x, y);
}

int report_grants_by_use(const void *a, const void *b)
{
	const struct table_row *x = *(const struct table_row *const *)a,
			       *y = *(const struct table_row *const *)b;
	const struct report_grant *m = x->value, *n = y->value;
	int order = descending(m->used == 0, n->used == 0);

	order = order ? order : descending(m->used, n->used);
	return order ? order : by_key(x, y);
}

int report_hasty_by_number(const void *a, const void *b)
{
	const struct table_row *x = *(const struct table_row *const *)a,
			       *y = *(const struct table_row *const *)b;
	const struct report_hasty *m = x->value, *n = y->value;
	int order = descending(m->n, n->n);

	/* Their keys are addresses. */
	order = order ? order : strcmp(m->name ?: "", n->name ?: "");
	return order ? order : strcmp(m->program ?: "", n->program ?: "");
}

int report_runs_by_time(const void *a, const void *b)
{
	const struct table_row *x = *(const struct table_row *const *)a,
			       *y = *(const struct table_row *const *)b;
	const struct report_run *m = x->value, *n = y->value;
	int order = descending(m->started_ns, n->started_ns);

	return order ? order : by_key(x, y);
}
