/* SPDX-License-Identifier: Apache-2.0 */
/* The helper, and what it must know to write the person's policy. */
#include <errno.h>
#include <string.h>

#include "enforcer/base/text.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/follow.h"
#include "enforcer/helper/helper.h"
#include "enforcer/helper/policy-writer.h"
#include "enforcer/keeping.h"
#include "enforcer/recording.h"
#include "enforcer/reload.h"
#include "enforcer/supervisor.h"

int keeping_helper(const struct config *config, const struct config_options *options,
		   const struct recording *recording, bool follow, struct helper **ret_helper)
{
	_cleanup_free_ char *path = facts_user_file(config->home);
	struct policy_writer writer = {.path = path};
	atomic_uint loads = 0; /* the helper's own, on its stack */
	const struct reload_source again = {.options = options,
					    .run = recording->supervisor->run,
					    .config = config,
					    .loads = &loads};
	const struct helper_duties duties = {.writer = &writer,
					     .load = reload_load,
					     .follow = follow ? follow_files : NULL,
					     .userdata = &again,
					     .tidy = recording_tidy,
					     .tidy_userdata = recording};
	const struct sources *sources = &config->sources;

	for (size_t i = 0; i < sources->n; i++) {
		if (sources->items[i].layer != LAYER_USER)
			continue;
		writer.before = sources->items[i].text;
		writer.before_len = sources->items[i].len;
	}
	return path ? helper_new(&duties, ret_helper) : -ENOMEM;
}

void keeping_describe(void *userdata, const struct grant *grant, struct buffer *ret_text)
{
	_cleanup_(buffer_done) struct buffer rules = {};
	_cleanup_free_ char *home = NULL;
	_cleanup_free_ char *file = NULL;
	struct grant shown = *grant;
	unsigned ordinal;

	/* What may be answered has no verdict of its own. */
	shown.verdict = VERDICT_ALLOW;
	if (facts_home(&home, NULL) == 0)
		file = facts_user_file(home);
	buffer_append_string(ret_text, "A rule in ");
	if (file)
		text_append_escaped(ret_text, file, strlen(file), 0);
	else
		buffer_append_string(ret_text, "your policy file");
	if (keeping_rules(&shown, NULL, &rules, &ordinal) < 0)
		return;
	/* JSON has escaped quotes and backslashes already, and letters that hide or reorder have no
	 * place on a screen: the person sees them as escapes twice. */
	buffer_append_string(ret_text, ": ");
	text_append_escaped(ret_text, rules.data, rules.len, 0);
}
