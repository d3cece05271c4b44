/* SPDX-License-Identifier: Apache-2.0 */
/* The last calls of all runs, and the last that were denied, as lines for the page. PURE. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "enforcer/base/buffer.h"
#include "enforcer/web/web-model.h"

struct web_call {
	uint64_t number; /* from 1; 0: none */
	char *line;      /* with its newline; owned */
};

struct web_calls {
	struct web_call ring[WEB_CALLS_MAX];
	struct web_call denied[WEB_DENIALS_MAX];
	uint64_t count, denied_count;
};

void web_calls_done(struct web_calls *calls);
/* params: as a "call" event has them. What there is no memory for is left out. */
void web_calls_add(struct web_calls *calls, const char *run, const json_t *params);
/* So many of the run were not told. */
void web_calls_add_gap(struct web_calls *calls, const char *run, json_int_t count);
/* As web_model_calls(). */
void web_calls_append(const struct web_calls *calls, uint64_t *cursor, size_t max,
		      struct buffer *to);
