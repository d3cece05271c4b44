/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `callgate run`: the order in which a run is put together, and taken apart.
 *
 *   options, policy, plan  ->  log  ->  sandbox (nothing of the agent runs)  ->  rights given up
 *   ->  loop  ->  summary
 *
 * Fails closed at each step, with the cause: what is started is what the policy promises, or
 * nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/asking.h"
#include "enforcer/approval/terminal-guard.h"
#include "enforcer/approver.h"
#include "enforcer/audit/record-event.h"
#include "enforcer/base/fd.h"
#include "enforcer/base/text.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/doctor.h"
#include "enforcer/commands/run-options.h"
#include "enforcer/control/place.h"
#include "enforcer/config/environment.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/string-list.h"
#include "enforcer/launch/plan-host.h"
#include "enforcer/helper/helper.h"
#include "enforcer/inside-files.h"
#include "enforcer/keeping.h"
#include "enforcer/leftovers.h"
#include "enforcer/reload.h"
#include "enforcer/protect.h"
#include "enforcer/recording.h"
#include "enforcer/remote.h"
#include "enforcer/run-id.h"
#include "enforcer/run-proxy.h"
#include "enforcer/run-record.h"
#include "enforcer/supervisor.h"

extern char **environ;

struct run {
	struct run_options options;
	struct config *config;
	struct plan *plan;
	char **environment;
	struct terminal_wanted wanted;
	char shim[PATH_MAX];
	struct recording recording;
	int json; /* -1 */
	struct inside_files files;
	struct helper *helper; /* until the run has taken it */
	struct remote *remote;
	struct control_places places;
	struct published published;
	struct hooks *hooks;         /* likewise; NULL: the policy has none */
	struct hooks *approver_runs; /* likewise; NULL: there is none */
	struct approver *approver;
	struct rule_zero zero;
	struct supervisor supervisor;
};

/* Nobody is asked any more, and the person has their terminal's modes back. Safe twice. */
static void close_terminal(struct run *run)
{
	struct supervisor *supervisor = &run->supervisor;

	run->approver = approver_free(run->approver);
	run->remote = remote_free(run->remote);
	if (supervisor->prompt)
		prompt_terminal_set_approvals(supervisor->prompt, NULL);
	supervisor->approvals = approvals_free(supervisor->approvals);
	supervisor->prompt = prompt_terminal_free(supervisor->prompt);
	supervisor->terminal = terminal_free(supervisor->terminal);
}

static void run_done(struct run *run)
{
	struct supervisor *supervisor = &run->supervisor;

	supervisor_done(supervisor);
	helper_free(run->helper);
	published_done(&run->published);
	hooks_free(run->hooks);
	hooks_free(run->approver_runs);
	close_terminal(run);
	terminal_guard_free(run->wanted.guard);
	audit_log_free(supervisor->log);
	recording_done(&run->recording);
	sealing_done(&supervisor->sealing);
	summary_free(supervisor->summary);
	supervisor->reloads = reloads_free(supervisor->reloads);
	told_free(supervisor->told);
	loop_free(supervisor->loop);
	run_proxy_done(supervisor);
	rule_zero_done(&run->zero);
	plan_free(run->plan);
	inside_files_done(&run->files);
	string_list_free(run->environment);
	config_free(run->config);
	run_options_done(&run->options);
	fd_close(run->json);
}

static int make_plan(struct run *run, struct failure *reterr)
{
	static const char *const none[] = {"COMMAND", NULL};
	_cleanup_(string_list_freep) char **covered = NULL;
	struct plan_input input = {
		.policy = run->config->policy,
		.tree = &plan_host_tree,
		.argv = (run->options.command ? (const char *const *)run->options.command : none),
		.cwd = run->config->workspace,
		.shim = run->shim,
		.landlock_abi = plan_landlock_abi(),
		.window = run->wanted.size,
	};
	int r = protect_covered(run->config, &run->places, &covered);

	if (r < 0)
		return r;
	input.covered = (const char *const *)covered;
	r = environment_filter(environ, policy_settings(run->config->policy),
			       (const char *const *)run->config->tmp, &run->environment);
	if (r < 0)
		return failure_set(reterr, r, "cannot make the environment");
	if (run->supervisor.told && told_path(run->supervisor.told)) {
		input.denials = told_path(run->supervisor.told);
		r = string_list_add(&run->environment, "CALLGATE_DENIALS=" PLAN_DENIALS_PATH);
		if (r < 0)
			return r;
	}
	input.envp = (const char *const *)run->environment;
	inside_files_make(&run->files);
	input.files = run->files.files;
	for (int fd = 0; fd <= 2; fd++)
		if (run->wanted.tty[fd])
			input.terminal |= 1u << fd;
	r = plan_find_shim(run->shim, reterr);
	return r < 0 ? r : plan_new(&input, &run->plan, reterr);
}

static int open_json(struct run *run, struct failure *reterr)
{
	const char *file = run->options.json_file;

	if (!file)
		return 0;
	run->json =
		strcmp(file, "-") == 0
			? fcntl(1, F_DUPFD_CLOEXEC, 3)
			: open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	return run->json < 0 ? failure_set(reterr, -errno, "cannot write the summary to %s: %s",
					   file, strerror(errno))
			     : 0;
}

static int open_approvals(struct run *run, struct failure *reterr)
{
	const struct asking_wanted wanted = {.terminal = &run->wanted,
					     .unattended = run->options.config.unattended,
					     .attended = run->options.attended};

	return asking_open(&run->supervisor, &wanted, reterr);
}

static int open_remote(struct run *run, struct failure *reterr)
{
	const struct remote_facts facts = {.directory = run->config->workspace,
					   .command = run->options.command,
					   .audit = run->recording.path,
					   .places = &run->places,
					   .zero = &run->zero,
					   .attended = run->options.attended};

	return remote_new(&run->supervisor, &facts, &run->remote, reterr);
}

static void record_begin(struct run *run)
{
	struct supervisor *supervisor = &run->supervisor;
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
				     .directory = run->config->workspace,
				     .command = run->options.command,
				     .workspaces = run->config->workspaces,
				     .wall = wall,
				     .chain = "sha256",
				     .key = supervisor->sealing.key ? supervisor->sealing.name
								    : NULL};

	if (!supervisor->log)
		return;
	snprintf(landlock, sizeof(landlock), "landlock %d", plan_landlock_abi());
	snprintf(view, sizeof(view), "view %s", run->plan->hidden ? "hidden" : "host");
	audit_log_state(supervisor->log, &state);
	snprintf(room, sizeof(room), "record %s", audit_guarantee_name(state.guarantee));
	snprintf(hash, sizeof(hash), "sha256:%s", run->config->hash);
	if (uname(&name) == 0)
		start.kernel = name.release;
	supervisor_record_context(supervisor, &context);
	if (record_run_start(&context, &start, &line) == 0)
		supervisor_append(supervisor, &line, 0);
	buffer_done(&line);
	sealing_tell(supervisor);
	run_record_policy(supervisor, run->config);
}

static void record_finish(struct run *run, int status)
{
	struct supervisor *supervisor = &run->supervisor;
	struct record_context context;
	struct summary_counts counts;
	struct buffer line = {};
	struct record_end end = {.status = status, .refused = supervisor->unrecorded};

	if (!supervisor->log)
		return;
	summary_counts(supervisor->summary, &counts);
	end.allowed = counts.allowed;
	end.denied = counts.denied;
	end.asked = counts.asked;
	supervisor_record_context(supervisor, &context);
	context.duration_ns = loop_now() - supervisor->started_ns;
	supervisor->sequence++;
	supervisor->sealing.ending = true;
	if (record_run_end(&context, &end, &line) == 0)
		audit_log_append_last_words(supervisor->log, line.data, line.len);
	buffer_done(&line);
	recording_close(&run->recording);
	sealing_done(&supervisor->sealing);
}

/* Was it the machine? Then say what it lacks. */
static int explain_start(int error)
{
	struct failure missing = {};

	if (doctor_run_required(&missing) < 0)
		failure_print(&missing);
	return error;
}

static int start(struct run *run, struct failure *reterr)
{
	struct supervisor *supervisor = &run->supervisor;
	const char *own[2 + CONTROL_PLACES_MAX] = {NULL};
	const struct protect_hooks hooks = {
		.policy = run->config->policy, .plan = run->plan, .zero = &run->zero};
	size_t n_own = 0;
	int r;

	r = summary_new(&supervisor->summary);
	if (r == 0)
		r = open_json(run, reterr);
	if (run->json >= 0 && strcmp(run->options.json_file, "-") != 0)
		own[n_own++] = run->options.json_file;
	for (int i = 0; i < run->places.n; i++)
		own[n_own++] = run->places.path[i];
	protect_ports(&run->zero, &run->places);
	if (r == 0)
		r = protect_own_files(run->config, own, run->shim, &run->zero, reterr);
	if (r == 0)
		r = sealing_protect(&supervisor->sealing, &run->zero);
	if (r == 0)
		r = recording_protect(&run->recording, &run->zero);
	if (r == 0)
		r = run_proxy_init(run->config, &run->zero, supervisor, reterr);
	if (r == 0)
		r = protect_hooks(&hooks, reterr);
	if (r == 0 && run->options.approver)
		r = protect_approver(&hooks, run->options.approver, reterr);
	/* Before the sandbox, so that it inherits nothing of that. */
	if (r == 0)
		r = keeping_helper(run->config, &run->options.config, &run->recording,
				   run->options.follow, &run->helper);
	/* Without one a run goes on all the same. */
	if (r == 0 && (run->wanted.pty || !run->options.config.unattended))
		terminal_guard_start(run->wanted.tty, &run->wanted.guard);
	if (r == 0)
		r = hooked_start(run->config->policy, &run->hooks);
	if (r == 0 && run->options.approver)
		r = approver_start(run->config->policy, run->options.approver, &run->approver_runs);
	if (r == 0)
		r = published_open(run->config->policy, &run->zero, &run->published, reterr);
	if (r == 0)
		r = sandbox_start(run->plan, &supervisor->sandbox, reterr);
	if (r < 0)
		return explain_start(r);
	told_unlink(supervisor->told);
	r = protect_drop_rights(reterr);
	sealing_load_key(supervisor);
	supervisor->policy = run->config->policy;
	supervisor->zero = &run->zero;
	if (r == 0)
		r = supervisor_init(supervisor, reterr);
	if (r == 0)
		r = outside_new(supervisor, steal_pointer(run->helper), &run->published,
				&supervisor->outside);
	if (r == 0)
		r = reloads_new(supervisor, &run->zero, &supervisor->reloads);
	if (r == 0) {
		outside_set_loaded(supervisor->outside, reload_loaded, reload_changed);
		outside_tidy(supervisor->outside);
	}
	if (r == 0 && run->hooks)
		r = hooked_new(supervisor, steal_pointer(run->hooks), run->config->workspace,
			       &supervisor->hooked);
	if (r == 0)
		r = open_approvals(run, reterr);
	if (r == 0)
		r = open_remote(run, reterr);
	if (r == 0 && run->approver_runs)
		r = approver_new(supervisor, steal_pointer(run->approver_runs), &run->approver);
	return r;
}

/* A program's "Permission denied" does not say whose. To a person, not into a pipeline. */
static void say_denials(const struct run *run, struct buffer *text)
{
	struct summary_counts counts;

	summary_counts(run->supervisor.summary, &counts);
	if (counts.denied == 0 || !isatty(2))
		return;
	buffer_printf(
		text, "callgate: %llu %s denied: --verbose says which and what would allow %s\n",
		(unsigned long long)counts.denied, counts.denied == 1 ? "call was" : "calls were",
		counts.denied == 1 ? "it" : "them");
}

static void say_end(struct run *run, int status)
{
	struct supervisor *supervisor = &run->supervisor;
	struct buffer text = {};
	struct summary_run facts = {.run = supervisor->run,
				    .exit_status = status,
				    .audit = run->recording.name,
				    .unrecorded = supervisor->unrecorded,
				    .unforwarded = recording_lost(&run->recording)};

	if (supervisor->exec_errno) {
		buffer_append_string(&text, "callgate: cannot execute ");
		text_append_escaped(&text, run->options.command[0], strlen(run->options.command[0]),
				    256);
		buffer_printf(&text, ": %s\n", strerror(supervisor->exec_errno));
	}
	if (run->options.verbose || supervisor->exec_errno == EACCES)
		summary_text(supervisor->summary, &text);
	else
		say_denials(run, &text);
	if (supervisor->repositories) {
		struct buffer left = {};

		if (leftovers_list(supervisor->repositories, &left) > 0 && !left.error)
			buffer_printf(&text,
				      "callgate: this run left what may execute later, "
				      "outside:\n%s",
				      left.data);
		buffer_done(&left);
	}
	if (run->options.verbose && run->recording.name)
		buffer_printf(&text, "callgate: run %s, record %s\n", supervisor->run,
			      run->recording.name);
	if (text.len)
		fwrite(text.data, 1, text.len, stderr);
	buffer_done(&text);
	if (run->json >= 0 && summary_write(supervisor->summary, &facts, run->json) < 0)
		fprintf(stderr, "callgate: cannot write the summary\n");
}

static int run_command(struct run *run, struct failure *reterr)
{
	struct supervisor *supervisor = &run->supervisor;
	int r;

	r = config_load(&run->options.config, &run->config, reterr);
	if (r < 0)
		return r;
	config_print_notices(run->config);
	terminal_wanted(&run->wanted);
	remote_places(!run->options.print_plan, &run->places);
	if (run->options.print_plan) {
		r = make_plan(run, reterr);
		if (r == 0)
			plan_print(run->plan, stdout);
		return r;
	}
	signal(SIGPIPE, SIG_IGN);
	/* A performed truncate beyond our own limit of file sizes: an errno, not our end. */
	signal(SIGXFSZ, SIG_IGN);
	supervisor->started_ns = loop_now();
	r = run_id_make(supervisor->run);
	if (r == 0)
		r = loop_new(&supervisor->loop);
	if (r < 0)
		return explain_start(
			failure_set(reterr, r, "cannot set up io_uring: %s", strerror(-r)));
	r = told_new(policy_settings(run->config->policy)->tell_agent == POLICY_TELL_STDERR &&
			     !run->wanted.pty && !isatty(2),
		     &supervisor->told);
	/* The log first: its directory must be there for the plan to cover it. */
	if (r == 0)
		r = recording_open(&run->recording, supervisor, run->config, run->options.audit,
				   reterr);
	if (r == 0)
		r = make_plan(run, reterr);
	if (r == 0)
		r = recording_check(&run->recording, run->plan, reterr);
	if (r == 0)
		r = start(run, reterr);
	if (r < 0)
		return r;
	record_begin(run);
	r = supervisor_run(supervisor);
	if (r < 0)
		failure_set(reterr, r, "the enforcer failed: %s", strerror(-r));
	/* The program may have ended with its answer. */
	keeping_finish(supervisor);
	close_terminal(run);
	/* What is still connected ends now, on record. */
	supervisor->outside = outside_free(supervisor->outside);
	hooked_finish(supervisor->hooked);
	record_finish(run, r < 0 ? EXIT_CALLGATE : r);
	say_end(run, r < 0 ? EXIT_CALLGATE : r);
	return r;
}

int command_run(int argc, char **argv)
{
	static struct run run = {.json = -1, .supervisor.sandbox = SANDBOX_NONE};
	struct failure failure = {};
	int r = run_options_parse(argc, argv, &run.options, &failure);

	if (r == 1)
		return command_print_help("run");
	if (r < 0) {
		command_usage_error("run", &failure);
		return EXIT_CALLGATE;
	}
	run.supervisor.listener.fd = -1;
	r = run_command(&run, &failure);
	if (r < 0)
		failure_print(&failure);
	run_done(&run);
	return r < 0 ? EXIT_CALLGATE : r;
}
