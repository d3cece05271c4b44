/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical absolute paths: who contains whom, and the order of mounts. */
#pragma once

#include <stdbool.h>
#include <string.h>

/* True for the tree's root itself as well. */
static inline bool path_is_in(const char *path, const char *tree)
{
	size_t len = strlen(tree);

	if (len == 1)
		return true;
	return strncmp(path, tree, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

static inline bool path_is_below(const char *path, const char *tree)
{
	return path_is_in(path, tree) && strcmp(path, tree) != 0;
}

/* By components: a tree stands before what is in it, and its content is not torn apart. */
static inline int path_order(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	if (*a == *b)
		return 0;
	if (!*a || !*b)
		return *a ? 1 : -1;
	if (*a == '/' || *b == '/')
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}
