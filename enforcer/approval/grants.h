/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that hold for this run: exactly the same program, verbs and objects again. PURE.
 * A key says what was asked; see question_append_key().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/decision.h"

#define GRANTS_MAX 1024

struct grants;

struct grants *grants_new(void);
struct grants *grants_free(struct grants *grants);
DEFINE_CLEANUP(struct grants *, grants_free)

/* verdict: VERDICT_ALLOW or VERDICT_DENY; replaces what the key had. key is copied.
 * 0, -ENOSPC over GRANTS_MAX, -EINVAL or -ENOMEM; then nothing is remembered. */
int grants_add(struct grants *grants, const void *key, size_t len, enum verdict verdict);
/* True where there is one. */
bool grants_find(const struct grants *grants, const void *key, size_t len,
		 enum verdict *ret_verdict);
