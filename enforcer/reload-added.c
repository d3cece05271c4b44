/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that were added to the run while it runs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/config/config.h"
#include "enforcer/helper/helper.h"
#include "enforcer/policy/decision.h"
#include "enforcer/reload-parts.h"

void added_rules_done(struct added_rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		free(rules->rules[i].text);
	*rules = (struct added_rules){};
}

static int add(struct added_rules *rules, uint64_t id, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	rules->rules[rules->n++] = (struct added_rule){.id = id, .text = copy};
	return 0;
}

/* By itself one object and nothing else: it stands between others, and must not end their list. */
static int check_object(const char *text, struct failure *reterr)
{
	json_error_t where;
	json_t *rule = json_loads(text, JSON_REJECT_DUPLICATES, &where);
	bool object = json_is_object(rule);

	json_decref(rule);
	if (object)
		return 0;
	failure_hint(reterr, "for example: {\"deny\": \"read\", \"path\": \"~/notes\"}");
	if (!rule)
		return failure_set(reterr, -EINVAL, CONFIG_ADDED ":%d:%d: %s", where.line,
				   where.column, where.text);
	return failure_set(reterr, -EINVAL, CONFIG_ADDED ":1:1: a rule is one object");
}

int added_rules_change(const struct added_rules *from, uint64_t id, const char *text,
		       struct added_rules *ret_rules, struct failure *reterr)
{
	struct added_rules rules = {};
	bool found = id == 0;
	int r = text ? check_object(text, reterr) : 0;

	rules.last = from->last;
	if (r == 0 && text && from->n == RELOAD_ADDED_MAX)
		r = failure_set(reterr, -EDQUOT, "there are %d added rules already: remove some",
				RELOAD_ADDED_MAX);
	if (r == 0 && text)
		r = add(&rules, ++rules.last, text);
	for (size_t i = 0; r == 0 && i < from->n; i++) {
		if (from->rules[i].id == id)
			found = true;
		else
			r = add(&rules, from->rules[i].id, from->rules[i].text);
	}
	if (r == 0 && !found)
		r = failure_set(reterr, -ENOENT, "there is no added rule %llu",
				(unsigned long long)id);
	if (r < 0) {
		added_rules_done(&rules);
		return r;
	}
	*ret_rules = rules;
	return 0;
}

void added_rules_policy(const struct added_rules *rules, struct buffer *ret_text)
{
	if (rules->n == 0)
		return;
	/* The newest begins on the second line: see struct config_options. */
	buffer_append_string(ret_text, "{\"version\": 1, \"rules\": [\n");
	for (size_t i = 0; i < rules->n; i++) {
		buffer_append_string(ret_text, rules->rules[i].text);
		buffer_append_string(ret_text, i + 1 < rules->n ? ",\n" : "\n");
	}
	buffer_append_string(ret_text, "]}\n");
	if (ret_text->len >= HELPER_RULES_MAX)
		ret_text->error = -E2BIG;
}
