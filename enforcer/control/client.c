/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to one run's control socket. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "enforcer/control/channel.h"
#include "enforcer/control/client.h"
#include "enforcer/control/place.h"
#include "enforcer/control/rpc.h"

/* Of a server's line: a list of questions is the longest. */
#define LINE_MAX_CLIENT (8u << 20)
#define OUT_MAX_CLIENT  (4u << 20)

struct call {
	json_int_t id;
	control_replied replied;
	void *userdata;
	struct call *next;
};

struct control_link {
	struct channel channel;
	struct control_link_handlers handlers;
	void *userdata;
	char run[CONTROL_RUN_MAX];
	char reason[256]; /* why it ends, as the run said; or empty */
	json_int_t last_id;
	struct call *calls;
	bool over;
};

void control_link_handle(struct control_link *link, const struct control_link_handlers *handlers,
			 void *userdata)
{
	link->handlers = handlers ? *handlers : (struct control_link_handlers){};
	link->userdata = userdata;
}

int control_link_open(int dirfd, const char *run, const struct control_link_handlers *handlers,
		      void *userdata, struct control_link **ret_link)
{
	struct control_link *link;
	int fd = -1;
	int r = control_place_connect(dirfd, run, &fd);

	if (r < 0)
		return r;
	link = calloc(1, sizeof(*link));
	if (!link) {
		fd_close(fd);
		return -ENOMEM;
	}
	channel_init(&link->channel, fd, LINE_MAX_CLIENT, OUT_MAX_CLIENT);
	control_link_handle(link, handlers, userdata);
	strncpy(link->run, run, sizeof(link->run) - 1);
	*ret_link = link;
	return 0;
}

struct control_link *control_link_free(struct control_link *link)
{
	if (!link)
		return NULL;
	while (link->calls) {
		struct call *call = link->calls;

		link->calls = call->next;
		free(call);
	}
	channel_done(&link->channel);
	free(link);
	return NULL;
}

const char *control_link_run(const struct control_link *link)
{
	return link->run;
}

int control_link_fd(const struct control_link *link)
{
	return link->channel.fd;
}

short control_link_events(const struct control_link *link)
{
	return (short)(POLLIN | (channel_waiting(&link->channel) ? POLLOUT : 0));
}

/* ---- what comes */

static void reply_to(struct control_link *link, json_t *message)
{
	json_int_t id = json_integer_value(json_object_get(message, "id"));
	json_t *error = json_object_get(message, "error");
	json_t *result = json_object_get(message, "result");
	struct call **place = &link->calls, *call;
	struct failure failure = {};
	int code = 0;

	while (*place && (*place)->id != id)
		place = &(*place)->next;
	call = *place;
	if (!call)
		return;
	*place = call->next;
	if (error || !result) {
		const char *text = json_string_value(json_object_get(error, "message"));
		const char *hint =
			json_string_value(json_object_get(json_object_get(error, "data"), "hint"));

		code = (int)json_integer_value(json_object_get(error, "code"));
		failure_set(&failure, -EREMOTEIO, "%s", text ? text : "no answer");
		if (hint)
			failure_hint(&failure, "%s", hint);
		result = NULL;
	}
	if (call->replied)
		call->replied(call->userdata, result, code, &failure);
	free(call);
}

static void take_line(struct control_link *link, const char *line, size_t len)
{
	json_t *message = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const char *method = json_string_value(json_object_get(message, "method"));
	json_t *params = json_object_get(message, "params");

	if (!method) {
		if (json_is_object(message))
			reply_to(link, message);
	} else if (json_is_object(params)) {
		const char *reason = json_string_value(json_object_get(params, "reason"));

		if (strcmp(method, "closing") == 0 && reason)
			snprintf(link->reason, sizeof(link->reason), "%s", reason);
		else if (link->handlers.event)
			link->handlers.event(link->userdata, method, params);
	}
	json_decref(message);
}

static int link_end(struct control_link *link, int error)
{
	link->over = true;
	if (link->handlers.closed)
		link->handlers.closed(link->userdata, link->reason[0]   ? link->reason
						      : error == -EPIPE ? "the run has ended"
									: strerror(-error));
	return error;
}

int control_link_work(struct control_link *link)
{
	ssize_t n;
	int r;

	if (link->over)
		return -EPIPE;
	do {
		char *line;
		size_t len;

		n = channel_receive(&link->channel, NULL);
		while (n > 0 && channel_next(&link->channel, &line, &len))
			take_line(link, line, len);
		if (n > 0 && channel_is_overlong(&link->channel))
			n = -EMSGSIZE;
	} while (n > 0);
	if (n == 0 || n == -ECONNRESET)
		return link_end(link, -EPIPE);
	if (n != -EAGAIN)
		return link_end(link, (int)n);
	/* Whoever was cut can still be read: the end comes by that. */
	r = channel_send(&link->channel);
	return r == 0 || r == -EAGAIN || r == -EPIPE ? 0 : link_end(link, r);
}

/* ---- what goes */

int control_link_call(struct control_link *link, const char *method, json_t *params,
		      control_replied replied, void *userdata)
{
	struct call *call = calloc(1, sizeof(*call));
	_cleanup_free_ char *line = rpc_call_line(link->last_id + 1, method, params);
	int r = call && line ? channel_put(&link->channel, line, strlen(line)) : -ENOMEM;

	if (r < 0) {
		free(call);
		return r;
	}
	*call = (struct call){++link->last_id, replied, userdata, link->calls};
	link->calls = call;
	/* What the socket does not take goes with control_link_work(), and an error is found there.
	 */
	channel_send(&link->channel);
	return 0;
}

struct asked_once {
	json_t *result;
	struct failure failure;
	bool done;
};

static void on_asked(void *userdata, json_t *result, int code, const struct failure *failure)
{
	struct asked_once *asked = userdata;

	asked->done = true;
	asked->result = json_incref(result);
	asked->failure = *failure;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int control_link_ask(struct control_link *link, const char *method, json_t *params, int timeout_ms,
		     json_t **ret_result, struct failure *reterr)
{
	/* Not on the stack: a reply that comes after the timeout would be written there. */
	struct asked_once *asked = calloc(1, sizeof(*asked));
	int64_t until = now_ms() + timeout_ms;
	int r;

	if (!asked) {
		json_decref(params);
		return failure_set(reterr, -ENOMEM, "out of memory");
	}
	r = control_link_call(link, method, params, on_asked, asked);
	while (r == 0 && !asked->done) {
		struct pollfd one = {.fd = control_link_fd(link),
				     .events = control_link_events(link)};
		int64_t left = until - now_ms();

		if (left <= 0 || (poll(&one, 1, (int)left) < 0 && errno != EINTR))
			r = -ETIMEDOUT;
		else
			r = control_link_work(link);
	}
	if (asked->done)
		r = asked->result ? 0 : -EREMOTEIO;
	if (r == 0) {
		*ret_result = asked->result;
	} else if (r == -EREMOTEIO) {
		failure_set(reterr, r, "%s", asked->failure.text);
		if (asked->failure.hint[0])
			failure_hint(reterr, "%s", asked->failure.hint);
	} else {
		failure_set(reterr, r, "run %s: %s", link->run,
			    r == -ETIMEDOUT   ? "no answer in time"
			    : link->reason[0] ? link->reason
			    : r == -EPIPE     ? "the run has ended"
					      : strerror(-r));
	}
	/* The call may still be on its way. */
	for (struct call *call = link->calls; call; call = call->next)
		if (call->userdata == asked)
			call->replied = NULL;
	free(asked);
	return r;
}
