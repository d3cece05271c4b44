/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A control socket in a scratch directory, with approvals behind it and raw clients before it, all
 * in one process: who waits for a line lets the loop turn.
 */
#pragma once

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "enforcer/approval/pending.h"
#include "enforcer/base/fd.h"
#include "enforcer/control/control.h"
#include "enforcer/loop/loop.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

#define STAGE_RUN   "20261121-231917-1fdd7951"
#define STAGE_TURNS 500 /* of 10 ms: then the line does not come */

struct stage_asker {
	struct waiter waiter;
	struct request request;
	struct object object;
	int answers;
	struct decision answer;
};

struct stage {
	struct loop *loop;
	struct approvals *approvals;
	struct control *control;
	struct control_places places;
	int dirfd;
	int reloads;
	struct control_policy wanted;
	struct control_reply *reply; /* that is to come; whoever takes it sends it */
};

struct stage_client {
	int fd;
	char text[1 << 16];
	size_t len;
};

static const struct rule_info stage_rule = {
	.id = "user:1", .effect = VERDICT_ASK, .layer = LAYER_USER, .reason = "esc \x1b[2J"};

static inline size_t stage_judge(void *userdata, const struct request *request,
				 struct asked_part *ret_parts, size_t max)
{
	for (size_t i = 0; i < request->n_objects; i++)
		ret_parts[i] = (struct asked_part){.object = i,
						   .verb = (enum verb)request->objects[i].verbs,
						   .rule = &stage_rule};
	return request->n_objects;
}

static inline int stage_policy(void *userdata, const struct control_policy *wanted,
			       struct control_reply *reply, struct failure *reterr)
{
	struct stage *stage = userdata;

	stage->wanted = *wanted;
	if (stage->reloads++ == 0) {
		stage->reply = reply;
		return 0;
	}
	failure_hint(reterr, "look at it");
	return failure_set(reterr, -EINVAL, "it is wrong");
}

static inline json_t *stage_status(void *userdata)
{
	return json_pack("{s:s}", "directory", "/work");
}

static inline void stage_init(struct stage *stage, enum attendance attendance)
{
	const struct approvals_config approvals = {
		.timeout_ns = 60000000000u, .attendance = attendance, .judge = stage_judge};
	struct control_config config = {.places = &stage->places,
					.run = STAGE_RUN,
					.version = "1",
					.status = stage_status,
					.policy = stage_policy,
					.userdata = stage};

	*stage = (struct stage){.dirfd = -1};
	control_places_of(scratch, NULL, NULL, &stage->places);
	if (loop_new(&stage->loop) < 0 || approvals_new(&approvals, &stage->approvals) < 0)
		abort();
	config.loop = stage->loop;
	config.approvals = stage->approvals;
	if (control_new(&config, &stage->control, NULL) < 0 ||
	    control_place_open(stage->places.path[0], false, &stage->dirfd, NULL) < 0)
		abort();
}

static inline void stage_done(struct stage *stage)
{
	control_free(stage->control);
	approvals_free(stage->approvals);
	loop_free(stage->loop);
	fd_close(stage->dirfd);
}

static inline void stage_turn(struct stage *stage)
{
	poll(NULL, 0, 1);
	if (loop_step(stage->loop, false) < 0)
		abort();
}

static inline void stage_answered(struct waiter *waiter, const struct decision *answer)
{
	struct stage_asker *asker = container_of(waiter, struct stage_asker, waiter);

	asker->answers++;
	asker->answer = *answer;
	asker->answer.reason = NULL;
}

/* A read of that file is asked for. */
static inline void stage_ask(struct stage *stage, struct stage_asker *asker, const char *path)
{
	const struct decision decision = {
		.verdict = VERDICT_ASK, .by = BY_RULE, .rule = &stage_rule, .verb = VERB_READ};

	*asker = (struct stage_asker){.waiter.answered = stage_answered};
	asker->request = (struct request){.call = MEDIATED_openat,
					  .pid = 7,
					  .tid = 7,
					  .program = (char *)"/usr/bin/cat",
					  .n_objects = 1};
	asker->request.objects[0] = (struct object){
		.kind = OBJECT_PATH, .verbs = VERB_READ, .path = (char *)path, .exists = true};
	approval_ask(stage->approvals, &asker->request, &decision, &asker->waiter, loop_now());
}

/* ---- clients */

static inline void stage_connect(struct stage *stage, struct stage_client *client)
{
	client->len = 0;
	client->fd = -1;
	CHECK_INT(control_place_connect(stage->dirfd, STAGE_RUN, &client->fd), 0);
}

static inline void stage_say(struct stage_client *client, const char *text)
{
	size_t len = strlen(text);

	CHECK_INT(send(client->fd, text, len, MSG_NOSIGNAL), len);
	CHECK_INT(send(client->fd, "\n", 1, MSG_NOSIGNAL), 1);
}

/* The next line, or NULL at the end (*ret_end) or where none comes; json_decref() it. */
static inline json_t *stage_hear(struct stage *stage, struct stage_client *client, bool *ret_end)
{
	for (int i = 0; i < STAGE_TURNS; i++) {
		char *end = client->len ? memchr(client->text, '\n', client->len) : NULL;
		ssize_t n;

		if (end) {
			size_t line = (size_t)(end - client->text) + 1;
			json_t *said = json_loadb(client->text, line, 0, NULL);

			client->len -= line;
			memmove(client->text, end + 1, client->len);
			CHECK(said != NULL);
			return said;
		}
		stage_turn(stage);
		n = recv(client->fd, client->text + client->len, sizeof(client->text) - client->len,
			 MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno == ECONNRESET)) {
			if (ret_end)
				*ret_end = true;
			return NULL;
		}
		client->len += n > 0 ? (size_t)n : 0;
	}
	return NULL;
}

/* The reply's result, or error where there is one; events before it are passed over. */
static inline json_t *stage_call(struct stage *stage, struct stage_client *client,
				 const char *method, const char *params)
{
	char text[4096];
	json_t *said, *result;

	snprintf(text, sizeof(text),
		 "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"%s\",\"params\":%s}", method, params);
	stage_say(client, text);
	while ((said = stage_hear(stage, client, NULL)) && !json_object_get(said, "id"))
		json_decref(said);
	result = json_object_get(said, "result");
	result = json_incref(result ? result : json_object_get(said, "error"));
	json_decref(said);
	CHECK(result != NULL);
	return result;
}

/* The next event must be this one; its params, json_decref() them. */
static inline json_t *stage_event(struct stage *stage, struct stage_client *client,
				  const char *method)
{
	json_t *said = stage_hear(stage, client, NULL);
	json_t *params = json_incref(json_object_get(said, "params"));

	CHECK_STRING(json_string_value(json_object_get(said, "method")), method);
	json_decref(said);
	return params;
}

static inline json_int_t stage_number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static inline const char *stage_word(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}
