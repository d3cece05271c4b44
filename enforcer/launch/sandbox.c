/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts the sandbox of a plan. Runs in the enforcer, outside; until sandbox_go() everything inside
 * is our own code, so what is waited for here is bounded by a deadline and not by the agent.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/launch/bwrap-files.h"
#include "enforcer/launch/handover.h"
#include "enforcer/launch/keeper.h"
#include "enforcer/launch/netns.h"
#include "enforcer/launch/plan.h"
#include "enforcer/launch/sandbox.h"
#include "enforcer/launch/standard-streams.h"
#include "enforcer/launch/start-failure.h"

#define START_TIMEOUT_MS 10000
#define COMPLAINTS_MAX   4096

/* Fixed places: what PATH says is the person's business for the agent, not for the wall. */
static const char *const bwrap_places[] = {"/usr/bin/bwrap", "/usr/local/bin/bwrap",
					   "/run/current-system/sw/bin/bwrap"};

/* A start under way. */
struct start {
	const struct plan *plan;
	struct sandbox *sandbox;
	struct failure *reterr;
	const char *bwrap;
	int sync;       /* to the keeper */
	int complaints; /* bwrap's stderr; -1 once it is closed */
	char text[COMPLAINTS_MAX];
	size_t text_len;
	int64_t deadline; /* CLOCK_MONOTONIC, milliseconds */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A pipe that is full would stop bwrap; what is over the limit is forgotten. */
static void drain_complaints(struct start *start)
{
	char data[512];
	ssize_t n;

	while (start->complaints >= 0) {
		n = read(start->complaints, data, sizeof(data));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		if (n == 0) {
			start->complaints = fd_close(start->complaints);
			return;
		}
		if ((size_t)n > sizeof(start->text) - 1 - start->text_len)
			n = (ssize_t)(sizeof(start->text) - 1 - start->text_len);
		memcpy(start->text + start->text_len, data, (size_t)n);
		start->text_len += (size_t)n;
	}
}

/* Until fd has something to say (1), the keeper ended (0), or it took too long (-ETIMEDOUT). */
static int start_wait(struct start *start, int fd)
{
	for (;;) {
		struct pollfd polls[] = {
			{.fd = fd, .events = POLLIN},
			{.fd = start->sandbox->keeper_pidfd, .events = POLLIN},
			{.fd = start->complaints, .events = POLLIN},
		};
		int64_t left = start->deadline - now_ms();
		int n;

		if (left <= 0)
			return failure_set(start->reterr, -ETIMEDOUT,
					   "the sandbox did not start within %d seconds",
					   START_TIMEOUT_MS / 1000);
		n = poll(polls, ARRAY_LEN(polls), (int)left);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0)
			continue;
		if (polls[2].revents)
			drain_complaints(start);
		if (polls[0].revents)
			return 1;
		if (polls[1].revents)
			return 0;
	}
}

static int start_ended(struct start *start)
{
	/* The writers are gone, or go now: what they said is in the pipe. */
	drain_complaints(start);
	start->text[start->text_len] = '\0';
	return start_failure_of_bwrap(start->text, start->reterr);
}

static int write_keeper_file(pid_t keeper, const char *name, const char *text)
{
	_cleanup_fd_ int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", keeper, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd_write_all(fd, text, strlen(text));
}

/* Each id stands for itself and no other exists inside: files of others show as nobody's. The
 * kernel lets an unprivileged process write the group's map only after setgroups is given up. */
static int map_ids(struct start *start)
{
	char uids[64], gids[64];
	int r;

	snprintf(uids, sizeof(uids), "%u %u 1\n", geteuid(), geteuid());
	snprintf(gids, sizeof(gids), "%u %u 1\n", getegid(), getegid());
	r = write_keeper_file(start->sandbox->keeper, "uid_map", uids);
	if (r == 0)
		r = write_keeper_file(start->sandbox->keeper, "setgroups", "deny");
	if (r == 0)
		r = write_keeper_file(start->sandbox->keeper, "gid_map", gids);
	if (r < 0)
		return failure_set(start->reterr, r, "cannot map ids into the user namespace: %s",
				   strerror(-r));
	if (send(start->sync, "", 1, MSG_NOSIGNAL) != 1)
		return -errno;
	return 0;
}

/* Its maps, then until it has executed bwrap, which closes its end of sync. */
static int follow_keeper(struct start *start)
{
	struct keeper_report report;
	ssize_t n;
	int r;

	for (;;) {
		r = start_wait(start, start->sync);
		if (r < 0)
			return r;
		if (r == 0)
			return start_ended(start);
		n = recv(start->sync, &report, sizeof(report), MSG_DONTWAIT);
		if (n == 0)
			return 0;
		if (n != (ssize_t)sizeof(report))
			return n < 0 ? -errno : -EPROTO;
		if (report.error)
			return start_failure_of_keeper(report.step, report.error, start->bwrap,
						       start->reterr);
		r = map_ids(start);
		if (r < 0)
			return r;
	}
}

static int enter_network(struct start *start)
{
	struct sandbox *sandbox = start->sandbox;
	const struct netns_request request = {.kind = NETNS_ENTER};
	_cleanup_fd_ int namespace_fd = -1;
	int fds[NETNS_ENTERED] = {-1, -1, -1, -1, -1, -1}, r;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", sandbox->agent);
	namespace_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (namespace_fd < 0)
		return -errno;
	r = netns_call(sandbox->network, &request, namespace_fd, fds, NETNS_ENTERED);
	memcpy(sandbox->resolver, fds, sizeof(sandbox->resolver));
	memcpy(sandbox->refusals, fds + NETNS_RESOLVER, sizeof(sandbox->refusals));
	return r < 0 ? r : r < NETNS_RESOLVER ? -EPROTO : 0;
}

/* The view's root and its terminals, through the shim, which waits for go. */
static int open_view(struct start *start)
{
	struct sandbox *sandbox = start->sandbox;
	struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
			       .resolve = RESOLVE_NO_SYMLINKS};
	char path[64], byte;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/root", sandbox->agent);
	sandbox->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (sandbox->root < 0)
		return failure_set(start->reterr, -errno, "cannot open the sandbox's root: %s",
				   strerror(errno));
	sandbox->devpts = (int)syscall(SYS_openat2, sandbox->root, "dev/pts", &how, sizeof(how));
	if (sandbox->devpts < 0)
		return failure_set(start->reterr, -errno, "cannot open the sandbox's devpts: %s",
				   strerror(errno));
	r = enter_network(start);
	if (r < 0)
		return failure_set(start->reterr, r, "cannot set up the sandbox's network: %s",
				   strerror(-r));
	/* Had the shim died, its pid might be a stranger's by now. */
	if (recv(sandbox->control, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN)
		return start_ended(start);
	return 0;
}

static int take_message(struct start *start, struct handover_received *received)
{
	struct sandbox *sandbox = start->sandbox;

	switch ((enum handover_kind)received->message.kind) {
	case HANDOVER_TERMINAL:
		if (received->fd < 0 || sandbox->terminal >= 0 || !start->plan->terminal)
			return -EPROTO;
		sandbox->terminal = steal_fd(received->fd);
		return 0;
	case HANDOVER_LISTENER:
		if (received->fd < 0 || (start->plan->terminal && sandbox->terminal < 0))
			return -EPROTO;
		sandbox->listener = steal_fd(received->fd);
		sandbox->agent = received->pid;
		return 1;
	case HANDOVER_FAILED:
		return start_failure_of_shim(received->message.step, received->message.error,
					     start->plan->cwd, start->reterr);
	case HANDOVER_NOTHING:
	case HANDOVER_GO:
	case HANDOVER_AGENT: /* these three come behind the go */
	case HANDOVER_EXECUTED:
	case HANDOVER_STOPPED:
		break;
	}
	return -EPROTO;
}

static int follow_shim(struct start *start)
{
	for (;;) {
		struct handover_received received = {.fd = -1};
		int r;

		r = start_wait(start, start->sandbox->control);
		if (r < 0)
			return r;
		if (r == 0)
			return start_ended(start);
		r = handover_receive(start->sandbox->control, &received);
		if (r == -EPIPE)
			return start_ended(start);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		r = take_message(start, &received);
		fd_close(received.fd);
		if (r == -EPROTO)
			failure_set(start->reterr, r, "the shim does not speak as expected");
		if (r)
			return r < 0 ? r : open_view(start);
	}
}

static int find_bwrap(struct start *start)
{
	for (size_t i = 0; i < ARRAY_LEN(bwrap_places); i++)
		if (access(bwrap_places[i], X_OK) == 0) {
			start->bwrap = bwrap_places[i];
			return 0;
		}
	failure_hint(start->reterr, "install it: apt-get install bubblewrap");
	return failure_set(start->reterr, -ENOENT, "bubblewrap is missing: no %s", bwrap_places[0]);
}

static int fork_keeper(struct start *start, const struct keeper *keeper)
{
	struct sandbox *sandbox = start->sandbox;

	sandbox->keeper = fork();
	if (sandbox->keeper < 0) {
		sandbox->keeper = 0;
		return failure_set(start->reterr, -errno, "cannot fork: %s", strerror(errno));
	}
	if (sandbox->keeper == 0)
		keeper_run(keeper);
	sandbox->keeper_pidfd = (int)syscall(SYS_pidfd_open, sandbox->keeper, 0);
	return sandbox->keeper_pidfd < 0 ? -errno : 0;
}

/* All that the keeper gets is ours again, or closed, when this returns: only its copies are left.
 */
static int start_keeper(struct start *start, const int streams[static 3])
{
	_cleanup_fd_ int sync = -1, options = -1, plan = -1, control = -1, complaints = -1;
	_cleanup_fd_ int network = -1;
	struct keeper keeper = {.enforcer = getpid(), .bwrap = start->bwrap, .files = {-1, -1, -1}};
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	start->sync = pair[0];
	sync = pair[1];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	start->sandbox->network = pair[0];
	network = pair[1];
	if (pipe2(pair, O_CLOEXEC) < 0)
		return -errno;
	start->complaints = pair[0];
	complaints = pair[1];
	if (fcntl(start->complaints, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	options = bwrap_options_fd(start->plan);
	if (options < 0)
		return options;
	r = bwrap_files(start->plan, keeper.files);
	if (r < 0)
		return r;
	plan = handover_plan_fd(start->plan);
	if (plan < 0)
		return plan;
	r = handover_socketpair(&start->sandbox->control, &control);
	if (r < 0)
		return r;
	keeper.sync = sync;
	keeper.options = options;
	keeper.plan = plan;
	keeper.control = control;
	keeper.network = network;
	keeper.complaints = complaints;
	memcpy(keeper.streams, streams, sizeof(keeper.streams));
	r = fork_keeper(start, &keeper);
	for (int i = 0; i < PLAN_FILES_MAX; i++)
		fd_close(keeper.files[i]);
	return r;
}

int sandbox_start(const struct plan *plan, struct sandbox *ret_sandbox, struct failure *reterr)
{
	_cleanup_(sandbox_done) struct sandbox sandbox = SANDBOX_NONE;
	struct start start = {
		.plan = plan,
		.sandbox = &sandbox,
		.reterr = reterr,
		.sync = -1,
		.complaints = -1,
		.deadline = now_ms() + START_TIMEOUT_MS,
	};
	int streams[3] = {-1, -1, -1}, r;

	r = standard_streams_take(plan->terminal, streams, reterr);
	if (r == 0)
		r = find_bwrap(&start);
	if (r == 0)
		r = start_keeper(&start, streams);
	for (int i = 0; i < 3; i++)
		fd_close(streams[i]);
	if (r == 0)
		r = follow_keeper(&start);
	if (r == 0)
		r = follow_shim(&start);
	fd_close(start.sync);
	fd_close(start.complaints);
	if (r < 0)
		return failure_set(reterr, r, "cannot start the sandbox: %s", strerror(-r));
	*ret_sandbox = sandbox;
	sandbox = (struct sandbox)SANDBOX_NONE;
	return 0;
}

int sandbox_socket(struct sandbox *sandbox, int family)
{
	__typeof__(&sandbox->spare[0]) spare = &sandbox->spare[family == AF_INET6];

	_Static_assert(ARRAY_LEN(spare->fds) == NETNS_BATCH, "an answer fits");
	if (family == AF_NETLINK) {
		const struct netns_request request = {.kind = NETNS_SOCKETS, .family = family};
		int fd, n = netns_call(sandbox->network, &request, -1, &fd, 1);

		return n < 0 ? n : n == 1 ? fd : -EPROTO;
	}
	if (spare->n == 0) {
		const struct netns_request request = {.kind = NETNS_SOCKETS, .family = family};
		int n = netns_call(sandbox->network, &request, -1, spare->fds, NETNS_BATCH);

		if (n <= 0)
			return n < 0 ? n : -EPROTO;
		spare->n = n;
	}
	return spare->fds[--spare->n];
}

int sandbox_datagram_socket(struct sandbox *sandbox, int family)
{
	const struct netns_request request = {.kind = NETNS_DATAGRAM, .family = family};
	int fd = -1, n = netns_call(sandbox->network, &request, -1, &fd, 1);

	return n < 0 ? n : n == 0 ? -EPROTO : fd;
}

int sandbox_make_local(struct sandbox *sandbox, int family, const unsigned char *address)
{
	struct netns_request request = {.kind = NETNS_LOCAL, .family = family};

	memcpy(request.address, address, family == AF_INET6 ? 16 : 4);
	return netns_call(sandbox->network, &request, -1, NULL, 0);
}

int sandbox_go(struct sandbox *sandbox)
{
	return handover_send_go(sandbox->control);
}

int sandbox_read_event(struct sandbox *sandbox, int *ret_errno)
{
	struct handover_received received = {.fd = -1};
	int r;

	r = handover_receive(sandbox->control, &received);
	if (r == -EPIPE)
		return SANDBOX_CLOSED;
	if (r <= 0)
		return r;
	fd_close(received.fd);
	switch (received.message.kind) {
	case HANDOVER_AGENT:
		sandbox->agent = received.pid;
		return sandbox_read_event(sandbox, ret_errno);
	case HANDOVER_EXECUTED:
		return SANDBOX_EXECUTED;
	case HANDOVER_STOPPED:
		return SANDBOX_STOPPED;
	case HANDOVER_FAILED:
		if (received.message.error <= 0)
			return -EPROTO;
		*ret_errno = received.message.error;
		return SANDBOX_FAILED;
	default:
		return -EPROTO;
	}
}

int sandbox_wait(struct sandbox *sandbox)
{
	int status;
	pid_t pid;

	if (sandbox->keeper <= 0)
		return -ECHILD;
	do
		pid = waitpid(sandbox->keeper, &status, 0);
	while (pid < 0 && errno == EINTR);
	if (pid < 0)
		return -errno;
	sandbox->keeper = 0;
	/* It passes on what it saw; killed itself, nobody knows how the agent ended. */
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EOWNERDEAD;
}

void sandbox_done(struct sandbox *sandbox)
{
	if (sandbox->keeper > 0) {
		/* By pid: it is our child and was not reaped, so the number is still its own. */
		kill(sandbox->keeper, SIGKILL);
		sandbox_wait(sandbox);
	}
	fd_close(sandbox->keeper_pidfd);
	fd_close(sandbox->listener);
	fd_close(sandbox->root);
	fd_close(sandbox->devpts);
	fd_close(sandbox->control);
	fd_close(sandbox->terminal);
	fd_close(sandbox->network);
	for (size_t i = 0; i < ARRAY_LEN(sandbox->resolver); i++)
		fd_close(sandbox->resolver[i]);
	for (size_t i = 0; i < ARRAY_LEN(sandbox->refusals); i++)
		fd_close(sandbox->refusals[i]);
	for (size_t i = 0; i < ARRAY_LEN(sandbox->spare); i++)
		while (sandbox->spare[i].n > 0)
			close(sandbox->spare[i].fds[--sandbox->spare[i].n]);
	*sandbox = (struct sandbox)SANDBOX_NONE;
}
