/* SPDX-License-Identifier: Apache-2.0 */
/* A list of strings that ends in NULL and owns them. */
#pragma once

#include <stddef.h>

struct strings {
	char **items; /* NULL behind the last; NULL itself while empty */
	size_t n;
};

/* 0 or -ENOMEM; string is copied. */
int strings_add(struct strings *strings, const char *string);
void strings_done(struct strings *strings);
