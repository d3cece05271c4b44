/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of strings, NULL-ended. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/config/string-list.h"

static size_t string_list_count(char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

int string_list_reserve(char ***list)
{
	if (!*list)
		*list = calloc(1, sizeof(**list));
	return *list ? 0 : -ENOMEM;
}

int string_list_add(char ***list, const char *string)
{
	size_t n = string_list_count(*list);
	char **bigger = realloc(*list, (n + 2) * sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	*list = bigger;
	bigger[n + 1] = NULL;
	bigger[n] = string ? strdup(string) : NULL;
	return bigger[n] ? 0 : -ENOMEM;
}

bool string_list_contain(char *const *list, const char *string)
{
	for (size_t i = 0; list && list[i]; i++)
		if (strcmp(list[i], string) == 0)
			return true;
	return false;
}

int string_list_add_once(char ***list, const char *string)
{
	return string_list_contain(*list, string) ? 0 : string_list_add(list, string);
}

char **string_list_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
	return NULL;
}
