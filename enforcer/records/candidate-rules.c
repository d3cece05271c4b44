/* SPDX-License-Identifier: Apache-2.0 */
/* A candidate as rules of a policy, and in words. */
#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/text.h"
#include "enforcer/policy/rule-json.h"
#include "enforcer/records/generalise.h"
#include "enforcer/records/stores.h"

/* The setters of jansson fail where the value is NULL. */
static int set_args(json_t *rule, const struct candidate *candidate)
{
	json_t *list = json_array();
	int r = 0;

	for (char **arg = candidate->args; r == 0 && *arg; arg++)
		r = json_array_append_new(list, rule_json_literal(*arg, ""));
	if (candidate->scope == CANDIDATE_COMMAND)
		json_array_append_new(list, json_string("**"));
	return json_object_set_new(rule, "args", list) < 0 ? -1 : r;
}

static int set_host(json_t *rule, const struct candidate *candidate)
{
	const char *key = candidate->address ? "address" : "host";
	json_t *name = candidate->scope == CANDIDATE_DOMAIN ? json_sprintf("*.%s", candidate->name)
							    : json_string(candidate->name);
	int r = json_object_set_new(rule, key, name);

	json_object_set_new(rule, "port", json_integer(candidate->port));
	json_object_set_new(rule, "protocol",
			    json_string(candidate->protocol == IPPROTO_UDP ? "udp" : "tcp"));
	return r;
}

static int set_directory(json_t *rule, const struct candidate *candidate)
{
	json_t *list = json_array();
	int r = json_array_append_new(list, rule_json_literal(candidate->name, ""));

	if (r == 0)
		r = json_array_append_new(list, rule_json_literal(candidate->name, "/*"));
	json_object_set_new(rule, "path", list);
	return r < 0 ? r : json_object_set_new(rule, "exact", json_true());
}

static int set_matcher(json_t *rule, const struct candidate *candidate)
{
	const char *key = candidate->scope == CANDIDATE_SOCKET ? "unix" : "path";
	int r;

	switch (candidate->scope) {
	case CANDIDATE_FILE:
	case CANDIDATE_SOCKET:
		r = json_object_set_new(rule, key, rule_json_literal(candidate->name, ""));
		return r < 0 ? r : json_object_set_new(rule, "exact", json_true());
	case CANDIDATE_HOST:
	case CANDIDATE_DOMAIN:
		return set_host(rule, candidate);
	case CANDIDATE_COMMAND_LINE:
	case CANDIDATE_COMMAND:
		r = json_object_set_new(rule, "program", rule_json_literal(candidate->name, ""));
		return r < 0 ? r : set_args(rule, candidate);
	case CANDIDATE_DIRECTORY:
		return set_directory(rule, candidate);
	case CANDIDATE_TREE:
		return json_object_set_new(rule, key, rule_json_literal(candidate->name, ""));
	}
	return -1;
}

/* The names of keys and secrets in what a rule would open. */
static json_t *kept_names(const struct candidate *candidate)
{
	json_t *list = json_array();
	int r = 0;

	for (size_t i = 0; r == 0 && stores_names[i]; i++) {
		_cleanup_(buffer_done) struct buffer behind = {};

		buffer_append_string(&behind, candidate->scope == CANDIDATE_TREE ? "/**/" : "/");
		buffer_append_string(&behind, stores_names[i]);
		r = behind.error ? behind.error
				 : json_array_append_new(
					   list, rule_json_literal(candidate->name, behind.data));
	}
	if (r == 0)
		return list;
	json_decref(list);
	return NULL;
}

/* rule: taken. */
static int append_rule(struct buffer *rules, json_t *rule, const char *reason)
{
	char *text;

	if (reason)
		json_object_set_new(rule, "reason", json_string(reason));
	text = json_dumps(rule, JSON_ENSURE_ASCII);
	json_decref(rule);
	if (!text)
		return -ENOMEM;
	buffer_append_string(rules, rules->len ? "\n" : "");
	buffer_append_string(rules, text);
	free(text);
	return rules->error;
}

int candidate_append_rules(const struct candidate *candidate, const char *reason,
			   struct buffer *ret_rules)
{
	json_t *rule = json_object(), *keep;
	bool shielded =
		candidate->scope == CANDIDATE_DIRECTORY || candidate->scope == CANDIDATE_TREE;
	int r = 0;

	if (shielded) {
		keep = json_object();
		r = json_object_set_new(keep, "ask", rule_json_verbs(candidate->verbs));
		if (r == 0)
			r = json_object_set_new(keep, "path", kept_names(candidate));
		r = append_rule(ret_rules, keep, "called as keys and secrets are");
	}
	if (r == 0)
		r = json_object_set_new(rule, "allow", rule_json_verbs(candidate->verbs));
	if (r == 0)
		r = set_matcher(rule, candidate);
	if (r == 0)
		return append_rule(ret_rules, rule, reason);
	json_decref(rule);
	return -ENOMEM;
}

static void append_escaped(struct buffer *text, const char *string)
{
	text_append_escaped(text, string, strlen(string), 0);
}

void candidate_describe(const struct candidate *candidate, struct buffer *ret_text)
{
	static const char *const before[CANDIDATE_SCOPE_COUNT] = {
		[CANDIDATE_SOCKET] = "the socket ",
		[CANDIDATE_DIRECTORY] = "what is directly in ",
		[CANDIDATE_DOMAIN] = "every name below ",
		[CANDIDATE_TREE] = "everything below ",
	};
	const char *between = "";

	for (unsigned i = 0; i < VERB_COUNT; i++) {
		if (!(candidate->verbs & 1u << i))
			continue;
		buffer_printf(ret_text, "%s%s", between, verb_name((enum verb)(1u << i)));
		between = ", ";
	}
	buffer_printf(ret_text, " %s", before[candidate->scope] ?: "");
	append_escaped(ret_text, candidate->name);
	for (char **arg = candidate->args; *arg; arg++) {
		buffer_append_string(ret_text, " ");
		append_escaped(ret_text, *arg);
	}
	if (candidate->scope == CANDIDATE_COMMAND)
		buffer_append_string(ret_text, " ...");
	if (candidate->port)
		buffer_printf(ret_text, " port %u%s", candidate->port,
			      candidate->protocol == IPPROTO_UDP ? " (udp)" : "");
}
