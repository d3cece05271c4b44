/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a run's record: by what it is judged. */
#include <stdlib.h>

#include "enforcer/audit/record-policy.h"
#include "enforcer/config/config.h"
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

void run_record_policy(struct supervisor *supervisor, const struct config *config)
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
