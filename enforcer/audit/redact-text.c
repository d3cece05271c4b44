/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets that show themselves wherever they stand. One pass; each look ahead is bounded, or over
 * what is then passed over, so that no text takes more than linear time.
 */
#include <string.h>
#include <strings.h>

#include "enforcer/audit/redact-name.h"
#include "enforcer/audit/redact-spans.h"

#define SPACES_MAX    8  /* between a name, its "=" and its value */
#define SCHEME_MAX    20 /* "Bearer", "AWS4-HMAC-SHA256" */
#define LONE_USER_MIN 20 /* userinfo of a URL without a password: shorter is a user's name */

struct scan {
	struct redact_spans *spans;
	size_t line_end; /* of the line that was looked at last, where it was */
	size_t quoted;   /* up to here all is one quoted value that is no secret */
};

static bool is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_alnum(char c)
{
	return redact_kind(c) & REDACT_ALNUM;
}

static char at_or_nul(const struct redact_text *text, size_t at)
{
	return at < text->len ? text->text[at] : '\0';
}

static size_t skip_spaces(const struct redact_text *text, size_t at)
{
	for (unsigned n = 0; n < SPACES_MAX && is_space(at_or_nul(text, at)); n++)
		at++;
	return at;
}

/* To the end of the line, or to what ends a quoted text: \" too, where at stands in such a one. */
static size_t line_end(struct scan *scan, size_t at)
{
	const struct redact_text *text = &scan->spans->text;

	size_t begin = at;

	/* From each place in a line its end is the same: it is looked for once. */
	if (scan->line_end > at)
		return scan->line_end;
	while (at < text->len && !is_quote(text->text[at]) && text->text[at] != '\n')
		at++;
	scan->line_end = at < text->len ? redact_before_escape(text->text, begin, at) : at;
	return scan->line_end;
}

struct name {
	enum redact_name is;
	size_t at, len;
	bool quoted, escaped; /* by \", "escaped" */
};

/* The name before text[end], behind spaces and a quote. */
static struct name name_before(const struct redact_text *text, size_t end)
{
	struct name name = {};

	for (unsigned n = 0; n < SPACES_MAX && end > 0 && is_space(text->text[end - 1]); n++)
		end--;
	name.quoted = end > 0 && is_quote(text->text[end - 1]);
	/* In JSON a string of its own has no other than this. */
	name.escaped = name.quoted && text->text[end - 1] != '"';
	if (name.quoted)
		end--;
	if (name.quoted && end > 0 && text->text[end - 1] == '\\') {
		name.escaped = true;
		end--;
	}
	name.len = redact_name_before(text->text, end);
	name.at = end - name.len;
	name.is = redact_name(text->text + name.at, name.len);
	return name;
}

/* In JSON, what looks like the beginning of a value may be the end of a string: "token: ". */
static bool ends_string(const struct redact_text *text, const struct name *name, size_t value)
{
	return text->json && at_or_nul(text, value) == '"' && (!name->quoted || name->escaped);
}

/* "value", 'value', \"value\" at at: its inside. False where no quote stands there. */
static bool quoted_at(const struct redact_text *text, size_t at, size_t *ret_at, size_t *ret_end)
{
	bool escaped = at_or_nul(text, at) == '\\';
	char quote = at_or_nul(text, at + escaped);
	size_t end;

	if (!is_quote(quote))
		return false;
	*ret_at = at + escaped + 1;
	for (end = *ret_at; end < text->len && text->text[end] != quote; end++) {
		if (text->json && text->text[end] == '"')
			break;
		if (text->text[end] == '\\') {
			if (escaped && at_or_nul(text, end + 1) == quote)
				break;
			end++;
		}
	}
	*ret_end = end < text->len ? end : text->len;
	return true;
}

static bool is_secret(const struct redact_text *text, enum redact_name name, size_t at, size_t end)
{
	const char *value = text->text + at;

	return name != REDACT_NAME_PLAIN && redact_value_may_be_secret(value, end - at) &&
	       (name == REDACT_NAME_STRONG || redact_value_looks_random(value, end - at));
}

/* password = "..." and "password": "...": in code and JSON. Returns where to go on. */
static size_t find_quoted(struct scan *scan, size_t separator)
{
	const struct redact_text *text = &scan->spans->text;
	size_t value = skip_spaces(text, separator + 1), at, end;
	struct name name;

	if (separator < scan->quoted)
		return separator + 1;
	name = name_before(text, separator);
	if (name.is == REDACT_NAME_PLAIN || ends_string(text, &name, value) ||
	    !quoted_at(text, value, &at, &end))
		return separator + 1;
	scan->quoted = end;
	if (!is_secret(text, name.is, at, end))
		return separator + 1;
	redact_spans_add(scan->spans, at, end);
	return end;
}

static bool name_is(const struct redact_text *text, const struct name *name, const char *known)
{
	return strlen(known) == name->len &&
	       strncasecmp(text->text + name->at, known, name->len) == 0;
}

/* Behind the scheme of an Authorization header's value. */
static size_t skip_scheme(const struct redact_text *text, size_t at)
{
	size_t n = 0;

	while (n < SCHEME_MAX &&
	       (is_alnum(at_or_nul(text, at + n)) || at_or_nul(text, at + n) == '-'))
		n++;
	return n > 0 && is_space(at_or_nul(text, at + n)) ? skip_spaces(text, at + n) : at;
}

/* "token: the parser takes it" is a sentence; "password: x", "X-Token:x" are not. */
static bool is_heading(const struct redact_text *text, const struct name *name, bool spaced)
{
	const char *at = text->text + name->at;

	if (memchr(at, '-', name->len))
		return true;
	return spaced && (memchr(at, '_', name->len) || memchr(at, '.', name->len) ||
			  name_is(text, name, "password") || name_is(text, name, "passwd") ||
			  name_is(text, name, "passphrase"));
}

/* "Authorization: Bearer ...", "X-Api-Key: ...", "password: ...": up to the end of the line. */
static size_t find_header(struct scan *scan, size_t colon)
{
	const struct redact_text *text = &scan->spans->text;
	size_t at = skip_spaces(text, colon + 1), end;
	bool always, spaced = at > colon + 1;
	const struct name name = name_before(text, colon);

	if (name.len == 0 || name.quoted)
		return colon + 1;
	always = name_is(text, &name, "authorization") ||
		 name_is(text, &name, "proxy-authorization");
	if (always)
		at = skip_scheme(text, at);
	always = always || name_is(text, &name, "cookie") || name_is(text, &name, "set-cookie");
	if (!always && (name.is == REDACT_NAME_PLAIN || !is_heading(text, &name, spaced)))
		return colon + 1;
	end = line_end(scan, at);
	if (is_secret(text, always ? REDACT_NAME_STRONG : name.is, at, end)) {
		redact_spans_add(scan->spans, at, end);
		return end;
	}
	return colon + 1;
}

/* In userinfo of a URL without a password: what no user's name looks like. */
static bool is_lone_token(const char *user, size_t len)
{
	return len >= LONE_USER_MIN && redact_value_looks_random(user, len);
}

/* scheme://user:PASSWORD@host */
static size_t find_userinfo(struct redact_spans *spans, size_t colon)
{
	const struct redact_text *text = &spans->text;
	size_t at = colon + 3, end = at, host = 0;
	const char *password;

	for (; end < text->len && !is_quote(text->text[end]) &&
	       !(text->text[end] && strchr("/?# \t\n\\<>", text->text[end]));
	     end++)
		if (text->text[end] == '@')
			host = end;
	if (host == 0)
		return at;
	password = memchr(text->text + at, ':', host - at);
	if (password) {
		size_t from = (size_t)(password - text->text) + 1;

		if (redact_value_may_be_secret(text->text + from, host - from))
			redact_spans_add(spans, from, host);
	} else if (is_lone_token(text->text + at, host - at)) {
		redact_spans_add(spans, at, host);
	}
	return at;
}

static size_t find_shape(struct redact_spans *spans, size_t at)
{
	size_t keep = 0, n = redact_shape(&spans->text, at, &keep);

	if (n == 0)
		return at;
	redact_spans_add(spans, at + keep, at + n);
	return at + n;
}

static size_t find_alone(struct redact_spans *spans, size_t at)
{
	const struct redact_text *text = &spans->text;
	size_t n = 0, keep = 0;

	if (text->text[at] == '-') {
		n = redact_shape_pem(text, at, &keep);
	} else {
		if (redact_shape_may_begin(text->text, at)) {
			size_t next = find_shape(spans, at);

			if (next > at)
				return next;
		}
		n = redact_shape_forty(text, at);
	}
	if (n > 0)
		redact_spans_add(spans, at + keep, at + n);
	return at + (n > 0 ? n : 1);
}

void redact_find_in_text(struct redact_spans *spans)
{
	const struct redact_text *text = &spans->text;
	struct scan scan = {.spans = spans};
	bool within = false; /* the byte before was a letter or digit */
	size_t at = 0;

	while (at < text->len) {
		char c = text->text[at];

		/* Within a word nothing begins. */
		if (within && is_alnum(c) && !redact_is_escape(text->text, at)) {
			at++;
			continue;
		}
		within = is_alnum(c);
		if (c == ':' && at + 2 < text->len && text->text[at + 1] == '/' &&
		    text->text[at + 2] == '/') {
			at = find_userinfo(spans, at);
		} else if (c == ':') {
			size_t next = find_quoted(&scan, at);

			at = next > at + 1 ? next : find_header(&scan, at);
		} else if (c == '=') {
			at = find_quoted(&scan, at);
		} else {
			at = find_alone(spans, at);
		}
	}
}
