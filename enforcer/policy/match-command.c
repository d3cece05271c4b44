/* SPDX-License-Identifier: Apache-2.0 */
/* Argument vectors against a rule's "args". */
#include <stdint.h>
#include <string.h>

#include "enforcer/policy/glob.h"
#include "enforcer/policy/match-command.h"

static uint64_t bit(size_t state)
{
	return UINT64_C(1) << state;
}

static bool is_any_number(const char *glob)
{
	return strcmp(glob, "**") == 0;
}

static uint64_t states_close(const struct strings *args, uint64_t states)
{
	for (size_t i = 0; i < args->n; i++)
		if ((states & bit(i)) && is_any_number(args->items[i]))
			states |= bit(i + 1);
	return states;
}

static uint64_t states_step(const struct strings *args, uint64_t states, const char *word)
{
	size_t len = strlen(word);
	uint64_t next = 0;

	for (size_t i = 0; i < args->n; i++) {
		const char *glob = args->items[i];

		if (!(states & bit(i)))
			continue;
		if (is_any_number(glob))
			next |= bit(i);
		else if (glob_matches(glob, strlen(glob), word, len))
			next |= bit(i + 1);
	}
	return states_close(args, next);
}

/* words: NULL-ended. cut: more words follow that we do not have. */
static bool words_match(const struct strings *args, char *const *words, bool cut, bool allow)
{
	uint64_t states = states_close(args, bit(0));

	if (cut && allow)
		return false;
	for (; *words && states; words++)
		states = states_step(args, states, *words);
	/* Each state can still be led to the end by the words that are missing. */
	return cut ? states != 0 : (states & bit(args->n)) != 0;
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static size_t objects_executed(const struct request *request)
{
	size_t n = 0;

	for (size_t i = 0; i < request->n_objects; i++)
		n += (request->objects[i].verbs & VERB_EXEC) != 0;
	return n;
}

/*
 * The vector of a script's image is its interpreter, perhaps one argument of the first line, the
 * script, and only then what the caller wrote; each further interpreter adds as much again. For a
 * rule that refuses or asks each place counts where the script's own arguments could start. For one
 * that allows it is behind the word that names the script.
 */
bool command_matches(const struct strings *args, const struct request *request,
		     const struct object *object, bool allow)
{
	size_t n = objects_executed(request), last;
	const char *name;

	if (!request->argv || !request->argv[0])
		return !allow;
	last = n > 1 ? 1 + 2 * (n - 1) : 1;
	if (!allow) {
		for (size_t i = 1; i <= last && request->argv[i - 1]; i++)
			if (words_match(args, request->argv + i, request->argv_truncated, false))
				return true;
		return false;
	}
	name = object->path ? last_component(object->path) : "";
	for (size_t i = 1; i < last && request->argv[i]; i++)
		if (strcmp(last_component(request->argv[i]), name) == 0)
			return words_match(args, request->argv + i + 1, request->argv_truncated,
					   true);
	return words_match(args, request->argv + 1, request->argv_truncated, true);
}
