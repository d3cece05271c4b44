/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a moment ago. */
#include <string.h>

#include "enforcer/approval/recent.h"

void recent_add(struct recent *recent, const struct recent_question *question,
		const struct decision *answer, uint64_t now)
{
	struct recent_answer *item;

	if (question->len == 0 || question->len > RECENT_KEY_MAX || answer->verdict == VERDICT_ASK)
		return;
	item = &recent->items[recent->next];
	recent->next = (recent->next + 1) % RECENT_MAX;
	item->until_ns = now + RECENT_NS;
	item->pid = question->pid;
	item->len = question->len;
	item->verdict = answer->verdict;
	item->by = answer->by;
	memcpy(item->key, question->key, question->len);
}

bool recent_find(const struct recent *recent, const struct recent_question *question, uint64_t now,
		 struct decision *decision)
{
	/* From the newest: what was said last stands. */
	for (size_t i = 0; i < RECENT_MAX && question->len > 0; i++) {
		const struct recent_answer *item =
			&recent->items[(recent->next + RECENT_MAX - 1 - i) % RECENT_MAX];

		if (item->pid != question->pid || item->until_ns <= now ||
		    item->len != question->len ||
		    memcmp(item->key, question->key, question->len) != 0)
			continue;
		decision->verdict = item->verdict;
		decision->by = item->by;
		decision->reason = "answered a moment ago";
		return true;
	}
	return false;
}
