/* SPDX-License-Identifier: Apache-2.0 */
/* What a replay came to. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/replay-print.h"

/* What it means to the person that one verdict became another. */
static const struct {
	const char *key, *title;
	enum verdict is;
} kinds[] = {
	{"newly_denied", "newly denied", VERDICT_DENY},
	{"newly_asked", "newly asked", VERDICT_ASK},
	{"newly_allowed", "newly allowed", VERDICT_ALLOW},
};

static unsigned long long number(uint64_t n)
{
	return (unsigned long long)n;
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static int compare_changes(const void *a, const void *b)
{
	const struct replay_change *x = *(const struct replay_change *const *)a,
				   *y = *(const struct replay_change *const *)b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->name ?: "", y->name ?: "");
}

/* Those that became is, the most frequent first; given: free it. */
static const struct replay_change **changes_to(const struct replay *replay, enum verdict is,
					       size_t *ret_n)
{
	const struct table *all = replay_changes(replay);
	const struct replay_change **changes = calloc(all->n + 1, sizeof(*changes));
	size_t n = 0;

	for (size_t i = 0; changes && i < all->n; i++) {
		const struct replay_change *change = all->rows[i].value;

		if (change->is == is)
			changes[n++] = change;
	}
	if (changes)
		qsort(changes, n, sizeof(*changes), compare_changes);
	*ret_n = n;
	return changes;
}

static void print_change(const struct replay_print *print, const struct replay_change *change,
			 FILE *to)
{
	struct buffer text = {};

	buffer_printf(&text, "%8llu  %-7s ", number(change->n),
		      change->verb ? verb_name(change->verb) : "-");
	show_path(&print->show, &text, change->name ?: "?");
	buffer_append_string(&text, "  ");
	show_text(&print->show, &text, SHOW_PLAIN, show_program_name(change->program), 40);
	buffer_printf(&text, "  %s by ", verdict_name(change->was));
	show_text(&print->show, &text, SHOW_PLAIN, change->was_by ?: "?", 64);
	buffer_append_string(&text, " -> ");
	show_text(&print->show, &text, SHOW_PLAIN, change->is_by ?: "?", 64);
	buffer_append_string(&text, "\n");
	fwrite(text.data, 1, text.len, to);
	buffer_done(&text);
}

static void print_changes(const struct replay_print *print, size_t kind, FILE *to)
{
	const struct replay_counts *counts = replay_counts(print->replay);
	_cleanup_free_ const struct replay_change **changes = NULL;
	uint64_t calls = 0;
	size_t n;

	for (size_t was = 0; was < 3; was++)
		if (was != kinds[kind].is)
			calls += counts->matrix[was][kinds[kind].is];
	changes = changes_to(print->replay, kinds[kind].is, &n);
	if (!changes || calls == 0)
		return;
	fprintf(to, "\n%s: %llu call%s\n", kinds[kind].title, number(calls), plural(calls));
	for (size_t i = 0; i < n && i < print->examples; i++)
		print_change(print, changes[i], to);
	if (n > print->examples)
		fprintf(to, "          and %zu more: --examples\n", n - print->examples);
}

static void print_unknown(const struct replay_counts *counts, FILE *to)
{
	const char *separator = "";

	if (counts->judged == counts->calls)
		return;
	fprintf(to, "\nundecidable: %llu call%s: ", number(counts->calls - counts->judged),
		plural(counts->calls - counts->judged));
	for (enum replay_unknown i = REPLAY_KNOWN + 1; i < REPLAY_UNKNOWN_COUNT; i++) {
		if (counts->unknown[i] == 0)
			continue;
		fprintf(to, "%s%llu %s", separator, number(counts->unknown[i]),
			replay_unknown_name(i));
		separator = ", ";
	}
	fprintf(to, "\n");
}

static uint64_t total(const struct replay_counts *counts, enum verdict verdict, bool then)
{
	uint64_t n = 0;

	for (size_t i = 0; i < 3; i++)
		n += then ? counts->matrix[verdict][i] : counts->matrix[i][verdict];
	return n;
}

static uint64_t differing(const struct replay_counts *counts)
{
	uint64_t n = 0;

	for (size_t was = 0; was < 3; was++)
		for (size_t is = 0; is < 3; is++)
			n += was == is ? 0 : counts->matrix[was][is];
	return n;
}

static void print_own(const struct replay_counts *counts, FILE *to)
{
	if (differing(counts) == 0)
		fprintf(to, "its own policy decides each of them as it did then\n");
	else
		fprintf(to, "its own policy decides %llu of them otherwise\n",
			number(differing(counts)));
	if (counts->now.grants_differ)
		fprintf(to, "%llu of them not by a grant as then, or by one unlike then\n",
			number(counts->now.grants_differ));
	if (counts->rules_differ)
		fprintf(to, "%llu of them by another rule\n", number(counts->rules_differ));
}

void replay_print_text(const struct replay_print *print, FILE *to)
{
	static const struct {
		const char *word;
		enum verdict verdict;
	} rows[] = {{"allow", VERDICT_ALLOW}, {"ask", VERDICT_ASK}, {"deny", VERDICT_DENY}};
	const struct replay_counts *counts = replay_counts(print->replay);

	fprintf(to, "%llu run%s, %llu call%s, %llu judged again\n", number(print->n_runs),
		plural(print->n_runs), number(counts->calls), plural(counts->calls),
		number(counts->judged));
	if (print->own)
		print_own(counts, to);
	fprintf(to, "\n%10s %10s %10s\n", "", "then", "now");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		fprintf(to, "%10s %10llu %10llu\n", rows[i].word,
			number(total(counts, rows[i].verdict, true)),
			number(total(counts, rows[i].verdict, false)));
	fprintf(to, "%10s %10llu %10llu\n", "prompts", number(counts->prompts_then),
		number(counts->now.prompts));
	if (counts->now.prompts)
		fprintf(to,
			"%32llu if each answer held for the run\n"
			"  without a prompt: %llu by such an answer, %llu while the same was "
			"asked\n",
			number(counts->now.different), number(counts->now.granted),
			number(counts->now.merged));
	if (counts->now.cooled)
		fprintf(to, "%19s %llu right after it was denied\n", "",
			number(counts->now.cooled));
	if (counts->now.flooded)
		fprintf(to, "%19s %llu that were too many to be asked about\n", "",
			number(counts->now.flooded));
	if (counts->newly_through)
		fprintf(to, "let through now, refused then: %llu call%s\n",
			number(counts->newly_through), plural(counts->newly_through));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		print_changes(print, i, to);
	if (counts->changes_beyond)
		fprintf(to,
			"%llu changed calls are in no list: there are too many different ones\n",
			number(counts->changes_beyond));
	print_unknown(counts, to);
}

/* ---- JSON ---- */

static json_t *changes_json(const struct replay_print *print, size_t kind)
{
	_cleanup_free_ const struct replay_change **changes = NULL;
	json_t *list = json_array();
	size_t n;

	changes = changes_to(print->replay, kinds[kind].is, &n);
	for (size_t i = 0; changes && i < n && i < print->examples; i++) {
		const struct replay_change *change = changes[i];

		json_array_append_new(list, json_pack("{s:I, s:s, s:o, s:o, s:s, s:o, s:s, s:o}",
						      "calls", (json_int_t)change->n, "verb",
						      change->verb ? verb_name(change->verb) : "",
						      "object", show_json(change->name ?: "?"),
						      "program", show_json(change->program ?: "?"),
						      "was", verdict_name(change->was), "was_by",
						      show_json(change->was_by ?: "?"), "is",
						      verdict_name(change->is), "is_by",
						      show_json(change->is_by ?: "?")));
	}
	return list;
}

static json_t *verdicts_json(const struct replay_counts *counts, bool then)
{
	return json_pack("{s:I, s:I, s:I}", "allow", (json_int_t)total(counts, VERDICT_ALLOW, then),
			 "ask", (json_int_t)total(counts, VERDICT_ASK, then), "deny",
			 (json_int_t)total(counts, VERDICT_DENY, then));
}

static json_t *kind_json(const struct replay_print *print, size_t kind)
{
	const struct replay_counts *counts = replay_counts(print->replay);
	uint64_t calls = 0;

	for (size_t was = 0; was < 3; was++)
		if (was != kinds[kind].is)
			calls += counts->matrix[was][kinds[kind].is];
	return json_pack("{s:I, s:o}", "calls", (json_int_t)calls, "examples",
			 changes_json(print, kind));
}

int replay_print_json(const struct replay_print *print, FILE *to)
{
	const struct replay_counts *counts = replay_counts(print->replay);
	json_t *unknown = json_object(), *root;
	int r = 0;

	for (enum replay_unknown i = REPLAY_KNOWN + 1; i < REPLAY_UNKNOWN_COUNT; i++)
		if (counts->unknown[i])
			json_object_set_new(unknown, replay_unknown_key(i),
					    json_integer((json_int_t)counts->unknown[i]));
	root = json_pack("{s:i, s:b, s:I, s:I, s:I, s:o, s:o, s:I, s:I, s:o}", "v", 1, "own",
			 print->own, "runs", (json_int_t)print->n_runs, "calls",
			 (json_int_t)counts->calls, "judged", (json_int_t)counts->judged, "then",
			 verdicts_json(counts, true), "now", verdicts_json(counts, false),
			 "rules_differ", (json_int_t)counts->rules_differ, "newly_through",
			 (json_int_t)counts->newly_through, "undecidable", unknown);
	if (root)
		json_object_set_new(root, "prompts",
				    json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "then",
					      (json_int_t)counts->prompts_then, "now",
					      (json_int_t)counts->now.prompts, "if_for_run",
					      (json_int_t)counts->now.different, "granted",
					      (json_int_t)counts->now.granted, "merged",
					      (json_int_t)counts->now.merged, "cooled",
					      (json_int_t)counts->now.cooled, "flooded",
					      (json_int_t)counts->now.flooded));
	if (root && print->own)
		json_object_set_new(root, "grants_differ",
				    json_integer((json_int_t)counts->now.grants_differ));
	for (size_t i = 0; root && i < ARRAY_LEN(kinds); i++)
		json_object_set_new(root, kinds[i].key, kind_json(print, i));
	if (!root || json_dumpf(root, to, JSON_INDENT(2) | JSON_ENSURE_ASCII) < 0)
		r = -ENOMEM;
	fputc('\n', to);
	json_decref(root);
	return r;
}
