/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that are not rules, each from the first layer that sets it; parts stand by layer. */
#include <errno.h>
#include <string.h>

#include "enforcer/policy/glob.h"
#include "enforcer/policy/policy-joined.h"

#define APPROVAL_TIMEOUT_NS (60 * UINT64_C(1000000000))
#define AUDIT_PART_SIZE     (UINT64_C(64) << 20)

static bool names_match(const char *const *globs, const char *name, size_t len)
{
	for (; globs && *globs; globs++)
		if (glob_matches(*globs, strlen(*globs), name, len))
			return true;
	return false;
}

static int copy(struct strings *to, const struct strings *from)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < from->n; i++)
		r = strings_add(to, from->items[i]);
	return r;
}

static bool is_set(const struct strings *set, const char *pair)
{
	size_t len = strcspn(pair, "=") + 1;

	for (size_t i = 0; i < set->n; i++)
		if (strncmp(set->items[i], pair, len) == 0)
			return true;
	return false;
}

static const char *const empty_list[] = {NULL};

static const char *const *list_of(const struct strings *strings)
{
	return strings->items ? (const char *const *)strings->items : empty_list;
}

/*
 * What any layer drops is dropped: a list that replaced the built-in one would let its secrets
 * through for the sake of one name. The first layer's pass names the exceptions; from what the
 * managed layer drops there are none but its own.
 */
static int join_environment(struct policy *policy)
{
	const struct policy_part *pass = NULL;
	int r = 0;

	for (size_t i = policy->n_parts; i-- > 0;)
		if (policy->parts[i]->settings.has_pass)
			pass = policy->parts[i];
	if (pass)
		r = copy(&policy->pass, &pass->settings.pass);
	for (size_t i = 0; r == 0 && i < policy->n_parts; i++) {
		const struct policy_part *part = policy->parts[i];

		r = copy(&policy->drop, &part->settings.drop);
		if (r == 0 && part->layer == LAYER_MANAGED && pass != part)
			r = copy(&policy->drop_always, &part->settings.drop);
	}
	for (size_t i = 0; r == 0 && i < policy->n_parts; i++) {
		const struct policy_part *part = policy->parts[i];

		for (size_t j = 0; r == 0 && j < part->settings.set.n; j++) {
			const char *pair = part->settings.set.items[j];

			if (is_set(&policy->set, pair))
				continue;
			if (part->layer != LAYER_MANAGED &&
			    names_match(list_of(&policy->drop_always), pair, strcspn(pair, "=")))
				continue;
			r = strings_add(&policy->set, pair);
		}
	}
	policy->settings.environment_pass = pass ? list_of(&policy->pass) : NULL;
	policy->settings.environment_drop = list_of(&policy->drop);
	policy->settings.environment_drop_always = list_of(&policy->drop_always);
	policy->settings.environment_set = list_of(&policy->set);
	return r;
}

/* From the last layer to the first: what is written last stands. */
static void join_part(struct policy_settings *to, const struct part_settings *from)
{
	for (unsigned v = 0; v < VERB_COUNT; v++)
		if (from->has_otherwise[v])
			to->otherwise[v] = from->otherwise[v];
	if (from->has_view)
		to->view = from->view;
	if (from->has_tell)
		to->tell_agent = from->tell;
	if (from->has_timeout)
		to->approval_timeout_ns = from->timeout_ns;
	if (from->has_unattended)
		to->approval_unattended = from->unattended;
	if (from->has_detail)
		to->audit_detail = from->detail;
	if (from->has_perform_all)
		to->audit_perform_all = from->perform_all;
	if (from->to)
		to->audit_to = from->to;
	if (from->part_size)
		to->audit_part_size = from->part_size;
	/* As a whole: what one layer keeps is not deleted by the limit of another. */
	if (from->has_keep)
		to->audit_keep = from->keep;
	if (from->has_redact)
		to->audit_verbatim = from->verbatim;
	if (from->has_aio)
		to->linux_aio = from->aio;
	if (from->proxy)
		to->upstream_proxy = from->proxy->kind == UPSTREAM_DIRECT ? NULL : from->proxy;
}

static bool allows_memory(const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_rules; i++)
		if (rule_fits(policy->rules[i].rule, OBJECT_MEMORY, VERB_EXEC))
			return policy->rules[i].rule->info.effect == VERDICT_ALLOW;
	return false;
}

int settings_join(struct policy *policy)
{
	int r;

	policy->settings.approval_timeout_ns = APPROVAL_TIMEOUT_NS;
	policy->settings.audit_to = AUDIT_TO_FILE;
	policy->settings.audit_part_size = AUDIT_PART_SIZE;
	for (size_t i = policy->n_parts; i-- > 0;)
		join_part(&policy->settings, &policy->parts[i]->settings);
	for (size_t i = 0; i < policy->n_parts; i++)
		if (policy->parts[i]->layer == LAYER_MANAGED)
			policy->settings.audit_to_managed |= policy->parts[i]->settings.to;
	policy->settings.memory_exec = allows_memory(policy);
	r = publish_join(policy);
	for (size_t i = 0; r == 0 && i < policy->n_parts; i++)
		r = copy(&policy->redact, &policy->parts[i]->settings.redact);
	policy->settings.audit_redact = list_of(&policy->redact);
	return r < 0 ? r : join_environment(policy);
}

bool policy_environment_passes(const struct policy_settings *settings, const char *name)
{
	size_t len = strlen(name);

	if (names_match(settings->environment_drop_always, name, len))
		return false;
	return !names_match(settings->environment_drop, name, len) ||
	       names_match(settings->environment_pass, name, len);
}
