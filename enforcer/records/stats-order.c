/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the numbers in an order for people. */
#include <string.h>

#include "enforcer/records/stats.h"

static int descending(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static int by_number(uint64_t x, uint64_t y, const char *name_x, const char *name_y)
{
	int order = descending(x, y);

	return order ? order : strcmp(name_x ?: "", name_y ?: "");
}

int stats_rules_by_prompts(const void *a, const void *b)
{
	const struct stats_rule *x = (*(const struct table_row *const *)a)->value,
				*y = (*(const struct table_row *const *)b)->value;

	return by_number(x->prompts, y->prompts, x->id, y->id);
}

int stats_rules_by_calls(const void *a, const void *b)
{
	const struct stats_rule *x = (*(const struct table_row *const *)a)->value,
				*y = (*(const struct table_row *const *)b)->value;

	return by_number(x->calls, y->calls, x->id, y->id);
}

int stats_questions_by_prompts(const void *a, const void *b)
{
	const struct stats_question *x = (*(const struct table_row *const *)a)->value,
				    *y = (*(const struct table_row *const *)b)->value;

	return by_number(x->prompts, y->prompts, x->name, y->name);
}
