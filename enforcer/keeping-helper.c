/* SPDX-License-Identifier: Apache-2.0 */
/* The helper, and what it must know to write the person's policy. */
#include <errno.h>

#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/helper/helper.h"
#include "enforcer/helper/policy-writer.h"
#include "enforcer/keeping.h"
#include "enforcer/reload.h"

int keeping_helper(const struct config *config, const struct config_options *options,
		   const char *run, struct helper **ret_helper)
{
	_cleanup_free_ char *path = facts_user_file(config->home);
	struct policy_writer writer = {.path = path};
	const struct reload_source again = {.options = options, .run = run};
	const struct helper_duties duties = {
		.writer = &writer, .load = reload_load, .userdata = &again};
	const struct sources *sources = &config->sources;

	for (size_t i = 0; i < sources->n; i++) {
		if (sources->items[i].layer != LAYER_USER)
			continue;
		writer.before = sources->items[i].text;
		writer.before_len = sources->items[i].len;
	}
	return path ? helper_new(&duties, ret_helper) : -ENOMEM;
}
