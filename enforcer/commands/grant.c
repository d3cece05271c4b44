/* SPDX-License-Identifier: Apache-2.0 */
/* callgate grant: an answer before the question. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/answer.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/commands/rule-words.h"
#include "enforcer/commands/subject.h"
#include "enforcer/commands/user-runs.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/string-list.h"
#include "enforcer/control/client-runs.h"

const char grant_help[] =
	"Answers before the run asks: what its policy asks about there is allowed from now on.\n"
	"What the policy denies stays denied (callgate policy add changes that).\n"
	"\n"
	"VERB is read, write, exec or connect, or several: read,write. WHAT is a path, a program\n"
	"for exec, HOST:PORT or unix:PATH for connect. RUN may be left out where there is one "
	"only.\n"
	"\n"
	"  --for TIME       for so long: 90s, 10m, 2h, 1d; else for the run\n"
	"  --always         in every run: written into your policy\n"
	"  --scope SCOPE    file, dir (what is directly in it), tree (everything below it), host,\n"
	"                   command, program; else tree for a directory, file for another path\n"
	"  --argument WORD  for exec with scope command: its first argument\n"
	"  --deny           the other way round: no, without a question\n"
	"  --reason TEXT    why, for the record\n"
	"\n"
	"callgate grants lists them, callgate revoke takes one back.\n"
	"\n"
	"Exit status: 0 granted; 1 it is not; 2 called wrongly.\n";

struct grant_words {
	bool always, deny;
	const char *duration, *scope, *reason, *argument;
	const char *run, *verbs, *what;
	const char *words[3];
	int n_words;
};

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static const char *usual_scope(const struct grant_words *words, const struct object *object)
{
	if (object->kind == OBJECT_INET)
		return "host";
	if (object->verbs & VERB_EXEC)
		return words->argument ? "command" : "program";
	return object->kind == OBJECT_PATH && is_directory(object->path) ? "tree" : "file";
}

static int set_object(json_t *params, const struct object *object, struct failure *reterr)
{
	const struct endpoint *endpoint = &object->endpoint;
	char address[INET6_ADDRSTRLEN], shown[SHOWN_MAX];

	if (object->kind == OBJECT_ABSTRACT)
		return failure_set(reterr, -EINVAL,
				   "a grant is for files, programs, hosts and sockets with a path");
	if (object->kind == OBJECT_INET) {
		const char *host = endpoint->host
					   ?: inet_ntop(endpoint->family, endpoint->address,
							address, sizeof(address));

		json_object_set_new(params, "protocol",
				    json_string(endpoint->protocol == IPPROTO_UDP ? "udp" : "tcp"));
		json_object_set_new(params, "host", json_string(host));
		return json_object_set_new(params, "port", json_integer(endpoint->port));
	}
	if (object->kind == OBJECT_UNIX)
		json_object_set_new(params, "unix", json_true());
	if (json_object_set_new(params, "path", json_string(object->path)) < 0)
		return failure_set(reterr, -EILSEQ, "%s: the name is not UTF-8",
				   facts_show(object->path, shown));
	return 0;
}

/* The first of the verbs says what kind of thing it is. */
static int parse_what(const struct grant_words *words, struct request *ret_request,
		      struct failure *reterr)
{
	_cleanup_free_ char *verb = strndup(words->verbs, strcspn(words->verbs, ","));
	struct config config = {};
	int r = verb ? facts_home(&config.home, reterr) : -ENOMEM;

	if (r == 0)
		r = facts_path_directories(getenv("PATH"), config.home, &config.path_dirs);
	if (r == 0)
		r = subject_parse(verb, words->what, &config, ret_request, reterr);
	free(config.home);
	string_list_free(config.path_dirs);
	return r;
}

static int make_params(const struct grant_words *words, json_t **ret_params, struct failure *reterr)
{
	struct request request = {};
	json_t *params, *verbs = rule_words_verbs(words->verbs, reterr);
	int64_t ms = 0;
	int r = verbs ? parse_what(words, &request, reterr) : -EINVAL;

	if (r == 0 && words->duration)
		r = user_duration_parse(words->duration, &ms, reterr);
	if (r < 0) {
		json_decref(verbs);
		request_done(&request);
		return r;
	}
	params =
		json_pack("{s:s, s:s, s:s, s:o, s:s}", "verdict", words->deny ? "deny" : "allow",
			  "lasts", words->always ? "always" : "run", "via", "command line", "verbs",
			  verbs, "scope", words->scope ?: usual_scope(words, &request.objects[0]));
	r = params ? set_object(params, &request.objects[0], reterr) : -ENOMEM;
	request_done(&request);
	if (words->reason)
		json_object_set_new(params, "reason", answer_text(words->reason));
	if (words->argument)
		json_object_set_new(params, "argument", answer_text(words->argument));
	if (ms)
		json_object_set_new(params, "for_ms", json_integer(ms));
	if (r < 0)
		json_decref(params);
	else
		*ret_params = params;
	return r;
}

static void print_grant(const struct grant_words *words, const json_t *grant)
{
	const char *text = json_string_value(json_object_get(grant, "text"));

	printf("%s ", words->deny ? "denied" : "granted");
	if (words->always)
		printf("always");
	else if (words->duration)
		printf("for %s", words->duration);
	else
		printf("for this run");
	printf(": %s\n  callgate revoke %" JSON_INTEGER_FORMAT " takes it back\n", text ? text : "",
	       json_integer_value(json_object_get(grant, "id")));
}

static int grant_in(struct control_link *link, const struct grant_words *words, json_t *params,
		    struct failure *reterr)
{
	struct answer_kept kept = {};
	json_t *result = NULL;
	int r = words->always ? answer_kept_begin(link, &kept, reterr) : 0;

	if (r == 0)
		r = user_runs_ask(link, "grant", json_incref(params), &result, reterr);
	if (r < 0)
		return r;
	print_grant(words, result);
	if (words->always)
		r = answer_kept_await(link, &kept,
				      json_integer_value(json_object_get(result, "id")), reterr);
	json_decref(result);
	return r;
}

static int grant(const struct grant_words *words, struct failure *reterr)
{
	struct user_runs runs = {};
	json_t *params = NULL;
	int r = make_params(words, &params, reterr);

	if (r < 0)
		return -EINVAL;
	r = user_runs_open(&runs, words->run, reterr);
	if (r == 0 && runs.n != 1) {
		failure_hint(reterr, "callgate runs lists them");
		r = failure_set(reterr, -ENOTUNIQ, "%s",
				runs.n ? "more than one run: say which" : "nothing runs");
	}
	if (r == 0)
		r = grant_in(runs.links[0], words, params, reterr);
	json_decref(params);
	user_runs_done(&runs);
	return r;
}

static int take_words(struct grant_words *words, struct failure *reterr)
{
	int run = words->n_words == 3;

	if (words->n_words < 2) {
		failure_hint(reterr, "for example: callgate grant read ~/notes --for 10m");
		return failure_set(reterr, -EINVAL, "what is granted? VERB WHAT");
	}
	if (words->always && words->duration)
		return failure_set(reterr, -EINVAL, "--for does not go with --always");
	words->run = run ? words->words[0] : NULL;
	words->verbs = words->words[run];
	words->what = words->words[run + 1];
	return 0;
}

/* Options may stand anywhere. */
static int parse(int argc, char **argv, struct grant_words *words, struct failure *reterr)
{
	const struct option_spec specs[] = {
		{"--for", OPTION_VALUE, &words->duration},
		{"--scope", OPTION_VALUE, &words->scope},
		{"--reason", OPTION_VALUE, &words->reason},
		{"--argument", OPTION_VALUE, &words->argument},
		{"--always", OPTION_FLAG, &words->always},
		{"--deny", OPTION_FLAG, &words->deny},
	};
	int rest = 0;
	int r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, reterr);

	while (r == 0 && rest < argc) {
		if (words->n_words == ARRAY_LEN(words->words))
			return failure_set(reterr, -EINVAL, "one thing at a time: RUN VERB WHAT");
		words->words[words->n_words++] = argv[rest];
		argc -= rest;
		argv += rest;
		r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, reterr);
	}
	return r != 0 ? r : take_words(words, reterr);
}

int command_grant(int argc, char **argv)
{
	struct grant_words words = {};
	struct failure failure = {};
	int r = parse(argc, argv, &words, &failure);

	if (r > 0)
		return command_print_help("grant");
	if (r == 0)
		r = grant(&words, &failure);
	if (r == -EINVAL)
		return command_usage_error("grant", &failure);
	if (r < 0)
		failure_print(&failure);
	return r < 0 ? 1 : 0;
}
