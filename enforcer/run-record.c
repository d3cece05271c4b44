/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a run's record: what was started, and by what it is judged. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/audit/record-policy.h"
#include "enforcer/config/config.h"
#include "enforcer/launch/plan-host.h"
#include "enforcer/launch/plan.h"
#include "enforcer/pipeline.h"
#include "enforcer/run-record.h"
#include "enforcer/supervisor.h"

static void record_layers(struct supervisor *supervisor, const struct sources *sources)
{
	for (size_t i = 0; i < sources->n; i++) {
		const struct source *source = &sources->items[i];
		const struct record_policy policy = {.layer = source->layer,
						     .file = source->file,
						     .text = source->text,
						     .len = source->len,
						     .read = source->read};
		struct record_context context;
		struct buffer line = {};

		supervisor_record_context(supervisor, &context);
		if (record_policy(&context, &policy, &line) == 0)
			supervisor_append(supervisor, &line, 0);
		buffer_done(&line);
	}
}

static void record_judges(struct supervisor *supervisor, const struct config *config)
{
	const struct sources *sources = &config->sources;
	_cleanup_free_ struct record_name *names = calloc(sources->n_names + 1, sizeof(*names));
	struct record_facts facts = {.home = config->home,
				     .tmp = config->tmp,
				     .state = config->state,
				     .path = config->path_dirs,
				     .names = names,
				     .n_names = names ? sources->n_names : 0};
	struct record_context context;
	struct buffer line = {};

	for (size_t i = 0; i < facts.n_names; i++) {
		const struct source_name *name = &sources->names[i];

		names[i] = (struct record_name){.from = name->from,
						.to = name->to,
						.program = name->program,
						.dev = name->dev,
						.ino = name->ino};
	}
	record_layers(supervisor, sources);
	supervisor_record_context(supervisor, &context);
	if (record_facts(&context, &facts, &line) == 0)
		supervisor_append(supervisor, &line, 0);
	buffer_done(&line);
}

void run_record_begin(struct supervisor *supervisor, const struct config *config,
		      const struct plan *plan, char *const *command)
{
	struct record_context context;
	struct buffer line = {};
	struct utsname name;
	char bubblewrap[] = "bubblewrap", seccomp[] = "seccomp wait-killable";
	char landlock[64], view[32], room[64], hash[128];
	char *wall[] = {bubblewrap, seccomp, landlock, view, room, NULL};
	struct audit_log_state state;
	struct record_start start = {.version = CALLGATE_VERSION,
				     .policy_hash = hash,
				     .uid = getuid(),
				     .user = getenv("USER"),
				     .directory = config->workspace,
				     .command = command,
				     .workspaces = config->workspaces,
				     .wall = wall};

	if (!supervisor->log)
		return;
	snprintf(landlock, sizeof(landlock), "landlock %d", plan_landlock_abi());
	snprintf(view, sizeof(view), "view %s", plan->hidden ? "hidden" : "host");
	audit_log_state(supervisor->log, &state);
	snprintf(room, sizeof(room), "record %s", audit_guarantee_name(state.guarantee));
	snprintf(hash, sizeof(hash), "sha256:%s", config->hash);
	if (uname(&name) == 0)
		start.kernel = name.release;
	supervisor_record_context(supervisor, &context);
	if (record_run_start(&context, &start, &line) == 0)
		supervisor_append(supervisor, &line, 0);
	buffer_done(&line);
	record_judges(supervisor, config);
}
