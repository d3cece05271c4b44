/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands that read records have in common. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "enforcer/commands/commands.h"
#include "enforcer/commands/record-options.h"
#include "enforcer/config/facts.h"
#include "enforcer/records/lines.h"
#include "enforcer/records/runs.h"
#include "enforcer/records/when.h"

#define RECORD_OPTIONS  11
#define OWN_OPTIONS_MAX 16

static void common_specs(struct record_options *options, struct option_spec *specs)
{
	const struct option_spec rows[RECORD_OPTIONS] = {
		{"--run", OPTION_LIST, &options->runs},
		{"--since", OPTION_VALUE, &options->since},
		{"--until", OPTION_VALUE, &options->until},
		{"--call", OPTION_LIST, &options->calls},
		{"--verb", OPTION_LIST, &options->verbs},
		{"--path", OPTION_LIST, &options->paths},
		{"--host", OPTION_LIST, &options->hosts},
		{"--program", OPTION_LIST, &options->programs},
		{"--decision", OPTION_LIST, &options->decisions},
		{"--rule", OPTION_LIST, &options->rules},
		{"--by", OPTION_LIST, &options->by},
	};

	memcpy(specs, rows, sizeof(rows));
}

static int add_named(struct record_options *options, const char *named)
{
	const char **runs;
	size_t n = 0;

	while (options->runs && options->runs[n])
		n++;
	runs = realloc(options->runs, (n + 2) * sizeof(*runs));
	if (!runs)
		return -ENOMEM;
	runs[n] = named;
	runs[n + 1] = NULL;
	options->runs = runs;
	return 0;
}

int record_options_parse(struct record_options *options, const struct record_arguments *arguments,
			 struct failure *reterr)
{
	struct option_spec specs[RECORD_OPTIONS + OWN_OPTIONS_MAX];
	int argc = arguments->argc, r = 0;
	char **argv = arguments->argv;
	bool only_runs = false;

	if (arguments->n_own > OWN_OPTIONS_MAX)
		return -E2BIG;
	common_specs(options, specs);
	memcpy(specs + RECORD_OPTIONS, arguments->own, arguments->n_own * sizeof(*specs));
	while (r == 0 && argc > 1) {
		int rest = 1;

		if (!only_runs)
			r = options_parse(specs, RECORD_OPTIONS + arguments->n_own, argc, argv,
					  &rest, reterr);
		if (r != 0)
			break;
		only_runs = only_runs || strcmp(argv[rest - 1], "--") == 0;
		if (rest < argc)
			r = add_named(options, argv[rest]);
		/* What was taken stands where the command's name is expected. */
		argc -= rest;
		argv += rest;
	}
	return r;
}

static int add_file(struct record_options *options, char *file)
{
	char **files = reallocarray(options->files, options->n_files + 1, sizeof(*files));

	if (!files) {
		free(file);
		return -ENOMEM;
	}
	options->files = files;
	files[options->n_files++] = file;
	return 0;
}

static int add_run(struct record_options *options, const char *named, struct failure *reterr)
{
	char *file = NULL;
	int r = runs_find(options->directory, named, &file, reterr);

	return r < 0 ? r : add_file(options, file);
}

/* A run that was over before, or began behind, what is asked about. */
static bool is_at_another_time(const struct record_options *options, const char *file)
{
	const struct query *query = &options->query;
	struct run_glance glance = {};
	struct failure unheard = {};
	bool outside = false;

	if ((query->since_ns || query->until_ns) && run_glance(file, &glance, &unheard) == 0 &&
	    glance.id)
		outside = (query->since_ns && glance.ended_ns < query->since_ns) ||
			  (query->until_ns && glance.started_ns > query->until_ns);
	run_glance_done(&glance);
	return outside;
}

static int add_all(struct record_options *options, struct failure *reterr)
{
	char **ids = NULL, *file;
	int r = options->directory ? runs_list(options->directory, &ids, reterr) : 0;

	for (size_t i = 0; ids && ids[i]; i++) {
		if (r == 0 && asprintf(&file, "%s/%s.jsonl", options->directory, ids[i]) < 0)
			r = -ENOMEM;
		if (r == 0 && is_at_another_time(options, file))
			free(file);
		else if (r == 0)
			r = add_file(options, file);
		free(ids[i]);
	}
	free(ids);
	return r;
}

static int parse_time(const char *option, const char *text, uint64_t *ret_ns,
		      struct failure *reterr)
{
	char shown[SHOWN_MAX];
	struct timespec now;

	if (!text)
		return 0;
	clock_gettime(CLOCK_REALTIME, &now);
	if (when_parse(text, (uint64_t)now.tv_sec * 1000000000u, ret_ns) == 0)
		return 0;
	failure_hint(reterr, "for example: %s", WHEN_EXAMPLES);
	return failure_set(reterr, -EINVAL, "%s: \"%s\" is no time", option,
			   facts_show(text, shown));
}

static int make_filter(struct record_options *options, struct failure *reterr)
{
	struct query *query = &options->query;
	int r = parse_time("--since", options->since, &query->since_ns, reterr);

	if (r == 0)
		r = parse_time("--until", options->until, &query->until_ns, reterr);
	query->calls = options->calls;
	query->verbs = options->verbs;
	query->paths = options->paths;
	query->hosts = options->hosts;
	query->programs = options->programs;
	query->decisions = options->decisions;
	query->rules = options->rules;
	query->by = options->by;
	query->home = options->home;
	return r == 0 ? query_prepare(query, reterr) : r;
}

int record_options_finish(struct record_options *options, bool all, struct failure *reterr)
{
	int r = 0;

	facts_home(&options->home, NULL);
	options->directory = runs_directory(getenv("XDG_STATE_HOME"), options->home);
	r = make_filter(options, reterr);
	for (size_t i = 0; r == 0 && options->runs && options->runs[i]; i++)
		r = add_run(options, options->runs[i], reterr);
	if (r == 0 && options->n_files == 0)
		r = all ? add_all(options, reterr) : add_run(options, "last", reterr);
	return r;
}

void record_options_done(struct record_options *options)
{
	query_done(&options->query);
	for (size_t i = 0; i < options->n_files; i++)
		free(options->files[i]);
	free(options->files);
	free(options->directory);
	free(options->home);
	free((void *)options->runs);
	free((void *)options->calls);
	free((void *)options->verbs);
	free((void *)options->paths);
	free((void *)options->hosts);
	free((void *)options->programs);
	free((void *)options->decisions);
	free((void *)options->rules);
	free((void *)options->by);
}

int record_command_run(const struct record_command *command, int parsed, struct failure *failure)
{
	int r = parsed;

	if (r > 0) {
		r = command_print_help(command->name);
	} else {
		if (r == 0)
			r = record_options_finish(command->records, command->all, failure);
		if (r == -EINVAL)
			r = command_usage_error(command->name, failure);
		else if (r == 0)
			r = command->run(command->userdata, failure);
	}
	if (r < 0) {
		failure_set(failure, r, "%s", strerror(-r));
		failure_print(failure);
		r = 1;
	}
	record_options_done(command->records);
	return r;
}

bool record_options_pass(const struct record_options *options, const struct entry *entry)
{
	if (entry->event != ENTRY_CALL && entry->event != ENTRY_QUESTION)
		return true;
	return query_passes(&options->query, entry);
}

int record_read(const char *file, struct record_reading *reading, struct failure *reterr)
{
	_cleanup_(lines_freep) struct lines *lines = NULL;
	_cleanup_free_ struct entry *entry = malloc(sizeof(*entry));
	char *line;
	size_t len;
	int r = entry ? lines_open(file, &lines, reterr) : -ENOMEM;

	while (r >= 0 && (r = lines_next(lines, &line, &len, reterr)) > 0) {
		r = entry_parse(entry, line, len);
		if (r == -EINVAL) {
			reading->bad++;
			r = 0;
			continue;
		}
		if (r == 0) {
			r = reading->take(reading->userdata, entry, line, len);
			entry_done(entry);
		}
		if (r != 0)
			break;
	}
	if (lines) {
		reading->bad += lines_overlong(lines);
		reading->torn = r == 0 ? lines_torn(lines) : 0;
	}
	return r;
}

void record_reading_warn(const char *file, const struct record_reading *reading)
{
	char shown[SHOWN_MAX];

	if (reading->bad)
		fprintf(stderr, "callgate: %s: %llu line%s of no record left out\n",
			facts_show(file, shown), reading->bad, reading->bad == 1 ? "" : "s");
	if (reading->torn)
		fprintf(stderr,
			"callgate: %s: the last line is not whole (%zu bytes): the run goes on, or "
			"was killed\n",
			facts_show(file, shown), reading->torn);
}

int record_read_all(const struct record_options *options, const struct record_taking *taking,
		    struct failure *reterr)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < options->n_files; i++) {
		struct record_reading reading = {.take = taking->take,
						 .userdata = taking->userdata};
		char shown[SHOWN_MAX];

		if (taking->begun)
			r = taking->begun(taking->userdata, options->files[i]);
		if (r == 0)
			r = record_read(options->files[i], &reading, reterr);
		if (r == 0 && taking->ended)
			r = taking->ended(taking->userdata);
		if (r < 0 && r != -EPIPE && !reterr->text[0])
			failure_set(reterr, r, "%s: %s", facts_show(options->files[i], shown),
				    strerror(-r));
		record_reading_warn(options->files[i], &reading);
	}
	return r;
}
