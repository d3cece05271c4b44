/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers for always: which of them can be a rule in the person's policy, and that rule.
 *
 * A rule outranks what stands behind it, so it must not hold for anything but what the rule that
 * asked would have asked about: that is proved from the policy, or the answer is not offered.
 */
#pragma once

#include "enforcer/approval/grants.h"
#include "enforcer/approval/question.h"

struct config;
struct config_options;
struct helper;
struct policy;
struct supervisor;

bool keeping_possible(const struct policy *policy, const struct request *request,
		      const struct asked_part *parts, size_t n_parts, const struct grant *grant);

/* The rules, one a line, as JSON; with the day and the words of the question as their reason, but
 * for a day of NULL.
 * ret_ordinal: see struct policy_insertion. 0, -EILSEQ where a name is not UTF-8, or -ENOMEM. */
int keeping_rules(const struct grant *grant, const char *day, struct buffer *ret_rules,
		  unsigned *ret_ordinal);

/* The same for a person to read first, escaped, with the file that it would go to. */
void keeping_describe(void *userdata, const struct grant *grant, struct buffer *ret_text);

/* The helper, which knows the text of the person's policy as this run does, the options by which to
 * read all of the policy again, and what records to put in order. follow: it looks at the policy's
 * files, and says what changes. */
struct recording;
int keeping_helper(const struct config *config, const struct config_options *options,
		   const struct recording *recording, bool follow, struct helper **ret_helper);
/* Has the helper write them; approvals_kept() follows. */
int keeping_begin(struct supervisor *supervisor, const struct grant *grant);
/* Waits for those that are being written, a moment at most. Not from a handler. */
void keeping_finish(struct supervisor *supervisor);
