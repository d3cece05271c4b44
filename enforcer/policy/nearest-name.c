/* SPDX-License-Identifier: Apache-2.0 */
/* The known name that a misspelt one most likely meant. */
#include <string.h>

#include "enforcer/policy/nearest-name.h"

#define NAME_LEN_MAX 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters put in, left out, replaced, or swapped with a neighbour. Both at most NAME_LEN_MAX. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][NAME_LEN_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = least(least(row[j - 1], above[j]) + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], two[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

const char *nearest_name(const char *word, const char *const *names, size_t n_names)
{
	size_t len = strlen(word), best = len / 2 + 1;
	const char *nearest = NULL;

	if (len > NAME_LEN_MAX)
		return NULL;
	for (size_t i = 0; i < n_names; i++) {
		size_t n = strlen(names[i]), distance;

		if (n > NAME_LEN_MAX)
			continue;
		distance = edit_distance(word, len, names[i], n);
		if (distance < best && distance <= 3) {
			best = distance;
			nearest = names[i];
		}
	}
	return nearest;
}
