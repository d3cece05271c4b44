/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a rule that callgate itself writes. */
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/policy/glob.h"
#include "enforcer/policy/rule-json.h"
#include "enforcer/request/request.h"

json_t *rule_json_literal(const char *name, const char *behind)
{
	_cleanup_(buffer_done) struct buffer text = {};

	glob_append_literal(&text, name);
	buffer_append_string(&text, behind);
	return text.error || !text.data ? NULL : json_string(text.data);
}

json_t *rule_json_verbs(unsigned verbs)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < VERB_COUNT; i++)
		if (verbs & 1u << i)
			json_array_append_new(list, json_string(verb_name((enum verb)(1u << i))));
	return list;
}
