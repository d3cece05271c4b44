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

struct verified {
	char run[RECORD_ID_MAX + 1]; /* "" where the first line that is wrong belongs to none */
	const char *file;            /* the part that the lines stand in; borrowed */
	uint64_t first, last;        /* its lines in there that were looked at, from 1 */
	uint64_t proven;             /* the last line that the chain covers; 0: none */
	bool good;                   /* whole, ended and signed */
	uint64_t wrong;              /* the first line that is wrong; 0: of none can that be said */
	char words[256];             /* what is wrong; printable */
};

struct verify {
	const uint8_t *public; /* of whoever should have signed; NULL: not known */
	void (*tell)(void *userdata, const struct verified *run);
	void *userdata;
};
/* 1 where every run in the file is good, 0 where one is not or there is none, or a negative errno
 * with words where it cannot be read. */
int verify_record(const char *path, const struct verify *verify, struct failure *reterr);
