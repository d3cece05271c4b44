/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy that was read again has changed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/text.h"
#include "enforcer/policy/policy.h"
#include "enforcer/reload-parts.h"

/* Of each kind that are named one by one. */
#define NAMED_MAX 64

static json_t *escaped(const char *text, size_t len)
{
	struct buffer line = {};
	json_t *string;

	text_append_escaped(&line, text, len, 512);
	string = json_string(line.error || !line.data ? "" : line.data);
	buffer_done(&line);
	return string;
}

/* The rules of a policy as a person would write them. */
struct told_rules {
	const struct policy *policy;
	size_t n;
	struct buffer *texts; /* owned */
};

static int tell_rules(const struct policy *policy, struct told_rules *ret_rules)
{
	size_t n = policy_rule_count(policy);

	*ret_rules = (struct told_rules){.policy = policy, .n = n};
	ret_rules->texts = calloc(n + 1, sizeof(struct buffer));
	for (size_t i = 0; ret_rules->texts && i < n; i++) {
		policy_rule_describe(policy, i, &ret_rules->texts[i]);
		buffer_append(&ret_rules->texts[i], "", 1);
	}
	return ret_rules->texts ? 0 : -ENOMEM;
}

static void told_rules_done(struct told_rules *rules)
{
	for (size_t i = 0; rules->texts && i < rules->n; i++)
		buffer_done(&rules->texts[i]);
	free(rules->texts);
}

static json_t *describe_rule(const struct told_rules *rules, size_t index)
{
	const struct rule_info *info = policy_rule_info(rules->policy, index);
	const struct buffer *text = &rules->texts[index];
	bool from_file = info->file && info->layer != LAYER_ADDED;

	return json_pack(
		"{s:s, s:s, s:o, s:o, s:o}", "id", info->id, "layer", layer_name(info->layer),
		"text", escaped(text->error ? "?" : text->data, text->error ? 1 : text->len - 1),
		"file", from_file ? escaped(info->file, strlen(info->file)) : json_null(), "line",
		from_file && info->line > 0 ? json_integer(info->line) : json_null());
}

static bool is_in(const struct told_rules *rules, const struct told_rules *of, size_t index)
{
	const struct buffer *text = &of->texts[index];
	enum layer layer = policy_rule_info(of->policy, index)->layer;

	for (size_t i = 0; i < rules->n; i++)
		if (rules->texts[i].len == text->len &&
		    policy_rule_info(rules->policy, i)->layer == layer &&
		    memcmp(rules->texts[i].data, text->data, text->len) == 0)
			return true;
	return false;
}

/* The rules of one that the other has not. */
static json_t *missing(const struct told_rules *of, const struct told_rules *in,
		       json_int_t *ret_count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < of->n; i++)
		if (!is_in(in, of, i) && ++*ret_count <= NAMED_MAX)
			json_array_append_new(list, describe_rule(of, i));
	return list;
}

static bool same_text(const struct policy *one, const struct policy *other)
{
	_cleanup_(buffer_done) struct buffer a = {};
	_cleanup_(buffer_done) struct buffer b = {};

	policy_append_text(one, &a);
	policy_append_text(other, &b);
	return !a.error && !b.error && a.len == b.len &&
	       (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

json_t *reload_describe_change(const struct policy *from, const struct policy *to)
{
	struct told_rules before = {}, now = {};
	json_int_t n_new = 0, n_gone = 0;
	json_t *new = NULL, *gone = NULL, *change = NULL;

	if (tell_rules(from, &before) == 0 && tell_rules(to, &now) == 0) {
		new = missing(&now, &before, &n_new);
		gone = missing(&before, &now, &n_gone);
		change = json_pack("{s:b, s:I, s:o, s:I, s:o, s:I}", "changed",
				   !same_text(from, to), "rules", (json_int_t)now.n, "new", new,
				   "new_count", n_new, "gone", gone, "gone_count", n_gone);
	}
	told_rules_done(&before);
	told_rules_done(&now);
	return change;
}
