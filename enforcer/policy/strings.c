/* SPDX-License-Identifier: Apache-2.0 */
/* A list of strings that ends in NULL and owns them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/policy/strings.h"

int strings_add(struct strings *strings, const char *string)
{
	char **items = reallocarray(strings->items, strings->n + 2, sizeof(*items));

	if (!items)
		return -ENOMEM;
	strings->items = items;
	items[strings->n] = strdup(string);
	if (!items[strings->n])
		return -ENOMEM;
	items[++strings->n] = NULL;
	return 0;
}

void strings_done(struct strings *strings)
{
	for (size_t i = 0; i < strings->n; i++)
		free(strings->items[i]);
	free(strings->items);
	*strings = (struct strings){};
}
