/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a question's box. */
#include <string.h>

#include "enforcer/approval/box-parts.h"

bool box_scope(const struct box_view *view, enum verdict verdict, enum answer_lasts lasts,
	       enum answer_scope *ret_scope)
{
	struct answer answer = {.verdict = verdict, .lasts = lasts, .scope = view->scope};

	for (unsigned i = 0; !question_offers(view->question, &answer); i++) {
		if (i == SCOPE_COUNT)
			return false;
		answer.scope = (enum answer_scope)i;
	}
	*ret_scope = answer.scope;
	return true;
}

void box_item(struct box_lines *lines, const char *between, int width)
{
	int used = lines->lines[lines->n - 1].width;

	if (used > 0 && used + (int)strlen(between) + width > lines->width)
		box_begin(lines);
	else if (used > 0)
		box_text(lines, between, 1);
}

struct key {
	char key;
	enum verdict verdict;
	enum answer_lasts lasts;
	const char *words, *brief;
};

static const struct key keys[] = {
	{'a', VERDICT_ALLOW, ANSWER_ONCE, "allow once", "once"},
	{'d', VERDICT_DENY, ANSWER_ONCE, "deny once (Ctrl-C)", "deny"},
	{'r', VERDICT_ALLOW, ANSWER_FOR_RUN, "allow for this run", "for run"},
	{'D', VERDICT_DENY, ANSWER_FOR_RUN, "deny for this run", "deny for run"},
	{'A', VERDICT_ALLOW, ANSWER_ALWAYS, "allow always", "always"},
};

static bool key_works(const struct box_view *view, const struct key *key, bool cut)
{
	enum answer_scope scope;

	if (key->lasts == ANSWER_ONCE)
		return true;
	if (cut && !view->seen && key->verdict == VERDICT_ALLOW)
		return false;
	return box_scope(view, key->verdict, key->lasts, &scope);
}

void box_key(struct box_lines *lines, const struct box_view *view, char key, const char *words)
{
	const char name[] = {key, '\0'};

	box_look(lines, view->ready ? KEY : FAINT);
	box_text(lines, key == ' ' ? "Space" : name, 1);
	box_look(lines, view->ready ? NULL : FAINT);
	box_printf(lines, "  %s", words);
}

void box_key_item(struct box_lines *lines, const struct box_view *view, char key, const char *words)
{
	box_item(lines, "   ", (key == ' ' ? 7 : 3) + (int)strlen(words));
	box_key(lines, view, key, words);
}

void box_cover(struct box_lines *lines, const struct box_view *view, size_t max)
{
	enum answer_scope scope;

	if (!box_scope(view, VERDICT_ALLOW, ANSWER_FOR_RUN, &scope) &&
	    !box_scope(view, VERDICT_DENY, ANSWER_FOR_RUN, &scope))
		return;
	box_begin(lines);
	box_look(lines, FAINT);
	lines->indent = 2;
	box_text(lines, "r and D cover ", 1);
	box_text(lines, box_text_of(&view->question->scopes[scope]), max);
	if (view->expires_ns)
		box_printf(lines, ", for %u minutes", (unsigned)(view->expires_ns / 60000000000u));
}

void box_keys_spacious(struct box_lines *lines, const struct box_view *view, bool cut)
{
	int column = lines->width >= 56 ? lines->width / 2 : 28;

	for (size_t i = 0; i < ARRAY_LEN(keys); i += 2) {
		bool left = key_works(view, &keys[i], cut);
		bool right = i + 1 < ARRAY_LEN(keys) && key_works(view, &keys[i + 1], cut);
		bool last = i + 1 == ARRAY_LEN(keys);

		if (!left && !right && !last)
			continue;
		box_begin(lines);
		if (left) {
			box_key(lines, view, keys[i].key, keys[i].words);
			box_column(lines, column);
		}
		if (right)
			box_key(lines, view, keys[i + 1].key, keys[i + 1].words);
		if (last)
			box_key(lines, view, 'm',
				cut && !view->seen ? "more: see all of it" : "more");
	}
}

void box_keys_terse(struct box_lines *lines, const struct box_view *view, bool cut)
{
	box_begin(lines);
	lines->indent = 0;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (key_works(view, &keys[i], cut))
			box_key_item(lines, view, keys[i].key, keys[i].brief);
	if (view->page == BOX_QUESTION)
		box_key_item(lines, view, 'm', "more");
}
