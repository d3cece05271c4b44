/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `callgate web` knows, and tells each page: the runs, what they ask, what they remember, the
 * last calls. PURE: no socket, no clock. Events of the runs go in; lines come out, an object in
 * JSON each, which docs/web.md lists. A page that comes later is told all of it.
 *
 * Bounded: so many calls, and of those that were denied; questions and grants are bounded by the
 * runs themselves.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"

#define WEB_CALLS_MAX   400
#define WEB_DENIALS_MAX 200
/* How long a question must have stood before an answer to it counts: it was meant for what stood
 * there before. */
#define WEB_SETTLE_MS 300

struct web_model;

/* line: with its newline. */
typedef void (*web_tell)(void *userdata, const char *line, size_t len);

int web_model_new(web_tell tell, void *userdata, struct web_model **ret_model);
struct web_model *web_model_free(struct web_model *model);
DEFINE_CLEANUP(struct web_model *, web_model_free)

/* status: as the run has it; link: the caller's. -ENOMEM. */
int web_model_opened(struct web_model *model, const char *run, void *link, const json_t *status);
void web_model_closed(struct web_model *model, const char *run, const char *reason);
/* An event of the run; now: ms. What cannot be understood is passed over. */
void web_model_event(struct web_model *model, const char *run, const char *method,
		     const json_t *params, int64_t now);
/* What the run remembered before: a reply of `grants`. */
void web_model_granted(struct web_model *model, const char *run, const json_t *grants, int64_t now);
/* The run did not do what was asked of it. text: for a person. */
void web_model_refused(struct web_model *model, const char *run, const char *text);

/* The link of the run, or NULL. */
void *web_model_link(const struct web_model *model, const char *run);
/* 0: such a question waits, and an answer counts; -ENOENT: there is none; -EAGAIN: it is too
 * new. */
int web_model_question(const struct web_model *model, const char *run, json_int_t id, int64_t now);

/* All that is known, without the calls. */
void web_model_all(const struct web_model *model, int64_t now, struct buffer *to);
/* The calls behind *cursor, the newest max and those before that were denied; what is left out is
 * said by its number. Moves *cursor to the newest. */
void web_model_calls(const struct web_model *model, uint64_t *cursor, size_t max,
		     struct buffer *to);
bool web_model_has_calls(const struct web_model *model, uint64_t cursor);
