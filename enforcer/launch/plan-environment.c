/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's environment: the person's, as far as the policy passes it. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/launch/plan-parts.h"

/* Where PATH is not passed: as confstr(_CS_PATH) with the local tree before it. */
#define SEARCH_PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

int plan_copy_strings(const char *const *strings, char ***ret_copy)
{
	size_t count = 0;
	char **copy;

	while (strings && strings[count])
		count++;
	copy = calloc(count + 1, sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		copy[i] = strdup(strings[i]);
		if (!copy[i]) {
			plan_free_strings(copy);
			return -ENOMEM;
		}
	}
	*ret_copy = copy;
	return 0;
}

void plan_free_strings(char **strings)
{
	for (size_t i = 0; strings && strings[i]; i++)
		free(strings[i]);
	free(strings);
}

static bool name_is_among(const char *name, const char *const *patterns)
{
	for (size_t i = 0; patterns && patterns[i]; i++)
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	return false;
}

static bool name_is_set(const char *entry, size_t name_len, const char *const *set)
{
	for (size_t i = 0; set && set[i]; i++)
		if (strncmp(set[i], entry, name_len + 1) == 0)
			return true;
	return false;
}

static bool entry_is_passed(const struct policy_settings *settings, const char *entry)
{
	_cleanup_free_ char *name = NULL;
	const char *equals = strchr(entry, '=');

	/* What is no NAME=value is nobody's. */
	if (!equals || equals == entry)
		return false;
	if (name_is_set(entry, (size_t)(equals - entry), settings->environment_set))
		return false;
	name = strndup(entry, (size_t)(equals - entry));
	if (!name)
		return false;
	if (name_is_among(name, settings->environment_pass))
		return true;
	return !settings->environment_pass && !name_is_among(name, settings->environment_drop);
}

int plan_make_environment(struct plan *plan, const struct plan_input *input)
{
	const struct policy_settings *settings = policy_settings(input->policy);
	_cleanup_free_ const char **passed = NULL;
	size_t count = 0, set = 0, kept = 0;
	int r;

	while (input->envp && input->envp[count])
		count++;
	while (settings->environment_set && settings->environment_set[set])
		set++;
	passed = calloc(count + set + 1, sizeof(*passed));
	if (!passed)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (entry_is_passed(settings, input->envp[i]))
			passed[kept++] = input->envp[i];
	for (size_t i = 0; i < set; i++)
		passed[kept++] = settings->environment_set[i];
	r = plan_copy_strings(passed, &plan->envp);
	if (r < 0)
		return r;
	for (size_t i = 0; plan->envp[i] && !plan->search_path; i++)
		if (strncmp(plan->envp[i], "PATH=", 5) == 0) {
			plan->search_path = strdup(plan->envp[i] + 5);
			if (!plan->search_path)
				return -ENOMEM;
		}
	if (!plan->search_path)
		plan->search_path = strdup(SEARCH_PATH_DEFAULT);
	return plan->search_path ? 0 : -ENOMEM;
}
