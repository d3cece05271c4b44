/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a moment ago. */
#include <string.h>

#include "enforcer/approval/recent.h"

void recent_add(struct recent *recent, pid_t pid, const void *key, size_t len,
		const struct decision *answer, uint64_t now)
{
	struct recent_answer *item;

	if (len == 0 || len > RECENT_KEY_MAX || answer->verdict == VERDICT_ASK)
		return;
	item = &recent->items[recent->next];
	recent->next = (recent->next + 1) % RECENT_MAX;
	item->until_ns = now + RECENT_NS;
	item->pid = pid;
	item->len = len;
	item->verdict = answer->verdict;
	item->by = answer->by;
	memcpy(item->key, key, len);
}

bool recent_find(const struct recent *recent, pid_t pid, const void *key, size_t len, uint64_t now,
		 struct decision *decision)
{
	/* From the newest: what was said last stands. */
	for (size_t i = 0; i < RECENT_MAX && len > 0; i++) {
		const struct recent_answer *item =
			&recent->items[(recent->next + RECENT_MAX - 1 - i) % RECENT_MAX];

		if (item->pid != pid || item->until_ns <= now || item->len != len ||
		    memcmp(item->key, key, len) != 0)
			continue;
		decision->verdict = item->verdict;
		decision->by = item->by;
		decision->reason = "answered a moment ago";
		return true;
	}
	return false;
}
