/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the page sends: an answer, or a grant to be revoked, as JSON. PURE. It comes from whoever
 * has the token, and is still looked at member by member: nothing else of it reaches a run.
 */
#pragma once

#include <jansson.h>

/* Of a run's id. */
#define WEB_RUN_MAX 64

struct web_words {
	char run[WEB_RUN_MAX];
	json_int_t id;
	json_t *params; /* of the run's method; given */
};

/*
 * {"run": ID, "id": N, "verdict": ..., "lasts": ..., "scope": ..., "for_ms": ..., "reason": ...};
 * the last three may be missing. 0, -EINVAL with *ret_why (static, for a person), or -ENOMEM.
 */
int web_words_answer(const char *text, size_t len, struct web_words *ret_words,
		     const char **ret_why);
/* {"run": ID, "id": N} */
int web_words_revoke(const char *text, size_t len, struct web_words *ret_words,
		     const char **ret_why);
