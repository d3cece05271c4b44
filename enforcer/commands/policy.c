/* SPDX-License-Identifier: Apache-2.0 */
/* callgate policy: what a run is judged by, read again or changed while it runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/commands/rule-words.h"
#include "enforcer/commands/user-runs.h"
#include "enforcer/control/client-runs.h"

/* The files may lie on a slow disk. */
#define PATIENCE_MS 60000

const char policy_help[] =
	"  reload [RUN]\n"
	"      The run reads all of its policy files again, and says what has changed. Where\n"
	"      something is wrong with one, its place is said and the run goes on as it was.\n"
	"  add [RUN] RULE\n"
	"      Adds a rule to the run: {\"deny\": \"read\", \"path\": \"~/notes\"}, as it would "
	"stand in a\n"
	"      file, or in words: deny read ~/notes, allow connect example.com:443, ask exec git.\n"
	"      It stands behind the managed rules and the guards of the profile, before all "
	"others.\n"
	"  list [RUN]\n"
	"      The rules that were added, the newest (which is searched first) on top.\n"
	"  remove [RUN] ID\n"
	"      Takes an added rule back.\n"
	"\n"
	"What has changed holds for the next call: questions that wait are judged again, and\n"
	"connections to where the policy now denies are cut. RUN may be left out where there is\n"
	"one only.\n"
	"\n"
	"Exit status: 0 done; 1 it is not, and nothing has changed; 2 called wrongly.\n";

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static void print_rules(const json_t *outcome, const char *list, const char *count, char sign)
{
	json_int_t all = json_integer_value(json_object_get(outcome, count));
	json_t *rule;
	size_t i, told = 0;

	json_array_foreach(json_object_get(outcome, list), i, rule)
	{
		printf("  %c %s: %s", sign, text_of(rule, "id"), text_of(rule, "text"));
		if (text_of(rule, "file")[0] && json_object_get(rule, "line"))
			printf(" (%s:%" JSON_INTEGER_FORMAT ")", text_of(rule, "file"),
			       json_integer_value(json_object_get(rule, "line")));
		putchar('\n');
		told++;
	}
	if (all > (json_int_t)told)
		printf("  %c and %" JSON_INTEGER_FORMAT " more\n", sign, all - (json_int_t)told);
}

static void print_outcome(const json_t *outcome)
{
	json_t *notice;
	size_t i;

	json_array_foreach(json_object_get(outcome, "notices"), i, notice)
		printf("  %s\n", json_string_value(notice));
	print_rules(outcome, "gone", "gone_count", '-');
	print_rules(outcome, "new", "new_count", '+');
}

struct policy_words {
	const char *run; /* or NULL */
	char *const *rest;
	int n_rest;
};

static int ask(struct user_runs *runs, const char *method, json_t *params, json_t **ret_result,
	       struct failure *reterr)
{
	return control_link_ask(runs->links[0], method, params, PATIENCE_MS, ret_result, reterr);
}

static const char *run_name(const struct user_runs *runs)
{
	return control_run_short(control_link_run(runs->links[0]));
}

static int reload(struct user_runs *runs, const struct policy_words *words, struct failure *reterr)
{
	json_t *outcome = NULL;
	int r = ask(runs, "policy.reload", NULL, &outcome, reterr);

	if (r < 0)
		return r;
	if (json_is_true(json_object_get(outcome, "changed")))
		printf("run %s is judged by its policy as it is now:\n", run_name(runs));
	else
		printf("run %s has read its policy again: nothing has changed\n", run_name(runs));
	print_outcome(outcome);
	json_decref(outcome);
	return 0;
}

static int add(struct user_runs *runs, const struct policy_words *words, struct failure *reterr)
{
	json_t *outcome = NULL;
	_cleanup_free_ char *rule = NULL;
	int r = rule_words_parse(words->rest, words->n_rest, &rule, reterr);

	if (r == 0)
		r = ask(runs, "policy.add", json_pack("{s:s}", "rule", rule), &outcome, reterr);
	if (r < 0)
		return r;
	printf("run %s has rule %" JSON_INTEGER_FORMAT " more; callgate policy remove %s "
	       "%" JSON_INTEGER_FORMAT " takes it back\n",
	       run_name(runs), json_integer_value(json_object_get(outcome, "id")), run_name(runs),
	       json_integer_value(json_object_get(outcome, "id")));
	print_outcome(outcome);
	json_decref(outcome);
	return 0;
}

static int list(struct user_runs *runs, const struct policy_words *words, struct failure *reterr)
{
	json_t *result = NULL, *rule;
	size_t i;
	int r = ask(runs, "policy.added", NULL, &result, reterr);

	json_array_foreach(json_object_get(result, "rules"), i, rule)
		printf("%" JSON_INTEGER_FORMAT "\t%s\n",
		       json_integer_value(json_object_get(rule, "id")), text_of(rule, "rule"));
	json_decref(result);
	return r;
}

static int take_back(struct user_runs *runs, const struct policy_words *words,
		     struct failure *reterr)
{
	json_t *outcome = NULL;
	char *end;
	long id = strtol(words->rest[0], &end, 10);
	int r;

	if (*end || id < 1)
		return failure_set(reterr, -EINVAL, "callgate policy list has the numbers");
	r = ask(runs, "policy.remove", json_pack("{s:I}", "id", (json_int_t)id), &outcome, reterr);
	if (r < 0)
		return r;
	printf("run %s: rule %ld is taken back\n", run_name(runs), id);
	print_outcome(outcome);
	json_decref(outcome);
	return 0;
}

static const struct policy_verb {
	const char *name;
	int (*call)(struct user_runs *runs, const struct policy_words *words,
		    struct failure *reterr);
	int arguments; /* behind RUN; -1: a rule */
} verbs[] = {{"reload", reload, 0}, {"add", add, -1}, {"list", list, 0}, {"remove", take_back, 1}};

static int on_run(const struct policy_verb *verb, const struct policy_words *words,
		  struct failure *reterr)
{
	struct user_runs runs = {};
	int r = user_runs_open(&runs, words->run, reterr);

	if (r == 0 && runs.n != 1) {
		failure_hint(reterr, "callgate runs lists them");
		r = failure_set(reterr, -ENOTUNIQ, "%s",
				runs.n ? "more than one run: say which" : "nothing runs");
	}
	if (r == 0)
		r = verb->call(&runs, words, reterr);
	user_runs_done(&runs);
	return r;
}

/* RUN may be left out, and is no rule. */
static int split(const struct policy_verb *verb, char *const *rest, int n,
		 struct policy_words *ret_words, struct failure *reterr)
{
	bool run = verb->arguments < 0 ? n > 0 && !rule_words_begin(rest[0]) : n > verb->arguments;

	*ret_words = (struct policy_words){
		.run = run ? rest[0] : NULL, .rest = rest + run, .n_rest = n - run};
	if (verb->arguments < 0 ? ret_words->n_rest < 1 : ret_words->n_rest != verb->arguments)
		return failure_set(reterr, -EINVAL,
				   verb->arguments < 0    ? "which rule?"
				   : verb->arguments == 0 ? "one run at a time"
							  : "which rule? one at a time");
	return 0;
}

static const struct policy_verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

int command_policy(int argc, char **argv)
{
	const struct policy_verb *verb = NULL;
	struct policy_words words = {};
	struct failure failure = {};
	int rest = 0, r;

	r = options_parse(NULL, 0, argc, argv, &rest, &failure);
	if (r > 0)
		return command_print_help("policy");
	if (r == 0) {
		verb = rest < argc ? find_verb(argv[rest]) : NULL;
		r = verb ? split(verb, argv + rest + 1, argc - rest - 1, &words, &failure)
			 : failure_set(&failure, -EINVAL,
				       "what is to be done? It can be: reload, add, list, remove");
	}
	if (r < 0)
		return command_usage_error("policy", &failure);
	r = on_run(verb, &words, &failure);
	if (r < 0)
		failure_print(&failure);
	return r < 0 ? 1 : 0;
}
