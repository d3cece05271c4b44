/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that hold for this run. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/grants.h"

struct grant {
	void *key; /* owned */
	size_t len;
	enum verdict verdict;
};

struct grants {
	struct grant list[GRANTS_MAX];
	size_t n;
};

struct grants *grants_new(void)
{
	return calloc(1, sizeof(struct grants));
}

struct grants *grants_free(struct grants *grants)
{
	if (!grants)
		return NULL;
	for (size_t i = 0; i < grants->n; i++)
		free(grants->list[i].key);
	free(grants);
	return NULL;
}

static size_t grants_index(const struct grants *grants, const void *key, size_t len)
{
	size_t i = 0;

	while (i < grants->n &&
	       (grants->list[i].len != len || memcmp(grants->list[i].key, key, len) != 0))
		i++;
	return i;
}

int grants_add(struct grants *grants, const void *key, size_t len, enum verdict verdict)
{
	size_t i;
	void *copy;

	if (len == 0 || verdict == VERDICT_ASK)
		return -EINVAL;
	i = grants_index(grants, key, len);
	if (i < grants->n) {
		grants->list[i].verdict = verdict;
		return 0;
	}
	if (grants->n == GRANTS_MAX)
		return -ENOSPC;
	copy = malloc(len);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, key, len);
	grants->list[grants->n++] = (struct grant){.key = copy, .len = len, .verdict = verdict};
	return 0;
}

bool grants_find(const struct grants *grants, const void *key, size_t len,
		 enum verdict *ret_verdict)
{
	size_t i;

	if (len == 0)
		return false;
	i = grants_index(grants, key, len);
	if (i == grants->n)
		return false;
	*ret_verdict = grants->list[i].verdict;
	return true;
}
