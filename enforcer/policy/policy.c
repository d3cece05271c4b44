/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search: the first rule that speaks of an object and a verb decides it; the strictest
 * verdict over all of them is the request's. What cannot be judged is denied.
 */
#include <string.h>

#include "enforcer/policy/glob.h"
#include "enforcer/policy/match-command.h"
#include "enforcer/policy/policy-joined.h"

bool rule_fits(const struct rule *rule, enum object_kind kind, enum verb verb)
{
	if (!(rule->verbs & verb))
		return false;
	switch (kind) {
	case OBJECT_PATH:
	case OBJECT_UNIX:
		switch (rule->subject) {
		case SUBJECT_ANY:
			return true;
		case SUBJECT_PATH:
			return verb != VERB_CONNECT;
		case SUBJECT_PROGRAM:
			return verb == VERB_EXEC;
		case SUBJECT_UNIX:
			return verb == VERB_CONNECT || verb == VERB_LISTEN;
		case SUBJECT_INET:
		case SUBJECT_ABSTRACT:
		case SUBJECT_MEMORY:
			return false;
		}
		return false;
	case OBJECT_ABSTRACT:
		return rule->subject == SUBJECT_ANY || rule->subject == SUBJECT_ABSTRACT;
	case OBJECT_INET:
		return rule->subject == SUBJECT_ANY || rule->subject == SUBJECT_INET;
	case OBJECT_MEMORY:
		/*
		 * To run from memory must be allowed by its name; a broad refusal holds for it
		 * too.
		 */
		return rule->subject == SUBJECT_MEMORY ||
		       (rule->subject == SUBJECT_ANY && rule->info.effect != VERDICT_ALLOW);
	case OBJECT_UNKNOWN:
	case OBJECT_ANONYMOUS:
		return false;
	}
	return false;
}

/* What the rules are asked, one object and one verb at a time. */
struct access {
	const struct request *request;
	const struct object *object;
	enum verb verb;
	uint64_t names; /* of the object's path */
};

static bool matches_pattern(const struct joined_rule *joined, const struct access *access)
{
	const struct object *object = access->object;
	const struct rule *rule = joined->rule;

	for (size_t i = 0; i < joined->n_patterns; i++) {
		const struct pattern *pattern = &joined->patterns[i];

		/* At the path of an allowed program something else may stand by now. */
		if (pattern->by_name && rule->info.effect == VERDICT_ALLOW && object->exists)
			continue;
		if (pattern_may_match(pattern, access->names) &&
		    pattern_matches(pattern, object->path))
			return true;
	}
	return false;
}

/* Whatever the arguments are. */
static bool matches_program(const struct joined_rule *joined, const struct access *access)
{
	const struct object *object = access->object;
	bool found = false;

	for (size_t i = 0; object->exists && i < joined->n_programs; i++)
		found |= joined->programs[i].dev == object->dev &&
			 joined->programs[i].ino == object->ino;
	return found || matches_pattern(joined, access);
}

static bool matches_command(const struct joined_rule *joined, const struct access *access)
{
	const struct rule *rule = joined->rule;

	return matches_program(joined, access) &&
	       (rule->args.n == 0 || command_matches(&rule->args, access->request, access->object,
						     rule->info.effect == VERDICT_ALLOW));
}

static bool matches_abstract(const struct rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->names.n; i++)
		if (glob_matches(rule->names.items[i], strlen(rule->names.items[i]), name,
				 strlen(name)))
			return true;
	return false;
}

static bool must_be_named(const struct access *access)
{
	return access->object->kind == OBJECT_INET && access->verb == VERB_CONNECT &&
	       endpoint_must_be_named(&access->object->endpoint);
}

static bool rule_matches(const struct joined_rule *joined, const struct access *access)
{
	const struct object *object = access->object;
	const struct rule *rule = joined->rule;

	if (!rule_fits(rule, object->kind, access->verb) || (rule->existed && object->made_here))
		return false;
	switch (rule->subject) {
	case SUBJECT_ANY:
		return rule->info.effect != VERDICT_ALLOW || !must_be_named(access);
	case SUBJECT_MEMORY:
		return true;
	case SUBJECT_PATH:
	case SUBJECT_UNIX:
		return matches_pattern(joined, access);
	case SUBJECT_PROGRAM:
		return matches_command(joined, access);
	case SUBJECT_INET:
		return inet_matches(&rule->inet, &object->endpoint,
				    rule->info.effect == VERDICT_ALLOW &&
					    access->verb == VERB_CONNECT);
	case SUBJECT_ABSTRACT:
		return matches_abstract(rule, object->path);
	}
	return false;
}

/* Whether a rule that lifts guards must stand back: see policy-joined.h. */
static bool rule_is_outranked(const struct policy *policy, const struct joined_rule *joined,
			      const struct access *access)
{
	const struct joined_rule *before = policy->rules + policy->first_ordinary;

	for (size_t i = 0; i < joined->n_before; i++)
		if (rule_matches(&before[i], access))
			return before[i].rule->info.effect < joined->rule->info.effect;
	return false;
}

/* A decoder that leaves out what we go by must not find an allow. */
static bool object_is_whole(const struct object *object)
{
	switch (object->kind) {
	case OBJECT_PATH:
	case OBJECT_UNIX:
		return object->path && object->path[0] == '/';
	case OBJECT_ABSTRACT:
		return object->path != NULL;
	case OBJECT_INET:
		return object->endpoint.family == AF_INET || object->endpoint.family == AF_INET6;
	case OBJECT_MEMORY:
	case OBJECT_ANONYMOUS:
		return true;
	case OBJECT_UNKNOWN:
		break;
	}
	return false;
}

bool joined_rule_wants(const struct joined_rule *joined, const struct request *request,
		       size_t index)
{
	const struct object *object = &request->objects[index];
	struct access access = {.request = request, .object = object};

	/* It is denied anyhow. */
	if (!object_is_whole(object))
		return false;
	if ((object->kind == OBJECT_PATH || object->kind == OBJECT_UNIX))
		access.names = path_names(object->path);
	for (unsigned v = 0; v < VERB_COUNT; v++) {
		access.verb = verb_at(v);
		if (object->verbs & access.verb && rule_matches(joined, &access))
			return true;
	}
	return false;
}

void policy_judge_one(const struct policy *policy, const struct request *request, size_t index,
		      enum verb verb, struct decision *ret_decision)
{
	struct decision decision = {.verb = verb, .object = index};
	const struct object *object;
	struct access access;

	*ret_decision = decision;
	if (index >= request->n_objects || index >= REQUEST_OBJECTS_MAX)
		return;
	if (verb == 0 || (verb & ~VERB_ALL) || (verb & (verb - 1)))
		return;
	object = &request->objects[index];
	if (!object_is_whole(object)) {
		ret_decision->reason = "it could not be told what the call would touch";
		return;
	}
	if (object->kind == OBJECT_ANONYMOUS) {
		ret_decision->verdict = VERDICT_ALLOW;
		ret_decision->by = BY_NO_VERB;
		return;
	}
	access = (struct access){.request = request, .object = object, .verb = verb};
	if (object->kind == OBJECT_PATH || object->kind == OBJECT_UNIX)
		access.names = path_names(object->path);
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = policy->rules[i].rule;

		if (!rule_matches(&policy->rules[i], &access) ||
		    rule_is_outranked(policy, &policy->rules[i], &access))
			continue;
		ret_decision->verdict = rule->info.effect;
		ret_decision->by = BY_RULE;
		ret_decision->rule = &rule->info;
		ret_decision->reason = rule->info.reason;
		return;
	}
	ret_decision->by = BY_OTHERWISE;
	if (object->kind == OBJECT_MEMORY)
		ret_decision->reason = "no rule allows running from memory";
	else if (must_be_named(&access))
		ret_decision->reason = object->endpoint.host_loopback
					       ? "no rule names the host's loopback"
					       : "no rule names this protocol";
	else
		ret_decision->verdict = policy->settings.otherwise[__builtin_ctz((unsigned)verb)];
}

static bool object_looks_at_arguments(const struct policy *policy, const struct access *access)
{
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct joined_rule *joined = &policy->rules[i];

		if (joined->rule->subject == SUBJECT_PROGRAM && joined->rule->args.n > 0) {
			if (rule_fits(joined->rule, access->object->kind, access->verb) &&
			    matches_program(joined, access))
				return true;
		} else if (joined->n_before == 0 && rule_matches(joined, access)) {
			/* One that may be outranked does not end the search. */
			return false;
		}
	}
	return false;
}

bool policy_looks_at_arguments(const struct policy *policy, const struct request *request)
{
	for (size_t i = 0; i < request->n_objects && i < REQUEST_OBJECTS_MAX; i++) {
		const struct object *object = &request->objects[i];
		struct access access = {.request = request, .object = object, .verb = VERB_EXEC};

		if (!(object->verbs & VERB_EXEC) || !object_is_whole(object))
			continue;
		if (object->kind == OBJECT_PATH)
			access.names = path_names(object->path);
		if (object_looks_at_arguments(policy, &access))
			return true;
	}
	return false;
}

/* The stricter one stands; between equals, the one that a rule or a setting spoke. */
static void keep_stricter(struct decision *kept, const struct decision *other, bool *any)
{
	if (!*any || other->verdict < kept->verdict ||
	    (other->verdict == kept->verdict && kept->by == BY_NO_VERB))
		*kept = *other;
	*any = true;
}

void policy_judge(const struct policy *policy, const struct request *request,
		  struct decision *ret_decision)
{
	struct decision kept = {.reason = "the call names nothing that could be judged"}, one;
	bool any = false;

	*ret_decision = kept;
	if (request->n_objects > REQUEST_OBJECTS_MAX)
		return;
	for (size_t i = 0; i < request->n_objects; i++) {
		const struct object *object = &request->objects[i];

		if (object->kind == OBJECT_UNKNOWN || (object->verbs & ~VERB_ALL)) {
			one = (struct decision){
				.object = i,
				.reason = "it could not be told what the call would touch",
			};
			keep_stricter(&kept, &one, &any);
			continue;
		}
		if (object->verbs == 0) {
			one = (struct decision){
				.verdict = VERDICT_ALLOW, .by = BY_NO_VERB, .object = i};
			keep_stricter(&kept, &one, &any);
		}
		for (unsigned v = 0; v < VERB_COUNT; v++) {
			if (!(object->verbs & verb_at(v)))
				continue;
			policy_judge_one(policy, request, i, verb_at(v), &one);
			keep_stricter(&kept, &one, &any);
		}
	}
	*ret_decision = kept;
}

const struct policy_settings *policy_settings(const struct policy *policy)
{
	return &policy->settings;
}

size_t policy_rule_count(const struct policy *policy)
{
	return policy->n_rules;
}

bool policy_rule_holds_below(const struct policy *policy, const struct rule_info *info)
{
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = policy->rules[i].rule;

		if (&rule->info != info)
			continue;
		return !rule->exact && !rule->existed && rule->args.n == 0;
	}
	return false;
}

const struct rule_info *policy_rule_info(const struct policy *policy, size_t index)
{
	return index < policy->n_rules ? &policy->rules[index].rule->info : NULL;
}
