/* SPDX-License-Identifier: Apache-2.0 */
/* Names of secrets, and values that are none. */
#include <string.h>
#include <strings.h>

#include "enforcer/audit/redact-name.h"
#include "enforcer/audit/redact-shape.h"
#include "enforcer/base/cleanup.h"

#define NAME           (REDACT_ALNUM | REDACT_UNDER | REDACT_DASH | REDACT_DOT)
#define WORD_MAX       24
#define RANDOM_MIN     12
#define EXTENSION_MAX  5
#define LIST_HAS(l, w) list_has(l, ARRAY_LEN(l), w)

/* A word that ends so: "apitoken", "PGPASSWORD". */
static const char *const strong_endings[] = {
	"password", "passwd", "passphrase", "passcode",  "secret",
	"token",    "apikey", "secretkey",  "accesskey", "authkey",
};
/* Before "key". */
static const char *const strong_keys[] = {"api",    "access",      "secret",  "auth",
					  "app",    "account",     "signing", "encryption",
					  "deploy", "subscription"};
/* As the last word. */
static const char *const weak[] = {
	"key",        "pass",        "auth",    "sig",           "signature", "session",
	"sid",        "sessionid",   "jwt",     "pat",           "cookie",    "cookies",
	"credential", "credentials", "secrets", "authorization", "bearer",    "otp"};
/* The last word, when the name is of something about a secret. */
static const char *const about[] = {
	"file",     "path",     "dir",      "directory", "name",    "url",        "uri",
	"type",     "length",   "len",      "size",      "count",   "limit",      "ttl",
	"expiry",   "expires",  "timeout",  "lifetime",  "age",     "version",    "format",
	"prompt",   "stdin",    "fd",       "env",       "command", "cmd",        "helper",
	"manager",  "store",    "provider", "id",        "ids",     "index",      "field",
	"column",   "header",   "policy",   "mode",      "bits",    "algorithm",  "usage",
	"location", "endpoint", "scope",    "scopes",    "issuer",  "audience",   "required",
	"enabled",  "only",     "budget",   "ref",       "arn",     "expiration", "server",
	"host",     "port",     "user",     "username",  "hint",    "rotation",
};
/* The first word of such a name. */
static const char *const manner[] = {
	"no",       "ask",   "with",   "without", "use",   "enable", "disable", "skip",
	"require",  "allow", "prompt", "is",      "has",   "max",    "min",     "num",
	"generate", "show",  "hide",   "rotate",  "reset", "count",  "per"};
static const char *const stand_ins[] = {"true", "false", "yes",   "no",       "none", "null",
					"nil",  "on",    "off",   "required", "0",    "1",
					"auto", "ask",   "stdin", "prompt",   "-",    "optional"};

static bool list_has(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (list[i][0] == word[0] && strcmp(list[i], word) == 0)
			return true;
	return false;
}

static bool is_upper(char c)
{
	return redact_kind(c) & REDACT_UPPER;
}

static bool is_lower(char c)
{
	return redact_kind(c) & REDACT_LOWER;
}

static bool is_digit(char c)
{
	return redact_kind(c) & REDACT_DIGIT;
}

static bool is_alnum(char c)
{
	return redact_kind(c) & REDACT_ALNUM;
}

size_t redact_name_before(const char *text, size_t end)
{
	size_t n = 0;

	while (n < end && n < REDACT_NAME_MAX && (redact_kind(text[end - n - 1]) & NAME))
		n++;
	return n;
}

struct words {
	char first[WORD_MAX], before[WORD_MAX], last[WORD_MAX];
	unsigned n;
	bool strong;
};

static bool ends_strongly(const char *word, size_t len)
{
	/* Most words of most names have no such end. */
	if (len < 5 || !strchr("detny", word[len - 1]))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(strong_endings); i++) {
		size_t n = strlen(strong_endings[i]);

		if (len >= n && strcmp(word + len - n, strong_endings[i]) == 0)
			return true;
	}
	return false;
}

static void words_add(struct words *words, const char *word, size_t len)
{
	memcpy(words->before, words->last, sizeof(words->before));
	memcpy(words->last, word, len + 1);
	if (words->n++ == 0)
		memcpy(words->first, word, len + 1);
	words->strong |= ends_strongly(word, len);
	words->strong |= strcmp(word, "key") == 0 && LIST_HAS(strong_keys, words->before);
}

/* A word longer than WORD_MAX keeps its end. */
static void words_split(struct words *words, const char *name, size_t len)
{
	char word[WORD_MAX];
	size_t n = 0;

	for (size_t i = 0; i <= len; i++) {
		bool ends = i == len || !is_alnum(name[i]) ||
			    (i > 0 && is_upper(name[i]) && is_lower(name[i - 1]));

		if (ends && n > 0) {
			word[n] = '\0';
			words_add(words, word, n);
			n = 0;
		}
		if (i == len || !is_alnum(name[i]))
			continue;
		if (n == WORD_MAX - 1)
			memmove(word, word + 1, --n);
		word[n++] = (char)(is_upper(name[i]) ? name[i] - 'A' + 'a' : name[i]);
	}
}

enum redact_name redact_name(const char *name, size_t len)
{
	struct words words = {};

	if (len > REDACT_NAME_MAX) {
		name += len - REDACT_NAME_MAX;
		len = REDACT_NAME_MAX;
	}
	words_split(&words, name, len);
	/* DB_PASS, MYSQL_PWD; not PWD. */
	words.strong |=
		words.n > 1 && (strcmp(words.last, "pass") == 0 || strcmp(words.last, "pwd") == 0);
	if (!words.strong && !LIST_HAS(weak, words.last))
		return REDACT_NAME_PLAIN;
	if (LIST_HAS(about, words.last) || (words.n > 1 && LIST_HAS(manner, words.first)))
		return REDACT_NAME_PLAIN;
	return words.strong ? REDACT_NAME_STRONG : REDACT_NAME_WEAK;
}

static void unquote(const char **value, size_t *len)
{
	while (*len > 1 && strchr("\"'", (*value)[0]) && (*value)[*len - 1] == (*value)[0]) {
		(*value)++;
		*len -= 2;
	}
}

static bool is_made_of(const char *value, size_t len, const char *others, bool alnum)
{
	for (size_t i = 0; i < len; i++)
		if (!(alnum && is_alnum(value[i])) && (!value[i] || !strchr(others, value[i])))
			return false;
	return true;
}

bool redact_value_may_be_secret(const char *value, size_t len)
{
	unquote(&value, &len);
	if (len == 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(stand_ins); i++)
		if (strlen(stand_ins[i]) == len && strncasecmp(stand_ins[i], value, len) == 0)
			return false;
	if (len > REDACT_WINDOW)
		return true;
	if (value[0] == '$' || value[0] == '`')
		return !(len > 1 && (value[1] == '(' || value[0] == '`' ||
				     is_made_of(value + 1, len - 1, "_{}", true)));
	if ((value[0] == '<' && value[len - 1] == '>') ||
	    (value[0] == '{' && value[len - 1] == '}' && is_made_of(value, len, "_{}.", true)))
		return false;
	return !is_made_of(value, len, "*?.", false) && !(value[0] == '%' && len == 2);
}

static bool ends_in_extension(const char *value, size_t len)
{
	size_t n = 0;

	while (n < len && n <= EXTENSION_MAX && is_lower(value[len - n - 1]))
		n++;
	return n > 0 && n <= EXTENSION_MAX && n < len && value[len - n - 1] == '.';
}

bool redact_value_looks_random(const char *value, size_t len)
{
	bool upper = false, lower = false, digit = false, slash = false, mark = false;

	unquote(&value, &len);
	if (len > REDACT_WINDOW)
		len = REDACT_WINDOW;
	if (len < RANDOM_MIN || strchr("/.~@", value[0]) || ends_in_extension(value, len))
		return false;
	for (size_t i = 0; i < len; i++) {
		upper |= is_upper(value[i]);
		lower |= is_lower(value[i]);
		digit |= is_digit(value[i]);
		slash |= value[i] == '/';
		mark |= value[i] == '.' || value[i] == '_' || value[i] == '-';
		if (!is_alnum(value[i]) && (!value[i] || !strchr("+/=_.~-%", value[i])))
			return false;
	}
	if (slash && (!upper || !lower || mark))
		return false;
	return digit && (upper || lower);
}
