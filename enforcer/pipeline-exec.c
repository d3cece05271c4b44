/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of an exec behind its judgement: continued, verified, judged again where it is
 * another. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "enforcer/base/fd.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

void pipeline_exec(struct pending *pending, const struct target *target)
{
	const struct exec_order order = {.image = pending->image,
					 .path = pending->call.path[0].text,
					 .request = &pending->request,
					 .userdata = pending};
	int r = exec_begin(pending->supervisor->verifier, target, &order);

	if (r < 0) {
		pending->decision.by = BY_FAULT;
		pending->decision.reason = "the thread could not be held for verification";
		pipeline_deny(pending, target, EACCES);
		return;
	}
	pending_step(pending, STAGE_PERFORMING);
	pending_wait(pending);
}

/* What turned out to be mapped is not what was judged: may it run? Only by a rule that allows it;
 * nobody is asked, because the thread is stopped with its old image gone. */
bool pipeline_judge_image(void *userdata, struct exec_seen *seen)
{
	struct pending *pending = userdata;
	struct supervisor *supervisor = pending->supervisor;
	struct request now = {.cookie = pending->request.cookie,
			      .tid = pending->request.tid,
			      .pid = pending->request.pid,
			      .ppid = pending->request.ppid,
			      .call = pending->request.call,
			      .flags = pending->request.flags};
	const struct place_path path = {.dirfd = AT_FDCWD, .text = seen->execfn};
	struct place exe = PLACE_NONE, file = PLACE_NONE;
	struct exec_image image;
	struct decision decision = {};
	int fd = fcntl(seen->exe, F_DUPFD_CLOEXEC, 3);
	int r = fd < 0 ? -errno : place_from_pin(supervisor->view, fd, &exe);

	now.program = steal_pointer(pending->request.program);
	now.argv = steal_pointer(seen->argv);
	now.argv_truncated = seen->argv_truncated;
	if (r == 0)
		r = describe_exec(supervisor->view, seen->target, &exe, &now, &image);
	if (r == 0)
		r = place_resolve(supervisor->view, seen->target, &path, &file);
	if (r == 0 && (file.stat.dev != exe.stat.dev || file.stat.ino != exe.stat.ino))
		r = describe_exec(supervisor->view, seen->target, &file, &now, &image);
	if (r == 0 && !rule_zero_judge(supervisor->zero, &now, &decision))
		policy_judge(supervisor->policy, &now, &decision);
	/* What a hook would have said of it nobody knows. */
	if (hooked_wants(supervisor->hooked, &now, HOOK_BEFORE))
		decision.verdict = VERDICT_DENY;
	if (decision.verdict != VERDICT_ALLOW) {
		decision.verdict = VERDICT_DENY;
		decision.reason =
			"tampered: another program was there than the one that was judged";
	}
	place_done(&exe);
	place_done(&file);
	/* The record says what was there. */
	request_done(&pending->request);
	pending->request = now;
	pending->decision = decision;
	return pipeline_reserve_anew(pending) && decision.verdict == VERDICT_ALLOW;
}

void pipeline_exec_ended(void *userdata, enum exec_end end, int value)
{
	struct pending *pending = userdata;

	pending_wake(pending);
	switch (end) {
	case EXEC_GONE:
		pending->outcome = (struct outcome){.kind = OUTCOME_GONE};
		break;
	case EXEC_FAILED:
		pending->outcome = (struct outcome){
			.kind = value ? OUTCOME_ERROR : OUTCOME_CONTINUED, .value = value};
		break;
	case EXEC_RAN:
	case EXEC_OTHER:
		pending->outcome = (struct outcome){.kind = OUTCOME_CONTINUED};
		break;
	case EXEC_KILLED:
		pending->outcome = (struct outcome){.kind = OUTCOME_KILLED, .value = value};
		break;
	}
	pipeline_answered(pending);
}
