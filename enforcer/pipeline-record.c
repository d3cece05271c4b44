/* SPDX-License-Identifier: Apache-2.0 */
/* The last stage of a call: its record, and before it is allowed, room for that. */
#include <time.h>

#include "enforcer/audit/record.h"
#include "enforcer/pipeline.h"
#include "enforcer/policy/glob.h"
#include "enforcer/supervisor.h"

void supervisor_redact_rules(const struct policy *policy, struct redact_rules *ret_rules)
{
	const struct policy_settings *settings = policy_settings(policy);

	*ret_rules = (struct redact_rules){.off = settings->audit_verbatim,
					   .globs = settings->audit_redact,
					   .matches = glob_matches};
}

void supervisor_record_context(struct supervisor *supervisor, struct record_context *ret_context)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	/* The policy may have been read again since the last line. */
	if (supervisor->policy)
		supervisor_redact_rules(supervisor->policy, &supervisor->redact);
	*ret_context = (struct record_context){
		.run = supervisor->run,
		.sequence = supervisor->sequence + 1,
		.time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec,
		.redact = &supervisor->redact,
	};
}

void supervisor_append(struct supervisor *supervisor, const struct buffer *line, size_t reserved)
{
	/* The line that may close the batch at once has the number behind it. What did not fit has
	 * no number, so that the numbers on record have no gaps. */
	supervisor->sequence++;
	if (audit_log_append(supervisor->log, line->data, line->len, reserved) == 0)
		return;
	supervisor->sequence--;
	supervisor->unrecorded++;
}

/* Whoever looks on is told whatever the record leaves out; the numbers are the record's. */
static void pipeline_tell(const struct pending *pending, const struct record_context *context,
			  const struct buffer *recorded)
{
	struct control *control = pending->supervisor->control;
	struct buffer line = {};

	if (!control || !control_wants_calls(control))
		return;
	if (recorded->len > 0)
		control_call(control, recorded->data, recorded->len);
	else if (record_call(context, &pending->request, &pending->decision, &pending->outcome,
			     &line) == 0)
		control_call(control, line.data, line.len);
	buffer_done(&line);
}

/* The record, and the end of the call. Everything passes here exactly once. */
static void pipeline_record(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;
	enum audit_detail detail = policy_settings(supervisor->policy)->audit_detail;
	struct record_context context;
	struct buffer line = {};

	pending_step(pending, STAGE_RECORDED);
	summary_add(supervisor->summary, &pending->request, &pending->decision);
	supervisor_record_context(supervisor, &context);
	context.duration_ns = loop_now() - pending->received_ns;
	context.question = pending->decision.question;
	context.grant = pending->decision.grant;
	if (supervisor->log && record_wanted(detail, &pending->request, &pending->decision)) {
		if (record_call(&context, &pending->request, &pending->decision, &pending->outcome,
				&line) == 0) {
			supervisor_append(supervisor, &line, pending->reserved);
			pending->reserved = 0;
		}
	}
	if (pending->reserved)
		audit_log_release(supervisor->log, pending->reserved);
	pipeline_tell(pending, &context, &line);
	buffer_done(&line);
	hooked_tell(supervisor->hooked, pending);
	told_denied(supervisor->told, pending);
	pending_free(pending);
}

void pipeline_answered(struct pending *pending)
{
	pending_step(pending, STAGE_ANSWERED);
	pipeline_record(pending);
}

/* Room for the record comes before the act. */
bool pipeline_reserve(struct pending *pending)
{
	struct supervisor *supervisor = pending->supervisor;
	enum audit_detail detail = policy_settings(supervisor->policy)->audit_detail;
	size_t bound;
	int r;

	if (!supervisor->log || pending->reserved ||
	    !record_wanted(detail, &pending->request, &pending->decision))
		return true;
	bound = record_size_bound(&pending->request);
	r = audit_log_reserve(supervisor->log, bound);
	supervisor_tell_room(supervisor, r);
	if (r < 0)
		return false;
	pending->reserved = bound;
	return true;
}

/* The request has become another (a new image): room for that one instead. */
bool pipeline_reserve_anew(struct pending *pending)
{
	if (pending->reserved)
		audit_log_release(pending->supervisor->log, pending->reserved);
	pending->reserved = 0;
	return pipeline_reserve(pending);
}
