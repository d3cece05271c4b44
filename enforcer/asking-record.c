/* SPDX-License-Identifier: Apache-2.0 */
/* Questions, answers and grants, on record. */
#include <string.h>

#include "enforcer/asking.h"
#include "enforcer/audit/record-event.h"
#include "enforcer/keeping.h"
#include "enforcer/supervisor.h"

static struct supervisor *supervisor_of(struct approvals_observer *observer)
{
	return container_of(observer, struct supervisor, recorder);
}

static void append(struct supervisor *supervisor, int r, struct buffer *line)
{
	if (r == 0)
		supervisor_append(supervisor, line, 0);
	buffer_done(line);
}

static enum answered_via via_of(const char *name)
{
	static const enum answered_via known[] = {ANSWERED_VIA_TERMINAL, ANSWERED_VIA_SOCKET,
						  ANSWERED_VIA_WEB, ANSWERED_VIA_HOOK};

	/* `callgate allow` and `deny`, by their own name. */
	if (name && strcmp(name, "command line") == 0)
		return ANSWERED_VIA_SOCKET;
	for (size_t i = 0; name && i < ARRAY_LEN(known); i++)
		if (strcmp(answered_via_name(known[i]), name) == 0)
			return known[i];
	return ANSWERED_VIA_NONE;
}

static void on_opened(struct approvals_observer *observer, const struct question *question)
{
	struct supervisor *supervisor = supervisor_of(observer);
	const struct record_question record = {.id = question->id,
					       .request = &question->request,
					       .decision = &question->decision,
					       .timeout_ns =
						       question->deadline - question->created};
	struct record_context context;
	struct buffer line = {};

	if (!supervisor->log)
		return;
	supervisor_record_context(supervisor, &context);
	append(supervisor, record_question(&context, &record, &line), &line);
}

static enum answered_by by_of(const struct closing *closing)
{
	enum decided_by by = closing->answer  ? closing->answer->by
			     : closing->grant ? closing->grant->by
					      : BY_NOTHING;

	switch (closing->how) {
	case CLOSED_ANSWERED:
		/* A hook answers before there is a question, an approver one as hooks do. */
		return by == BY_PERSON ? ANSWERED_BY_PERSON : ANSWERED_BY_PROGRAM;
	case CLOSED_EXPIRED:
		return ANSWERED_BY_TIMEOUT;
	case CLOSED_UNATTENDED:
	case CLOSED_ENDED:
		return ANSWERED_BY_UNATTENDED;
	case CLOSED_WITHDRAWN:
		break;
	}
	return ANSWERED_BY_WITHDRAWN;
}

static void on_closed(struct approvals_observer *observer, const struct question *question,
		      const struct closing *closing)
{
	struct supervisor *supervisor = supervisor_of(observer);
	const struct answer *answer = closing->answer;
	struct record_answer record = {.question = question->id,
				       .by = by_of(closing),
				       .calls = question->n_waiters,
				       .after_ns = loop_now() - question->created};
	struct record_context context;
	struct buffer line = {};

	if (!supervisor->log)
		return;
	if (closing->decision)
		record.verdict = closing->decision->verdict;
	if (answer) {
		record.via = via_of(answer->via);
		record.lasts = answer_lasts_name(answer->lasts);
		record.reason = answer->reason;
	} else if (closing->grant) {
		record.via = via_of(closing->grant->via);
	}
	supervisor_record_context(supervisor, &context);
	append(supervisor, record_answer(&context, &record, &line), &line);
}

static void on_granted(struct approvals_observer *observer, const struct grant *grant)
{
	struct supervisor *supervisor = supervisor_of(observer);
	_cleanup_(buffer_done) struct buffer rules = {};
	struct record_grant record = {.id = grant->id,
				      .question = grant->question,
				      .verdict = grant->verdict,
				      .via = via_of(grant->via),
				      .scope = answer_scope_name(grant->scope),
				      .lasts = answer_lasts_name(grant->lasts),
				      .covers = grant->text};
	struct record_context context;
	struct buffer line = {};
	unsigned ordinal;

	if (!supervisor->log)
		return;
	if (grant->scope != SCOPE_SAME && keeping_rules(grant, NULL, &rules, &ordinal) == 0)
		record.rule = rules.data;
	supervisor_record_context(supervisor, &context);
	if (grant->expires)
		record.until_ns = context.time_ns + (grant->expires - grant->made);
	append(supervisor, record_grant(&context, &record, &line), &line);
}

static void on_revoked(struct approvals_observer *observer, const struct grant *grant,
		       const char *how)
{
	struct supervisor *supervisor = supervisor_of(observer);
	const struct record_revoke record = {
		.grant = grant->id,
		.via = strcmp(how, "revoked") == 0 ? ANSWERED_VIA_SOCKET : ANSWERED_VIA_NONE};
	struct record_context context;
	struct buffer line = {};

	if (!supervisor->log)
		return;
	supervisor_record_context(supervisor, &context);
	append(supervisor, record_revoke(&context, &record, &line), &line);
}

static void on_kept(struct approvals_observer *observer, const struct grant *grant, int error,
		    const char *text)
{
	struct supervisor *supervisor = supervisor_of(observer);
	struct record_context context;
	struct buffer what = {}, line = {};

	if (!supervisor->log || error == 0)
		return;
	buffer_printf(&what, "grant %llu could not be written into the policy: %s",
		      (unsigned long long)grant->id, text);
	supervisor_record_context(supervisor, &context);
	if (!what.error)
		append(supervisor, record_fault(&context, what.data, error, &line), &line);
	buffer_done(&what);
}

void asking_record(struct supervisor *supervisor)
{
	supervisor->recorder = (struct approvals_observer){.opened = on_opened,
							   .closed = on_closed,
							   .granted = on_granted,
							   .revoked = on_revoked,
							   .kept = on_kept};
	approvals_observe(supervisor->approvals, &supervisor->recorder);
}
