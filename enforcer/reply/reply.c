/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/reply/reply.h"

static void told(int sent, enum outcome_kind kind, int64_t value, struct outcome *ret_outcome)
{
	/* The only way that SEND fails: the target is gone (ENOENT). */
	*ret_outcome = sent < 0 ? (struct outcome){.kind = OUTCOME_GONE}
				: (struct outcome){.kind = kind, .value = value};
}

void reply_error(const struct reply_context *context, const struct target *target, int error,
		 struct outcome *ret_outcome)
{
	error = abs(error);
	told(listener_send_error(context->listener, target->cookie, error), OUTCOME_ERROR, error,
	     ret_outcome);
}

void reply_value(const struct reply_context *context, const struct target *target, int64_t value,
		 struct outcome *ret_outcome)
{
	told(listener_send_value(context->listener, target->cookie, value), OUTCOME_VALUE, value,
	     ret_outcome);
}

void reply_continue(const struct reply_context *context, const struct target *target,
		    struct outcome *ret_outcome)
{
	told(listener_continue(context->listener, target->cookie), OUTCOME_CONTINUED, 0,
	     ret_outcome);
}

bool reply_fd(const struct reply_context *context, const struct target *target, int fd,
	      unsigned cloexec, struct outcome *ret_outcome)
{
	int number = listener_give_fd(context->listener, target->cookie, target->tid, fd,
				      cloexec ? O_CLOEXEC : 0);

	if (number < 0) {
		/* Whatever the reason: who is gone does not hear it, who waits must not wait for
		 * ever. */
		reply_error(context, target, number, ret_outcome);
		return ret_outcome->kind == OUTCOME_GONE;
	}
	*ret_outcome = (struct outcome){.kind = OUTCOME_FD, .value = number};
	return true;
}

void reply_result(const struct reply_context *context, const struct target *target, int64_t result,
		  struct outcome *ret_outcome)
{
	if (result < 0)
		reply_error(context, target, (int)result, ret_outcome);
	else
		reply_value(context, target, result, ret_outcome);
}
