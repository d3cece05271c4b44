/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a command in a sandbox made by hand, with a supervisor that lets everything through: what
 * is tested with it is the start and the wall, not the gate. Never to be copied into the enforcer.
 *
 *   start-sandbox [--terminal] [--cwd DIR] [--env NAME=VALUE]... [--write DIR]... -- COMMAND...
 *
 * Prints what the sandbox said about its start to stderr ("start-sandbox: ..."); exits with the
 * command's status, 125 where the sandbox did not start.
 */
#include <errno.h>
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
#include "filters/kernel-newer.h"

#define EXTRA_MAX 16

struct options {
	bool terminal;
	const char *cwd;
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
	for (argv++; *argv && strcmp(*argv, "--") != 0; argv++) {
		if (strcmp(*argv, "--terminal") == 0)
			options->terminal = true;
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
	int error;

	for (;;) {
		if (poll(polls, ARRAY_LEN(polls), -1) < 0)
			return 125;
		if (polls[0].revents && !continue_pending(sandbox->listener))
			polls[0].fd = -1;
		if (polls[1].revents && sandbox_read_start(sandbox, &error) != 0) {
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

int main(int argc, char **argv)
{
	static char search[] = "/usr/local/bin:/usr/bin:/bin";
	_cleanup_(sandbox_done) struct sandbox sandbox = SANDBOX_NONE;
	struct landlock_rule everything = {
		(char *)"/",
		LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
			LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_IOCTL_DEV,
		false, false};
	struct options options = {};
	struct failure failure = {};
	struct plan plan = {};
	char shim[PATH_MAX];
	int r;

	parse(&options, argv);
	if (!options.command[0] || !getenv("CALLGATE_TEST_SHIM") ||
	    !realpath(getenv("CALLGATE_TEST_SHIM"), shim))
		return 125;
	plan.mounts = options.mounts;
	plan.mount_count = options.mount_count;
	plan.argv = options.command;
	plan.envp = options.environment;
	plan.search_path = search;
	plan.cwd = (char *)options.cwd;
	plan.shim = shim;
	plan.terminal = options.terminal ? 7 : 0;
	plan.window = (struct winsize){.ws_row = 33, .ws_col = 99};
	landlock_rules_init(&plan.landlock, plan_landlock_abi());
	if (landlock_rules_add(&plan.landlock, &everything, false) < 0 ||
	    filter_build(&plan.filter_options, &plan.filter) < 0)
		return 125;
	r = sandbox_start(&plan, &sandbox, &failure);
	landlock_rules_done(&plan.landlock);
	filter_done(&plan.filter);
	if (r < 0) {
		failure_print(&failure);
		return 125;
	}
	fprintf(stderr, "start-sandbox: keeper %d agent %d\n", sandbox.keeper, sandbox.agent);
	if (sandbox_go(&sandbox) < 0)
		return 125;
	return supervise(&sandbox);
}
