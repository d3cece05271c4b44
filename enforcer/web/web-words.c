/* SPDX-License-Identifier: Apache-2.0 */
/* What the page sends. */
#include <errno.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/web/web-words.h"

/* A person's words, not a novel. */
#define REASON_MAX 1000

static int wrong(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -EINVAL;
}

/* An object of these members and no others; the first two say what it is about. */
static int take_object(json_t *root, const char *const *names, struct web_words *ret_words,
		       const char **ret_why)
{
	const char *run = json_string_value(json_object_get(root, "run")), *name;
	json_t *id = json_object_get(root, "id"), *value;

	if (!json_is_object(root))
		return wrong(ret_why, "that is no object in JSON");
	json_object_foreach(root, name, value)
	{
		size_t i = 0;

		while (names[i] && strcmp(names[i], name) != 0)
			i++;
		if (!names[i])
			return wrong(ret_why, "a member that is not known");
	}
	if (!run || !run[0] || strlen(run) >= sizeof(ret_words->run))
		return wrong(ret_why, "\"run\" is missing or wrong");
	if (!json_is_integer(id) || json_integer_value(id) <= 0)
		return wrong(ret_why, "\"id\" is missing or wrong");
	strcpy(ret_words->run, run);
	ret_words->id = json_integer_value(id);
	return 0;
}

static json_t *parse(const char *text, size_t len)
{
	return json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
}

/* A string goes as it is: the run knows its words. */
static int copy_string(const json_t *from, const char *name, json_t *to)
{
	json_t *value = json_object_get(from, name);

	if (!value)
		return 0;
	if (!json_is_string(value) || json_string_length(value) > REASON_MAX)
		return -EINVAL;
	return json_object_set(to, name, value) < 0 ? -ENOMEM : 0;
}

int web_words_answer(const char *text, size_t len, struct web_words *ret_words,
		     const char **ret_why)
{
	static const char *const names[] = {"run",   "id",     "verdict", "lasts",
					    "scope", "for_ms", "reason",  NULL};
	json_auto_t *root = parse(text, len), *params = NULL;
	json_t *for_ms = json_object_get(root, "for_ms");
	int r = take_object(root, names, ret_words, ret_why);

	if (r < 0)
		return r;
	/* Nothing is meant that was not said. */
	if (!json_object_get(root, "verdict") || !json_object_get(root, "lasts"))
		return wrong(ret_why, "\"verdict\" and \"lasts\" are to be given");
	params = json_pack("{s:I, s:s}", "id", ret_words->id, "via", "web");
	if (!params)
		return -ENOMEM;
	for (size_t i = 2; names[i] && r == 0; i++)
		if (strcmp(names[i], "for_ms") != 0)
			r = copy_string(root, names[i], params);
	if (r == 0 && for_ms)
		r = json_is_integer(for_ms) && json_integer_value(for_ms) > 0
			    ? json_object_set(params, "for_ms", for_ms)
			    : -EINVAL;
	if (r == -EINVAL)
		return wrong(ret_why, "a member is no text, too long, or no number");
	if (r < 0)
		return -ENOMEM;
	ret_words->params = steal_pointer(params);
	return 0;
}

int web_words_revoke(const char *text, size_t len, struct web_words *ret_words,
		     const char **ret_why)
{
	static const char *const names[] = {"run", "id", NULL};
	json_auto_t *root = parse(text, len);
	int r = take_object(root, names, ret_words, ret_why);

	if (r < 0)
		return r;
	ret_words->params = json_pack("{s:I}", "id", ret_words->id);
	return ret_words->params ? 0 : -ENOMEM;
}
