/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `callgate watch` knows: the runs, the questions that wait in them, what they remember, the
 * calls, and what is selected. PURE: no terminal, no clock, no socket; events go in, requests come
 * out. Texts of questions and grants are escaped by the socket.
 *
 * A question is only answered by a key that was meant for it: it must have been selected and shown
 * for WATCH_SETTLE_MS, and nothing that comes or goes selects another one in its place.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/error.h"
#include "enforcer/commands/watch-calls.h"
#include "enforcer/commands/watch-reach.h"

#define WATCH_SETTLE_MS 300
/* How long an answer may be under way before another may be given. */
#define WATCH_SENT_MS 2000

/* enum watch_answer as bits of what a question offers. */
enum watch_answer {
	WATCH_DENY_ONCE = 0,
	WATCH_DENY_RUN,
	WATCH_ALLOW_ONCE,
	WATCH_ALLOW_RUN,
	WATCH_ALLOW_ALWAYS,
	WATCH_ANSWERS,
};

struct watch_run {
	char *id;
	void *link; /* the caller's */
	char *directory, *command;
	struct watch_run *next;
};

struct watch_question {
	const struct watch_run *run;
	json_int_t id;
	int64_t deadline; /* ms; 0: it waits without an end */
	int64_t sent;     /* ms; when it was answered here; 0: not yet */
	json_int_t waiters;
	unsigned offers;          /* 1 << enum watch_answer */
	char *summary;            /* a line */
	char *text;               /* all of it, in lines */
	struct watch_reach reach; /* of an answer for longer than once */
	struct watch_question *next;
};

struct watch_grant {
	const struct watch_run *run;
	json_int_t id;
	char *text;
	struct watch_grant *next;
};

struct watch_model {
	struct watch_run *runs;           /* in the order in which they came */
	struct watch_question *questions; /* the one that waits longest first */
	struct watch_question *selected;  /* NULL: none */
	int64_t shown;                    /* ms; since when the selected one is; 0: not yet */
	bool whole;                       /* and all of it */
	struct watch_grant *grants, *selected_grant;
	struct watch_calls *calls;
	size_t runs_seen; /* since the start */
	char message[FAILURE_TEXT_MAX];
	bool news; /* a question came where none was */
};

/* A request to send to a run: link and params of method. */
struct watch_request {
	void *link;
	const char *method;
	json_t *params; /* given */
};

int watch_model_new(struct watch_model **ret_model);
struct watch_model *watch_model_free(struct watch_model *model);

/* status: as the run has it. -ENOMEM. */
int watch_model_opened(struct watch_model *model, const char *id, void *link, const json_t *status);
void watch_model_closed(struct watch_model *model, const char *id);
/* An event of the run; now: ms. What cannot be understood is passed over. */
void watch_model_event(struct watch_model *model, const char *id, const char *method,
		       const json_t *params, int64_t now);
/* What the run remembered before: a reply of `grants`. */
void watch_model_granted(struct watch_model *model, const char *id, const json_t *grants);

/* By so many, within the list. */
void watch_model_select(struct watch_model *model, int by);
void watch_model_select_grant(struct watch_model *model, int by);
/* The selected question stands on the screen; whole: all of it, so that it can be allowed. */
void watch_model_shown(struct watch_model *model, bool whole, int64_t now);
/* It does not (any more). */
void watch_model_hidden(struct watch_model *model);
/* True where keys count for the selected question. */
bool watch_model_settled(const struct watch_model *model, int64_t now);
/* The name of a question or grant: "3", with its run where there is more than one. */
#define WATCH_NAME_MAX 96
void watch_model_name(const struct watch_model *model, const struct watch_run *run, json_int_t id,
		      char ret_name[static WATCH_NAME_MAX]);

/*
 * What to send for this answer to the selected question. -ENOENT: none is selected; -EAGAIN: it
 * stands there too short, or an answer is under way: the key is lost; -EOPNOTSUPP: it offers no
 * such answer, or is not shown whole, and message says so; -ENOMEM. Then nothing is to be sent.
 */
int watch_model_answer(struct watch_model *model, enum watch_answer answer, int64_t now,
		       struct watch_request *ret_request);
/* To revoke the selected grant. -ENOENT: there is none; -ENOMEM. */
int watch_model_revoke(struct watch_model *model, struct watch_request *ret_request);

void watch_model_say(struct watch_model *model, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
