/* SPDX-License-Identifier: Apache-2.0 */
/* The command of a run, as the agent gets it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/launch/plan-parts.h"

/* Where there is no PATH: as confstr(_CS_PATH) with the local tree before it. */
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

/* PATH as the agent has it. */
static char *copy_search_path(char *const *envp)
{
	for (; *envp; envp++)
		if (strncmp(*envp, "PATH=", 5) == 0)
			return strdup(*envp + 5);
	return strdup(SEARCH_PATH_DEFAULT);
}

int plan_copy_command(struct plan *plan, const struct plan_input *input)
{
	int r;

	r = plan_copy_strings(input->argv, &plan->argv);
	if (r < 0)
		return r;
	r = plan_copy_strings(input->envp, &plan->envp);
	if (r < 0)
		return r;
	plan->search_path = copy_search_path(plan->envp);
	plan->cwd = strdup(input->cwd);
	plan->shim = strdup(input->shim);
	if (input->denials) {
		plan->denials = strdup(input->denials);
		if (!plan->denials)
			return -ENOMEM;
	}
	plan->terminal = input->terminal;
	plan->window = input->window;
	return plan->search_path && plan->cwd && plan->shim ? 0 : -ENOMEM;
}
