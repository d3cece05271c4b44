/* SPDX-License-Identifier: Apache-2.0 */
/* Answers for always, as rules in the person's policy. */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "enforcer/helper/helper.h"
#include "enforcer/keeping.h"
#include "enforcer/policy/rule-json.h"
#include "enforcer/supervisor.h"

#define REASON_MAX 300
/* How long the end of a run waits for the disk. */
#define PATIENCE_NS (5 * UINT64_C(1000000000))

/* ---- whether */

static bool same_rule(const struct rule_info *rule, const struct grant_item *item)
{
	if (!rule || !item->rule)
		return !rule && !item->rule;
	return strcmp(rule->id, item->rule) == 0;
}

static const struct rule_info *rule_of(const struct grant_item *item,
				       const struct asked_part *parts, size_t n_parts)
{
	for (size_t i = 0; i < n_parts; i++)
		if (same_rule(parts[i].rule, item))
			return parts[i].rule;
	return NULL;
}

/* The rule that asked holds for the directory itself, and so for everything below it. */
static bool covers_directory(const struct policy *policy, const struct request *request,
			     const struct grant_item *item, const struct rule_info *rule)
{
	struct request directory = *request;
	struct decision decision;

	directory.n_objects = 1;
	directory.objects[0] = (struct object){.kind = item->kind,
					       .verbs = item->verbs,
					       .path = item->path,
					       .exists = true,
					       .directory = true};
	for (unsigned i = 0; i < VERB_COUNT; i++) {
		enum verb verb = (enum verb)(1u << i);

		if (!(item->verbs & verb))
			continue;
		policy_judge_one(policy, &directory, 0, verb, &decision);
		if (decision.verdict != VERDICT_ASK || decision.rule != rule)
			return false;
	}
	return policy_rule_holds_below(policy, rule);
}

/* Nothing below it is anything but asked about. */
static bool all_is_asked(const struct policy *policy, const struct grant_item *item)
{
	for (unsigned i = 0; i < VERB_COUNT; i++) {
		struct tree_verdict tree;

		if (!(item->verbs & 1u << i))
			continue;
		policy_judge_tree(policy, (enum verb)(1u << i), item->path, &tree);
		if (!tree.exact || tree.root != VERDICT_ASK)
			return false;
	}
	return true;
}

static bool item_can_be_kept(const struct policy *policy, const struct request *request,
			     const struct grant_item *item, const struct rule_info *rule)
{
	/* The user's own: what stands before it still does. Any other: what stands before that one
	 * stands behind the new rule. */
	bool own = rule && rule->layer == LAYER_USER;

	switch (item->scope) {
	case SCOPE_FILE:
	case SCOPE_HOST:
		return true;
	case SCOPE_DIRECTORY:
	case SCOPE_TREE:
		return own ? covers_directory(policy, request, item, rule)
			   : all_is_asked(policy, item);
	case SCOPE_COMMAND:
	case SCOPE_PROGRAM:
		return own && policy_rule_holds_below(policy, rule);
	case SCOPE_SAME:
		break;
	}
	return false;
}

bool keeping_possible(const struct policy *policy, const struct request *request,
		      const struct asked_part *parts, size_t n_parts, const struct grant *grant)
{
	for (size_t i = 0; i < grant->n_items; i++) {
		const struct grant_item *item = &grant->items[i];
		const struct rule_info *rule = rule_of(item, parts, n_parts);

		/* They are written side by side. */
		if (!same_rule(rule, &grant->items[0]) ||
		    !item_can_be_kept(policy, request, item, rule))
			return false;
	}
	return grant->n_items > 0;
}

/* ---- how */

static void set_protocol(json_t *rule, const struct endpoint *endpoint)
{
	switch (endpoint->protocol) {
	case IPPROTO_UDP:
		json_object_set_new(rule, "protocol", json_string("udp"));
		return;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		json_object_set_new(rule, "protocol", json_string("icmp"));
		return;
	default:
		json_object_set_new(rule, "protocol", json_string("tcp"));
	}
}

static int set_host(json_t *rule, const struct grant_item *item)
{
	const struct endpoint *endpoint = &item->endpoint;
	char address[INET6_ADDRSTRLEN];
	int r;

	if (item->host)
		r = json_object_set_new(rule, "host", json_string(item->host));
	else if (inet_ntop(endpoint->family, endpoint->address, address, sizeof(address)))
		r = json_object_set_new(rule, "address", json_string(address));
	else
		return -EINVAL;
	if (endpoint->port)
		json_object_set_new(rule, "port", json_integer(endpoint->port));
	set_protocol(rule, endpoint);
	return r;
}

/* json_object_set_new() fails where the value is NULL. */
static int set_matcher(json_t *rule, const struct grant_item *item)
{
	const char *key = item->kind == OBJECT_UNIX ? "unix" : "path";
	json_t *list;
	int r;

	switch (item->scope) {
	case SCOPE_FILE:
		r = json_object_set_new(rule, key, rule_json_literal(item->path, ""));
		return r < 0 ? r : json_object_set_new(rule, "exact", json_true());
	case SCOPE_DIRECTORY:
		list = json_array();
		r = json_array_append_new(list, rule_json_literal(item->path, ""));
		if (r == 0)
			r = json_array_append_new(list, rule_json_literal(item->path, "/*"));
		json_object_set_new(rule, key, list);
		return r < 0 ? r : json_object_set_new(rule, "exact", json_true());
	case SCOPE_TREE:
		return json_object_set_new(rule, key, rule_json_literal(item->path, ""));
	case SCOPE_HOST:
		return set_host(rule, item);
	case SCOPE_COMMAND:
		r = json_object_set_new(rule, "program", rule_json_literal(item->path, ""));
		list = json_array();
		if (r == 0)
			r = json_array_append_new(list, rule_json_literal(item->argument, ""));
		if (r == 0)
			r = json_array_append_new(list, json_string("**"));
		json_object_set_new(rule, "args", list);
		return r;
	case SCOPE_PROGRAM:
		return json_object_set_new(rule, "program", rule_json_literal(item->path, ""));
	case SCOPE_SAME:
		break;
	}
	return -1;
}

/* As much of it as fits; not half a letter, which json_sprintf() takes for none. */
static int reason_len(const char *text)
{
	size_t len = strnlen(text, REASON_MAX);

	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return (int)len;
}

static int append_rule(const struct grant *grant, const struct grant_item *item, const char *day,
		       struct buffer *rules)
{
	json_t *rule = json_object();
	const char *asked = grant->asked ? grant->asked : grant->text;
	char *text = NULL;
	int r;

	r = json_object_set_new(rule, verdict_name(grant->verdict), rule_json_verbs(item->verbs));
	if (r == 0)
		r = set_matcher(rule, item);
	if (r == 0 && day)
		r = json_object_set_new(rule, "reason",
					json_sprintf("answered for always on %s: %.*s", day,
						     reason_len(asked), asked));
	if (r == 0)
		text = json_dumps(rule, 0);
	json_decref(rule);
	if (!text)
		return -EILSEQ;
	buffer_append_string(rules, rules->len ? "\n" : "");
	buffer_append_string(rules, text);
	free(text);
	return rules->error;
}

int keeping_rules(const struct grant *grant, const char *day, struct buffer *ret_rules,
		  unsigned *ret_ordinal)
{
	const struct grant_item *first = &grant->items[0];
	const char *number = first->rule ? strchr(first->rule, ':') : NULL;

	*ret_ordinal =
		number && first->layer == LAYER_USER ? (unsigned)strtoul(number + 1, NULL, 10) : 0;
	for (size_t i = 0; i < grant->n_items; i++) {
		int r = append_rule(grant, &grant->items[i], day, ret_rules);

		if (r < 0)
			return r;
	}
	return 0;
}

int keeping_begin(struct supervisor *supervisor, const struct grant *grant)
{
	_cleanup_(buffer_done) struct buffer rules = {};
	struct tm today;
	time_t now = time(NULL);
	char day[32] = "?";
	unsigned ordinal;
	int r;

	if (localtime_r(&now, &today))
		strftime(day, sizeof(day), "%Y-%m-%d", &today);
	r = keeping_rules(grant, day, &rules, &ordinal);
	if (r < 0)
		return r;
	r = helper_write_rules(outside_helper(supervisor->outside), grant->id, rules.data, ordinal);
	supervisor->n_keeping += r == 0;
	return r;
}

static void on_alarm(struct loop_source *source, int32_t result, bool more)
{
}

void keeping_finish(struct supervisor *supervisor)
{
	uint64_t deadline = loop_now() + PATIENCE_NS;
	struct loop_source alarm = {};
	int r = 0;

	if (supervisor->n_keeping == 0)
		return;
	r = loop_source_init(&alarm, supervisor->loop, on_alarm);
	if (r == 0)
		r = loop_timeout(&alarm, PATIENCE_NS);
	while (r == 0 && supervisor->n_keeping > 0 && loop_now() < deadline)
		r = loop_step(supervisor->loop, true);
	loop_source_done(&alarm);
	if (supervisor->n_keeping > 0)
		fprintf(stderr, "callgate: an answer for always may not stand in your policy\n");
}
