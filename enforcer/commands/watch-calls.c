/* SPDX-License-Identifier: Apache-2.0 */
/* The last calls of all runs, and the part of them that is looked at. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/watch-calls.h"
#include "enforcer/control/call-text.h"

enum word_kind { WORD_ANY = 0, WORD_VERB, WORD_DECISION, WORD_PROGRAM, WORD_RUN, WORD_KINDS };

struct filter_word {
	enum word_kind kind;
	const char *value; /* in the filter's words */
};

struct watch_calls {
	struct watch_call ring[WATCH_CALLS_MAX];
	uint64_t count;  /* that came; the number of the newest */
	uint64_t bottom; /* the newest that is looked at, where it is pinned */
	bool pinned, paused;
	size_t rows; /* of the last view */
	uint64_t found;
	char filter[WATCH_WORDS_MAX], words[WATCH_WORDS_MAX], search[WATCH_WORDS_MAX];
	struct filter_word filter_words[WATCH_FILTER_WORDS];
	size_t n_filter_words;
};

int watch_calls_new(struct watch_calls **ret_calls)
{
	*ret_calls = calloc(1, sizeof(**ret_calls));
	return *ret_calls ? 0 : -ENOMEM;
}

static void call_done(struct watch_call *call)
{
	free(call->program);
	free(call->object);
	free(call->why);
	*call = (struct watch_call){};
}

struct watch_calls *watch_calls_free(struct watch_calls *calls)
{
	if (!calls)
		return NULL;
	for (size_t i = 0; i < WATCH_CALLS_MAX; i++)
		call_done(&calls->ring[i]);
	free(calls);
	return NULL;
}

/* ---- what a line of the record says */

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static time_t parse_time(const char *text)
{
	struct tm tm = {};

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		   &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return timegm(&tm);
}

static int add(struct watch_calls *calls, struct watch_call *call)
{
	struct watch_call *place = &calls->ring[calls->count % WATCH_CALLS_MAX];

	if (!call->program || !call->object || !call->why) {
		call_done(call);
		return -ENOMEM;
	}
	call_done(place);
	*place = *call;
	calls->count++;
	return 0;
}

int watch_calls_add(struct watch_calls *calls, const char *run, const json_t *params)
{
	struct watch_call call = {
		.at = parse_time(text_of(params, "time")),
		.program = call_text_program(params),
		.object = call_text_object(params),
		.why = call_text_why(params),
	};

	snprintf(call.run, sizeof(call.run), "%s", run);
	snprintf(call.decision, sizeof(call.decision), "%s", text_of(params, "decision"));
	snprintf(call.verb, sizeof(call.verb), "%s", text_of(params, "verb"));
	return add(calls, &call);
}

int watch_calls_add_gap(struct watch_calls *calls, const char *run, json_int_t count)
{
	struct watch_call call = {.program = strdup(""), .why = strdup("")};
	char text[64];

	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT " calls are not shown here: too fast",
		 count);
	snprintf(call.run, sizeof(call.run), "%s", run);
	call.object = strdup(text);
	return add(calls, &call);
}

/* ---- the filter */

static const char *const verbs[] = {"read", "write", "exec", "connect", "listen"};
static const char *const decisions[] = {"allow", "deny", "ask"};

static bool is_one_of(const char *word, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(word, names[i]) == 0)
			return true;
	return false;
}

static struct filter_word word_parse(const char *word)
{
	if (is_one_of(word, verbs, ARRAY_LEN(verbs)))
		return (struct filter_word){WORD_VERB, word};
	if (is_one_of(word, decisions, ARRAY_LEN(decisions)))
		return (struct filter_word){WORD_DECISION, word};
	if (strncasecmp(word, "program=", 8) == 0)
		return (struct filter_word){WORD_PROGRAM, word + 8};
	if (strncasecmp(word, "run=", 4) == 0)
		return (struct filter_word){WORD_RUN, word + 4};
	return (struct filter_word){WORD_ANY, word};
}

void watch_calls_filter(struct watch_calls *calls, const char *text)
{
	char *rest = NULL;

	snprintf(calls->filter, sizeof(calls->filter), "%s", text);
	snprintf(calls->words, sizeof(calls->words), "%s", text);
	calls->n_filter_words = 0;
	for (char *word = strtok_r(calls->words, " ", &rest);
	     word && calls->n_filter_words < WATCH_FILTER_WORDS; word = strtok_r(NULL, " ", &rest))
		calls->filter_words[calls->n_filter_words++] = word_parse(word);
}

const char *watch_calls_filtered(const struct watch_calls *calls)
{
	return calls->filter;
}

static bool holds(const struct watch_call *call, const char *text)
{
	return strcasestr(call->object, text) || strcasestr(call->program, text) ||
	       strcasestr(call->why, text) || strcasestr(call->verb, text) ||
	       strcasestr(call->decision, text) || strcasestr(call->run, text);
}

static bool word_is_true(const struct filter_word *word, const struct watch_call *call)
{
	switch (word->kind) {
	case WORD_VERB:
		return strcasecmp(call->verb, word->value) == 0;
	case WORD_DECISION:
		return strcasecmp(call->decision, word->value) == 0;
	case WORD_PROGRAM:
		return strcasecmp(call->program, word->value) == 0;
	case WORD_RUN:
		return strncmp(call->run, word->value, strlen(word->value)) == 0;
	case WORD_ANY:
	case WORD_KINDS:
		break;
	}
	return holds(call, word->value);
}

static bool passes(const struct watch_calls *calls, const struct watch_call *call)
{
	bool asked[WORD_KINDS] = {}, met[WORD_KINDS] = {};

	for (size_t i = 0; i < calls->n_filter_words; i++) {
		const struct filter_word *word = &calls->filter_words[i];
		bool is = word_is_true(word, call);

		if (word->kind == WORD_ANY && !is)
			return false;
		asked[word->kind] = true;
		met[word->kind] = met[word->kind] || is;
	}
	for (int kind = 0; kind < WORD_KINDS; kind++)
		if (asked[kind] && !met[kind])
			return false;
	return true;
}

/* ---- where is looked at */

static const struct watch_call *get(const struct watch_calls *calls, uint64_t number)
{
	return &calls->ring[(number - 1) % WATCH_CALLS_MAX];
}

static uint64_t oldest(const struct watch_calls *calls)
{
	return calls->count > WATCH_CALLS_MAX ? calls->count - WATCH_CALLS_MAX + 1 : 1;
}

/* The next one that passes, older than number; 0: there is none. */
static uint64_t older(const struct watch_calls *calls, uint64_t number)
{
	while (number > oldest(calls))
		if (passes(calls, get(calls, --number)))
			return number;
	return 0;
}

static uint64_t newer(const struct watch_calls *calls, uint64_t number)
{
	while (number < calls->count)
		if (passes(calls, get(calls, ++number)))
			return number;
	return 0;
}

/* The highest place that still fills the view. */
static uint64_t top_limit(const struct watch_calls *calls)
{
	uint64_t number = oldest(calls) - 1;
	size_t n = 0;

	for (uint64_t next; (n == 0 || n < calls->rows) && (next = newer(calls, number)) > 0; n++)
		number = next;
	return number;
}

static uint64_t bottom(const struct watch_calls *calls)
{
	if (!calls->pinned)
		return calls->count;
	/* What stood there may be forgotten by now. */
	if (oldest(calls) > 1 && calls->bottom < oldest(calls))
		return top_limit(calls);
	return calls->bottom;
}

size_t watch_calls_view(struct watch_calls *calls, size_t rows, const struct watch_call **ret_calls)
{
	uint64_t number = bottom(calls) + 1;
	size_t n = 0;

	calls->rows = rows;
	while (n < rows && (number = older(calls, number)) > 0)
		ret_calls[n++] = get(calls, number);
	for (size_t i = 0; i < n / 2; i++) {
		const struct watch_call *other = ret_calls[i];

		ret_calls[i] = ret_calls[n - 1 - i];
		ret_calls[n - 1 - i] = other;
	}
	return n;
}

void watch_calls_scroll(struct watch_calls *calls, int64_t rows)
{
	uint64_t place = bottom(calls), limit = top_limit(calls);

	for (; rows < 0 && place > limit; rows++) {
		uint64_t next = older(calls, place);

		if (next < limit)
			break;
		place = next;
	}
	for (; rows > 0; rows--) {
		uint64_t next = newer(calls, place);

		if (next == 0) {
			place = calls->count;
			break;
		}
		place = next;
	}
	calls->pinned = calls->paused || place < calls->count;
	calls->bottom = place;
}

void watch_calls_pause(struct watch_calls *calls)
{
	calls->bottom = bottom(calls);
	calls->paused = !calls->paused;
	calls->pinned = calls->paused;
}

bool watch_calls_paused(const struct watch_calls *calls)
{
	return calls->paused;
}

size_t watch_calls_behind(const struct watch_calls *calls)
{
	uint64_t number = bottom(calls);
	size_t n = 0;

	while ((number = newer(calls, number)) > 0)
		n++;
	return n;
}

/* ---- the search */

void watch_calls_search(struct watch_calls *calls, const char *text)
{
	snprintf(calls->search, sizeof(calls->search), "%s", text);
	calls->found = 0;
}

const char *watch_calls_searched(const struct watch_calls *calls)
{
	return calls->search;
}

bool watch_calls_holds(const struct watch_calls *calls, const struct watch_call *call)
{
	return calls->search[0] && holds(call, calls->search);
}

bool watch_calls_is_found(const struct watch_calls *calls, const struct watch_call *call)
{
	return calls->found >= oldest(calls) && get(calls, calls->found) == call;
}

/* Looks so that it is among the rows, and stays where it is. */
static void look_at(struct watch_calls *calls, uint64_t number)
{
	uint64_t place = bottom(calls), top = place + 1;

	for (size_t i = 0; i < calls->rows && top > 0; i++)
		top = older(calls, top);
	calls->bottom = place;
	calls->pinned = true;
	if (number >= top && number <= place)
		return;
	calls->bottom = number;
	watch_calls_scroll(calls, (int64_t)calls->rows / 2);
	calls->pinned = true;
}

bool watch_calls_find(struct watch_calls *calls, bool to_older)
{
	uint64_t number = calls->found ? calls->found : bottom(calls) + 1;

	if (!calls->search[0])
		return false;
	for (;;) {
		number = to_older ? older(calls, number) : newer(calls, number);
		if (number == 0)
			return false;
		if (watch_calls_holds(calls, get(calls, number)))
			break;
	}
	calls->found = number;
	look_at(calls, number);
	return true;
}
