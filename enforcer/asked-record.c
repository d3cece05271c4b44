/* SPDX-License-Identifier: Apache-2.0 */
/* Questions, answers and grants of a run, on its record. */
#include <errno.h>
#include <string.h>

#include "enforcer/approval/grants.h"
#include "enforcer/approval/pending.h"
#include "enforcer/asked-record.h"
#include "enforcer/audit/record-event.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

struct asked_record {
	struct approvals_observer observer;
	struct supervisor *supervisor;
};

static struct supervisor *supervisor_of(struct approvals_observer *observer)
{
	return container_of(observer, struct asked_record, observer)->supervisor;
}

static void append(struct supervisor *supervisor, int r, struct buffer *line)
{
	if (r == 0 && supervisor->log)
		supervisor_append(supervisor, line, 0);
	buffer_done(line);
}

static void on_opened(struct approvals_observer *observer, const struct question *question)
{
	struct supervisor *supervisor = supervisor_of(observer);
	const struct record_question opened = {.id = question->id,
					       .request = &question->request,
					       .decision = &question->decision,
					       .timeout_ns = question->deadline > question->created
								     ? question->deadline -
									       question->created
								     : 0};
	struct record_context context;
	struct buffer line = {};

	supervisor_record_context(supervisor, &context);
	append(supervisor, record_question(&context, &opened, &line), &line);
}

static enum answered_by answered_by(const struct closing *closing)
{
	const struct answer *answer = closing->answer;

	switch (closing->how) {
	case CLOSED_ANSWERED:
		break;
	case CLOSED_EXPIRED:
		return ANSWERED_BY_TIMEOUT;
	case CLOSED_UNATTENDED:
		return ANSWERED_BY_UNATTENDED;
	case CLOSED_WITHDRAWN:
		return ANSWERED_BY_WITHDRAWN;
	case CLOSED_ENDED:
		return ANSWERED_BY_END;
	}
	if (answer && answer->via && strcmp(answer->via, "program") == 0)
		return ANSWERED_BY_PROGRAM;
	return answer && answer->by == BY_HOOK ? ANSWERED_BY_HOOK : ANSWERED_BY_PERSON;
}

static void on_closed(struct approvals_observer *observer, const struct question *question,
		      const struct closing *closing)
{
	struct supervisor *supervisor = supervisor_of(observer);
	const struct answer *answer = closing->answer;
	uint64_t now = loop_now();
	const struct record_answer closed = {
		.question = question->id,
		.verdict = closing->decision ? closing->decision->verdict : VERDICT_DENY,
		.by = answered_by(closing),
		.via = answer ? answer->via : NULL,
		.lasts = answer ? answer_lasts_name(answer->lasts) : NULL,
		.reason = answer ? answer->reason : NULL,
		.calls = question->n_waiters,
		.after_ns = now > question->created ? now - question->created : 0};
	struct record_context context;
	struct buffer line = {};

	supervisor_record_context(supervisor, &context);
	append(supervisor, record_answer(&context, &closed, &line), &line);
}

static void on_granted(struct approvals_observer *observer, const struct grant *grant)
{
	struct supervisor *supervisor = supervisor_of(observer);
	struct record_grant granted = {.id = grant->id,
				       .question = grant->question,
				       .verdict = grant->verdict,
				       .via = grant->via,
				       .scope = answer_scope_name(grant->scope),
				       .lasts = answer_lasts_name(grant->lasts),
				       .covers = grant->text};
	struct record_context context;
	struct buffer line = {};

	supervisor_record_context(supervisor, &context);
	/* Grants end by the clock that stands still for nobody; the record's is the wall's. */
	if (grant->expires > grant->made)
		granted.until_ns = context.time_ns + (grant->expires - grant->made);
	append(supervisor, record_grant(&context, &granted, &line), &line);
}

static void on_revoked(struct approvals_observer *observer, const struct grant *grant,
		       const char *how)
{
	struct supervisor *supervisor = supervisor_of(observer);
	const struct record_revoke revoked = {.grant = grant->id, .how = how};
	struct record_context context;
	struct buffer line = {};

	supervisor_record_context(supervisor, &context);
	append(supervisor, record_revoke(&context, &revoked, &line), &line);
}

int asked_record_new(struct supervisor *supervisor, struct asked_record **ret_record)
{
	struct asked_record *record = calloc(1, sizeof(*record));

	if (!record)
		return -ENOMEM;
	record->supervisor = supervisor;
	record->observer = (struct approvals_observer){.opened = on_opened,
						       .closed = on_closed,
						       .granted = on_granted,
						       .revoked = on_revoked};
	if (supervisor->log)
		approvals_observe(supervisor->approvals, &record->observer);
	*ret_record = record;
	return 0;
}

struct asked_record *asked_record_free(struct asked_record *record)
{
	free(record);
	return NULL;
}
