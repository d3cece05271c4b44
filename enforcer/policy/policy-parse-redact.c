/* SPDX-License-Identifier: Apache-2.0 */
/* "audit": {"redact", "redact_patterns"}: what of the record is replaced. */
#include <string.h>

#include "enforcer/policy/glob.h"
#include "enforcer/policy/policy-parser.h"

int parse_redact(struct parser *parser, const json_t *value, void *target)
{
	struct part_settings *settings = target;

	/* Whoever wrote the project could read in the record what the user never showed them. */
	if (parser->part->layer == LAYER_PROJECT && !json_is_true(value))
		return parser_error(parser,
				    "a project does not turn redaction off: write it into the "
				    "user's or the managed policy, or run with --no-redact");
	settings->has_redact = true;
	settings->verbatim = !json_is_true(value);
	return 0;
}

static int parse_pattern(struct parser *parser, const json_t *value, void *target)
{
	struct part_settings *settings = target;
	const char *glob = json_string_value(value);
	size_t len = strlen(glob);
	const char *wrong = glob_check(glob, len);

	if (wrong)
		return parser_error(parser, "%s", wrong);
	if (len == 0 || len > POLICY_REDACT_PATTERN_MAX)
		return parser_error(parser, "a pattern has 1 to %d bytes",
				    POLICY_REDACT_PATTERN_MAX);
	if (settings->redact.n == POLICY_REDACT_PATTERNS_MAX)
		return parser_error(parser, "there are at most %d patterns",
				    POLICY_REDACT_PATTERNS_MAX);
	return strings_add(&settings->redact, glob);
}

int parse_redact_patterns(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_STRING | KIND_EMPTY, parse_pattern, target);
}
