/* SPDX-License-Identifier: Apache-2.0 */
/* An answer by the command line. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/text.h"
#include "enforcer/commands/answer.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/commands/user-runs.h"

/* That go by before the one that is waited for. */
#define EVENTS_MAX 1000

/* What the words say of how long it lasts; NULL: the run's own choice. */
static int get_lasts(const struct answer_words *words, const char **ret_lasts,
		     struct failure *reterr)
{
	if (words->once + words->for_run + words->always > 1)
		return failure_set(reterr, -EINVAL,
				   "only one of --once, --for-run and --always can be meant");
	if (words->once && (words->scope || words->duration))
		return failure_set(reterr, -EINVAL, "%s does not go with --once",
				   words->scope ? "--scope" : "--for");
	if (words->always && words->duration)
		return failure_set(reterr, -EINVAL, "--for does not go with --always");
	if (words->always)
		*ret_lasts = "always";
	else if (words->for_run || words->scope || words->duration)
		*ret_lasts = "run";
	else
		*ret_lasts = "once";
	return 0;
}

/* Bytes of the command line as JSON can have them. */
json_t *answer_text(const char *reason)
{
	json_t *string = json_string(reason);
	struct buffer escaped = {};

	if (string)
		return string;
	text_append_escaped(&escaped, reason, strlen(reason), 0);
	string = json_string(escaped.error ? "" : escaped.data);
	buffer_done(&escaped);
	return string;
}

static int make_params(const struct answer_words *words, json_t **ret_params,
		       struct failure *reterr)
{
	const char *lasts = NULL;
	int64_t ms = 0;
	json_t *params;
	int r = get_lasts(words, &lasts, reterr);

	if (r == 0 && words->duration)
		r = user_duration_parse(words->duration, &ms, reterr);
	if (r < 0)
		return r;
	params = json_pack("{s:s, s:s, s:s}", "verdict", words->allow ? "allow" : "deny", "lasts",
			   lasts, "via", "command line");
	if (!params)
		return failure_set(reterr, -ENOMEM, "out of memory");
	if (words->scope)
		json_object_set_new(params, "scope", json_string(words->scope));
	if (words->reason)
		json_object_set_new(params, "reason", answer_text(words->reason));
	if (ms)
		json_object_set_new(params, "for_ms", json_integer(ms));
	*ret_params = params;
	return 0;
}

/* ---- what became of it */

static void print_answer(const struct user_thing *thing, const json_t *result, const char *duration)
{
	const char *lasts = json_string_value(json_object_get(result, "lasts"));
	const char *scope = json_string_value(json_object_get(result, "scope"));
	const char *verdict = json_string_value(json_object_get(result, "verdict"));
	const char *covers = json_string_value(
		json_object_get(json_object_get(thing->object, "scopes"), scope ? scope : ""));
	bool allow = verdict && strcmp(verdict, "allow") == 0;

	printf("%s", allow ? "allowed" : "denied");
	if (!lasts || strcmp(lasts, "once") == 0)
		printf("%s", allow ? " once" : "");
	else if (strcmp(lasts, "always") == 0)
		printf(" always");
	else if (duration)
		printf(" for %s", duration);
	else
		printf(" for this run");
	if (scope && covers)
		printf(": %s", covers);
	putchar('\n');
}

static void on_event(void *userdata, const char *method, json_t *params)
{
	struct answer_kept *kept = userdata;
	const char *text = json_string_value(json_object_get(params, "text"));

	if (strcmp(method, "grant.kept") != 0)
		return;
	kept->done = true;
	kept->kept = json_is_true(json_object_get(params, "kept"));
	kept->grant = json_integer_value(json_object_get(params, "id"));
	snprintf(kept->text, sizeof(kept->text), "%s", text ? text : "");
}

int answer_kept_begin(struct control_link *link, struct answer_kept *kept, struct failure *reterr)
{
	static const struct control_link_handlers handlers = {.event = on_event};
	json_t *result = NULL;
	int r;

	control_link_handle(link, &handlers, kept);
	r = user_runs_ask(link, "subscribe", NULL, &result, reterr);
	json_decref(result);
	return r;
}

int answer_kept_await(struct control_link *link, struct answer_kept *kept, json_int_t grant,
		      struct failure *reterr)
{
	for (int64_t i = 0; !(kept->done && kept->grant == grant); i++) {
		struct pollfd one = {.fd = control_link_fd(link),
				     .events = control_link_events(link)};

		if (i == EVENTS_MAX || poll(&one, 1, USER_RUNS_PATIENCE_MS) <= 0 ||
		    control_link_work(link) < 0) {
			failure_hint(reterr, "it holds for this run; look into your policy file");
			return failure_set(reterr, -ETIMEDOUT,
					   "the run does not say whether the rule was written");
		}
	}
	if (kept->kept) {
		printf("%s\n", kept->text);
		return 0;
	}
	failure_hint(reterr, "it holds for this run");
	return failure_set(reterr, -EIO, "the rule could not be written: %s", kept->text);
}

static int answer_thing(const struct answer_words *words, const struct user_thing *thing,
			json_t *params, struct failure *reterr)
{
	struct answer_kept kept = {};
	json_t *result = NULL;
	int r = 0;

	json_object_set(params, "id", json_object_get(thing->object, "id"));
	if (words->always)
		r = answer_kept_begin(thing->link, &kept, reterr);
	if (r == 0)
		r = user_runs_ask(thing->link, "answer", json_incref(params), &result, reterr);
	if (r < 0)
		return r;
	print_answer(thing, result, words->duration);
	if (words->always)
		r = answer_kept_await(thing->link, &kept,
				      json_integer_value(json_object_get(result, "grant")), reterr);
	json_decref(result);
	return r;
}

static int answer_question(const struct answer_words *words, struct failure *reterr)
{
	const struct user_thing *thing = NULL;
	struct user_runs runs = {};
	struct user_things things = {};
	json_t *params = NULL;
	int r = make_params(words, &params, reterr);

	if (r < 0)
		return -EINVAL;
	r = user_runs_open(&runs, words->run, reterr);
	if (r == 0)
		r = user_runs_list(&runs, "list", "questions", &things, reterr);
	if (r == 0)
		r = user_things_find(&things, words->question, "question", &thing, reterr);
	if (r == 0)
		r = answer_thing(words, thing, params, reterr);
	json_decref(params);
	user_things_done(&things);
	user_runs_done(&runs);
	return r;
}

/* Options may stand behind the name, too: who reads "allow 3" writes the rest behind it. */
static int parse(const struct answer_command *command, int argc, char **argv,
		 struct answer_words *words, struct failure *reterr)
{
	int rest = 0;
	int r = options_parse(command->specs, command->n_specs, argc, argv, &rest, reterr);

	while (r == 0 && rest < argc) {
		if (words->question)
			return failure_set(reterr, -EINVAL, "one question at a time");
		words->question = argv[rest];
		argc -= rest;
		argv += rest;
		r = options_parse(command->specs, command->n_specs, argc, argv, &rest, reterr);
	}
	if (r == 0 && !words->question) {
		failure_hint(reterr, "callgate pending lists what waits");
		return failure_set(reterr, -EINVAL, "which question?");
	}
	return r;
}

int answer_command(const struct answer_command *command, int argc, char **argv,
		   struct answer_words *words)
{
	struct failure failure = {};
	int r = parse(command, argc, argv, words, &failure);

	if (r > 0)
		return command_print_help(command->name);
	r = r < 0 ? -EINVAL : answer_question(words, &failure);
	if (r == -EINVAL)
		return command_usage_error(command->name, &failure);
	if (r < 0)
		failure_print(&failure);
	return r < 0 ? 1 : 0;
}
