/* SPDX-License-Identifier: Apache-2.0 */
/* The enforcer's half of reading the policy again: lines in, another policy from here on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/base/fd.h"
#include "enforcer/helper/helper.h"
#include "enforcer/policy/policy.h"
#include "enforcer/records/recorded-policy.h"
#include "enforcer/reload-parts.h"
#include "enforcer/run-record.h"
#include "enforcer/supervisor.h"

#define LINES_MAX (8u << 20)
/* That wait for their turn. */
#define JOBS_MAX 64
/* How often files may be others than a moment ago. */
#define ROUNDS_MAX 4

/* A policy that was replaced. Decisions, questions and hooks point into it until the run's end, and
 * nobody reloads often. */
struct replaced_policy {
	struct policy *policy;
	struct replaced_policy *next;
};
#define REPLACED_MAX 256

struct job {
	struct job *next;
	struct reload_wanted wanted; /* its rule is in rules */
	struct added_rules rules;    /* while it is under way: what will have been added */
	char *rule;                  /* owned */
};

struct reloads {
	struct supervisor *supervisor;
	struct rule_zero *zero;
	struct replaced_policy *replaced; /* with the one in use */
	unsigned n_replaced;
	struct job *first, **end; /* the first is under way */
	unsigned n_jobs;
	unsigned rounds;
	struct added_rules added;
};

int reloads_new(struct supervisor *supervisor, struct rule_zero *zero, struct reloads **ret_reloads)
{
	struct reloads *reloads = calloc(1, sizeof(*reloads));

	if (!reloads)
		return -ENOMEM;
	reloads->supervisor = supervisor;
	reloads->zero = zero;
	reloads->end = &reloads->first;
	*ret_reloads = reloads;
	return 0;
}

/* ---- one after the other */

static void job_end(struct reloads *reloads, json_t *outcome, int error,
		    const struct failure *failure)
{
	struct job *job = reloads->first;

	reloads->first = job->next;
	if (!reloads->first)
		reloads->end = &reloads->first;
	reloads->n_jobs--;
	if (job->wanted.done)
		job->wanted.done(job->wanted.userdata, outcome, error, failure);
	added_rules_done(&job->rules);
	free(job->rule);
	free(job);
}

static int ask_helper(struct reloads *reloads)
{
	_cleanup_(buffer_done) struct buffer text = {};

	added_rules_policy(&reloads->first->rules, &text);
	if (text.error)
		return text.error;
	return helper_load(outside_helper(reloads->supervisor->outside),
			   text.data ? text.data : "");
}

static int job_begin(struct reloads *reloads, struct failure *reterr)
{
	struct job *job = reloads->first;
	int r;

	if (reloads->n_replaced >= REPLACED_MAX)
		return failure_set(reterr, -EDQUOT, "the policy was read again %d times already",
				   REPLACED_MAX);
	reloads->rounds = 0;
	r = added_rules_change(&reloads->added, job->wanted.id, job->rule, &job->rules, reterr);
	if (r == 0)
		r = ask_helper(reloads);
	if (r == -E2BIG)
		return failure_set(reterr, r, "the added rules are too long, all together");
	return r < 0 ? failure_set(reterr, r, "the helper cannot be asked: %s", strerror(-r)) : 0;
}

static void begin_next(struct reloads *reloads)
{
	while (reloads->first) {
		struct failure failure = {};
		int r = job_begin(reloads, &failure);

		if (r == 0)
			return;
		job_end(reloads, NULL, r, &failure);
	}
}

int reload_begin(struct reloads *reloads, const struct reload_wanted *wanted,
		 struct failure *reterr)
{
	struct job *job;

	if (reloads->n_jobs == JOBS_MAX)
		return failure_set(reterr, -EBUSY, "the policy is being read already");
	job = calloc(1, sizeof(*job));
	if (job && wanted->rule)
		job->rule = strdup(wanted->rule);
	if (!job || (wanted->rule && !job->rule)) {
		free(job);
		return failure_set(reterr, -ENOMEM, "out of memory");
	}
	job->wanted = *wanted;
	job->wanted.rule = NULL;
	*reloads->end = job;
	reloads->end = &job->next;
	reloads->n_jobs++;
	if (reloads->first == job) {
		int r = job_begin(reloads, reterr);

		if (r < 0) {
			job->wanted.done = NULL;
			job_end(reloads, NULL, r, NULL);
			return r;
		}
	}
	return 0;
}

struct reloads *reloads_free(struct reloads *reloads)
{
	static const struct failure ended = {.text = "the run has ended"};
	struct replaced_policy *replaced;

	if (!reloads)
		return NULL;
	while (reloads->first)
		job_end(reloads, NULL, -ECANCELED, &ended);
	while ((replaced = reloads->replaced)) {
		reloads->replaced = replaced->next;
		policy_free(replaced->policy);
		free(replaced);
	}
	added_rules_done(&reloads->added);
	free(reloads);
	return NULL;
}

json_t *reload_list_added(const struct reloads *reloads)
{
	json_t *list = json_array();

	for (size_t i = 0; i < reloads->added.n; i++)
		json_array_append_new(list, json_pack("{s:I, s:s}", "id",
						      (json_int_t)reloads->added.rules[i].id,
						      "rule", reloads->added.rules[i].text));
	return list;
}

/* ---- what comes of it */

static int take_lines(struct recorded_policy *recorded, const char *text)
{
	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		struct entry entry = {};
		int r = entry_parse(&entry, text, (size_t)(end - text));

		if (r == 0)
			r = recorded_policy_take(recorded, &entry);
		entry_done(&entry);
		if (r < 0)
			return r;
	}
	return 0;
}

static int build(const char *text, struct policy **ret_policy, struct failure *reterr)
{
	_cleanup_(recorded_policy_freep) struct recorded_policy *recorded = recorded_policy_new();
	int r = recorded ? take_lines(recorded, text) : -ENOMEM;

	if (r == 0)
		r = recorded_policy_build(recorded, NULL, ret_policy, reterr);
	return r;
}

/* policy: taken. */
static int replace(struct reloads *reloads, struct policy *policy)
{
	struct replaced_policy *replaced = calloc(1, sizeof(*replaced));

	if (!replaced) {
		policy_free(policy);
		return -ENOMEM;
	}
	/* The first one is the owner's; those that come here are ours. */
	replaced->policy = policy;
	replaced->next = reloads->replaced;
	reloads->replaced = replaced;
	reloads->n_replaced++;
	reload_apply(reloads->supervisor, policy, reloads->n_replaced);
	return 0;
}

static void record_failure(struct supervisor *supervisor, int error, const char *why)
{
	struct record_context context;
	struct buffer what = {}, line = {};

	buffer_printf(&what, "the policy could not be read again, and stays as it is: %s", why);
	if (supervisor->log && !what.error) {
		supervisor_record_context(supervisor, &context);
		if (record_fault(&context, what.data, error, &line) == 0)
			supervisor_append(supervisor, &line, 0);
	}
	buffer_done(&line);
	buffer_done(&what);
}

static void record_policy_lines(struct supervisor *supervisor, const char *text)
{
	const char *from = strchr(text, '\n'); /* behind the start, which was another time */
	const char *end = from ? strstr(from, "\n{\"v\":1,\"event\":\"run-start\"") : NULL;
	struct buffer lines = {};

	if (!supervisor->log || !end)
		return;
	buffer_append(&lines, from + 1, (size_t)(end - from));
	if (!lines.error)
		run_record_append_lines(supervisor, &lines);
	buffer_done(&lines);
}

/* Where the terminal is raw, whoever looks at it looks at the agent's screen. */
static void say(const struct supervisor *supervisor, const char *text)
{
	const char *end = supervisor->terminal ? "\r\n" : "\n";
	struct buffer line = {};

	buffer_printf(&line, "%scallgate: %s%s", supervisor->terminal ? end : "", text, end);
	if (!line.error)
		fd_say(STDERR_FILENO, line.data, line.len);
	buffer_done(&line);
}

static void tell(struct supervisor *supervisor, const char *event, json_t *params)
{
	if (supervisor->control && params)
		control_event(supervisor->control, event, params);
	else
		json_decref(params);
}

static void tell_failure(struct supervisor *supervisor, enum reload_kind kind, int error,
			 const struct failure *failure)
{
	record_failure(supervisor, error, failure->text);
	tell(supervisor, "policy.failed", json_pack("{s:s}", "text", failure->text));
	if (kind == RELOAD_FOLLOW) {
		struct buffer text = {};

		buffer_printf(&text, "the policy stays as it was: %s", failure->text);
		if (!text.error)
			say(supervisor, text.data);
		buffer_done(&text);
	}
}

static void failed(struct reloads *reloads, int error, struct failure *failure)
{
	enum reload_kind kind = reloads->first->wanted.kind;

	failure_set(failure, error, "%s", strerror(-error));
	/* Of a rule that was to be added whoever wanted it is told. */
	if (kind == RELOAD_READ || kind == RELOAD_FOLLOW)
		tell_failure(reloads->supervisor, kind, error, failure);
	job_end(reloads, NULL, error, failure);
}

/* What the helper has handed over. */
struct loaded {
	char *text;            /* owned */
	const char *lines;     /* of the record, in it */
	struct policy *policy; /* given on */
	json_t *notices;
};

/* Nobody waits for these. */
static void say_notices(const struct reloads *reloads, const json_t *notices)
{
	json_t *notice;
	size_t i;

	if (reloads->first->wanted.kind != RELOAD_FOLLOW)
		return;
	json_array_foreach(notices, i, notice) say(reloads->supervisor, json_string_value(notice));
}

static void succeeded(struct reloads *reloads, const struct loaded *loaded, json_t *outcome)
{
	struct supervisor *supervisor = reloads->supervisor;

	json_object_set(outcome, "notices", loaded->notices);
	if (reloads->first->rule)
		json_object_set_new(outcome, "id", json_integer((json_int_t)reloads->added.last));
	tell(supervisor, "policy.changed", json_incref(outcome));
	job_end(reloads, outcome, 0, NULL);
}

/* policy: taken by now. */
static int install(struct reloads *reloads, struct loaded *loaded)
{
	struct supervisor *supervisor = reloads->supervisor;
	json_t *outcome = reload_describe_change(supervisor->policy, loaded->policy);
	struct added_rules was = reloads->added;
	int r = outcome ? 0 : -ENOMEM;

	say_notices(reloads, loaded->notices);
	if (r == 0 && reloads->first->wanted.kind == RELOAD_FOLLOW &&
	    !json_is_true(json_object_get(outcome, "changed"))) {
		/* Touched, or written as it was. */
		job_end(reloads, outcome, 0, NULL);
		json_decref(outcome);
		return 0;
	}
	if (r == 0) {
		record_policy_lines(supervisor, loaded->lines);
		r = replace(reloads, loaded->policy);
		loaded->policy = NULL;
	}
	if (r == 0) {
		reloads->added = reloads->first->rules;
		reloads->first->rules = was;
		succeeded(reloads, loaded, outcome);
	}
	json_decref(outcome);
	return r;
}

/* 1: what rule zero covers now could have been written a moment ago, so it is read again. */
static int load(struct reloads *reloads, int fd, struct loaded *loaded, struct failure *reterr)
{
	/* A proxy's password may stand in one of them. */
	unsigned verbs = reloads->supervisor->proxy.password ? VERB_READ : 0;
	size_t len = 0;
	int r = lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;

	if (r == 0)
		r = fd_read_file(fd, LINES_MAX, &loaded->text, &len);
	if (r == 0)
		r = reload_own_take(loaded->text, verbs, reloads->zero, &loaded->lines,
				    &loaded->notices);
	if (r == -ENOSPC)
		return failure_set(reterr, r, "no room to protect more policy files");
	if (r == 1 && ++reloads->rounds > ROUNDS_MAX)
		return failure_set(reterr, -EAGAIN, "the policy files keep changing");
	return r ? r : build(loaded->lines, &loaded->policy, reterr);
}

void reload_loaded(struct supervisor *supervisor, const struct helper_answer *answer)
{
	_cleanup_fd_ int fd = answer->fd;
	struct reloads *reloads = supervisor->reloads;
	struct failure failure = {};
	struct loaded loaded = {};
	int r = answer->error;

	if (!reloads || !reloads->first)
		return;
	if (answer->text[0])
		failure_set(&failure, r, "%s", answer->text);
	if (answer->hint[0])
		failure_hint(&failure, "%s", answer->hint);
	if (r == 0)
		r = load(reloads, fd, &loaded, &failure);
	if (r == 0)
		r = install(reloads, &loaded);
	if (r == 1)
		r = ask_helper(reloads) ?: 1;
	if (r < 0)
		failed(reloads, r, &failure);
	if (r != 1)
		begin_next(reloads);
	policy_free(loaded.policy);
	json_decref(loaded.notices);
	free(loaded.text);
}

static bool follows_already(const struct reloads *reloads)
{
	for (const struct job *job = reloads->first ? reloads->first->next : NULL; job;
	     job = job->next)
		if (job->wanted.kind == RELOAD_FOLLOW)
			return true;
	return false;
}

void reload_changed(struct supervisor *supervisor, const struct helper_answer *answer)
{
	const struct reload_wanted wanted = {.kind = RELOAD_FOLLOW};
	struct failure failure = {};
	int r = answer->error;

	if (!supervisor->reloads)
		return;
	if (r < 0)
		failure_set(&failure, r, "%s", answer->text);
	/* One that has not begun will read what stands there now. */
	else if (!follows_already(supervisor->reloads))
		r = reload_begin(supervisor->reloads, &wanted, &failure);
	if (r < 0)
		tell_failure(supervisor, RELOAD_FOLLOW, r, &failure);
}
