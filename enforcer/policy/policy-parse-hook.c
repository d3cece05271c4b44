/* SPDX-License-Identifier: Apache-2.0 */
/* "hooks" of a policy text. */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/policy-parser.h"

#define HOOK_TIMEOUT_NS (5 * UINT64_C(1000000000))

static int parse_on(struct parser *parser, const json_t *value, void *target)
{
	struct hook_setting *hook = target;

	return parse_verbs(parser, value, &hook->rule.verbs);
}

static int parse_when(struct parser *parser, const json_t *value, void *target)
{
	static const char *const names[] = {[HOOK_BEFORE] = "before", [HOOK_AFTER] = "after"};
	struct hook_setting *hook = target;
	int n = parser_word(parser, value, "time of a hook", names, ARRAY_LEN(names));

	if (n < 0)
		return n;
	hook->info.when = (enum hook_when)n;
	return 0;
}

static int parse_command(struct parser *parser, const json_t *value, void *target)
{
	struct hook_setting *hook = target;
	int r = parser_list(parser, value, KIND_STRING, parse_string_into, &hook->command);

	if (r == 0 && hook->command.items[0][0] != '/')
		return parser_error(parser, "the program of a hook is an absolute path");
	return r;
}

static int parse_hook_timeout(struct parser *parser, const json_t *value, void *target)
{
	struct hook_setting *hook = target;

	return parse_duration(parser, value, &hook->info.timeout_ns);
}

static int parse_mode(struct parser *parser, const json_t *value, void *target)
{
	static const char *const names[] = {"exec", "stream"};
	struct hook_setting *hook = target;
	int n = parser_word(parser, value, "mode", names, ARRAY_LEN(names));

	if (n < 0)
		return n;
	hook->info.stream = n == 1;
	return 0;
}

static int parse_on_failure(struct parser *parser, const json_t *value, void *target)
{
	static const char *const names[] = {
		[HOOK_FAILURE_DENY] = "deny",
		[HOOK_FAILURE_ASK] = "ask",
		[HOOK_FAILURE_IGNORE] = "ignore",
	};
	struct hook_setting *hook = target;
	int n = parser_word(parser, value, "effect of a failure", names, ARRAY_LEN(names));

	if (n < 0)
		return n;
	hook->info.on_failure = (enum hook_failure)n;
	return 0;
}

enum hook_key {
	KEY_ON = 0,
	KEY_WHEN,
	KEY_COMMAND,
	KEY_TIMEOUT,
	KEY_MODE,
	KEY_ON_FAILURE,
	KEY_PATH,
	KEY_PROGRAM,
	KEY_HOST,
	KEY_DESCRIPTION,
	HOOK_KEYS,
};

#define STRINGS (KIND_STRING | KIND_LIST)

static const struct parser_key hook_keys[HOOK_KEYS] = {
	[KEY_ON] = {"on", STRINGS, parse_on},
	[KEY_WHEN] = {"when", KIND_STRING, parse_when},
	[KEY_COMMAND] = {"command", KIND_LIST, parse_command},
	[KEY_TIMEOUT] = {"timeout", KIND_STRING, parse_hook_timeout},
	[KEY_MODE] = {"mode", KIND_STRING, parse_mode},
	[KEY_ON_FAILURE] = {"on_failure", KIND_STRING, parse_on_failure},
	[KEY_PATH] = {"path", STRINGS, parse_paths},
	[KEY_PROGRAM] = {"program", STRINGS, parse_programs},
	[KEY_HOST] = {"host", STRINGS, parse_hosts},
	[KEY_DESCRIPTION] = {"description", KIND_STRING, NULL},
};

static const struct {
	enum subject subject;
	unsigned verbs;
} matchers[HOOK_KEYS] = {
	[KEY_PATH] = {SUBJECT_PATH, VERB_READ | VERB_WRITE | VERB_EXEC | VERB_LISTEN},
	[KEY_PROGRAM] = {SUBJECT_PROGRAM, VERB_EXEC},
	[KEY_HOST] = {SUBJECT_INET, VERB_CONNECT},
};

/* A hook that can never be called for is a mistake that nobody would notice. */
static int check_matchers(struct parser *parser, struct hook_setting *hook, const int *at)
{
	for (int k = 0; k < HOOK_KEYS; k++) {
		if (at[k] < 0 || matchers[k].subject == SUBJECT_ANY)
			continue;
		for (unsigned v = 0; v < VERB_COUNT; v++)
			if (hook->rule.verbs & verb_at(v) && !(matchers[k].verbs & verb_at(v)))
				return parser_error_at(parser, (unsigned)at[k],
						       "\"%s\" does not go with \"on\": \"%s\"",
						       hook_keys[k].name, verb_name(verb_at(v)));
		if (hook->rule.subject != SUBJECT_ANY)
			return parser_error_at(parser, (unsigned)at[k],
					       "a hook has one of \"path\", \"program\" and "
					       "\"host\": make two hooks");
		hook->rule.subject = matchers[k].subject;
	}
	return 0;
}

static int check_modes(struct parser *parser, const struct hook_setting *hook, const int *at)
{
	if (hook->info.when == HOOK_AFTER && at[KEY_ON_FAILURE] >= 0)
		return parser_error_at(parser, (unsigned)at[KEY_ON_FAILURE],
				       "what a hook says after the call changes nothing: "
				       "\"on_failure\" goes with \"when\": \"before\"");
	return 0;
}

static int parse_hook(struct parser *parser, const json_t *value, void *target)
{
	static const struct parser_table table = {hook_keys, ARRAY_LEN(hook_keys)};
	struct policy_part *part = target;
	struct hook_setting **hooks, *hook;
	struct json_way way = parser_way(parser);
	int at[HOOK_KEYS], r;

	if (part->n_hooks == HOOKS_MAX)
		return parser_error(parser, "more than %d hooks", HOOKS_MAX);
	hooks = reallocarray(part->hooks, part->n_hooks + 1, sizeof(*hooks));
	if (!hooks)
		return -ENOMEM;
	part->hooks = hooks;
	hook = calloc(1, sizeof(*hook));
	if (!hook)
		return -ENOMEM;
	hooks[part->n_hooks++] = hook;
	hook->info.timeout_ns = HOOK_TIMEOUT_NS;
	r = parser_object(parser, value, &table, hook, at);
	if (r == 0 && (at[KEY_ON] < 0 || at[KEY_COMMAND] < 0))
		r = parser_error(parser, "a hook has \"on\" and \"command\"");
	if (r == 0)
		r = check_matchers(parser, hook, at);
	if (r == 0)
		r = check_modes(parser, hook, at);
	hook->info.line = json_place_find(&way, false).line;
	hook->info.command = (const char *const *)hook->command.items;
	hook->info.layer = hook->rule.info.layer = part->layer;
	hook->info.file = part->file;
	return r;
}

int parse_hooks(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_OBJECT | KIND_EMPTY, parse_hook, target);
}
