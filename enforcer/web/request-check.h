/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which requests callgate web listens to. PURE. Everything here comes from whoever can connect to
 * the port: other users of the machine, and every page of the person's browser. So
 *
 * - the host must be this one, to the letter: a name that another site gave to 127.0.0.1 is not;
 * - what is asked for or changed goes by POST, as JSON, with our own header: no page of another
 *   origin can send that without asking first, and nobody here answers it; and where the browser
 *   says from where it comes, it must be our own page;
 * - the token is compared in constant time. It stands in no path, no query and no cookie.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 256 bits, in hexadecimal digits. */
#define WEB_TOKEN_LEN 64
/* Of the JSON of one request. */
#define WEB_BODY_MAX     4096
#define WEB_TOKEN_HEADER "X-Callgate-Token"

/* Of a header: its value, and how often it came. */
struct web_header {
	const char *value; /* NULL: it did not come */
	unsigned count;
};

struct web_request {
	const char *method, *path;
	bool query; /* something stands behind a "?" */
	struct web_header host, origin, site, mode, token, type, length, encoding;
};

enum web_action {
	WEB_PAGE = 0, /* a file of the page, for anybody */
	WEB_EVENTS,
	WEB_ANSWER,
	WEB_REVOKE,
};

struct web_guard {
	uint16_t port;
	const char *token; /* WEB_TOKEN_LEN digits */
};

/* An HTTP status: 200 to go on, with the action; else ret_why, for a person (static). */
unsigned web_request_check(const struct web_guard *guard, const struct web_request *request,
			   enum web_action *ret_action, const char **ret_why);
