/* SPDX-License-Identifier: Apache-2.0 */
/* The warnings of `callgate check`: each rule is tried on names that it matches. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/base/text.h"
#include "enforcer/commands/check-rules.h"
#include "enforcer/commands/sample.h"
#include "enforcer/commands/wall-view.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/policy/policy.h"

/* The rule that is looked at. */
struct rule_check {
	const char *file;
	const struct config *config;
	size_t number;                /* from 1 */
	const json_t *json;           /* borrowed */
	const struct rule_info *info; /* borrowed from the policy */
	size_t index;                 /* in the policy's order of search */
	unsigned verbs;
	int *warnings;
};

static void warn(const struct rule_check *check, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void warn(const struct rule_check *check, const char *format, ...)
{
	char shown[SHOWN_MAX], text[1024];
	struct buffer escaped = {};
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text_append_escaped(&escaped, text, strlen(text), 0);
	printf("%s:%d: warning: rule %zu: %s\n", facts_show(check->file, shown), check->info->line,
	       check->number, escaped.data ? escaped.data : "");
	buffer_done(&escaped);
	(*check->warnings)++;
}

static size_t index_of(const struct policy *policy, const struct rule_info *info)
{
	size_t i;

	for (i = 0; i < policy_rule_count(policy); i++)
		if (policy_rule_info(policy, i) == info)
			break;
	return i;
}

/* The earlier rule that decides this object for this verb, or NULL. */
static const struct rule_info *decided_before(const struct rule_check *check,
					      const struct object *object, enum verb verb,
					      bool *ret_own)
{
	char *argv[] = {(char *)"sample", NULL};
	struct request request = {.n_objects = 1, .argv = verb == VERB_EXEC ? argv : NULL};
	struct decision decision = {};

	request.objects[0] = *object;
	request.objects[0].verbs = verb;
	policy_judge_one(check->config->policy, &request, 0, verb, &decision);
	*ret_own = decision.rule == check->info;
	if (!decision.rule || decision.rule == check->info)
		return NULL;
	return index_of(check->config->policy, decision.rule) < check->index ? decision.rule : NULL;
}

/* What decided the samples of one name of the rule. */
struct trial {
	bool alive; /* some sample was decided by the rule itself, or by no one */
	const struct rule_info *before; /* the last that stood before it */
};

static void try_object(const struct rule_check *check, const struct object *object,
		       struct trial *trial)
{
	for (unsigned v = 0; v < VERB_COUNT; v++) {
		enum verb verb = (enum verb)(1u << v);
		const struct rule_info *before;
		bool own;

		if (!(check->verbs & verb))
			continue;
		before = decided_before(check, object, verb, &own);
		if (before)
			trial->before = before;
		else
			trial->alive = true;
	}
}

static void report(const struct rule_check *check, const char *name, const struct trial *trial)
{
	const char *hint = "";

	if (trial->alive || !trial->before)
		return;
	if (trial->before->layer == LAYER_GUARDS)
		hint = "; a rule that says \"unprotect\": true would stand before it";
	warn(check, "\"%s\" can never match: rule %s (%s:%d%s%s) decides first%s", name,
	     trial->before->id, trial->before->file ? trial->before->file : "built in",
	     trial->before->line, trial->before->reason ? ", " : "",
	     trial->before->reason ? trial->before->reason : "", hint);
}

static bool has_glob(const char *pattern)
{
	for (const char *p = pattern; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '*' || *p == '?' || *p == '[')
			return true;
	}
	return false;
}

/* What the wall cannot say of a glob: it knows trees, by their roots. */
static void check_wall(const struct rule_check *check, const char *pattern)
{
	const struct policy *policy = check->config->policy;
	char path[PATH_MAX];
	struct wall_view view;

	if (!has_glob(pattern) || sample_path(pattern, check->config, 0, path) < 0)
		return;
	if (check->info->effect != VERDICT_DENY && (check->verbs & VERB_EXEC)) {
		wall_view(policy, VERB_EXEC, path, &view);
		if (!view.open)
			warn(check,
			     "\"%s\": the wall opens trees for executing, not globs: name the "
			     "directory",
			     pattern);
	}
	if (check->info->effect == VERDICT_ALLOW)
		return;
	wall_view(policy, VERB_READ, path, &view);
	if ((check->verbs & VERB_READ) && view.open)
		warn(check,
		     "\"%s\": %s is open for reading, and a glob cannot be cut out of it: this "
		     "is held by the gate alone, and every open of the run is performed",
		     pattern, view.tree);
	wall_view(policy, VERB_WRITE, path, &view);
	if ((check->verbs & VERB_WRITE) && view.open)
		warn(check, "\"%s\": %s is mounted writable: this is held by the gate alone",
		     pattern, view.tree);
}

static void check_path(const struct rule_check *check, const char *pattern, enum object_kind kind)
{
	bool exact = json_is_true(json_object_get(check->json, "exact"));
	struct trial trial = {};

	for (unsigned variant = 0; variant < (exact ? 1 : SAMPLE_VARIANTS); variant++) {
		char path[PATH_MAX];
		struct object object = {.kind = kind, .path = path, .exists = true};

		if (sample_path(pattern, check->config, variant, path) < 0)
			return;
		try_object(check, &object, &trial);
	}
	report(check, pattern, &trial);
	if (kind == OBJECT_PATH)
		check_wall(check, pattern);
}

static void check_program(const struct rule_check *check, const char *name)
{
	char path[PATH_MAX];
	struct object object = {.kind = OBJECT_PATH, .path = path, .exists = true};
	struct trial trial = {};

	if (strchr(name, '/')) {
		if (sample_path(name, check->config, 0, path) < 0)
			return;
	} else if (has_glob(name)) {
		return;
	} else if (facts_program((const char *const *)check->config->path_dirs, name, path,
				 &object.dev, &object.ino) < 0) {
		warn(check, "there is no program \"%s\" on PATH here: the rule never matches",
		     name);
		return;
	}
	/* With "args" the rule is narrower than its program, and so is what stood before. */
	if (json_object_get(check->json, "args"))
		return;
	try_object(check, &object, &trial);
	report(check, name, &trial);
}

static uint16_t first_port(const json_t *json)
{
	const json_t *port = json_object_get(json, "port");

	if (json_is_array(port))
		port = json_array_get(port, 0);
	if (json_is_string(port))
		return (uint16_t)strtoul(json_string_value(port), NULL, 10);
	return json_is_integer(port) ? (uint16_t)json_integer_value(port) : 443;
}

static void check_host(const struct rule_check *check, const char *pattern)
{
	char host[SAMPLE_HOST_MAX];
	struct object object = {.kind = OBJECT_INET};
	struct trial trial = {};

	if (json_object_get(check->json, "protocol"))
		return;
	sample_host(pattern, host);
	object.endpoint = (struct endpoint){.family = AF_INET,
					    .protocol = IPPROTO_TCP,
					    .port = first_port(check->json),
					    .address = {198, 18, 0, 1},
					    .host = host};
	try_object(check, &object, &trial);
	report(check, pattern, &trial);
}

enum named_kind {
	NAMED_PATH,
	NAMED_UNIX,
	NAMED_PROGRAM,
	NAMED_HOST,
};

static void check_name(const struct rule_check *check, enum named_kind kind, const char *name)
{
	switch (kind) {
	case NAMED_PATH:
		check_path(check, name, OBJECT_PATH);
		return;
	case NAMED_UNIX:
		check_path(check, name, OBJECT_UNIX);
		return;
	case NAMED_PROGRAM:
		check_program(check, name);
		return;
	case NAMED_HOST:
		check_host(check, name);
		return;
	}
}

static void check_rule(struct rule_check *check)
{
	static const char *const keys[] = {
		[NAMED_PATH] = "path",
		[NAMED_UNIX] = "unix",
		[NAMED_PROGRAM] = "program",
		[NAMED_HOST] = "host",
	};

	for (enum named_kind kind = NAMED_PATH; kind <= NAMED_HOST; kind++) {
		const json_t *names = json_object_get(check->json, keys[kind]), *name;
		size_t i;

		if (json_is_string(names))
			check_name(check, kind, json_string_value(names));
		json_array_foreach(names, i, name) check_name(check, kind, json_string_value(name));
	}
}

static unsigned verbs_of(const json_t *rule)
{
	static const char *const effects[] = {"deny", "ask", "allow"};
	unsigned verbs = 0;

	for (size_t e = 0; e < ARRAY_LEN(effects); e++) {
		const json_t *value = json_object_get(rule, effects[e]);

		for (unsigned v = 0; v < VERB_COUNT; v++) {
			const char *name = verb_name((enum verb)(1u << v));
			const json_t *item;
			size_t i;

			if (json_is_string(value) && strcmp(json_string_value(value), name) == 0)
				verbs |= 1u << v;
			json_array_foreach(value, i, item) if (strcmp(json_string_value(item),
								      name) == 0) verbs |= 1u << v;
		}
	}
	return verbs;
}

int check_rules(const char *file, json_t *root, enum layer layer, const struct config *config)
{
	const struct policy *policy = config->policy;
	int warnings = 0;
	const json_t *rule;
	size_t i;

	json_array_foreach(json_object_get(root, "rules"), i, rule)
	{
		struct rule_check check = {.file = file,
					   .config = config,
					   .number = i + 1,
					   .json = rule,
					   .verbs = verbs_of(rule),
					   .warnings = &warnings};
		char id[64];

		snprintf(id, sizeof(id), "%s:%zu", layer_name(layer), i + 1);
		for (check.index = 0; check.index < policy_rule_count(policy); check.index++)
			if (strcmp(policy_rule_info(policy, check.index)->id, id) == 0)
				break;
		if (check.index == policy_rule_count(policy))
			continue;
		check.info = policy_rule_info(policy, check.index);
		check_rule(&check);
	}
	return warnings;
}
