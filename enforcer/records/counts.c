/* SPDX-License-Identifier: Apache-2.0 */
/* How often each value of a member stands in the record. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/nearest-name.h"
#include "enforcer/records/counts.h"

#define NAME_SHOWN 300

struct count {
	uint64_t n, denied, asked;
};

static const char *const keys[] = {
	[COUNTS_CALL] = "call",   [COUNTS_VERB] = "verb",       [COUNTS_PATH] = "path",
	[COUNTS_HOST] = "host",   [COUNTS_PROGRAM] = "program", [COUNTS_DECISION] = "decision",
	[COUNTS_RULE] = "rule",   [COUNTS_LAYER] = "layer",     [COUNTS_BY] = "by",
	[COUNTS_ERRNO] = "errno", [COUNTS_OUTCOME] = "outcome", [COUNTS_RUN] = "run",
};
_Static_assert(ARRAY_LEN(keys) == COUNTS_RUN + 1, "name every key");

void counts_init(struct counts *counts)
{
	*counts = (struct counts){};
	table_init(&counts->values, sizeof(struct count), COUNTS_MAX);
}

void counts_done(struct counts *counts)
{
	table_done(&counts->values);
}

int counts_key_named(const char *name, enum counts_key *ret_key, struct failure *reterr)
{
	const char *near;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i], name) == 0) {
			*ret_key = (enum counts_key)i;
			return 0;
		}
	near = nearest_name(name, (const char *const *)keys, ARRAY_LEN(keys));
	failure_hint(reterr, "%s%s",
		     near ? "perhaps: --count-by "
			  : "there are: call, verb, path, host, program, decision, rule, layer, "
			    "by, errno, outcome, run",
		     near ?: "");
	return failure_set(reterr, -EINVAL, "--count-by: there is no \"%.64s\"", name);
}

static void count_value(struct counts *counts, const char *value, const struct entry *entry)
{
	struct count *count;

	if (!value)
		value = "-";
	counts->total++;
	count = table_get(&counts->values, value, strlen(value));
	if (!count) {
		counts->beyond++;
		return;
	}
	count->n++;
	count->denied += entry->verdict == VERDICT_DENY;
	count->asked += entry->question != 0 || entry->by == BY_UNATTENDED;
}

static void count_objects(struct counts *counts, enum counts_key key, const struct entry *entry)
{
	for (size_t i = 0; i < entry->request.n_objects; i++) {
		const struct object *object = &entry->request.objects[i];
		char text[ENTRY_NAME_SIZE];

		if (key == COUNTS_VERB) {
			for (unsigned v = 0; v < VERB_COUNT; v++)
				if (object->verbs & 1u << v)
					count_value(counts, verb_name((enum verb)(1u << v)), entry);
		} else if (object->kind == OBJECT_INET ? key == COUNTS_HOST
						       : key == COUNTS_PATH && object->path) {
			count_value(counts, entry_object_name(object, text), entry);
		}
	}
}

void counts_add(struct counts *counts, enum counts_key key, const struct entry *entry)
{
	if (entry->event != ENTRY_CALL)
		return;
	switch (key) {
	case COUNTS_CALL:
		count_value(counts, mediated_name(entry->request.call), entry);
		return;
	case COUNTS_VERB:
	case COUNTS_PATH:
	case COUNTS_HOST:
		count_objects(counts, key, entry);
		return;
	case COUNTS_PROGRAM:
		count_value(counts, entry->request.program, entry);
		return;
	case COUNTS_DECISION:
		count_value(counts, verdict_name(entry->verdict), entry);
		return;
	case COUNTS_RULE:
		count_value(counts, entry->rule ?: decided_by_name(entry->by), entry);
		return;
	case COUNTS_LAYER:
		count_value(counts, entry->layer ?: decided_by_name(entry->by), entry);
		return;
	case COUNTS_BY:
		count_value(counts, decided_by_name(entry->by), entry);
		return;
	case COUNTS_ERRNO:
		count_value(counts, entry->error, entry);
		return;
	case COUNTS_OUTCOME:
		count_value(counts, entry->outcome, entry);
		return;
	case COUNTS_RUN:
		count_value(counts, entry->run, entry);
		return;
	}
}

static int compare_counts(const void *a, const void *b)
{
	const struct table_row *x = *(const struct table_row *const *)a,
			       *y = *(const struct table_row *const *)b;
	const struct count *m = x->value, *n = y->value;

	if (m->n != n->n)
		return m->n < n->n ? 1 : -1;
	return strcmp(x->key, y->key);
}

void counts_print(const struct counts *counts, const struct show *show, size_t max, FILE *to)
{
	size_t n = counts->values.n, shown = max && max < n ? max : n;
	_cleanup_free_ const struct table_row **rows =
		table_sorted(&counts->values, compare_counts);
	uint64_t others = counts->beyond;

	if (!rows)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct count *count = rows[i]->value;
		struct buffer text = {};

		if (i >= shown) {
			others += count->n;
			continue;
		}
		buffer_printf(&text, "%9llu  ", (unsigned long long)count->n);
		show_path(show, &text, rows[i]->key);
		if (strcmp(rows[i]->key, "deny") == 0)
			; /* it says so itself */
		else if (count->denied && count->denied < count->n)
			buffer_printf(&text, "  (%llu denied)", (unsigned long long)count->denied);
		else if (count->denied)
			show_text(show, &text, SHOW_RED, "  (denied)", 0);
		buffer_append_string(&text, "\n");
		fwrite(text.data, 1, text.len, to);
		buffer_done(&text);
	}
	if (others)
		fprintf(to, "%9llu  of %zu other values%s\n", (unsigned long long)others, n - shown,
			max ? ": --all" : "");
}
