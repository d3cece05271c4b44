/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer to one DNS query. Packets are ldns's business; no system call.
 *
 * A name that no rule would let be connected to is NXDOMAIN, not REFUSED: resolvers take REFUSED
 * for the server's trouble, ask again and say "temporary failure", upon which tools retry; NXDOMAIN
 * ends it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/network/names.h"

#define ANSWER_SIZE_MAX 1232

struct answer_context {
	struct names *names;
	/* May a connection to the canonical name be allowed or asked for, on any port? */
	bool (*allowed)(void *userdata, const char *name);
	void *userdata;
};

/* query: hostile. Length of the answer in ret_answer[ANSWER_SIZE_MAX]; 0: it deserves none. */
size_t answer_query(const struct answer_context *context, const uint8_t *query, size_t len,
		    uint8_t *ret_answer);
