/* SPDX-License-Identifier: Apache-2.0 */
/* A program that is asked. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approver.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/control/control.h"
#include "enforcer/control/describe-json.h"
#include "enforcer/supervisor.h"

struct approver {
	struct supervisor *supervisor;
	struct hooks *hooks;
	struct approvals_observer observer;
	struct loop_source answered;
	bool gone;
};

int approver_start(const struct policy *policy, const char *command, struct hooks **ret_hooks)
{
	const char *const argv[] = {"/bin/sh", "-c", command, NULL};
	const struct policy_hook hook = {
		.command = argv,
		.on_failure = HOOK_FAILURE_IGNORE,
		.timeout_ns = policy_settings(policy)->approval_timeout_ns,
	};
	const struct policy_hook *const hooks[] = {&hook};

	return hooks_new(&(struct hook_list){hooks, 1}, ret_hooks);
}

static void complain(const char *reason)
{
	struct buffer text = {};

	buffer_append_string(&text, "callgate: the approver gave no answer: ");
	text_append_escaped(&text, reason, strlen(reason), 0);
	if (!text.error)
		fprintf(stderr, "%s\n", text.data);
	buffer_done(&text);
}

/* The question with the run's id, so that the program can answer by `callgate allow`, too. */
static void on_opened(struct approvals_observer *observer, const struct question *question)
{
	struct approver *approver = container_of(observer, struct approver, observer);
	struct control_clock clock;
	json_t *object;
	char *line = NULL;
	int r = -ENOMEM;

	control_clock(&clock);
	object = describe_question(question, &clock);
	if (object &&
	    json_object_set_new(object, "run", json_string(approver->supervisor->run)) == 0)
		line = json_dumps(object, JSON_COMPACT);
	if (line)
		r = hooks_call(approver->hooks, question->id, 0, line, strlen(line));
	if (r < 0)
		complain(strerror(-r));
	free(line);
	json_decref(object);
}

static void answer(struct approver *approver, const struct hook_answer *said)
{
	struct answer answer = {.by = BY_HOOK, .via = "program", .reason = said->reason};
	struct failure failure = {};

	switch (said->opinion) {
	case HOOK_OPINION_DENY:
		answer.verdict = VERDICT_DENY;
		break;
	case HOOK_OPINION_ALLOW:
		answer.verdict = VERDICT_ALLOW;
		break;
	case HOOK_OPINION_FAILED:
		complain(said->reason);
		return;
	case HOOK_OPINION_ASK:
	case HOOK_OPINION_NONE:
		return;
	}
	if (!said->reason[0])
		answer.reason = NULL;
	/* Somebody else may have been faster. */
	if (approvals_answer(approver->supervisor->approvals, said->id, &answer, loop_now(),
			     &failure) == -EPERM)
		complain(failure.text);
}

static void on_answered(struct loop_source *source, int32_t result, bool more)
{
	struct approver *approver = container_of(source, struct approver, answered);
	struct hook_answer said;
	int r;

	while ((r = hooks_receive(approver->hooks, &said)) == 1)
		answer(approver, &said);
	if (r == 0 && !more)
		loop_poll(source, hooks_fd(approver->hooks), POLLIN, true);
	if (r == 0 || approver->gone)
		return;
	loop_source_cancel(source);
	complain("its process has ended");
	approver->gone = true;
	approvals_unobserve(approver->supervisor->approvals, &approver->observer);
	approvals_unattend(approver->supervisor->approvals, loop_now());
}

int approver_new(struct supervisor *supervisor, struct hooks *hooks, struct approver **ret_approver)
{
	struct approver *approver = calloc(1, sizeof(*approver));
	int r;

	if (!approver) {
		hooks_free(hooks);
		return -ENOMEM;
	}
	approver->supervisor = supervisor;
	approver->hooks = hooks;
	approver->observer.opened = on_opened;
	approvals_observe(supervisor->approvals, &approver->observer);
	approvals_attend(supervisor->approvals);
	r = loop_source_init(&approver->answered, supervisor->loop, on_answered);
	if (r == 0)
		r = loop_poll(&approver->answered, hooks_fd(hooks), POLLIN, true);
	if (r < 0) {
		approver_free(approver);
		return r;
	}
	*ret_approver = approver;
	return 0;
}

struct approver *approver_free(struct approver *approver)
{
	if (!approver)
		return NULL;
	if (!approver->gone)
		approvals_unobserve(approver->supervisor->approvals, &approver->observer);
	loop_source_done(&approver->answered);
	hooks_free(approver->hooks);
	free(approver);
	return NULL;
}
