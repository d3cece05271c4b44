/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts rules into the text of a policy, and leaves every other byte of it as it stands. PURE.
 */
#pragma once

#include <stddef.h>

#include "enforcer/base/buffer.h"
#include "enforcer/policy/policy.h"

struct policy_insertion {
	const char *text; /* the policy as it is now; NULL: there is none yet */
	size_t len;
	const char *rules; /* JSON objects, one a line, none of them with a newline in it */
	/*
	 * Before which: the rule that stood at this place (from 1) in the text as it was at the
	 * start, wherever it stands now. 0: behind the last.
	 */
	unsigned ordinal;
	const char *before; /* that text */
	size_t before_len;
};

/*
 * 0; -ESTALE: that rule is there no more; -EINVAL: the text is no policy, before or after; each
 * with reterr. The result is a policy of the user's layer that policy_parse() accepts.
 */
int policy_insert_rules(const struct policy_insertion *insertion, struct buffer *ret_text,
			struct policy_error *reterr);
