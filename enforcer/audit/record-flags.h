/* SPDX-License-Identifier: Apache-2.0 */
/* The flags of a call by their names. PURE. */
#pragma once

#include <stdint.h>

#include "enforcer/request/request.h"

struct buffer;

/* No text of record_flags() is longer: every name of a table and the rest as a number. */
#define RECORD_FLAGS_MAX 512

/*
 * Appends "O_WRONLY|O_CREAT|0x40000000" without quotes: names as in the man page of the call, bits
 * without a name as one number, nothing where the call has no flags or none are set.
 */
void record_flags(struct buffer *text, enum mediated call, uint64_t flags);
