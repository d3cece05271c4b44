/* SPDX-License-Identifier: Apache-2.0 */
/* "publish" of a policy text, and the lists of all layers joined. */
#include <errno.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/policy-joined.h"
#include "enforcer/policy/policy-parser.h"

static int parse_number(struct parser *parser, const json_t *value, uint16_t *ret_port)
{
	json_int_t port = json_integer_value(value);

	if (port < 1 || port > 65535)
		return parser_error(parser, "a port is between 1 and 65535");
	*ret_port = (uint16_t)port;
	return 0;
}

static int parse_inside(struct parser *parser, const json_t *value, void *target)
{
	return parse_number(parser, value, &((struct publish_setting *)target)->port);
}

static int parse_on(struct parser *parser, const json_t *value, void *target)
{
	return parse_number(parser, value, &((struct publish_setting *)target)->on);
}

/* False where there is no room. */
static bool publish_add(struct publish_settings *list, const struct publish_setting *one)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].port == one->port && list->items[i].on == one->on)
			return true;
	if (list->n == PUBLISH_MAX)
		return false;
	list->items[list->n++] = *one;
	return true;
}

static int parse_one(struct parser *parser, const json_t *value, void *target)
{
	static const struct parser_key keys[] = {
		{"port", KIND_NUMBER, parse_inside},
		{"on", KIND_NUMBER, parse_on},
	};
	static const struct parser_table table = {keys, ARRAY_LEN(keys)};
	struct publish_settings *list = target;
	struct publish_setting one = {};
	int at[ARRAY_LEN(keys)], r;

	if (json_is_object(value)) {
		r = parser_object(parser, value, &table, &one, at);
		if (r == 0 && at[0] < 0)
			return parser_error(parser, "\"port\" is missing: the sandbox's own");
	} else {
		r = parse_inside(parser, value, &one);
	}
	if (r < 0)
		return r;
	if (!one.on)
		one.on = one.port;
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].on == one.on && list->items[i].port != one.port)
			return parser_error(parser, "port %u is published on already", one.on);
	if (!publish_add(list, &one))
		return parser_error(parser, "more than %d ports", PUBLISH_MAX);
	return 0;
}

int parse_publish(struct parser *parser, const json_t *value, void *target)
{
	struct part_settings *settings = &((struct policy_part *)target)->settings;

	settings->has_publish = true;
	return parser_list(parser, value, KIND_NUMBER | KIND_OBJECT | KIND_EMPTY, parse_one,
			   &settings->publish);
}

int publish_join(struct policy *policy)
{
	bool managed = false;

	for (size_t i = 0; i < policy->n_parts; i++) {
		const struct part_settings *from = &policy->parts[i]->settings;

		if (!from->has_publish)
			continue;
		/* Of the managed layer the whole list; of the others all together. */
		if (policy->parts[i]->layer == LAYER_MANAGED)
			managed = true;
		else if (managed)
			break;
		for (size_t k = 0; k < from->publish.n; k++)
			if (!publish_add(&policy->settings.publish, &from->publish.items[k]))
				return -E2BIG;
	}
	return 0;
}
