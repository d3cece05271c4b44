/* SPDX-License-Identifier: Apache-2.0 */
/* What looks like a secret is replaced. */
#include <string.h>

#include "enforcer/audit/redact-spans.h"
#include "enforcer/base/buffer.h"

void redact_spans_add(struct redact_spans *spans, size_t at, size_t end)
{
	if (at >= end)
		return;
	/* Too many to remember each: all from the first of the others on. */
	if (spans->n >= REDACT_SPANS_MAX) {
		if (spans->n == REDACT_SPANS_MAX || at < spans->items[REDACT_SPANS_MAX].at)
			spans->items[REDACT_SPANS_MAX].at = at;
		spans->items[REDACT_SPANS_MAX].end = spans->text.len;
		spans->n = REDACT_SPANS_MAX + 1;
		return;
	}
	spans->items[spans->n].at = at;
	spans->items[spans->n++].end = end;
}

/* By insertion: two passes found them, each from left to right, so most are in their places. */
static void sort(struct redact_spans *spans)
{
	for (size_t i = 1; i < spans->n; i++)
		for (size_t j = i; j > 0 && spans->items[j].at < spans->items[j - 1].at; j--) {
			size_t at = spans->items[j].at, end = spans->items[j].end;

			spans->items[j] = spans->items[j - 1];
			spans->items[j - 1].at = at;
			spans->items[j - 1].end = end;
		}
}

static bool replace(struct redact_spans *spans, struct buffer *ret_text)
{
	const char *text = spans->text.text;
	size_t done = 0;

	if (spans->n == 0)
		return false;
	sort(spans);
	for (size_t i = 0; i < spans->n;) {
		size_t at = spans->items[i].at, end = spans->items[i].end;

		for (i++; i < spans->n && spans->items[i].at <= end; i++)
			if (spans->items[i].end > end)
				end = spans->items[i].end;
		buffer_append(ret_text, text + done, at - done);
		buffer_append_string(ret_text, REDACT_MARKER);
		done = end;
	}
	buffer_append(ret_text, text + done, spans->text.len - done);
	return true;
}

static bool is_off(const struct redact_rules *rules)
{
	return rules && rules->off;
}

bool redact_argument(struct redactor *redactor, const char *word, bool cut, struct buffer *ret_text)
{
	struct redact_spans spans;

	if (is_off(redactor->rules))
		return false;
	spans.n = 0;
	spans.text = (struct redact_text){.text = word, .len = strlen(word), .cut = cut};
	redact_find_in_text(&spans);
	redact_find_in_word(&spans, redactor, 0, spans.text.len);
	return replace(&spans, ret_text);
}

bool redact_sentence(const struct redact_rules *rules, const char *text, struct buffer *ret_text)
{
	struct redactor redactor = {.rules = rules, .script = true};

	return redact_argument(&redactor, text, false, ret_text);
}

bool redact_json(const struct redact_rules *rules, const char *text, size_t len,
		 struct buffer *ret_text)
{
	struct redactor redactor = {.rules = rules};
	struct redact_spans spans;
	size_t at = 0;

	if (is_off(rules))
		return false;
	spans.n = 0;
	spans.text = (struct redact_text){.text = text, .len = len, .json = true};
	redact_find_in_text(&spans);
	while (at < len) {
		size_t end;

		/* What one list says of its words is over at its end; a rule's program stands
		 * before its arguments. */
		if (text[at] && strchr("[]{}", text[at]))
			redactor = (struct redactor){.rules = rules,
						     .program = text[at] == '[' ? redactor.program
										: NULL};
		if (text[at++] != '"')
			continue;
		for (end = at; end < len && text[end] != '"'; end++)
			if (text[end] == '\\')
				end++;
		if (end > len)
			end = len;
		redact_find_in_word(&spans, &redactor, at, end);
		at = end + 1;
	}
	return replace(&spans, ret_text);
}
