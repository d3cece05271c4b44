/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket of a run: its place, and the events of the approvals. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "enforcer/base/fd.h"
#include "enforcer/control/control-parts.h"
#include "enforcer/loop/loop.h"

void control_clock(struct control_clock *ret_clock)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	ret_clock->wall = (uint64_t)wall.tv_sec * 1000000000u + (uint64_t)wall.tv_nsec;
	ret_clock->now = loop_now();
}

static struct control *control_of(struct approvals_observer *observer)
{
	return container_of(observer, struct control, observer);
}

static void tell(struct approvals_observer *observer, const char *method, json_t *params)
{
	control_server_event(control_of(observer)->server, WANTS_EVENTS, method, params);
}

static bool nobody_wants(struct approvals_observer *observer)
{
	return !control_server_wanted(control_of(observer)->server, WANTS_EVENTS);
}

static void on_opened(struct approvals_observer *observer, const struct question *question)
{
	struct control_clock clock;

	if (nobody_wants(observer))
		return;
	control_clock(&clock);
	tell(observer, "question.opened", describe_question(question, &clock));
}

static void on_changed(struct approvals_observer *observer, const struct question *question)
{
	if (nobody_wants(observer))
		return;
	tell(observer, "question.changed",
	     json_pack("{s:I, s:i}", "id", (json_int_t)question->id, "waiters",
		       (int)question->n_waiters));
}

static void on_closed(struct approvals_observer *observer, const struct question *question,
		      const struct closing *closing)
{
	if (nobody_wants(observer))
		return;
	tell(observer, "question.closed", describe_closing(question, closing));
}

static void on_granted(struct approvals_observer *observer, const struct grant *grant)
{
	struct control_clock clock;

	if (nobody_wants(observer))
		return;
	control_clock(&clock);
	tell(observer, "grant.made", describe_grant(grant, &clock));
}

static void on_revoked(struct approvals_observer *observer, const struct grant *grant,
		       const char *how)
{
	if (nobody_wants(observer))
		return;
	tell(observer, "grant.ended",
	     json_pack("{s:I, s:s}", "id", (json_int_t)grant->id, "how", how));
}

static void on_kept(struct approvals_observer *observer, const struct grant *grant, int error,
		    const char *text)
{
	if (nobody_wants(observer))
		return;
	tell(observer, "grant.kept",
	     json_pack("{s:I, s:b, s:o}", "id", (json_int_t)grant->id, "kept", error == 0, "text",
		       describe_bytes(text)));
}

/* A client's wants: the last one that attended may have gone. */
static void on_wants(void *userdata, unsigned before, unsigned wants)
{
	struct control *control = userdata;

	if (wants & ~before & WANTS_TO_ANSWER)
		approvals_attend(control->config.approvals);
	if (before & ~wants & WANTS_TO_ANSWER)
		approvals_unattend(control->config.approvals, loop_now());
}

static int no_socket(struct failure *reterr, int error)
{
	return failure_set(reterr, error, "cannot make the control socket: %s", strerror(-error));
}

int control_new(const struct control_config *config, struct control **ret_control,
		struct failure *reterr)
{
	_cleanup_(control_freep) struct control *control = calloc(1, sizeof(*control));
	const char *directory = NULL;
	struct control_server_config server = {
		.loop = config->loop, .methods = control_methods, .changed = on_wants, .fd = -1};
	int r;

	if (!control)
		return no_socket(reterr, -ENOMEM);
	control->config = *config;
	control->dirfd = -1;
	server.userdata = control;
	r = control_places_make(config->places, &control->dirfd, &directory, reterr);
	if (r < 0)
		return r;
	control->directory = strdup(directory);
	control->run = strdup(config->run);
	if (!control->directory || !control->run)
		return no_socket(reterr, -ENOMEM);
	r = control_place_listen(control->dirfd, config->run, &server.fd);
	if (r == 0)
		r = control_server_new(&server, &control->server);
	if (r < 0)
		return no_socket(reterr, r);
	control->observer = (struct approvals_observer){
		.opened = on_opened,
		.changed = on_changed,
		.closed = on_closed,
		.granted = on_granted,
		.revoked = on_revoked,
		.kept = on_kept,
	};
	approvals_observe(config->approvals, &control->observer);
	*ret_control = steal_pointer(control);
	return 0;
}

struct control *control_free(struct control *control)
{
	if (!control)
		return NULL;
	if (control->run && control->dirfd >= 0)
		control_place_remove(control->dirfd, control->run);
	if (control->observer.opened)
		approvals_unobserve(control->config.approvals, &control->observer);
	control->server = control_server_free(control->server, "the run has ended");
	fd_close(control->dirfd);
	free(control->directory);
	free(control->run);
	free(control);
	return NULL;
}

const char *control_directory(const struct control *control)
{
	return control->directory;
}

bool control_attended(const struct control *control)
{
	return control_server_wanted(control->server, WANTS_TO_ANSWER);
}

bool control_wants_calls(const struct control *control)
{
	return control_server_wanted(control->server, WANTS_CALLS);
}

void control_event(struct control *control, const char *event, json_t *params)
{
	control_server_event(control->server, WANTS_EVENTS, event, params);
}

void control_call(struct control *control, const char *record, size_t len)
{
	if (len > 0 && record[len - 1] == '\n')
		len--;
	control_server_call(control->server, record, len);
}
