/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded runs judged again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/commands/rejudge.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/profile.h"
#include "enforcer/config/workspace.h"
#include "enforcer/records/recorded-policy.h"

struct rejudge {
	struct rejudge_by by;
	char *text; /* of the policy file; owned */
	size_t len;
	struct failure *reterr; /* of the call that is under way */
	struct replay *replay;
	struct recorded_policy *recorded;
	struct policy *policy;
	uint64_t n_runs;
};

/* ---- the policy of a run ---- */

static int machine_canonical(void *userdata, const char *path, char *ret)
{
	return facts_canonical(path, ret);
}

static int machine_program(void *userdata, const char *name, char *ret_path, uint64_t *ret_dev,
			   uint64_t *ret_ino)
{
	const struct rejudge *rejudge = userdata;

	return facts_program(recorded_policy_search(rejudge->recorded), name, ret_path, ret_dev,
			     ret_ino);
}

/* What the new policy extends, where it says so. */
static int extended(const struct rejudge *rejudge, const char **ret_name,
		    struct policy_part **ret_part, struct failure *reterr)
{
	struct policy_error error = {};
	int r;

	*ret_name = rejudge->by.profile;
	if (!rejudge->text)
		return 0;
	r = policy_parse(rejudge->text, rejudge->len, rejudge->by.policy_file, LAYER_USER, ret_part,
			 &error);
	if (r == -EINVAL)
		return failure_set(reterr, r, "%s:%d:%d: %s%s%s", error.file, error.line,
				   error.column, error.rule, error.rule[0] ? ": " : "", error.text);
	if (r == 0 && !*ret_name)
		*ret_name = policy_part_extends(*ret_part);
	return r;
}

static int build_instead(struct rejudge *rejudge)
{
	_cleanup_(policy_part_freep) struct policy_part *part = NULL;
	_cleanup_free_ char *text = NULL;
	struct recorded_instead instead = {
		.replaced = RECORDED_PERSONS_LAYERS,
		.policy = {.file = rejudge->by.policy_file,
			   .text = rejudge->text,
			   .len = rejudge->len,
			   .layer = LAYER_USER},
		.canonical = machine_canonical,
		.program = machine_program,
		.userdata = rejudge,
	};
	const struct profile *profile;
	const char *name;
	char shown[SHOWN_MAX];
	int r = extended(rejudge, &name, &part, rejudge->reterr);

	if (r < 0)
		return r;
	if (name) {
		profile = profile_find(name);
		if (!profile)
			return failure_set(rejudge->reterr, -EINVAL,
					   "no built-in profile is called \"%s\"",
					   facts_show(name, shown));
		r = profile_render(profile, recorded_policy_search(rejudge->recorded), &text,
				   &instead.profile.len);
		instead.profile.text = text;
		instead.profile.file = "profile";
		instead.profile.layer = LAYER_BUILTIN;
	}
	return r < 0 ? r
		     : recorded_policy_build(rejudge->recorded, &instead, &rejudge->policy,
					     rejudge->reterr);
}

static int judge_anew(struct rejudge *rejudge)
{
	bool own = rejudge_is_own(rejudge);
	int r;

	rejudge->policy = policy_free(rejudge->policy);
	r = own ? recorded_policy_build(rejudge->recorded, NULL, &rejudge->policy, rejudge->reterr)
		: build_instead(rejudge);
	if (r == 0)
		replay_judge_by(rejudge->replay, rejudge->policy, own,
				recorded_policy_has_hooks(rejudge->recorded));
	return r;
}

int rejudge_take(struct rejudge *rejudge, const struct entry *entry, struct failure *reterr)
{
	int r = recorded_policy_take(rejudge->recorded, entry);

	rejudge->reterr = reterr;
	if (r < 0)
		return r;
	/* The facts are the last of a run's head, and of a policy that was read again. */
	if (entry->event == ENTRY_RUN_START) {
		rejudge->policy = policy_free(rejudge->policy);
		rejudge->n_runs++;
		return replay_begin(rejudge->replay);
	}
	if (entry->event == ENTRY_FACTS)
		return judge_anew(rejudge);
	if (entry->event == ENTRY_CALL && !rejudge->policy) {
		failure_hint(reterr, "runs are replayed that this version of callgate recorded");
		return failure_set(reterr, -ENODATA,
				   "the record does not hold the policy that run %.64s was judged "
				   "by",
				   entry->run);
	}
	return rejudge->policy ? replay_add(rejudge->replay, entry) : 0;
}

/* ---- one's life ---- */

static int read_policy(struct rejudge *rejudge, struct failure *reterr)
{
	_cleanup_free_ char *path = NULL;
	char shown[SHOWN_MAX];
	int r;

	if (!rejudge->by.policy_file)
		return 0;
	path = workspace_absolute(rejudge->by.policy_file);
	if (!path)
		return -ENOMEM;
	r = policy_file_read(path, POLICY_FILE_ANY, &rejudge->text, &rejudge->len, reterr);
	if (r == -ENOENT)
		failure_set(reterr, r, "--policy %s: no such file",
			    facts_show(rejudge->by.policy_file, shown));
	return r;
}

struct rejudge *rejudge_free(struct rejudge *rejudge)
{
	if (!rejudge)
		return NULL;
	policy_free(rejudge->policy);
	replay_free(rejudge->replay);
	recorded_policy_free(rejudge->recorded);
	free(rejudge->text);
	free(rejudge);
	return NULL;
}

int rejudge_new(const struct rejudge_by *by, uint64_t think_ns, struct rejudge **ret_rejudge,
		struct failure *reterr)
{
	_cleanup_(rejudge_freep) struct rejudge *rejudge = calloc(1, sizeof(*rejudge));
	int r;

	if (!rejudge)
		return -ENOMEM;
	rejudge->by = *by;
	rejudge->recorded = recorded_policy_new();
	if (!rejudge->recorded)
		return -ENOMEM;
	r = replay_new(think_ns, &rejudge->replay);
	if (r == 0)
		r = read_policy(rejudge, reterr);
	if (r == 0)
		*ret_rejudge = steal_pointer(rejudge);
	return r;
}

bool rejudge_is_own(const struct rejudge *rejudge)
{
	return !rejudge->by.policy_file && !rejudge->by.profile;
}

uint64_t rejudge_runs(const struct rejudge *rejudge)
{
	return rejudge->n_runs;
}

const struct replay *rejudge_replay(const struct rejudge *rejudge)
{
	return rejudge->replay;
}
