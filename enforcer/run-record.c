/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a run's record: by what it is judged. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/record-policy.h"
#include "enforcer/config/config.h"
#include "enforcer/pipeline.h"
#include "enforcer/run-record.h"
#include "enforcer/supervisor.h"

static int append_layers(const struct record_context *context, const struct sources *sources,
			 struct buffer *lines)
{
	for (size_t i = 0; i < sources->n; i++) {
		const struct source *source = &sources->items[i];
		const struct record_policy policy = {.layer = source->layer,
						     .file = source->file,
						     .text = source->text,
						     .len = source->len,
						     .read = source->read};
		int r = record_policy(context, &policy, lines);

		if (r < 0)
			return r;
	}
	return 0;
}

int run_record_policy_lines(const struct record_context *context, const struct config *config,
			    struct buffer *lines)
{
	const struct sources *sources = &config->sources;
	_cleanup_free_ struct record_name *names = calloc(sources->n_names + 1, sizeof(*names));
	struct record_facts facts = {.home = config->home,
				     .tmp = config->tmp,
				     .state = config->state,
				     .path = config->path_dirs,
				     .names = names,
				     .n_names = names ? sources->n_names : 0};
	int r;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < facts.n_names; i++) {
		const struct source_name *name = &sources->names[i];

		names[i] = (struct record_name){.from = name->from,
						.to = name->to,
						.program = name->program,
						.dev = name->dev,
						.ino = name->ino};
	}
	r = append_layers(context, sources, lines);
	return r < 0 ? r : record_facts(context, &facts, lines);
}

/* The number that a line begins with is of its place in the record. */
#define NUMBER "\"seq\":"

void run_record_append_lines(struct supervisor *supervisor, const struct buffer *lines)
{
	const char *at = lines->data, *end;

	for (; at && *at; at = end + 1) {
		const char *number = strstr(at, NUMBER);
		struct buffer line = {};

		end = strchr(at, '\n');
		if (!end || !number || number > end)
			return;
		number += strlen(NUMBER);
		buffer_append(&line, at, (size_t)(number - at));
		buffer_printf(&line, "%llu", (unsigned long long)supervisor->sequence + 1);
		number += strspn(number, "0123456789");
		buffer_append(&line, number, (size_t)(end + 1 - number));
		if (!line.error)
			supervisor_append(supervisor, &line, 0);
		buffer_done(&line);
	}
}

void run_record_policy(struct supervisor *supervisor, const struct config *config)
{
	struct record_context context;
	struct buffer lines = {};

	supervisor_record_context(supervisor, &context);
	if (run_record_policy_lines(&context, config, &lines) == 0)
		run_record_append_lines(supervisor, &lines);
	buffer_done(&lines);
}
