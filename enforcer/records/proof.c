/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a rule could open what a rule behind it denies. */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/records/proof.h"

struct proof {
	const struct trial_place *place;
	const struct trial_text *text;
	const struct candidate *candidate;
	struct failure *reterr;
	bool hosts_clash; /* some deny behind speaks of names of the domain */
};

char *proof_path(const char *name, const char *home)
{
	char *path;

	if (name[0] != '~')
		return strdup(name);
	if (!home || asprintf(&path, "%s%s", home, name + 1) < 0)
		return NULL;
	return path;
}

/* ---- the policy behind */

static bool lists(json_t *value, const char *word)
{
	json_t *element;
	size_t i;

	if (json_is_string(value))
		return strcmp(json_string_value(value), word) == 0;
	json_array_foreach(value, i, element) if (lists(element, word)) return true;
	return false;
}

static bool name_clashes(const char *name, const char *domain)
{
	size_t len = strlen(name), below = strlen(domain);

	if (strcmp(name, "*") == 0)
		return true;
	if (strncmp(name, "*.", 2) == 0) {
		name += 2;
		len -= 2;
		/* One of the two domains lies in the other, or they are the same. */
		if (len <= below && strcasecmp(domain + below - len, name) == 0)
			return true;
	}
	return len >= below && strcasecmp(name + len - below, domain) == 0;
}

static bool names_clash(json_t *value, const char *domain)
{
	json_t *element;
	size_t i;

	if (json_is_string(value))
		return name_clashes(json_string_value(value), domain);
	json_array_foreach(value, i, element) if (names_clash(element, domain)) return true;
	return false;
}

/* Addresses, and whatever has no matcher, may be anything's of the domain. */
static bool rule_clashes(json_t *rule, const char *domain)
{
	static const char *const others[] = {"unix", "abstract", "loopback", "host_loopback"};
	json_t *host = json_object_get(rule, "host");

	if (host)
		return names_clash(host, domain);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (json_object_get(rule, others[i]))
			return false;
	return true;
}

bool proof_rules_name(json_t *rules, const char *domain)
{
	json_t *rule;
	size_t i;

	json_array_foreach(rules, i, rule) if (lists(json_object_get(rule, "deny"), "connect") &&
					       rule_clashes(rule, domain)) return true;
	return false;
}

/* True where the rule holds for whatever stands behind the first argument. */
static bool args_are_open(json_t *args, const struct candidate *candidate)
{
	const char *first = json_string_value(json_array_get(args, 0));
	const char *last = json_string_value(json_array_get(args, json_array_size(args) - 1));

	if (!args)
		return true;
	if (!first || strcmp(last, "**") != 0 || json_array_size(args) > 2)
		return false;
	return json_array_size(args) == 1 ||
	       (candidate->args[0] && strcmp(first, candidate->args[0]) == 0);
}

/* A deny is taken to hold for all arguments, anything else for none, but where it says so. */
static void alter_rules(struct proof *proof, json_t *rules)
{
	const struct candidate *candidate = proof->candidate;

	if (candidate->scope == CANDIDATE_DOMAIN)
		proof->hosts_clash |= proof_rules_name(rules, candidate->name);
	for (size_t i = json_array_size(rules); i > 0; i--) {
		json_t *rule = json_array_get(rules, i - 1), *deny = json_object_get(rule, "deny");

		if (candidate->scope != CANDIDATE_COMMAND)
			continue;
		if (deny)
			json_object_del(rule, "args");
		else if (!args_are_open(json_object_get(rule, "args"), candidate))
			json_array_remove(rules, i - 1);
	}
}

static int alter(void *userdata, enum layer layer, json_t *text)
{
	struct proof *proof = userdata;
	json_t *rules = json_object_get(text, "rules");

	/* A profile brings its guards, which stand before the person's rules. */
	json_object_del(text, "guards");
	if (layer == proof->place->layer && proof->place->replaces) {
		for (unsigned i = 1; i < proof->candidate->ordinal; i++)
			json_array_remove(rules, 0);
		/* Where the new rule stands last, all of the person's own stand before it. */
		if (proof->candidate->ordinal == 0)
			json_array_clear(rules);
	}
	alter_rules(proof, rules);
	return 0;
}

static int canonical(void *userdata, const char *path, char *ret)
{
	const struct trial_place *place = ((const struct proof *)userdata)->place;

	return place->canonical(place->userdata, path, ret);
}

static int program(void *userdata, const char *name, char *ret_path, uint64_t *ret_dev,
		   uint64_t *ret_ino)
{
	const struct trial_place *place = ((const struct proof *)userdata)->place;

	return place->program(place->userdata, name, ret_path, ret_dev, ret_ino);
}

static int build_behind(struct proof *proof, struct recorded_policy *recorded,
			struct policy **ret_policy)
{
	const struct trial_place *place = proof->place;
	struct recorded_instead instead = {
		.policy = {.file = place->file,
			   .text = proof->text->text,
			   .len = proof->text->len,
			   .layer = place->layer},
		.alter = alter,
		.canonical = place->canonical ? canonical : NULL,
		.program = place->program ? program : NULL,
		.userdata = proof,
	};

	for (enum layer i = LAYER_MANAGED; i < place->layer; i++)
		instead.replaced |= 1u << i;
	if (place->replaces)
		instead.replaced |= 1u << place->layer;
	return recorded_policy_build(recorded, &instead, ret_policy, proof->reterr);
}

/* ---- what it says */

static bool path_is_free(const struct policy *policy, const struct candidate *candidate,
			 const char *path)
{
	for (unsigned i = 0; i < VERB_COUNT; i++) {
		struct tree_verdict tree = {.strictest = VERDICT_ALLOW};
		enum verb verb = (enum verb)(1u << i);

		if (!(candidate->verbs & verb))
			continue;
		if (candidate->scope != CANDIDATE_FILE)
			policy_judge_tree(policy, verb, path, &tree);
		if (tree.strictest == VERDICT_DENY ||
		    policy_judge_root(policy, verb, path) == VERDICT_DENY)
			return false;
	}
	return true;
}

static bool request_is_free(const struct policy *policy, const struct candidate *candidate,
			    const char *path)
{
	char *argv[2 + 64] = {(char *)path};
	struct request request = {.n_objects = 1};
	struct object *object = &request.objects[0];
	struct decision decision;

	object->verbs = candidate->verbs;
	object->path = (char *)path;
	object->exists = true;
	object->kind = candidate->scope == CANDIDATE_SOCKET ? OBJECT_UNIX : OBJECT_PATH;
	if (candidate->port) {
		object->kind = OBJECT_INET;
		object->endpoint.family = strchr(candidate->name, ':') ? AF_INET6 : AF_INET;
		object->endpoint.port = candidate->port;
		object->endpoint.protocol = candidate->protocol;
		if (candidate->address)
			inet_pton(object->endpoint.family, candidate->name,
				  object->endpoint.address);
		else
			object->endpoint.host = candidate->name;
	}
	if (candidate->verbs & VERB_EXEC) {
		for (size_t i = 0; candidate->args[i] && i < EVIDENCE_ARGS_MAX; i++)
			argv[i + 1] = candidate->args[i];
		request.argv = argv;
		request.call = MEDIATED_execve;
	}
	policy_judge(policy, &request, &decision);
	return decision.verdict != VERDICT_DENY;
}

bool proof_is_free(const struct policy *policy, const struct candidate *candidate, const char *home)
{
	_cleanup_free_ char *path = proof_path(candidate->name, home);

	if (!path)
		return false;
	switch (candidate->scope) {
	case CANDIDATE_FILE:
	case CANDIDATE_DIRECTORY:
	case CANDIDATE_TREE:
		return path_is_free(policy, candidate, path);
	case CANDIDATE_SOCKET:
	case CANDIDATE_HOST:
	case CANDIDATE_COMMAND_LINE:
	case CANDIDATE_COMMAND:
		return request_is_free(policy, candidate, path);
	case CANDIDATE_DOMAIN:
		break;
	}
	return false;
}

/* 1 ends it: not proved. */
static int visit(void *userdata, struct recorded_policy *recorded)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct proof *proof = userdata;
	int r;

	proof->hosts_clash = false;
	r = build_behind(proof, recorded, &policy);
	if (r < 0)
		return r;
	if (proof->candidate->scope == CANDIDATE_DOMAIN)
		return proof->hosts_clash;
	return proof_is_free(policy, proof->candidate, recorded_policy_home(recorded)) ? 0 : 1;
}

int proof_opens_nothing_denied(const struct trial *trial, const struct trial_place *place,
			       const struct trial_text *text, const struct candidate *candidate,
			       struct failure *reterr)
{
	struct proof proof = {
		.place = place, .text = text, .candidate = candidate, .reterr = reterr};
	int r = trial_each_policy(trial, visit, &proof);

	return r < 0 ? r : r == 0;
}
