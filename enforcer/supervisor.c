/* SPDX-License-Identifier: Apache-2.0 */
/* The run: wires the stages, owns what is pending. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "enforcer/base/fd.h"
#include "enforcer/pipeline.h"
#include "enforcer/supervisor.h"

/* Calls that are worked on before other events get their turn. */
#define WORK_AT_ONCE 64
/* Calls that are taken from the kernel and wait here; the rest wait in the kernel. */
#define RECEIVED_MAX 1024

/* Takes everything that waits: until it is received a call can be interrupted by a signal, and
 * would fail with an EINTR that it never has bare. */
static void supervisor_receive(struct supervisor *supervisor)
{
	struct seccomp_notif notif;

	while (!supervisor->listener_gone && supervisor->n_received < RECEIVED_MAX) {
		int event = listener_receive(&supervisor->listener, &notif);
		struct pending *pending;

		if (event == LISTENER_GONE)
			supervisor->listener_gone = true;
		if (event != LISTENER_RECEIVED)
			return;
		pending = pending_new(supervisor, &notif);
		if (!pending) {
			listener_send_error(&supervisor->listener, notif.id, ENOMEM);
			continue;
		}
		if (supervisor->received_last)
			supervisor->received_last->next = pending;
		else
			supervisor->received_first = pending;
		supervisor->received_last = pending;
		supervisor->n_received++;
	}
}

static struct pending *supervisor_next(struct supervisor *supervisor)
{
	struct pending *pending = supervisor->received_first;

	if (pending) {
		supervisor->received_first = pending->next;
		if (!pending->next)
			supervisor->received_last = NULL;
		pending->next = NULL;
		supervisor->n_received--;
	}
	return pending;
}

static void supervisor_work(struct supervisor *supervisor)
{
	supervisor_receive(supervisor);
	for (int i = 0; i < WORK_AT_ONCE; i++) {
		struct pending *pending = supervisor_next(supervisor);

		if (!pending)
			return;
		pipeline_work(pending);
		supervisor_receive(supervisor);
	}
	if (supervisor->received_first && !supervisor->work.armed)
		loop_defer(&supervisor->work);
}

static void on_work(struct loop_source *source, int32_t result, bool more)
{
	supervisor_work(container_of(source, struct supervisor, work));
}

static void on_notified(struct loop_source *source, int32_t result, bool more)
{
	struct supervisor *supervisor = container_of(source, struct supervisor, notified);

	supervisor_work(supervisor);
	if (!more && !supervisor->listener_gone)
		loop_poll(source, supervisor->listener.fd, POLLIN, true);
}

static void on_finished(void *userdata)
{
	struct supervisor *supervisor = userdata;

	loop_stop(supervisor->loop);
}

/* The keeper ended, and with it everything inside. */
static void on_ended(struct loop_source *source, int32_t result, bool more)
{
	struct supervisor *supervisor = container_of(source, struct supervisor, ended);
	int status = sandbox_wait(&supervisor->sandbox);

	supervisor->status = status < 0 ? 125 : status;
	exec_reap(supervisor->verifier);
	if (supervisor->finishing)
		return;
	supervisor->finishing = true;
	if (supervisor->terminal)
		terminal_finish(supervisor->terminal, on_finished, supervisor);
	else
		loop_stop(supervisor->loop);
}

static void on_started(struct loop_source *source, int32_t result, bool more)
{
	struct supervisor *supervisor = container_of(source, struct supervisor, started);

	int event;

	while ((event = sandbox_read_event(&supervisor->sandbox, &supervisor->exec_errno)) > 0) {
		if (event == SANDBOX_CLOSED)
			return;
		if (event != SANDBOX_STOPPED || !supervisor->terminal)
			continue;
		/* Ctrl-Z in the agent: we stop as it did, and the person has their shell; when they
		 * continue us, it goes on. Nothing inside is answered meanwhile. */
		terminal_signal(supervisor->terminal, SIGTSTP, false);
		kill(-supervisor->sandbox.agent, SIGCONT);
	}
	if (event == 0)
		loop_poll(source, supervisor->sandbox.control, POLLIN, false);
}

/* Somebody wants the run to end: the agent first gets the same signal, so that it can clean up; the
 * second one ends everything. */
static void supervisor_stop(struct supervisor *supervisor, int signo)
{
	if (supervisor->stopping++ == 0 && supervisor->sandbox.agent > 0 &&
	    kill(-supervisor->sandbox.agent, signo) == 0)
		return;
	if (supervisor->sandbox.keeper > 0)
		kill(supervisor->sandbox.keeper, SIGKILL);
}

static void on_signal(void *userdata, int signo, bool from_keyboard)
{
	struct supervisor *supervisor = userdata;

	switch (signo) {
	case SIGCHLD:
		exec_reap(supervisor->verifier);
		return;
	case SIGTERM:
	case SIGHUP:
		supervisor_stop(supervisor, signo);
		return;
	default:
		if (supervisor->terminal &&
		    terminal_signal(supervisor->terminal, signo, from_keyboard))
			return;
		if (signo == SIGINT || signo == SIGQUIT)
			supervisor_stop(supervisor, signo);
		else if (signo == SIGTSTP && !supervisor->terminal)
			raise(SIGSTOP);
	}
}

static void on_log_failed(void *userdata, int error)
{
	fprintf(stderr,
		"callgate: the record cannot be written any more (%s): every call is refused\n",
		strerror(-error));
}

/* Behind the start, so that the agent has the person's own limit. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int supervisor_init(struct supervisor *supervisor, struct failure *reterr)
{
	static const int signos[] = {SIGCHLD, SIGTERM, SIGHUP,  SIGINT,  SIGQUIT, SIGWINCH,
				     SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, 0};
	static const struct exec_owner owner = {.judge_again = pipeline_judge_image,
						.ended = pipeline_exec_ended};
	struct sandbox *sandbox = &supervisor->sandbox;
	int r;

	raise_descriptors();
	r = view_new(sandbox->root, sandbox->devpts, sandbox->agent, &supervisor->view, reterr);
	if (r < 0)
		return r;
	r = listener_init(&supervisor->listener, steal_fd(sandbox->listener));
	if (r == 0)
		r = targets_new(&supervisor->targets);
	if (r == 0)
		r = repositories_new(&supervisor->repositories);
	supervisor->reply = (struct reply_context){.loop = supervisor->loop,
						   .listener = &supervisor->listener,
						   .view = supervisor->view,
						   .repositories = supervisor->repositories,
						   .n_later = &supervisor->n_later};
	if (r == 0)
		r = exec_verifier_new(&supervisor->reply, &owner, &supervisor->verifier);
	if (r == 0)
		r = signals_new(supervisor->loop, signos, on_signal, supervisor,
				&supervisor->signals);
	if (r == 0)
		r = loop_source_init(&supervisor->notified, supervisor->loop, on_notified);
	if (r == 0)
		r = loop_source_init(&supervisor->work, supervisor->loop, on_work);
	if (r == 0)
		r = loop_source_init(&supervisor->ended, supervisor->loop, on_ended);
	if (r == 0)
		r = loop_source_init(&supervisor->started, supervisor->loop, on_started);
	if (r == 0)
		r = loop_source_init(&supervisor->watch, supervisor->loop, pipeline_on_watch);
	if (r == 0)
		r = loop_poll(&supervisor->notified, supervisor->listener.fd, POLLIN, true);
	if (r == 0)
		r = loop_poll(&supervisor->ended, sandbox->keeper_pidfd, POLLIN, false);
	if (r == 0)
		r = loop_poll(&supervisor->started, sandbox->control, POLLIN, false);
	if (supervisor->log)
		audit_log_on_failure(supervisor->log, on_log_failed, supervisor);
	return r < 0 ? failure_set(reterr, r, "cannot set up the enforcer: %s", strerror(-r)) : 0;
}

int supervisor_run(struct supervisor *supervisor)
{
	int r = sandbox_go(&supervisor->sandbox);

	if (r == 0)
		r = loop_run(supervisor->loop);
	return r < 0 ? r : supervisor->status;
}

void supervisor_done(struct supervisor *supervisor)
{
	struct pending *pending;

	supervisor->outside = outside_free(supervisor->outside);
	supervisor->hooked = hooked_free(supervisor->hooked);
	sandbox_done(&supervisor->sandbox);
	while ((pending = supervisor_next(supervisor)))
		pending_free(pending);
	while ((pending = supervisor->waiting)) {
		supervisor->waiting = pending->next;
		if (supervisor->approvals)
			approval_withdraw(supervisor->approvals, &pending->waiter, loop_now());
		later_free(pending->later);
		pending_free(pending);
	}
	loop_source_done(&supervisor->notified);
	loop_source_done(&supervisor->work);
	loop_source_done(&supervisor->ended);
	loop_source_done(&supervisor->started);
	loop_source_done(&supervisor->watch);
	supervisor->signals = signals_free(supervisor->signals);
	supervisor->verifier = exec_verifier_free(supervisor->verifier);
	listener_done(&supervisor->listener);
	supervisor->targets = targets_free(supervisor->targets);
	supervisor->repositories = repositories_free(supervisor->repositories);
	supervisor->view = view_free(supervisor->view);
}
