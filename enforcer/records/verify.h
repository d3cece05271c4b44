/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the lines of a record are those that were written: chain, numbers, end, signature. The
 * file may be anybody's. What is proven is told run by run, with the first line that is wrong.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/audit/audit-key.h"
#include "enforcer/audit/record.h"
#include "enforcer/base/error.h"

/* A line of a record that has several parts. */
struct line_place {
	const char *file; /* its part; borrowed, for as long as the record is read */
	uint64_t line;    /* in there, from 1; 0: no line */
	size_t part;      /* counted from 0 */
};

struct verified {
	char run[RECORD_ID_MAX + 1];   /* "" where the first line that is wrong belongs to none */
	struct line_place first, last; /* what was looked at */
	struct line_place proven;      /* the last line that the chain covers */
	struct line_place wrong;       /* the first one that is wrong, as far as that can be said */
	bool good;                     /* whole, ended and signed */
	char words[256];               /* what is wrong; printable */
};

struct verify {
	const uint8_t *public; /* of whoever should have signed; NULL: not known */
	void (*tell)(void *userdata, const struct verified *run);
	void *userdata;
};
/* 1 where every run in the file is good, 0 where one is not or there is none, or a negative errno
 * with words where it cannot be read. */
int verify_record(const char *path, const struct verify *verify, struct failure *reterr);
