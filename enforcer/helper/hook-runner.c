/* SPDX-License-Identifier: Apache-2.0 */
/* The process that runs the hooks: one thread, one poll. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/helper/hook-answer.h"
#include "enforcer/helper/hook-process.h"
#include "enforcer/helper/hook-runner.h"

/* Programs at once; more calls wait. */
#define PROCESSES_MAX 32
/* Calls that wait for a program, and bytes that wait for one that is kept alive. Calls to be judged
 * are few, since their threads wait; of those that have been there may be any number. */
#define QUEUE_MAX  4096
#define UNREAD_MAX (8u << 20)
/* Behind a hook that is kept alive and ends at once, its next start waits. */
#define RESTART_NS 200000000u

struct runner {
	int fd;
	int stop;  /* tells of SIGTERM */
	bool last; /* no more calls come. The socket's end tells of ours */
	struct hook_list list;
	struct process *processes;
	size_t n_processes;
	struct job *queue, **queue_end;
	size_t n_queue;
	uint64_t *restart_at; /* by hook */
	char *order;          /* room for one */
};

static uint64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void runner_answer(void *userdata, const struct hook_answer *answer)
{
	struct runner *runner = userdata;
	const struct policy_hook *hook = runner->list.hooks[answer->hook];

	/* Nobody waits for what is said after the call, but a failure is told. */
	if (runner->fd < 0 || (hook->when == HOOK_AFTER && answer->opinion != HOOK_OPINION_FAILED))
		return;
	while (send(runner->fd, answer, sizeof(*answer), MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

static void runner_fail(struct runner *runner, const struct job *job, const char *reason)
{
	struct hook_answer answer = {.id = job->id, .hook = job->hook};

	hook_answer_failed(&answer, "%s", reason);
	runner_answer(runner, &answer);
}

static struct process *find_stream(const struct runner *runner, uint32_t hook)
{
	struct process *process = runner->processes;

	while (process && (process->number != hook || process->doomed))
		process = process->next;
	return process;
}

static struct process *runner_start(struct runner *runner, const struct job *job)
{
	const struct policy_hook *hook = runner->list.hooks[job->hook];
	struct process *process;
	int r = process_start(hook, job->hook, &process);

	if (r < 0) {
		runner_fail(runner, job, strerror(-r));
		return NULL;
	}
	process->next = runner->processes;
	runner->processes = process;
	runner->n_processes++;
	return process;
}

/* Gives the call to a program. False where it must wait. */
static bool runner_place(struct runner *runner, struct job *job, uint64_t now)
{
	const struct policy_hook *hook = runner->list.hooks[job->hook];
	struct process *process = hook->stream ? find_stream(runner, job->hook) : NULL;

	if (!process) {
		if (runner->n_processes >= PROCESSES_MAX)
			return false;
		if (hook->stream && runner->restart_at[job->hook] > now)
			return false;
		runner->restart_at[job->hook] = now + RESTART_NS;
		process = runner_start(runner, job);
	}
	if (process && process->to.len + job->len > UNREAD_MAX) {
		runner_fail(runner, job, "it does not read what it is told");
		process = NULL;
	}
	if (process)
		process_give(process, job, now);
	else
		free(job);
	return true;
}

static void runner_place_all(struct runner *runner, uint64_t now)
{
	struct job **place = &runner->queue;

	while (*place) {
		struct job *job = *place, *next = job->next;

		if (runner_place(runner, job, now)) {
			*place = next;
			runner->n_queue--;
		} else {
			place = &job->next;
		}
	}
	runner->queue_end = place;
}

static void runner_take(struct runner *runner, const struct hook_order *order, const char *line)
{
	const struct job refused = {.id = order->id, .hook = order->hook};
	struct job *job = NULL;

	if (runner->n_queue < QUEUE_MAX)
		job = malloc(sizeof(*job) + order->len + 1);
	if (!job) {
		runner_fail(runner, &refused, "more calls wait for it than there is room for");
		return;
	}
	runner->n_queue++;
	*job = (struct job){.id = order->id, .hook = order->hook, .len = order->len + 1};
	memcpy(job->line, line, order->len);
	job->line[order->len] = '\n';
	*runner->queue_end = job;
	runner->queue_end = &job->next;
}

/* The enforcer has no more calls: what was to be judged is not any more; who is told of what has
 * been is told to the end. */
static void runner_last(struct runner *runner)
{
	struct job **place = &runner->queue;

	runner->last = true;
	while (*place) {
		struct job *job = *place;

		if (runner->list.hooks[job->hook]->when == HOOK_AFTER) {
			place = &job->next;
			continue;
		}
		*place = job->next;
		runner->n_queue--;
		free(job);
	}
	runner->queue_end = place;
}

static void runner_receive(struct runner *runner)
{
	for (;;) {
		struct hook_order order;
		ssize_t n = recv(runner->fd, runner->order, HOOK_INPUT_MAX + sizeof(order),
				 MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < (ssize_t)sizeof(order)) {
			runner_last(runner);
			return;
		}
		memcpy(&order, runner->order, sizeof(order));
		if (order.len == (size_t)n - sizeof(order) && order.hook < runner->list.n)
			runner_take(runner, &order, runner->order + sizeof(order));
	}
}

/* With nothing more to come, programs that are kept alive end when their input does. */
static void runner_close_inputs(struct runner *runner, uint64_t now)
{
	for (struct process *process = runner->processes; process; process = process->next) {
		if (process->hook->when == HOOK_BEFORE) {
			process->doomed = true;
			kill(-process->pid, SIGKILL);
		} else if (process->hook->stream && process->in >= 0) {
			process_close_input(process);
		}
		if (!process->jobs && process->last_ns == 0)
			process->last_ns = now + process->hook->timeout_ns;
	}
}

static int wait_ms(const struct runner *runner, uint64_t now)
{
	uint64_t until = UINT64_MAX;

	for (const struct process *process = runner->processes; process; process = process->next)
		if (process_deadline(process) < until)
			until = process_deadline(process);
	for (const struct job *job = runner->queue; job; job = job->next)
		if (runner->restart_at[job->hook] < until && runner->restart_at[job->hook] > now)
			until = runner->restart_at[job->hook];
	if (until == UINT64_MAX)
		return -1;
	return until <= now ? 0 : (int)((until - now) / 1000000u) + 1;
}

/* With all that was started: a program's own children as well. */
static _Noreturn void runner_stop(const struct runner *runner)
{
	for (const struct process *process = runner->processes; process; process = process->next)
		kill(-process->pid, SIGKILL);
	_exit(0);
}

/* polls: for each process in order its own, then the socket's. */
static void runner_step(struct runner *runner)
{
	struct pollfd polls[PROCESSES_MAX * PROCESS_POLLS + 2];
	size_t n = 0, counts[PROCESSES_MAX], i = 0, at = 0;
	struct process **place = &runner->processes;
	struct process_events events;

	for (struct process *process = runner->processes; process; process = process->next)
		n += counts[i++] = process_polls(process, polls + n);
	polls[n] = (struct pollfd){.fd = runner->last ? -1 : runner->fd, .events = POLLIN};
	polls[n + 1] = (struct pollfd){.fd = runner->stop, .events = POLLIN};
	if (poll(polls, n + 2, wait_ms(runner, clock_now())) < 0)
		return;
	if (polls[n + 1].revents)
		runner_stop(runner);
	events = (struct process_events){
		.now = clock_now(), .answered = runner_answer, .userdata = runner};
	for (i = 0; *place; i++) {
		struct process *process = *place;

		events.polls = polls + at;
		events.n = counts[i];
		at += counts[i];
		if (process_step(process, &events)) {
			place = &process->next;
			continue;
		}
		*place = process->next;
		runner->n_processes--;
		process_free(process);
	}
	if (!runner->last && polls[n].revents)
		runner_receive(runner);
	runner_place_all(runner, clock_now());
}

void hook_runner_run(int fd, const struct hook_list *list)
{
	sigset_t stop;
	struct runner runner = {.fd = fd, .list = *list};

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	runner.stop = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
	runner.queue_end = &runner.queue;
	runner.order = malloc(HOOK_INPUT_MAX + sizeof(struct hook_order));
	runner.restart_at = calloc(list->n + 1, sizeof(*runner.restart_at));
	if (!runner.order || !runner.restart_at || runner.stop < 0)
		_exit(1);
	while (!runner.last || runner.processes || runner.queue) {
		if (runner.last)
			runner_close_inputs(&runner, clock_now());
		runner_step(&runner);
	}
	_exit(0);
}
