/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screen of `callgate watch`, by ncurses: draws the model, and tells it when the selected
 * question can be seen. Knows nothing of sockets. Works without colours and in any locale; what a
 * terminal cannot show is a question mark.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/base/error.h"
#include "enforcer/commands/watch-model.h"

enum watch_mode { WATCH_MAIN = 0, WATCH_GRANTS, WATCH_HELP };

struct watch_view {
	enum watch_mode mode;
	bool on_calls;    /* the arrows move the calls, though questions wait */
	const char *ask;  /* a line is typed behind this; NULL: none */
	const char *line; /* what was typed */
	bool confirm;     /* of an answer for always */
};

/* On stdin and stdout. -ENOTTY, -EINVAL with words. */
int watch_screen_open(struct failure *reterr);
void watch_screen_close(void);
/* now: ms of the clock that the model has. */
void watch_screen_draw(struct watch_model *model, const struct watch_view *view, int64_t now);
/* The next key, as ncurses has it; negative: none. */
int watch_screen_key(void);
/* Rows of calls that were drawn last. */
int watch_screen_page(void);
