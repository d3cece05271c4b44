/* SPDX-License-Identifier: Apache-2.0 */
/* Suggestions for a person and for a program. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "enforcer/commands/suggest.h"
#include "enforcer/config/facts.h"
#include "enforcer/records/show.h"

static unsigned long long number(uint64_t n)
{
	return (unsigned long long)n;
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void put(struct buffer *text, FILE *to)
{
	if (!text->error && text->data)
		fwrite(text->data, 1, text->len, to);
	buffer_done(text);
}

static void print_examples(const struct suggesting *suggesting, const char *title,
			   char *const *examples, FILE *to)
{
	const struct show show = {.home = suggesting->options.records.home};
	struct buffer text = {};

	if (!examples[0])
		return;
	buffer_printf(&text, "      %s", title);
	for (size_t i = 0; i < REACH_EXAMPLES_MAX && examples[i]; i++) {
		buffer_append_string(&text, i ? ", " : " ");
		show_path(&show, &text, examples[i]);
	}
	buffer_append_string(&text, "\n");
	put(&text, to);
}

static void print_reach(const struct suggesting *suggesting, const struct suggestion *suggestion,
			FILE *to)
{
	const struct suggested_reach *reach = &suggestion->reach;
	enum candidate_scope scope = suggestion->candidate->scope;

	if (!candidate_is_wide(suggestion->candidate))
		fprintf(to, "    opens just that\n");
	else if (scope == CANDIDATE_DOMAIN)
		fprintf(to, "    opens besides: whatever other names there are below it\n");
	else if (scope == CANDIDATE_COMMAND)
		fprintf(to, "    opens besides: whatever else may follow\n");
	else if (reach->files + reach->directories == 0)
		fprintf(to, "    opens nothing else that is there now\n");
	else
		fprintf(to, "    opens besides: %llu file%s, %llu director%s\n",
			number(reach->files), plural(reach->files), number(reach->directories),
			reach->directories == 1 ? "y" : "ies");
	print_examples(suggesting, "such as", reach->examples, to);
	print_examples(suggesting, "LOOK AT", reach->doubtful_examples, to);
	print_examples(suggesting, "not opened, called as secrets are:", reach->kept_examples, to);
}

static void print_rules(const struct suggestion *suggestion, FILE *to)
{
	_cleanup_(buffer_done) struct buffer rules = {};
	struct buffer text = {};

	if (candidate_append_rules(suggestion->candidate, NULL, &rules) < 0)
		return;
	/* ASCII, and what would move a cursor is escaped in JSON: fit to be shown and copied. The
	 * last one is the rule that allows. */
	if (strchr(rules.data, '\n'))
		buffer_append_string(&text, "    but what is called as keys and secrets are stays "
					    "asked about (--json has that rule)\n");
	for (const char *line = strrchr(rules.data, '\n') ?: rules.data; line;
	     line = strchr(line, '\n')) {
		line += *line == '\n';
		buffer_append_string(&text, "    ");
		buffer_append(&text, line, strcspn(line, "\n"));
		buffer_append_string(&text, "\n");
	}
	put(&text, to);
}

void suggest_print_one(const struct suggesting *suggesting, size_t i, FILE *to)
{
	const struct suggestion *suggestion = &suggesting->suggestions.items[i];
	const struct candidate *candidate = suggestion->candidate;
	struct buffer text = {};

	buffer_printf(&text, "\n%2zu  ", i + 1);
	candidate_describe(candidate, &text);
	buffer_append_string(&text, "\n");
	put(&text, to);
	fprintf(to, "    saves %llu prompt%s", number(suggestion->saves),
		plural(suggestion->saves));
	if (suggestion->saves_more != suggestion->saves)
		fprintf(to, ", %llu beyond those above", number(suggestion->saves_more));
	fprintf(to, "; allowed %llu time%s", number(candidate->prompts),
		plural(candidate->prompts));
	if (candidate_is_wide(candidate))
		fprintf(to, ", %llu different ones", number(candidate->pieces));
	fprintf(to, "\n");
	print_reach(suggesting, suggestion, to);
	print_rules(suggestion, to);
}

static void print_left_out(const struct suggesting *suggesting, FILE *to)
{
	const struct suggestions *suggestions = &suggesting->suggestions;
	const struct {
		uint64_t n;
		const char *why;
	} rows[] = {
		{suggestions->refused, "would let through what was denied by a person"},
		{suggestions->denied, "would open what a rule behind denies"},
		{suggestions->stores, "hold keys, secrets, or what runs later outside"},
		{suggestions->wide, "reach too far for what speaks for them"},
		{suggestions->invalid, "no policy can spell"},
		{suggestions->beyond, "were too many to be weighed"},
	};
	bool title = false;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].n == 0)
			continue;
		fprintf(to, "%s  %llu %s\n",
			title ? "" : "\nnot suggested, of what was thought of:\n",
			number(rows[i].n), rows[i].why);
		title = true;
	}
	title = false;
	for (enum evidence_unfit i = EVIDENCE_FIT + 1; i < EVIDENCE_UNFIT_COUNT; i++) {
		if (suggesting->evidences.unfit[i] == 0)
			continue;
		fprintf(to, "%s  %llu %s\n",
			title ? "" : "\nallowed, and not learned from (parts of calls):\n",
			number(suggesting->evidences.unfit[i]), evidence_unfit_name(i));
		title = true;
	}
}

void suggest_print_text(const struct suggesting *suggesting, FILE *to)
{
	const struct suggestions *suggestions = &suggesting->suggestions;
	char shown[SHOWN_MAX];

	fprintf(to, "%llu run%s asked %llu time%s", number(suggesting->n_runs),
		plural(suggesting->n_runs), number(suggesting->prompts_then),
		plural(suggesting->prompts_then));
	fprintf(to, "; under your policy as it is they would ask %llu time%s\n",
		number(suggestions->prompts), plural(suggestions->prompts));
	for (size_t i = 0; i < suggestions->n; i++)
		suggest_print_one(suggesting, i, to);
	if (suggestions->n == 0)
		fprintf(to, "no rule would have saved %llu prompt%s or more\n",
			number(suggesting->options.least), plural(suggesting->options.least));
	else
		fprintf(to, "\nwith all of them: %llu prompt%s instead of %llu\n",
			number(suggestions->prompts_left), plural(suggestions->prompts_left),
			number(suggestions->prompts));
	print_left_out(suggesting, to);
	if (suggestions->n > 0 && !suggesting->options.apply)
		fprintf(to,
			"\nnothing was written. To write some into %s:\n"
			"  callgate suggest --apply 1%s ...\n",
			facts_show(suggesting->file, shown), suggestions->n > 1 ? ",2" : "");
}

/* ---- JSON ---- */

static json_t *examples_json(char *const *examples)
{
	json_t *list = json_array();

	for (size_t i = 0; i < REACH_EXAMPLES_MAX && examples[i]; i++)
		json_array_append_new(list, show_json(examples[i]));
	return list;
}

static json_t *reach_json(const struct suggested_reach *reach)
{
	return json_pack("{s:b, s:I, s:I, s:o, s:I, s:o, s:I, s:o}", "counted", reach->counted,
			 "files", (json_int_t)reach->files, "directories",
			 (json_int_t)reach->directories, "examples", examples_json(reach->examples),
			 "doubtful", (json_int_t)reach->doubtful, "doubtful_examples",
			 examples_json(reach->doubtful_examples), "kept", (json_int_t)reach->kept,
			 "kept_examples", examples_json(reach->kept_examples));
}

static json_t *rules_json(const struct suggestion *suggestion)
{
	_cleanup_(buffer_done) struct buffer rules = {}, list = {};

	if (candidate_append_rules(suggestion->candidate, NULL, &rules) < 0)
		return NULL;
	buffer_append_string(&list, "[");
	for (size_t i = 0; i < rules.len; i++)
		buffer_append(&list, rules.data[i] == '\n' ? "," : &rules.data[i], 1);
	buffer_append_string(&list, "]");
	return list.error ? NULL : json_loads(list.data, 0, NULL);
}

static json_t *suggestion_json(const struct suggesting *suggesting, size_t i)
{
	const struct suggestion *suggestion = &suggesting->suggestions.items[i];
	const struct candidate *candidate = suggestion->candidate;
	_cleanup_(buffer_done) struct buffer what = {};

	candidate_describe(candidate, &what);
	return json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:b}", "n",
			 (json_int_t)(i + 1), "scope", candidate_scope_name(candidate->scope),
			 "what", what.data ?: "?", "saves", (json_int_t)suggestion->saves,
			 "saves_more", (json_int_t)suggestion->saves_more, "different",
			 (json_int_t)candidate->pieces, "allowed", (json_int_t)candidate->prompts,
			 "before_rule", (json_int_t)candidate->ordinal, "rules",
			 rules_json(suggestion), "opens", reach_json(&suggestion->reach), "applied",
			 suggesting->n_applied > 0 && suggesting->chosen[i]);
}

int suggest_print_json(const struct suggesting *suggesting, FILE *to)
{
	const struct suggestions *suggestions = &suggesting->suggestions;
	json_t *list = json_array(), *unfit = json_object(), *root;
	int r = 0;

	for (size_t i = 0; i < suggestions->n; i++)
		json_array_append_new(list, suggestion_json(suggesting, i));
	for (enum evidence_unfit i = EVIDENCE_FIT + 1; i < EVIDENCE_UNFIT_COUNT; i++)
		json_object_set_new(unfit, evidence_unfit_key(i),
				    json_integer((json_int_t)suggesting->evidences.unfit[i]));
	root = json_pack(
		"{s:i, s:I, s:o, s:{s:I, s:I, s:I}, s:o, s:{s:I, s:I, s:I, s:I, s:I, s:I}, "
		"s:o, s:I}",
		"v", 1, "runs", (json_int_t)suggesting->n_runs, "file", show_json(suggesting->file),
		"prompts", "then", (json_int_t)suggesting->prompts_then, "now",
		(json_int_t)suggestions->prompts, "left", (json_int_t)suggestions->prompts_left,
		"suggestions", list, "dropped", "refused", (json_int_t)suggestions->refused,
		"denied", (json_int_t)suggestions->denied, "stores",
		(json_int_t)suggestions->stores, "reach", (json_int_t)suggestions->wide, "invalid",
		(json_int_t)suggestions->invalid, "beyond", (json_int_t)suggestions->beyond,
		"unfit", unfit, "applied", (json_int_t)suggesting->n_applied);
	if (!root || json_dumpf(root, to, JSON_INDENT(2) | JSON_ENSURE_ASCII) < 0)
		r = -ENOMEM;
	fputc('\n', to);
	json_decref(root);
	return r;
}
