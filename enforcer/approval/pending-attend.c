/* SPDX-License-Identifier: Apache-2.0 */
/* Who looks on and who could answer: the prompter, those who attend, observers. */
#include <errno.h>

#include "enforcer/approval/pending-state.h"

void approvals_observe(struct approvals *approvals, struct approvals_observer *observer)
{
	observer->next = approvals->observers;
	approvals->observers = observer;
}

void approvals_unobserve(struct approvals *approvals, struct approvals_observer *observer)
{
	struct approvals_observer **place = &approvals->observers;

	while (*place && *place != observer)
		place = &(*place)->next;
	if (*place)
		*place = observer->next;
	observer->next = NULL;
}

void approvals_tell_closed(struct approvals *approvals, const struct question *question,
			   const struct closing *closing)
{
	struct approvals_observer *next;

	for (struct approvals_observer *one = approvals->observers; one; one = next) {
		next = one->next;
		if (one->closed)
			one->closed(one, question, closing);
	}
}

void approvals_tell_opened(struct approvals *approvals, const struct question *question)
{
	for (struct approvals_observer *one = approvals->observers; one; one = one->next)
		if (one->opened)
			one->opened(one, question);
}

void approvals_tell_changed(struct approvals *approvals, const struct question *question)
{
	for (struct approvals_observer *one = approvals->observers; one; one = one->next)
		if (one->changed)
			one->changed(one, question);
}

void approvals_show(struct approvals *approvals, uint64_t now)
{
	struct prompter *prompter = approvals->config.prompter;
	struct question *oldest = approvals->questions;
	int r;

	if (approvals->shown || !oldest || !prompter)
		return;
	approvals->shown = oldest;
	r = prompter->show(prompter, oldest, now);
	if (r < 0)
		approvals->shown = NULL;
	if (r < 0 && r != -EAGAIN)
		approvals_prompter_gone(approvals, now);
}

void approvals_unshow(struct approvals *approvals)
{
	approvals->shown = NULL;
}

static void approvals_settle_where_nobody_is(struct approvals *approvals)
{
	if (!approvals_attended(approvals))
		approvals_settle_all(approvals, CLOSED_UNATTENDED, "nobody is there to be asked");
}

void approvals_prompter_gone(struct approvals *approvals, uint64_t now)
{
	approvals->shown = NULL;
	approvals->config.prompter = NULL;
	approvals_settle_where_nobody_is(approvals);
}

void approvals_attend(struct approvals *approvals)
{
	approvals->attending++;
}

void approvals_unattend(struct approvals *approvals, uint64_t now)
{
	if (approvals->attending > 0)
		approvals->attending--;
	approvals_settle_where_nobody_is(approvals);
}

bool approvals_attended(const struct approvals *approvals)
{
	switch (approvals->config.attendance) {
	case ATTENDED_BY_WHOEVER_COMES:
		return approvals->config.prompter || approvals->attending > 0;
	case ATTENDED_ALWAYS:
		return true;
	case ATTENDED_NEVER:
		break;
	}
	return false;
}

size_t approvals_count(const struct approvals *approvals)
{
	return approvals->n_questions;
}

const struct question *approvals_find(const struct approvals *approvals, uint64_t id)
{
	const struct question *question = approvals->questions;

	while (question && question->id != id)
		question = question->next;
	return question;
}

void approvals_each(const struct approvals *approvals,
		    bool (*visit)(void *userdata, const struct question *question), void *userdata)
{
	for (const struct question *one = approvals->questions; one; one = one->next)
		if (!visit(userdata, one))
			return;
}
