/* SPDX-License-Identifier: Apache-2.0 */
/* A program of a hook that has been started. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/helper/hook-answer.h"
#include "enforcer/helper/hook-process.h"

/* Chunks that are read before the others get their turn. */
#define DRAIN_ROUNDS 64

extern char **environ;

static _Noreturn void child_run(const struct policy_hook *hook, const int fds[3])
{
	sigset_t none;
	int at[3];

	/* A group of its own, so that a timeout ends what it started, too. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	for (int i = 0; i < 3; i++)
		at[i] = fcntl(fds[i], F_DUPFD, 3);
	for (int i = 0; i < 3; i++)
		if (at[i] < 0 || dup2(at[i], i) < 0)
			_exit(127);
	/* Not in the workspace: interpreters look there for modules, which the agent wrote. */
	if (syscall(SYS_close_range, 3, ~0U, 0) < 0 || chdir("/") < 0)
		_exit(127);
	execve(hook->command[0], (char *const *)hook->command, environ);
	dprintf(2, "cannot be started: %s", strerror(errno));
	_exit(127);
}

/* Our ends. */
static int make_pipes(int ours[3], int theirs[3])
{
	for (int i = 0; i < 3; i++) {
		int pair[2];

		if (pipe2(pair, O_CLOEXEC) < 0)
			return -errno;
		ours[i] = pair[i == 0];
		theirs[i] = pair[i != 0];
		if (fcntl(ours[i], F_SETFL, O_NONBLOCK) < 0)
			return -errno;
	}
	return 0;
}

static void close_all(int fds[3])
{
	for (int i = 0; i < 3; i++)
		fds[i] = fd_close(fds[i]);
}

int process_start(const struct policy_hook *hook, uint32_t number, struct process **ret_process)
{
	int ours[3] = {-1, -1, -1}, theirs[3] = {-1, -1, -1};
	struct process *process = calloc(1, sizeof(*process));
	int r = process ? make_pipes(ours, theirs) : -ENOMEM;

	if (r == 0) {
		process->pid = fork();
		if (process->pid == 0)
			child_run(hook, theirs);
		r = process->pid < 0 ? -errno : 0;
	}
	close_all(theirs);
	if (r == 0) {
		setpgid(process->pid, process->pid);
		process->pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
		if (process->pidfd < 0) {
			r = -errno;
			kill(process->pid, SIGKILL);
			waitpid(process->pid, NULL, 0);
		}
	}
	if (r < 0) {
		close_all(ours);
		free(process);
		return r;
	}
	process->hook = hook;
	process->number = number;
	process->in = ours[0];
	process->out = ours[1];
	process->err = ours[2];
	*ret_process = process;
	return 0;
}

static void process_kill(struct process *process)
{
	process->doomed = true;
	if (process->pid > 0)
		kill(-process->pid, SIGKILL);
}

struct process *process_free(struct process *process)
{
	if (!process)
		return NULL;
	if (process->pid > 0) {
		process_kill(process);
		waitpid(process->pid, NULL, 0);
	}
	while (process->jobs) {
		struct job *job = process->jobs;

		process->jobs = job->next;
		free(job);
	}
	fd_close(process->pidfd);
	fd_close(process->in);
	fd_close(process->out);
	fd_close(process->err);
	buffer_done(&process->to);
	buffer_done(&process->said);
	buffer_done(&process->complaint);
	free(process);
	return NULL;
}

static void process_tell(struct process *process, struct job *job, uint64_t now)
{
	job->held = false;
	job->deadline_ns = now + process->hook->timeout_ns;
	buffer_append(&process->to, job->line, job->len);
}

void process_give(struct process *process, struct job *job, uint64_t now)
{
	struct job **last = &process->jobs;
	bool one_by_one = process->hook->stream && process->hook->when == HOOK_BEFORE &&
			  !process->names_calls;

	while (*last)
		last = &(*last)->next;
	*last = job;
	job->next = NULL;
	job->held = one_by_one && process->jobs != job;
	if (!job->held)
		process_tell(process, job, now);
}

void process_close_input(struct process *process)
{
	if (process->to.len == 0)
		process->in = fd_close(process->in);
}

size_t process_polls(const struct process *process, struct pollfd polls[PROCESS_POLLS])
{
	size_t n = 0;

	polls[n++] = (struct pollfd){.fd = process->pidfd, .events = POLLIN};
	if (process->out >= 0)
		polls[n++] = (struct pollfd){.fd = process->out, .events = POLLIN};
	if (process->err >= 0)
		polls[n++] = (struct pollfd){.fd = process->err, .events = POLLIN};
	if (process->in >= 0 && process->to.len)
		polls[n++] = (struct pollfd){.fd = process->in, .events = POLLOUT};
	return n;
}

uint64_t process_deadline(const struct process *process)
{
	if (process->doomed)
		return UINT64_MAX;
	if (process->jobs)
		return process->jobs->deadline_ns;
	return process->last_ns ? process->last_ns : UINT64_MAX;
}

static void process_write(struct process *process)
{
	while (process->to.len && process->in >= 0) {
		ssize_t n = write(process->in, process->to.data, process->to.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			/* It need not read what it is told. */
			process->in = fd_close(process->in);
			process->to.len = 0;
			return;
		}
		buffer_consume(&process->to, (size_t)n);
	}
	if (!process->hook->stream)
		process_close_input(process);
}

/* Into buffer what there is, of which max bytes are kept. False where it said more. */
static bool drain(int *fd, struct buffer *buffer, size_t max)
{
	char chunk[4096];
	bool fits = true;

	for (int i = 0; *fd >= 0 && i < DRAIN_ROUNDS; i++) {
		ssize_t n = read(*fd, chunk, sizeof(chunk));
		size_t room = max - buffer->len;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return fits;
		if (n <= 0) {
			*fd = fd_close(*fd);
			return fits;
		}
		fits = fits && (size_t)n <= room;
		buffer_append(buffer, chunk, (size_t)n < room ? (size_t)n : room);
	}
	return fits;
}

static void answer_oldest(struct process *process, const struct process_events *events,
			  struct hook_answer *answer)
{
	struct job *job = process->jobs;

	answer->id = job->id;
	answer->hook = job->hook;
	process->jobs = job->next;
	free(job);
	events->answered(events->userdata, answer);
}

static void fail_all(struct process *process, const struct process_events *events,
		     const char *reason)
{
	while (process->jobs) {
		struct hook_answer answer = {};

		hook_answer_failed(&answer, "%s", reason);
		answer_oldest(process, events, &answer);
	}
}

/* Whose an answer was can be told no more. Where no call waits a person is told all the same. */
static void process_confused(struct process *process, const struct process_events *events,
			     const char *reason)
{
	struct hook_answer answer = {.hook = process->number};

	if (!process->jobs) {
		hook_answer_failed(&answer, "%s", reason);
		events->answered(events->userdata, &answer);
	}
	fail_all(process, events, reason);
	process_kill(process);
}

/* A line is the answer to the oldest call, which it may name. NULL, or what is wrong with it. */
static const char *answer_line(struct process *process, const struct process_events *events,
			       size_t len)
{
	struct hook_answer answer = {};
	uint64_t id;

	hook_answer_parse(process->said.data, len - 1, &answer, &id);
	buffer_consume(&process->said, len);
	if (!process->jobs)
		return "it has answered what nobody asked";
	if (id == 0 && process->names_calls)
		return "its answer does not name its call, as those before did";
	if (id != 0 && id != process->jobs->id)
		return "its answer is to another call";
	process->names_calls = id != 0;
	answer_oldest(process, events, &answer);
	return NULL;
}

static void answer_lines(struct process *process, const struct process_events *events)
{
	const char *wrong = NULL;
	char *end;

	while (!wrong && process->said.len &&
	       (end = memchr(process->said.data, '\n', process->said.len)) != NULL) {
		wrong = answer_line(process, events, (size_t)(end - process->said.data) + 1);
		if (!wrong && process->said.len && (!process->jobs || process->jobs->held))
			wrong = "it has answered what nobody asked";
		for (struct job *job = process->jobs; !wrong && job && job->held; job = job->next) {
			process_tell(process, job, events->now);
			if (!process->names_calls)
				break;
		}
	}
	if (!wrong && process->said.len && !process->jobs)
		wrong = "it has answered what nobody asked";
	if (wrong)
		process_confused(process, events, wrong);
}

/* A hook that is told of what has been owes no answer. */
static void forget_told(struct process *process, const struct process_events *events)
{
	process->said.len = 0;
	while (process->to.len == 0 && process->jobs) {
		struct hook_answer answer = {.opinion = HOOK_OPINION_NONE};

		answer_oldest(process, events, &answer);
	}
}

static void process_ended(struct process *process, const struct process_events *events)
{
	struct hook_answer answer = {};
	int status = 0;

	waitpid(process->pid, &status, 0);
	process->pid = 0;
	if (process->doomed || !process->jobs) {
		fail_all(process, events, "it was ended");
		return;
	}
	if (process->hook->stream) {
		hook_answer_of_exit(status, &(struct buffer){}, &process->complaint, &answer);
		if (answer.opinion != HOOK_OPINION_FAILED)
			hook_answer_failed(&answer, "it ended without an answer");
		fail_all(process, events, answer.reason);
		return;
	}
	hook_answer_of_exit(status, &process->said, &process->complaint, &answer);
	answer_oldest(process, events, &answer);
}

bool process_step(struct process *process, const struct process_events *events)
{
	bool ended = false;

	for (size_t i = 0; i < events->n; i++)
		ended |= events->polls[i].fd == process->pidfd && events->polls[i].revents;
	process_write(process);
	drain(&process->err, &process->complaint, HOOK_COMPLAINT_MAX);
	if (!drain(&process->out, &process->said, HOOK_SAID_MAX) && !process->doomed &&
	    process->hook->when == HOOK_BEFORE) {
		fail_all(process, events, "it said too much");
		process_kill(process);
	}
	if (process->hook->stream && !process->doomed) {
		if (process->hook->when == HOOK_AFTER)
			forget_told(process, events);
		else
			answer_lines(process, events);
	}
	if (!ended && process_deadline(process) <= events->now) {
		fail_all(process, events, "it did not answer in time");
		process_kill(process);
	}
	if (!ended)
		return true;
	process_ended(process, events);
	return false;
}
