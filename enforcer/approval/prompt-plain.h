/* SPDX-License-Identifier: Apache-2.0 */
/* A question as lines of text, for where no box can be drawn. PURE. */
#pragma once

#include <stdint.h>

#include "enforcer/base/buffer.h"

struct question;

/* Makes the terminal show letters, and appends the question and its keys. */
void plain_append(struct buffer *ret_text, const struct question *question, uint64_t now);
