/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets by what the words around them say: options, assignments, and programs known to take some.
 * A word with spaces in it is taken for a line of a shell, and its words looked at in turn, but for
 * no more than DEPTH_MAX shells within each other.
 */
#include <string.h>

#include "enforcer/audit/redact-name.h"
#include "enforcer/audit/redact-programs.h"
#include "enforcer/audit/redact-spans.h"

#define DEPTH_MAX  3
#define OPTION_MIN 6 /* "-token" */

struct walk {
	struct redact_spans *spans;
	const char *text;
	unsigned depth;
};

static void find_in_word(const struct walk *walk, struct redactor *redactor, size_t at, size_t end);

static bool is_blank(char c)
{
	return c == ' ' || (c <= '\r' && (c == '\t' || c == '\n' || c == '\r'));
}

/* What ends a word of a shell, and with it a command. */
static bool ends_command(char c)
{
	return c && strchr(";|&()\n", c);
}

static bool has_blank(const char *text, size_t at, size_t end)
{
	for (; at < end; at++)
		if (is_blank(text[at]))
			return true;
	return false;
}

static bool is(const struct walk *walk, size_t at, size_t end, const char *word)
{
	return end - at == strlen(word) && memcmp(walk->text + at, word, end - at) == 0;
}

static void add(const struct walk *walk, size_t at, size_t end)
{
	if (at < end && redact_value_may_be_secret(walk->text + at, end - at))
		redact_spans_add(walk->spans, at, end);
}

static void add_behind(const struct walk *walk, size_t at, size_t end, char mark)
{
	const char *found = at < end ? memchr(walk->text + at, mark, end - at) : NULL;

	if (found)
		add(walk, (size_t)(found - walk->text) + 1, end);
}

/* `docker build --secret id=...` names what is one elsewhere. */
static bool names_one(const struct walk *walk, size_t at, size_t end)
{
	static const char *const begins[] = {"id=", "type=", "src=", "env:", "file:", "fd:"};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		size_t n = strlen(begins[i]);

		if (end - at > n && memcmp(walk->text + at, begins[i], n) == 0)
			return true;
	}
	return false;
}

static void take_value(const struct walk *walk, enum redact_value value, size_t at, size_t end)
{
	switch (value) {
	case REDACT_NOTHING:
		return;
	case REDACT_WHOLE:
		if (!names_one(walk, at, end))
			add(walk, at, end);
		return;
	case REDACT_BEHIND_COLON:
		add_behind(walk, at, end, ':');
		return;
	case REDACT_BEHIND_COMMA:
		add_behind(walk, at, end, ',');
		return;
	case REDACT_BEHIND_PERCENT:
		add_behind(walk, at, end, '%');
		return;
	case REDACT_BEHIND_PASS:
		if (end - at > 5 && memcmp(walk->text + at, "pass:", 5) == 0)
			add(walk, at + 5, end);
		return;
	}
}

/* ---- NAME=value ---- */

/* "&name=" and ";name=": the value before it is over. */
static bool next_begins(const char *text, size_t at, size_t end)
{
	size_t n = 1;

	if (text[at] != '&' && text[at] != ';')
		return false;
	while (n <= REDACT_NAME_MAX && at + n < end && text[at + n] != '=' &&
	       !is_blank(text[at + n]) && text[at + n] && !strchr("&;/:?", text[at + n]))
		n++;
	return n > 1 && at + n < end && text[at + n] == '=';
}

static bool matches_glob(const struct redact_rules *rules, const char *word, size_t len)
{
	if (!rules || !rules->globs || !rules->matches || len == 0 || len > REDACT_GLOB_WORD_MAX)
		return false;
	for (const char *const *glob = rules->globs; *glob; glob++)
		if (rules->matches(*glob, strlen(*glob), word, len))
			return true;
	return false;
}

/* The value of the name before text[separator]; where to go on. A value that is no secret is gone
 * into: --env=TOKEN=x. rules: whose globs are tried, or NULL. */
static size_t find_assigned(const struct walk *walk, const struct redact_rules *rules,
			    size_t separator, size_t begin, size_t end)
{
	const char *text = walk->text;
	size_t len = redact_name_before(text + begin, separator - begin), at = separator + 1, to;
	enum redact_name name = redact_name(text + separator - len, len);

	if (matches_glob(rules, text + at, end - at)) {
		redact_spans_add(walk->spans, at, end);
		return end;
	}
	if (name == REDACT_NAME_PLAIN || at == end)
		return at;
	/* A value is short where it is to look random, or to be none. */
	for (to = at; to < end && to - at <= REDACT_WINDOW && !next_begins(text, to, end);)
		to++;
	if (!redact_value_may_be_secret(text + at, to - at) ||
	    (name == REDACT_NAME_WEAK && !redact_value_looks_random(text + at, to - at)))
		return at;
	while (to < end && !next_begins(text, to, end))
		to++;
	redact_spans_add(walk->spans, at, to);
	return to;
}

static void find_assignments(const struct walk *walk, const struct redactor *redactor, size_t at,
			     size_t end)
{
	const struct redact_rules *rules = redactor->rules;
	size_t begin = at;

	while (at < end) {
		const char *sign = memchr(walk->text + at, '=', end - at);

		if (!sign)
			return;
		at = find_assigned(walk, rules, (size_t)(sign - walk->text), begin, end);
		/* Each look at a glob takes as long as the value: only behind the first "=". */
		rules = NULL;
	}
}

/* PASSWORD=two words, as one word that is none of a shell's. */
static bool begins_with_assignment(const struct walk *walk, size_t at, size_t end)
{
	size_t n = 0, len = end - at < REDACT_NAME_MAX ? end - at : REDACT_NAME_MAX;
	const char *sign = memchr(walk->text + at, '=', len);

	if (!sign)
		return false;
	n = (size_t)(sign - walk->text) - at;
	return redact_name_before(walk->text + at, n) == n &&
	       redact_name(walk->text + at, n) == REDACT_NAME_STRONG;
}

/* ---- words ---- */

/* `aws configure set aws_secret_access_key`: no word of a sentence. */
static bool names_a_setting(const char *word, size_t len)
{
	return memchr(word, '_', len) || memchr(word, '.', len);
}

/* What an option, or the name of a setting, says of the next word. */
static void find_expected(const struct walk *walk, struct redactor *redactor, size_t at, size_t end)
{
	const char *word = walk->text + at;
	size_t len = end - at, value_at = len;
	enum redact_value value = REDACT_NOTHING;
	const struct redact_program *program = redactor->program;

	if (program && len > 1 && word[0] == '-' &&
	    (!redact_program_must_log_in(program) || redactor->logs_in))
		value = redact_program_option(program, word, len, &value_at);
	if (value != REDACT_NOTHING && redact_program_is_over(program))
		redactor->program = NULL;
	if (value != REDACT_NOTHING && value_at < len) {
		take_value(walk, value, at + value_at, end);
		return;
	}
	if (value == REDACT_NOTHING && len >= OPTION_MIN && len <= REDACT_NAME_MAX &&
	    (word[0] == '-' || (redactor->sets && names_a_setting(word, len))) &&
	    !memchr(word, '=', len) && redact_name(word, len) == REDACT_NAME_STRONG)
		value = REDACT_WHOLE;
	redactor->expects = (unsigned)value;
}

/* "-c", "-lc": a line of a shell follows. */
static bool announces_script(const char *text, size_t at, size_t end)
{
	return end - at > 1 && end - at < 8 && text[at] == '-' && text[at + 1] != '-' &&
	       text[end - 1] == 'c';
}

static bool is_long_option(const struct walk *walk, size_t at, size_t end)
{
	const char *word = walk->text + at;

	return end - at > 2 && word[0] == '-' && word[1] == '-' && word[2] >= 'a' && word[2] <= 'z';
}

/* Where the word of a shell that begins at at ends. */
static size_t word_end(const char *text, size_t at, size_t end)
{
	while (at < end && !is_blank(text[at]) && !ends_command(text[at])) {
		char c = text[at++];

		if (c == '\\') {
			at++;
		} else if (c == '"' || c == '\'') {
			while (at < end && text[at] != c)
				at += c == '"' && text[at] == '\\' ? 2 : 1;
			at++;
		}
	}
	return at < end ? at : end;
}

/* The words of a line of a shell, outer quotes left off. */
static void find_in_script(const struct walk *outer, const struct redact_rules *rules, size_t at,
			   size_t end)
{
	const struct walk walk = {
		.spans = outer->spans, .text = outer->text, .depth = outer->depth + 1};
	struct redactor redactor = {.rules = rules};
	const char *text = walk.text;

	while (at < end) {
		size_t to;

		if (is_blank(text[at]) || ends_command(text[at])) {
			if (ends_command(text[at]))
				redactor = (struct redactor){.rules = rules};
			at++;
			continue;
		}
		to = word_end(text, at, end);
		if (to - at > 2 && (text[at] == '"' || text[at] == '\'') &&
		    text[to - 1] == text[at])
			find_in_word(&walk, &redactor, at + 1, to - 1);
		else
			find_in_word(&walk, &redactor, at, to);
		at = to;
	}
}

/* What a word says of those behind it. */
static void learn(const struct walk *walk, struct redactor *redactor, size_t at, size_t end)
{
	const struct redact_program *program;

	redactor->script = announces_script(walk->text, at, end);
	if (walk->text[at] != '-') {
		program = redact_program_find(walk->text + at, end - at);
		if (program) {
			redactor->program = program;
			redactor->logs_in = false;
		}
		redactor->logs_in |= is(walk, at, end, "login");
		redactor->sets |= is(walk, at, end, "set") || is(walk, at, end, "config");
	}
	find_expected(walk, redactor, at, end);
}

static void find_inside(const struct walk *walk, const struct redactor *redactor, bool script,
			size_t at, size_t end)
{
	bool blank = has_blank(walk->text, at, end);

	if (matches_glob(redactor->rules, walk->text + at, end - at)) {
		redact_spans_add(walk->spans, at, end);
		return;
	}
	if (blank && !script && begins_with_assignment(walk, at, end)) {
		size_t sign =
			(size_t)((const char *)memchr(walk->text + at, '=', end - at) - walk->text);

		add(walk, sign + 1, end);
		return;
	}
	/* JSON is no shell's; names in it were seen by their quotes. */
	if ((blank || script) && walk->depth < DEPTH_MAX && !strchr("{[", walk->text[at]))
		find_in_script(walk, redactor->rules, at, end);
	else
		find_assignments(walk, redactor, at, end);
}

static void find_in_word(const struct walk *walk, struct redactor *redactor, size_t at, size_t end)
{
	enum redact_value value = (enum redact_value)redactor->expects;
	bool script = redactor->script;

	redactor->expects = REDACT_NOTHING;
	redactor->script = false;
	if (at >= end)
		return;
	if (value != REDACT_NOTHING && !is_long_option(walk, at, end)) {
		take_value(walk, value, at, end);
		return;
	}
	learn(walk, redactor, at, end);
	find_inside(walk, redactor, script, at, end);
}

void redact_find_in_word(struct redact_spans *spans, struct redactor *redactor, size_t at,
			 size_t end)
{
	const struct walk walk = {.spans = spans, .text = spans->text.text};

	find_in_word(&walk, redactor, at, end);
}
