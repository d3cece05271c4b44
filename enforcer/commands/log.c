/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate log`: the runs on record, what one did, and what of it somebody looks for. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "enforcer/audit/record.h"
#include "enforcer/base/fd.h"
#include "enforcer/base/text.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/pager.h"
#include "enforcer/commands/record-options.h"
#include "enforcer/config/facts.h"
#include "enforcer/records/counts.h"
#include "enforcer/records/lines.h"
#include "enforcer/records/runs.h"
#include "enforcer/records/show.h"
#include "enforcer/records/tree.h"
#include "enforcer/records/when.h"

const char log_help[] =
	"Without a RUN and without a question it lists the runs, the newest first; with a RUN it\n"
	"tells what happened in it, call by call; with a question (--decision deny, --path ...)\n"
	"only what answers it, of all runs where none is named.\n" RUN_HELP "\n" RECORD_OPTIONS_HELP
	"  --tree             the processes of a run, and what each touched\n"
	"  --count-by KEY     how often: by call, verb, path, host, program, decision, rule,\n"
	"                     layer, by, errno, outcome or run\n"
	"  --follow           go on while the run does\n"
	"  --json             the lines of the record as they are\n"
	"  --all              calls that failed by themselves (no such file), too;\n"
	"                     with --tree and --count-by: every name\n"
	"  --no-pager         write to the terminal itself, not through $PAGER (less)\n"
	"  --color WHEN       always, never, auto (on a terminal, without NO_COLOR)\n"
	"\n"
	"Exit status: 0 done; 1 it could not be read; 2 called wrongly.\n";

struct log_options {
	struct record_options records;
	bool tree, follow, json, all, no_pager, named;
	const char *count_by, *color;
};

struct log {
	const struct log_options *options;
	struct show show;
	struct counts counts;
	enum counts_key key;
	struct tree *tree;
	struct buffer text;
	unsigned long long hidden; /* calls that failed by themselves */
	bool ended;
};

static int parse(int argc, char **argv, struct log_options *options, struct failure *reterr)
{
	const struct option_spec own[] = {
		{"--tree", OPTION_FLAG, &options->tree},
		{"--follow", OPTION_FLAG, &options->follow},
		{"--json", OPTION_FLAG, &options->json},
		{"--all", OPTION_FLAG, &options->all},
		{"--no-pager", OPTION_FLAG, &options->no_pager},
		{"--count-by", OPTION_VALUE, &options->count_by},
		{"--color", OPTION_VALUE, &options->color},
	};
	const struct record_arguments arguments = {own, ARRAY_LEN(own), argc, argv};
	int r = record_options_parse(&options->records, &arguments, reterr);

	options->named = options->records.runs != NULL;
	if (r == 0 && options->count_by && options->tree)
		r = failure_set(reterr, -EINVAL, "--tree and --count-by are two questions");
	if (r == 0 && options->follow && (options->tree || options->count_by))
		r = failure_set(reterr, -EINVAL,
				"--follow goes with neither --tree nor --count-by");
	return r;
}

/* ---- entries ---- */

static void print_text(struct log *log)
{
	if (log->text.data)
		fwrite(log->text.data, 1, log->text.len, stdout);
	log->text.len = 0;
}

static bool is_hidden(struct log *log, const struct entry *entry)
{
	if (log->options->all)
		return false;
	/* How the run was judged is for replay; that it was is in the start. */
	if (entry->event == ENTRY_POLICY || entry->event == ENTRY_FACTS)
		return true;
	if (!entry_failed_by_itself(entry))
		return false;
	log->hidden++;
	return true;
}

static int take(void *userdata, struct entry *entry, const char *line, size_t len)
{
	struct log *log = userdata;

	if (entry->event == ENTRY_RUN_END)
		log->ended = true;
	if (!query_passes(&log->options->records.query, entry))
		return 0;
	if (log->options->tree)
		return tree_add(log->tree, entry);
	if (log->options->count_by) {
		counts_add(&log->counts, log->key, entry);
		return 0;
	}
	if (log->options->json) {
		fwrite(line, 1, len, stdout);
		fputc('\n', stdout);
	} else if (!is_hidden(log, entry)) {
		show_entry(&log->show, &log->text, entry);
		print_text(log);
	}
	/* The person has left the pager, or the disk is full. */
	return ferror(stdout) ? -EPIPE : 0;
}

/* ---- following ---- */

/* Waits until something was appended, or a second has passed: a file system that tells nothing. */
static void follow_wait(int notify, const char *file)
{
	struct pollfd poll_fd = {.fd = notify, .events = POLLIN};
	char events[4096];

	fflush(stdout);
	/* Another file has the name when the record goes on in another part. */
	if (notify >= 0)
		inotify_add_watch(notify, file, IN_MODIFY | IN_CLOSE_WRITE | IN_MOVE_SELF);
	if (poll(&poll_fd, 1, 1000) > 0 && read(notify, events, sizeof(events)) < 0)
		return;
}

static int follow(struct log *log, const char *file, struct failure *reterr)
{
	_cleanup_(lines_freep) struct lines *lines = NULL;
	_cleanup_free_ struct entry *entry = malloc(sizeof(*entry));
	_cleanup_fd_ int notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char *line;
	size_t len;
	int r = entry ? lines_open(file, &lines, reterr) : -ENOMEM;

	while (r == 0 && !log->ended) {
		r = lines_next(lines, &line, &len, reterr);
		if (r == 0) {
			follow_wait(notify, file);
			continue;
		}
		if (r < 0)
			break;
		r = 0;
		if (entry_parse(entry, line, len) == 0) {
			r = take(log, entry, line, len);
			entry_done(entry);
		}
	}
	return r;
}

/* ---- all runs ---- */

static void print_glance(const struct log *log, const struct run_glance *glance)
{
	const struct show *show = &log->show;
	char when[WHEN_SIZE] = "", duration[WHEN_SIZE] = "";
	struct buffer text = {};

	when_print(glance->started_ns, when);
	if (glance->ended_ns > glance->started_ns)
		when_print_duration(glance->ended_ns - glance->started_ns, duration);
	show_text(show, &text, SHOW_BOLD, glance->id, 64);
	buffer_printf(&text, "  %.16s %7s  ", when, duration);
	if (glance->ended)
		buffer_printf(&text, "status %-3d  %7llu calls", glance->status,
			      (unsigned long long)(glance->allowed + glance->denied));
	else
		buffer_append_string(&text, "under way or killed      ");
	if (glance->denied) {
		char denied[40];

		snprintf(denied, sizeof(denied), ", %llu denied",
			 (unsigned long long)glance->denied);
		show_text(show, &text, SHOW_RED, denied, 0);
	}
	if (glance->asked) {
		char asked[40];

		snprintf(asked, sizeof(asked), ", %llu asked", (unsigned long long)glance->asked);
		show_text(show, &text, SHOW_YELLOW, asked, 0);
	}
	buffer_append_string(&text, "\n  ");
	if (glance->command)
		buffer_append(&text, glance->command, strnlen(glance->command, 160));
	if (glance->directory) {
		buffer_append_string(&text, "  in ");
		show_path(show, &text, glance->directory);
	}
	buffer_append_string(&text, "\n");
	fwrite(text.data, 1, text.len, stdout);
	buffer_done(&text);
}

static int list_runs(const struct log *log)
{
	const struct record_options *records = &log->options->records;
	const struct query *query = &records->query;
	int status = 0;

	for (size_t i = records->n_files; i > 0 && !ferror(stdout); i--) {
		const char *file = records->files[i - 1];
		struct run_glance glance = {};
		struct failure failure = {};

		if (run_glance(file, &glance, &failure) < 0) {
			failure_print(&failure);
			status = 1;
			continue;
		}
		if (glance.id)
			print_glance(log, &glance);
		run_glance_done(&glance);
	}
	if (records->n_files == 0)
		fprintf(stderr, "callgate: no run %sis on record%s\n",
			query->since_ns || query->until_ns ? "of that time " : "",
			query->since_ns || query->until_ns ? "" : " yet");
	return status;
}

/* ---- the command ---- */

static int print_tree(struct log *log, const char *file, struct failure *reterr)
{
	struct record_reading reading = {.take = take, .userdata = log};
	struct run_glance glance = {};
	int r;

	log->tree = tree_new();
	r = log->tree ? record_read(file, &reading, reterr) : -ENOMEM;
	if (r == 0 && run_glance(file, &glance, reterr) == 0 && glance.id)
		print_glance(log, &glance);
	if (r == 0)
		tree_print(log->tree, &log->show, log->options->all, stdout);
	record_reading_warn(file, &reading);
	run_glance_done(&glance);
	log->tree = tree_free(log->tree);
	return r;
}

static int print_records(struct log *log, struct failure *reterr)
{
	const struct record_options *records = &log->options->records;
	int r = 0;

	for (size_t i = 0; r == 0 && i < records->n_files; i++) {
		struct record_reading reading = {.take = take, .userdata = log};

		if (log->options->tree) {
			r = print_tree(log, records->files[i], reterr);
			continue;
		}
		if (log->options->follow) {
			r = follow(log, records->files[i], reterr);
			continue;
		}
		r = record_read(records->files[i], &reading, reterr);
		record_reading_warn(records->files[i], &reading);
	}
	if (r == 0 && log->options->count_by)
		counts_print(&log->counts, &log->show, log->options->all ? 0 : 40, stdout);
	if (r == 0 && log->hidden && !log->options->count_by)
		printf("(%llu call%s that failed by %s not shown: --all)\n", log->hidden,
		       log->hidden == 1 ? "" : "s",
		       log->hidden == 1 ? "itself is" : "themselves are");
	return r == -EPIPE ? 0 : r;
}

static int run_log(void *userdata, struct failure *reterr)
{
	const struct log_options *options = userdata;
	struct log log = {.options = options};
	struct pager pager = {};
	int r = 0;

	if (options->count_by && counts_key_named(options->count_by, &log.key, reterr) < 0)
		return command_usage_error("log", reterr);
	if (colour_wanted(options->color, &log.show.colour) < 0) {
		failure_set(reterr, -EINVAL, "--color: always, never or auto");
		return command_usage_error("log", reterr);
	}
	if (options->follow && options->records.n_files != 1) {
		failure_set(reterr, -EINVAL, "--follow: of one run at a time");
		return command_usage_error("log", reterr);
	}
	log.show.home = options->records.home;
	counts_init(&log.counts);
	pager_start(&pager, !options->no_pager && !options->follow);
	if (!options->named && !options->tree && !options->count_by && !options->follow &&
	    !options->json && !options->all && !query_is_about_calls(&options->records.query))
		r = list_runs(&log);
	else
		r = print_records(&log, reterr);
	pager_end(&pager);
	counts_done(&log.counts);
	buffer_done(&log.text);
	return r;
}

int command_log(int argc, char **argv)
{
	struct log_options options = {};
	struct record_command command = {"log", &options.records, true, run_log, &options};
	struct failure failure = {};
	int r = parse(argc, argv, &options, &failure);

	command.all = !options.tree && !options.follow;
	return record_command_run(&command, r, &failure);
}
