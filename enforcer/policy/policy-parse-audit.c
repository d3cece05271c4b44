/* SPDX-License-Identifier: Apache-2.0 */
/* "audit": how much is recorded, where it goes, and how long it stays. */
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/policy-parser.h"

/* What holds one batch of lines at its longest, several times. */
#define PART_SIZE_MIN (256u << 10)

static int parse_detail(struct parser *parser, const json_t *value, void *target)
{
	static const char *const names[] = {
		[AUDIT_DETAIL_ALL] = "all",
		[AUDIT_DETAIL_CHANGES] = "changes",
		[AUDIT_DETAIL_DENIALS] = "denials",
		[AUDIT_DETAIL_NONE] = "none",
	};
	struct part_settings *settings = target;
	int n = parser_word(parser, value, "detail", names, ARRAY_LEN(names));

	if (n < 0)
		return n;
	settings->has_detail = true;
	settings->detail = (enum audit_detail)n;
	return 0;
}

static int parse_perform_all(struct parser *parser, const json_t *value, void *target)
{
	struct part_settings *settings = target;

	settings->has_perform_all = true;
	settings->perform_all = json_is_true(value);
	return 0;
}

/* Records are the user's: a project says nothing about where they go and when they are deleted. */
static int not_a_projects(struct parser *parser, const char *key)
{
	if (parser->part->layer != LAYER_PROJECT)
		return 0;
	return parser_error(parser,
			    "\"%s\" stands in your own policy, not in a project's: the records "
			    "are yours",
			    key);
}

static int parse_to_one(struct parser *parser, const json_t *value, void *target)
{
	static const char *const names[] = {"file", "journald", "syslog"};
	struct part_settings *settings = target;
	int n = parser_word(parser, value, "place", names, ARRAY_LEN(names));

	if (n < 0)
		return n;
	settings->to |= 1u << n;
	return 0;
}

static int parse_to(struct parser *parser, const json_t *value, void *target)
{
	int r = not_a_projects(parser, "to");

	return r < 0 ? r : parser_list(parser, value, KIND_STRING, parse_to_one, target);
}

struct unit {
	const char *name;
	uint64_t factor;
};

/* A number and one of the units. */
static int parse_amount(struct parser *parser, const json_t *value, const struct unit *units,
			uint64_t *ret_amount)
{
	const char *text = json_string_value(value);
	size_t digits = strspn(text, "0123456789");

	for (; digits > 0 && digits <= 6 && units->name; units++) {
		if (strcmp(text + digits, units->name) != 0)
			continue;
		*ret_amount = strtoull(text, NULL, 10) * units->factor;
		return *ret_amount ? 0 : parser_error(parser, "zero would keep nothing");
	}
	return 1;
}

static int parse_size(struct parser *parser, const json_t *value, uint64_t *ret_size)
{
	static const struct unit units[] = {
		{"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}, {}};
	int r = parse_amount(parser, value, units, ret_size);

	return r > 0 ? parser_error(parser, "a size is a number and KiB, MiB or GiB: \"64MiB\"")
		     : r;
}

static int parse_part_size(struct parser *parser, const json_t *value, void *target)
{
	struct part_settings *settings = target;
	int r = not_a_projects(parser, "part_size");

	if (r == 0)
		r = parse_size(parser, value, &settings->part_size);
	if (r == 0 && settings->part_size < PART_SIZE_MIN)
		return parser_error(parser, "a part has at least %u KiB", PART_SIZE_MIN >> 10);
	return r;
}

static int parse_keep_age(struct parser *parser, const json_t *value, void *target)
{
	static const struct unit units[] = {{"h", 3600}, {"d", 86400}, {"w", 7 * 86400}, {}};
	struct audit_keep *keep = target;
	int r = parse_amount(parser, value, units, &keep->age_s);

	return r > 0 ? parser_error(parser, "an age is a number and h, d or w: \"90d\"") : r;
}

static int parse_keep_size(struct parser *parser, const json_t *value, void *target)
{
	struct audit_keep *keep = target;

	return parse_size(parser, value, &keep->size);
}

static int parse_keep_runs(struct parser *parser, const json_t *value, void *target)
{
	struct audit_keep *keep = target;

	if (json_integer_value(value) < 1)
		return parser_error(parser, "at least one run is kept");
	keep->runs = (uint64_t)json_integer_value(value);
	return 0;
}

static int parse_keep(struct parser *parser, const json_t *value, void *target)
{
	static const struct parser_key keys[] = {
		{"age", KIND_STRING, parse_keep_age},
		{"size", KIND_STRING, parse_keep_size},
		{"runs", KIND_NUMBER, parse_keep_runs},
	};
	static const struct parser_table table = {keys, ARRAY_LEN(keys)};
	struct part_settings *settings = target;
	int r = not_a_projects(parser, "keep");

	settings->has_keep = true;
	return r < 0 ? r : parser_object(parser, value, &table, &settings->keep, NULL);
}

int parse_audit(struct parser *parser, const json_t *value, void *target)
{
	static const struct parser_key keys[] = {
		{"detail", KIND_STRING, parse_detail},
		{"perform_all", KIND_BOOL, parse_perform_all},
		{"redact", KIND_BOOL, parse_redact},
		{"redact_patterns", KIND_LIST, parse_redact_patterns},
		{"to", KIND_STRING | KIND_LIST, parse_to},
		{"part_size", KIND_STRING, parse_part_size},
		{"keep", KIND_OBJECT, parse_keep},
	};
	static const struct parser_table table = {keys, ARRAY_LEN(keys)};
	struct policy_part *part = target;

	return parser_object(parser, value, &table, &part->settings, NULL);
}
