/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page's server: the only user of libmicrohttpd. One thread, nothing waits; whoever connects is
 * hostile until request-check.h has said otherwise, and bounded afterwards, too.
 *
 * A page that listens has a stream: lines of web-model.h for as long as it stays. Each has bounded
 * room; who does not read is cut, and finds everything again when it comes back. A new page takes
 * the place of the oldest where there are too many, so that nobody is locked out by forgotten ones.
 */
#pragma once

#include <stdint.h>

#include "enforcer/base/error.h"
#include "enforcer/web/request-check.h"
#include "enforcer/web/web-model.h"

/* A browser makes six connections to one server: one is left for answers. */
#define WEB_STREAMS_MAX     5
#define WEB_CONNECTIONS_MAX 64
/* Bytes of news that wait for one page, behind what it is told at first (which the runs' own bounds
 * hold). Beyond WEB_CALLS_ROOM no calls are told, and their number is. */
#define WEB_STREAM_MAX (1u << 20)
#define WEB_CALLS_ROOM (64u << 10)
/* Calls are told so often, and so many of them. */
#define WEB_TICK_MS 200
#define WEB_AT_ONCE 60
/* A page that hears nothing for longer takes the connection for lost. */
#define WEB_PING_MS 10000

struct web_server;

struct web_server_config {
	int fd;                 /* listens, non-blocking; taken, also on failure */
	struct web_guard guard; /* token: borrowed */
	const char *version;
	const struct web_model *model; /* borrowed */
	/* What the page asks to be done, as it came: an HTTP status, 200 with or without
	 * ret_why, for a person (static). */
	unsigned (*post)(void *userdata, enum web_action action, const struct buffer *body,
			 const char **ret_why);
	void *userdata;
};

int web_server_new(const struct web_server_config *config, struct web_server **ret_server,
		   struct failure *reterr);
struct web_server *web_server_free(struct web_server *server);

/* To poll for POLLIN, at most so long. */
int web_server_fd(const struct web_server *server);
int web_server_timeout(const struct web_server *server);
void web_server_work(struct web_server *server, int64_t now);
/* To all pages. */
void web_server_tell(struct web_server *server, const char *line, size_t len);
