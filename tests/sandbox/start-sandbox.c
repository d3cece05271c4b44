/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a command in a sandbox made by hand, with a supervisor that lets everything through: what
 * is tested with it is the start and the wall, not the gate. Never to be copied into the enforcer.
 *
 *   start-sandbox [--terminal] [--cwd DIR] [--env NAME=VALUE]... [--write DIR]... -- COMMAND...
 *   start-sandbox --policy FILE [--cwd DIR] [--home DIR] [--print] -- COMMAND...
 *
 * With --policy the plan is made from the policy (the workspace is --cwd), and may be printed
 * instead of carried out. The supervisor lets everything through all the same.
 * Prints what the sandbox said about its start to stderr ("start-sandbox: ..."); exits with the
 * command's status, 125 where the sandbox did not start.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/launch/handover.h"
#include "enforcer/launch/plan-host.h"
#include "enforcer/launch/sandbox.h"
#include "enforcer/policy/policy.h"
#include "filters/kernel-newer.h"

#define EXTRA_MAX 16

struct options {
	bool terminal;
	bool print;
	const char *policy;
	const char *cwd, *home;
	char *environment[EXTRA_MAX + 1];
	size_t environment_count;
	struct plan_mount mounts[EXTRA_MAX];
	size_t mount_count;
	char **command;
};

static void add_mount(struct options *options, enum plan_mount_kind kind, char *path, char *source)
{
	options->mounts[options->mount_count++] = (struct plan_mount){kind, path, source};
}

static void parse(struct options *options, char **argv)
{
	static char root[] = "/", dev[] = "/dev", proc[] = "/proc", tmp[] = "/tmp";

	add_mount(options, PLAN_MOUNT_READ_ONLY, root, root);
	add_mount(options, PLAN_MOUNT_DEV, dev, NULL);
	add_mount(options, PLAN_MOUNT_PROC, proc, NULL);
	add_mount(options, PLAN_MOUNT_TMP, tmp, NULL);
	options->cwd = "/";
	options->home = "/root";
	for (argv++; *argv && strcmp(*argv, "--") != 0; argv++) {
		if (strcmp(*argv, "--terminal") == 0)
			options->terminal = true;
		else if (strcmp(*argv, "--print") == 0)
			options->print = true;
		else if (strcmp(*argv, "--policy") == 0)
			options->policy = *++argv;
		else if (strcmp(*argv, "--home") == 0)
			options->home = *++argv;
		else if (strcmp(*argv, "--cwd") == 0)
			options->cwd = *++argv;
		else if (strcmp(*argv, "--env") == 0)
			options->environment[options->environment_count++] = *++argv;
		else if (strcmp(*argv, "--write") == 0)
			argv++, add_mount(options, PLAN_MOUNT_WRITABLE, *argv, *argv);
	}
	options->command = *argv ? argv + 1 : argv;
}

static int continue_pending(int listener)
{
	struct pollfd ready = {.fd = listener, .events = POLLIN};

	while (poll(&ready, 1, 0) == 1 && ready.revents & POLLIN) {
		struct seccomp_notif notif = {};
		struct seccomp_notif_resp resp = {};

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notif) < 0)
			continue;
		resp.id = notif.id;
		resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
	}
	return ready.revents & POLLHUP ? 0 : 1;
}

static void copy_terminal(int terminal)
{
	char data[4096];
	ssize_t n = read(terminal, data, sizeof(data));

	if (n > 0 && write(STDOUT_FILENO, data, (size_t)n) < 0)
		perror("start-sandbox");
}

static int supervise(struct sandbox *sandbox)
{
	struct pollfd polls[] = {
		{.fd = sandbox->listener, .events = POLLIN},
		{.fd = sandbox->control, .events = POLLIN},
		{.fd = sandbox->terminal, .events = POLLIN},
		{.fd = sandbox->keeper_pidfd, .events = POLLIN},
	};
	int error = 0;

	for (;;) {
		if (poll(polls, ARRAY_LEN(polls), -1) < 0)
			return 125;
		if (polls[0].revents && !continue_pending(sandbox->listener))
			polls[0].fd = -1;
		if (polls[1].revents && sandbox_read_event(sandbox, &error) != SANDBOX_NOTHING) {
			fprintf(stderr, "start-sandbox: executed: %s\n",
				error ? strerror(error) : "yes");
			polls[1].fd = -1;
		}
		if (polls[2].revents & POLLIN)
			copy_terminal(sandbox->terminal);
		else if (polls[2].revents)
			polls[2].fd = -1;
		if (polls[3].revents && !(polls[2].revents & POLLIN))
			return sandbox_wait(sandbox);
	}
}

/* By hand: everything may be read and executed. The plan's strings are static or argv's. */
static int make_plan_by_hand(struct options *options, const char *shim, struct plan *plan)
{
	static char search[] = "/usr/local/bin:/usr/bin:/bin";
	struct landlock_rule everything = {
		.path = (char *)"/",
		.access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
			  LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_IOCTL_DEV,
	};

	plan->mounts = options->mounts;
	plan->mount_count = options->mount_count;
	plan->argv = options->command;
	plan->envp = options->environment;
	plan->search_path = search;
	plan->cwd = (char *)options->cwd;
	plan->shim = (char *)shim;
	plan->terminal = options->terminal ? 7 : 0;
	plan->window = (struct winsize){.ws_row = 33, .ws_col = 99};
	landlock_rules_init(&plan->landlock, plan_landlock_abi());
	if (landlock_rules_add(&plan->landlock, &everything, false) < 0)
		return -ENOMEM;
	return filter_build(&plan->filter_options, &plan->filter);
}

static int make_policy(const struct options *options, struct policy **ret_policy)
{
	const char *const workspaces[] = {options->cwd, NULL};
	const char *const tmp[] = {"/tmp", "/var/tmp", NULL};
	struct policy_context context = {
		.home = options->home, .workspaces = workspaces, .tmp = tmp, .state = tmp + 2};
	_cleanup_fd_ int fd = open(options->policy, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	struct policy_error error = {};
	struct policy_part *part = NULL;
	size_t len;
	int r;

	if (fd < 0 || fd_read_file(fd, 1 << 20, &text, &len) < 0)
		return -EIO;
	r = policy_parse(text, len, options->policy, LAYER_USER, &part, &error);
	if (r == 0)
		r = policy_new(&part, 1, &context, ret_policy, &error);
	if (r < 0)
		fprintf(stderr, "%s:%d: %s\n", error.file, error.line, error.text);
	return r;
}

static int make_plan_by_policy(const struct options *options, const char *shim,
			       struct plan **ret_plan, struct failure *reterr)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct plan_input input = {
		.tree = &plan_host_tree,
		.argv = (const char *const *)options->command,
		.envp = (const char *const *)options->environment,
		.cwd = options->cwd,
		.shim = shim,
		.landlock_abi = plan_landlock_abi(),
	};
	int r;

	r = make_policy(options, &policy);
	if (r < 0)
		return r;
	input.policy = policy;
	return plan_new(&input, ret_plan, reterr);
}

static int run(const struct plan *plan, struct failure *reterr)
{
	_cleanup_(sandbox_done) struct sandbox sandbox = SANDBOX_NONE;

	if (sandbox_start(plan, &sandbox, reterr) < 0) {
		failure_print(reterr);
		return 125;
	}
	fprintf(stderr, "start-sandbox: keeper %d agent %d\n", sandbox.keeper, sandbox.agent);
	if (sandbox_go(&sandbox) < 0)
		return 125;
	return supervise(&sandbox);
}

int main(int argc, char **argv)
{
	_cleanup_(plan_freep) struct plan *made = NULL;
	struct options options = {};
	struct failure failure = {};
	struct plan plan = {};
	char shim[PATH_MAX];
	int r;

	parse(&options, argv);
	if (!options.command[0] || !getenv("CALLGATE_TEST_SHIM") ||
	    !realpath(getenv("CALLGATE_TEST_SHIM"), shim))
		return 125;
	if (options.policy)
		r = make_plan_by_policy(&options, shim, &made, &failure);
	else
		r = make_plan_by_hand(&options, shim, &plan);
	if (r < 0) {
		failure_print(&failure);
		return 125;
	}
	if (options.print) {
		plan_print(made ? made : &plan, stdout);
		return 0;
	}
	r = run(made ? made : &plan, &failure);
	landlock_rules_done(&plan.landlock);
	filter_done(&plan.filter);
	return r;
}
