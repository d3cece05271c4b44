/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the page, built in: made of pages/ by embed-pages.py. */
#pragma once

#include <stddef.h>

struct web_page {
	const char *path; /* as it is asked for */
	const char *type; /* MIME */
	const unsigned char *data;
	size_t len;
};

extern const struct web_page web_pages[]; /* ended by one without a path */

/* NULL: there is none. */
const struct web_page *web_page_find(const char *path);
