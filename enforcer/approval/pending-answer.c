/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to questions, and what is remembered of them. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/pending-state.h"

static const char *answer_how(const struct answer *answer)
{
	static const char *const how[2][ANSWER_LASTS_COUNT] = {
		{"denied", "denied for this run", "denied for always"},
		{"allowed once", "allowed for this run", "allowed for always"},
	};

	return how[answer->verdict == VERDICT_ALLOW][answer->lasts];
}

static void tell_granted(struct approvals *approvals, const struct grant *grant)
{
	for (struct approvals_observer *one = approvals->observers; one; one = one->next)
		if (one->granted)
			one->granted(one, grant);
}

/* grant: taken. */
static void tell_revoked(struct approvals *approvals, struct grant *grant, const char *how)
{
	for (struct approvals_observer *one = approvals->observers; one; one = one->next)
		if (one->revoked)
			one->revoked(one, grant, how);
	grant_free(grant);
}

/* grant: taken. The one that stands now, or NULL and why not. */
static const struct grant *approvals_remember(struct approvals *approvals, struct grant *grant,
					      const struct answer *answer, uint64_t now,
					      int *ret_error)
{
	const struct grant *like;

	grant->verdict = answer->verdict == VERDICT_ALLOW ? VERDICT_ALLOW : VERDICT_DENY;
	grant->lasts = answer->lasts;
	grant->made = now;
	grant->expires = answer->expires_ns ? now + answer->expires_ns : 0;
	if (grant->expires && grant->expires < now)
		grant->expires = 0;
	grant->by = answer->by;
	grant->via = answer->via;
	if (answer->reason)
		grant->reason = strdup(answer->reason);
	like = grants_find_like(approvals->grants, grant);
	if (like)
		tell_revoked(approvals, grants_take(approvals->grants, like->id), "replaced");
	*ret_error = grants_add(approvals->grants, grant);
	if (*ret_error < 0)
		return NULL;
	approvals_arm(approvals, now);
	tell_granted(approvals, grant);
	return grant;
}

static int not_offered(const struct question *question, const struct answer *answer,
		       struct failure *reterr)
{
	if (answer->lasts == ANSWER_ONCE)
		return failure_set(reterr, -EPERM, "an answer for once has no scope");
	if (answer->lasts == ANSWER_ALWAYS && answer->scope == SCOPE_SAME)
		return failure_set(reterr, -EPERM,
				   "an answer for always needs a scope: file, dir, tree, host, "
				   "command or program");
	if (answer->verdict == VERDICT_ALLOW && !question->whole)
		return failure_set(reterr, -EPERM,
				   "question %llu is too long to be shown whole: allow it once, or "
				   "deny it",
				   (unsigned long long)question->id);
	if (answer->lasts == ANSWER_ALWAYS && question->reaches[answer->scope])
		return failure_set(reterr, -EPERM,
				   "question %llu cannot be answered for always: a rule in your "
				   "policy would not come before the one that asks",
				   (unsigned long long)question->id);
	return failure_set(reterr, -EPERM, "question %llu cannot be answered with scope \"%s\"",
			   (unsigned long long)question->id, answer_scope_name(answer->scope));
}

static int check_answer(const struct question *question, const struct answer *answer,
			struct failure *reterr)
{
	if (answer->expires_ns && answer->lasts != ANSWER_FOR_RUN)
		return failure_set(reterr, -EPERM,
				   "only an answer for this run can be for a while");
	return question_offers(question, answer) ? 0 : not_offered(question, answer, reterr);
}

/* The grant that the answer makes, or NULL where it is for once or there is no room: then the next
 * one is asked again, which errs on the safe side. */
static const struct grant *answer_grant(struct approvals *approvals, struct question *question,
					const struct answer *answer, uint64_t now)
{
	struct grant *grant;
	int error;

	if (answer->lasts == ANSWER_ONCE)
		return NULL;
	grant = steal_pointer(question->reaches[answer->scope]);
	grant->question = question->id;
	grant->text = steal_pointer(question->scopes[answer->scope].data);
	question->scopes[answer->scope] = (struct buffer){};
	grant->asked = question_brief(question);
	return approvals_remember(approvals, grant, answer, now, &error);
}

static struct question *find_question(struct approvals *approvals, uint64_t id)
{
	struct question *question = approvals->questions;

	while (question && question->id != id)
		question = question->next;
	return question;
}

static void approvals_keep(struct approvals *approvals, const struct grant *grant)
{
	const struct approvals_config *config = &approvals->config;
	int r = config->keep ? config->keep(config->userdata, grant) : -ENOTSUP;

	if (r < 0)
		approvals_kept(approvals, grant->id, r, strerror(-r));
}

int approvals_answer(struct approvals *approvals, uint64_t id, const struct answer *answer,
		     uint64_t now, struct failure *reterr)
{
	struct question *question = find_question(approvals, id);
	struct decision decision;
	struct closing closing = {.how = CLOSED_ANSWERED, .decision = &decision, .answer = answer};
	uint64_t kept = 0;
	int r;

	if (!question)
		return failure_set(reterr, -ENOENT,
				   "question %llu is answered or withdrawn already",
				   (unsigned long long)id);
	r = check_answer(question, answer, reterr);
	if (r < 0)
		return r;
	decision = question->decision;
	decision.verdict = answer->verdict == VERDICT_ALLOW ? VERDICT_ALLOW : VERDICT_DENY;
	decision.by = answer->by;
	decision.question = id;
	closing.text = answer_how(answer);
	decision.reason =
		decision.verdict == VERDICT_DENY && answer->reason ? answer->reason : closing.text;
	closing.grant = answer_grant(approvals, question, answer, now);
	if (closing.grant)
		decision.grant = closing.grant->id;
	if (closing.grant && answer->lasts == ANSWER_ALWAYS)
		kept = closing.grant->id;
	if (answer->lasts == ANSWER_ONCE && decision.verdict == VERDICT_DENY)
		cooling_add(&approvals->cooling, question->key.data, question->key.len,
			    now + APPROVALS_COOL_NS);
	approvals_settle(approvals, question, &closing);
	approvals_sweep(approvals);
	if (kept && grants_find_id(approvals->grants, kept))
		approvals_keep(approvals, grants_find_id(approvals->grants, kept));
	approvals_show(approvals, now);
	return 0;
}

void approvals_expire_grants(struct approvals *approvals, uint64_t now)
{
	struct grant *grant;

	while ((grant = grants_take_expired(approvals->grants, now)))
		tell_revoked(approvals, grant, "expired");
}

int approvals_revoke(struct approvals *approvals, uint64_t id, uint64_t now)
{
	struct grant *grant = grants_take(approvals->grants, id);

	if (!grant)
		return -ENOENT;
	tell_revoked(approvals, grant, "revoked");
	return 0;
}

void approvals_policy_changed(struct approvals *approvals,
			      const char *(*rule)(void *userdata, const char *id), void *userdata,
			      uint64_t now)
{
	uint64_t gone;

	while ((gone = grants_rename_rules(approvals->grants, rule, userdata)))
		tell_revoked(approvals, grants_take(approvals->grants, gone),
			     "the policy has changed");
}

const struct grants *approvals_grants(const struct approvals *approvals)
{
	return approvals->grants;
}

void approvals_kept(struct approvals *approvals, uint64_t id, int error, const char *text)
{
	const struct grant *grant = grants_find_id(approvals->grants, id);

	for (struct approvals_observer *one = approvals->observers; grant && one; one = one->next)
		if (one->kept)
			one->kept(one, grant, error, text);
}

/* The request that the grant is about, as its first one would be. Strings are borrowed. */
static int wanted_request(const struct grant_wanted *wanted, char **argv, struct request *ret,
			  struct failure *reterr)
{
	struct object object = {.verbs = wanted->verbs,
				.path = (char *)wanted->path,
				.exists = true,
				.directory = wanted->answer.scope == SCOPE_DIRECTORY ||
					     wanted->answer.scope == SCOPE_TREE};
	struct endpoint *endpoint = &object.endpoint;

	if (wanted->answer.scope == SCOPE_HOST) {
		if (!wanted->host)
			return failure_set(reterr, -EINVAL, "a grant for a host needs its name");
		object.kind = OBJECT_INET;
		endpoint->port = wanted->port;
		endpoint->protocol = wanted->protocol ? wanted->protocol : IPPROTO_TCP;
		endpoint->family = AF_INET;
		if (inet_pton(AF_INET, wanted->host, endpoint->address) != 1) {
			endpoint->family = AF_INET6;
			if (inet_pton(AF_INET6, wanted->host, endpoint->address) != 1) {
				endpoint->family = AF_INET;
				endpoint->host = (char *)wanted->host;
			}
		}
	} else {
		if (!wanted->path || wanted->path[0] != '/')
			return failure_set(reterr, -EINVAL, "a grant needs an absolute path");
		object.kind = wanted->unix_socket ? OBJECT_UNIX : OBJECT_PATH;
	}
	*ret = (struct request){.n_objects = 1, .objects = {object}};
	if (wanted->verbs & VERB_EXEC) {
		argv[0] = (char *)wanted->path;
		argv[1] = (char *)wanted->argument;
		ret->argv = argv;
		ret->call = MEDIATED_execve;
	}
	return 0;
}

int approvals_grant(struct approvals *approvals, const struct grant_wanted *wanted, uint64_t now,
		    uint64_t *ret_id, struct failure *reterr)
{
	struct asked_part parts[QUESTION_PARTS_MAX];
	char *argv[3] = {NULL};
	struct request request;
	struct asked asked = {.request = &request, .parts = parts};
	_cleanup_(grant_freep) struct grant *grant = NULL;
	_cleanup_(buffer_done) struct buffer text = {};
	const struct grant *made;
	unsigned verbs = 0;
	int r = wanted_request(wanted, argv, &request, reterr);

	if (r < 0)
		return r;
	asked.n_parts = approvals_judge(approvals, &request, &(struct decision){}, parts);
	for (size_t i = 0; i < asked.n_parts; i++)
		verbs |= parts[i].verb;
	if (verbs == 0 || verbs != wanted->verbs) {
		failure_hint(reterr, "callgate policy add changes what it allows");
		return failure_set(reterr, -EPERM,
				   "the policy does not ask there: it allows or denies, and a "
				   "grant answers only what it asks");
	}
	grant = reach_new(&asked, wanted->answer.scope);
	if (!grant || !reach_append_text(&text, grant))
		return failure_set(reterr, -EINVAL, "scope \"%s\" does not go with that",
				   answer_scope_name(wanted->answer.scope));
	grant->text = steal_pointer(text.data);
	text = (struct buffer){};
	made = approvals_remember(approvals, steal_pointer(grant), &wanted->answer, now, &r);
	if (!made)
		return failure_set(reterr, r, "there are %d grants already: revoke some",
				   GRANTS_MAX);
	*ret_id = made->id;
	if (wanted->answer.lasts == ANSWER_ALWAYS)
		approvals_keep(approvals, made);
	approvals_sweep(approvals);
	approvals_show(approvals, now);
	return 0;
}
