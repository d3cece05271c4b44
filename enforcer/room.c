/* SPDX-License-Identifier: Apache-2.0 */
/* What is said when there is no room for the record. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/base/buffer.h"
#include "enforcer/supervisor.h"

#define NO_ROOM_TOLD_MAX 16

void supervisor_tell_room(struct supervisor *supervisor, int r)
{
	struct record_context context;
	struct buffer line = {};

	if (supervisor->no_room == (r < 0))
		return;
	supervisor->no_room = r < 0;
	/* What is kept back for such lines must last to the end of the run. */
	if (r == 0 || r == -EIO || supervisor->no_room_told++ >= NO_ROOM_TOLD_MAX)
		return;
	fprintf(stderr,
		"callgate: there is no room for the record (%s): calls are refused until there "
		"is\n",
		strerror(-r));
	supervisor_record_context(supervisor, &context);
	supervisor->sequence++;
	if (record_fault(&context, "no room for the record: calls are refused", r, &line) < 0 ||
	    audit_log_append_last_words(supervisor->log, line.data, line.len) < 0)
		supervisor->sequence--;
	buffer_done(&line);
}
