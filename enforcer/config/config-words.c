/* SPDX-License-Identifier: Apache-2.0 */
/* What is found out about a policy beside its rules: words for the person. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/config/config-parts.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/string-list.h"
#include "enforcer/policy/policy.h"

void config_print_notices(const struct config *config)
{
	for (size_t i = 0; config->notices && config->notices[i]; i++)
		fprintf(stderr, "callgate: %s\n", config->notices[i]);
}

int config_note(struct config *config, const char *format, ...)
{
	_cleanup_free_ char *line = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&line, format, args);
	va_end(args);
	if (n < 0) {
		line = NULL;
		return -ENOMEM;
	}
	return string_list_add(&config->notices, line);
}

/* What was named on the command line, and does not hold because a layer above says no, would be
 * found out in the middle of the work. */
int config_check_named(const struct config *config, const char *option, enum verb verb, char *dir,
		       struct failure *reterr)
{
	struct request request = {.n_objects = 1};
	struct decision decision = {};
	char shown[SHOWN_MAX], shown_file[SHOWN_MAX];
	const struct rule_info *rule;

	request.objects[0] = (struct object){
		.kind = OBJECT_PATH, .verbs = verb, .path = dir, .exists = true, .directory = true};
	policy_judge_one(config->policy, &request, 0, verb, &decision);
	rule = decision.rule;
	if (decision.verdict != VERDICT_DENY)
		return 0;
	if (!rule)
		return failure_set(reterr, -EPERM, "%s %s: the policy denies to %s it", option,
				   facts_show(dir, shown), verb_name(verb));
	failure_hint(reterr,
		     rule->layer == LAYER_GUARDS
			     ? "a rule of a policy file that says \"unprotect\": true may allow it"
			     : "that layer stands above the command line");
	return failure_set(reterr, -EPERM, "%s %s: denied by rule %s (%s:%d)%s%s", option,
			   facts_show(dir, shown), rule->id,
			   rule->file ? facts_show(rule->file, shown_file) : "built in", rule->line,
			   rule->reason ? ": " : "", rule->reason ? rule->reason : "");
}
