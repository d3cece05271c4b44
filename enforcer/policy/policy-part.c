/* SPDX-License-Identifier: Apache-2.0 */
/* One parsed policy text: its life, and the one that is made without text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/policy/policy-part.h"

static void rule_done(struct rule *rule)
{
	strings_done(&rule->names);
	strings_done(&rule->args);
	inet_matcher_done(&rule->inet);
	free(rule->reason);
}

static struct rule *rule_free(struct rule *rule)
{
	if (!rule)
		return NULL;
	rule_done(rule);
	free(rule);
	return NULL;
}

struct hook_setting *hook_setting_free(struct hook_setting *hook)
{
	if (!hook)
		return NULL;
	rule_done(&hook->rule);
	strings_done(&hook->command);
	free(hook);
	return NULL;
}

static void rule_list_done(struct rule_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		rule_free(list->items[i]);
	free(list->items);
	*list = (struct rule_list){};
}

struct rule *rule_list_add(struct rule_list *list, const struct policy_part *part, int line,
			   int column)
{
	struct rule **items = reallocarray(list->items, list->n + 1, sizeof(*items));
	struct rule *rule;

	if (!items)
		return NULL;
	list->items = items;
	rule = calloc(1, sizeof(*rule));
	if (!rule)
		return NULL;
	rule->info.file = part->file;
	rule->info.layer = part->layer;
	rule->info.line = line;
	rule->column = column;
	items[list->n++] = rule;
	return rule;
}

void policy_error_escape(struct policy_error *error)
{
	struct buffer buffer = {};

	text_append_escaped(&buffer, error->text, strlen(error->text), 0);
	snprintf(error->text, sizeof(error->text), "%s",
		 buffer.error || !buffer.data ? "the policy is wrong" : buffer.data);
	buffer_done(&buffer);
}

struct policy_part *policy_part_free(struct policy_part *part)
{
	if (!part)
		return NULL;
	rule_list_done(&part->rules);
	rule_list_done(&part->guards);
	strings_done(&part->settings.pass);
	strings_done(&part->settings.drop);
	strings_done(&part->settings.set);
	strings_done(&part->settings.redact);
	upstream_proxy_free(part->settings.proxy);
	strings_done(&part->state);
	for (size_t i = 0; i < part->n_hooks; i++)
		hook_setting_free(part->hooks[i]);
	free(part->hooks);
	free(part->extends);
	free(part->text);
	free(part->file);
	free(part);
	return NULL;
}

const char *policy_part_extends(const struct policy_part *part)
{
	return part->extends;
}

struct policy_part *policy_part_new_command_line(void)
{
	struct policy_part *part = calloc(1, sizeof(*part));

	if (part)
		part->layer = LAYER_COMMAND_LINE;
	return part;
}

int policy_part_add_path_rule(struct policy_part *part, enum verdict effect, unsigned verbs,
			      const char *path, const char *reason)
{
	_cleanup_free_ char *copy = NULL;
	struct strings names = {};
	struct rule *rule;

	if (path[0] != '/' || strstr(path, "/../") || (verbs & ~VERB_ALL) || verbs == 0)
		return -EINVAL;
	if (strlen(path) >= 3 && strcmp(path + strlen(path) - 3, "/..") == 0)
		return -EINVAL;
	if (reason) {
		copy = strdup(reason);
		if (!copy)
			return -ENOMEM;
	}
	if (strings_add(&names, path) < 0) {
		strings_done(&names);
		return -ENOMEM;
	}
	rule = rule_list_add(&part->rules, part, 0, 0);
	if (!rule) {
		strings_done(&names);
		return -ENOMEM;
	}
	rule->info.effect = effect;
	rule->info.reason = rule->reason = steal_pointer(copy);
	rule->verbs = verbs;
	rule->subject = verbs & VERB_CONNECT ? SUBJECT_UNIX : SUBJECT_PATH;
	rule->names = names;
	rule->literal = true;
	return 0;
}
