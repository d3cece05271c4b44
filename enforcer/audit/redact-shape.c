/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and tokens with a known look. */
#include <string.h>

#include "enforcer/audit/redact-shape.h"
#include "enforcer/base/cleanup.h"

const unsigned char redact_kinds[256] = {
	['A' ... 'Z'] = REDACT_UPPER, ['a' ... 'z'] = REDACT_LOWER, ['0' ... '9'] = REDACT_DIGIT,
	['_'] = REDACT_UNDER,         ['-'] = REDACT_DASH,          ['.'] = REDACT_DOT,
	['/'] = REDACT_SLASH,         ['+'] = REDACT_SLASH,
};

/* Which bytes a key goes on with, and what it must have besides. */
enum {
	UPPER = REDACT_UPPER,
	LOWER = REDACT_LOWER,
	DIGIT = REDACT_DIGIT,
	ALNUM = REDACT_ALNUM,
	UNDER = REDACT_UNDER,
	DASH = REDACT_DASH,
	DOT = REDACT_DOT,
	SLASH = REDACT_SLASH,
	WORD = ALNUM | UNDER | DASH,
	MIXED = 1 << 8, /* must have a digit and an upper-case letter among what is looked at */
	EXACT = 1 << 9, /* no more than the least length */
};

struct shape {
	const char *prefix;
	unsigned flags;
	size_t least; /* behind the prefix */
};

static const struct shape shapes[] = {
	{"AKIA", UPPER | DIGIT | EXACT, 16}, /* AWS: its id */
	{"ASIA", UPPER | DIGIT | EXACT, 16}, /* the same, for a session */
	{"ABIA", UPPER | DIGIT | EXACT, 16},
	{"AGE-SECRET-KEY-1", UPPER | DIGIT, 58}, /* age */
	{"AIza", WORD, 35},                      /* Google */
	{"GOCSPX-", WORD, 24},
	{"ya29.", WORD | DOT, 20},
	{"ghp_", ALNUM, 36}, /* GitHub */
	{"gho_", ALNUM, 36},
	{"ghu_", ALNUM, 36},
	{"ghs_", ALNUM, 36},
	{"ghr_", ALNUM, 36},
	{"github_pat_", ALNUM | UNDER, 22},
	{"glpat-", WORD | DOT, 20}, /* GitLab */
	{"gldt-", WORD, 20},
	{"glrt-", WORD | DOT, 20},
	{"glcbt-", WORD, 20},
	{"sk-", WORD | MIXED, 20}, /* OpenAI, Anthropic */
	{"sk_live_", ALNUM, 16},   /* Stripe */
	{"sk_test_", ALNUM, 16},
	{"rk_live_", ALNUM, 16},
	{"whsec_", ALNUM | SLASH, 20},
	{"xoxb-", ALNUM | DASH, 10}, /* Slack */
	{"xoxp-", ALNUM | DASH, 10},
	{"xoxa-", ALNUM | DASH, 10},
	{"xoxr-", ALNUM | DASH, 10},
	{"xoxs-", ALNUM | DASH, 10},
	{"xoxe-", ALNUM | DASH, 10},
	{"xoxe.", ALNUM | DASH | DOT, 10},
	{"xapp-", ALNUM | DASH, 10},
	{"npm_", ALNUM, 36},
	{"pypi-AgE", WORD, 50},
	{"hf_", ALNUM, 30},              /* Hugging Face */
	{"hvs.", WORD, 20},              /* Vault */
	{"dop_v1_", ALNUM, 64},          /* DigitalOcean */
	{"SG.", WORD | DOT | MIXED, 40}, /* SendGrid */
	{"shpat_", ALNUM, 32},           /* Shopify */
	{"lin_api_", ALNUM, 32},         /* Linear */
	{"tskey-", WORD, 20},            /* Tailscale */
	{"dckr_pat_", WORD, 20},         /* Docker */
};

/* First letters of the prefixes, and of a JWT. */
static const bool begins[256] = {
	['A'] = true, ['G'] = true, ['S'] = true, ['d'] = true, ['e'] = true, ['g'] = true,
	['h'] = true, ['l'] = true, ['n'] = true, ['p'] = true, ['r'] = true, ['s'] = true,
	['t'] = true, ['w'] = true, ['x'] = true, ['y'] = true,
};

bool redact_shape_may_begin(const char *text, size_t at)
{
	if (!begins[(unsigned char)text[at]])
		return false;
	/* The letter of "\n" is none of the word behind it. */
	return at == 0 || !(redact_kind(text[at - 1]) & (ALNUM | UNDER)) ||
	       redact_is_escape(text, at);
}

/* Bytes of the kinds in mask from text[at] on, at most max. */
static size_t run_of(const struct redact_text *text, size_t at, unsigned mask, size_t max)
{
	size_t n = 0;

	while (n < max && at + n < text->len && (redact_kind(text->text[at + n]) & mask))
		n++;
	return n;
}

static bool is_mixed(const char *text, size_t len)
{
	unsigned seen = 0;

	for (size_t i = 0; i < len; i++)
		seen |= redact_kind(text[i]);
	return (seen & UPPER) && (seen & DIGIT);
}

static size_t shape_fits(const struct redact_text *text, size_t at, const struct shape *shape)
{
	size_t prefix = strlen(shape->prefix), n;
	unsigned mask = shape->flags & ~(unsigned)(MIXED | EXACT);

	if (text->len - at < prefix || memcmp(text->text + at, shape->prefix, prefix) != 0)
		return 0;
	at += prefix;
	n = run_of(text, at, mask, REDACT_SHAPE_WINDOW - prefix);
	if (n < shape->least)
		return text->cut && at + n == text->len ? prefix + n : 0;
	if ((shape->flags & MIXED) && !is_mixed(text->text + at, n))
		return 0;
	if (shape->flags & EXACT)
		return n == shape->least ? prefix + n : 0;
	return prefix + n + run_of(text, at + n, mask, text->len);
}

/* Three parts of base64url with dots between them; the first two begin with {" . */
static size_t jwt_fits(const struct redact_text *text, size_t at)
{
	size_t first, second;

	if (text->len - at < 3 || memcmp(text->text + at, "eyJ", 3) != 0)
		return 0;
	first = run_of(text, at, WORD, REDACT_SHAPE_WINDOW);
	/* A head as long as this has claims of its own: no second part is looked for. */
	if (first == REDACT_SHAPE_WINDOW)
		return first + run_of(text, at + first, WORD | DOT, text->len);
	if (first < 10 || at + first >= text->len || text->text[at + first] != '.')
		return 0;
	second = run_of(text, at + first + 1, WORD, 3);
	if (second < 3 || memcmp(text->text + at + first + 1, "eyJ", 3) != 0)
		return 0;
	return first + run_of(text, at + first, WORD | DOT, text->len);
}

size_t redact_shape(const struct redact_text *text, size_t at, size_t *ret_keep)
{
	size_t n;

	if (text->text[at] == 'e') {
		*ret_keep = 3;
		return jwt_fits(text, at);
	}
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		if (shapes[i].prefix[0] != text->text[at])
			continue;
		n = shape_fits(text, at, &shapes[i]);
		if (n == 0)
			continue;
		*ret_keep = strlen(shapes[i].prefix);
		return n;
	}
	return 0;
}

#define FORTY 40
/* Of chance about 24; of words in mixed case, or names of files, seldom half of that. */
#define FORTY_CHANGES_MIN 16

size_t redact_shape_forty(const struct redact_text *text, size_t at)
{
	const char *key = text->text + at;
	unsigned seen = 0, changes = 0;

	if (key[0] == '/' || (at > 0 && (redact_kind(key[-1]) || key[-1] == '%')))
		return 0;
	if (run_of(text, at, ALNUM | SLASH, FORTY + 1) != FORTY)
		return 0;
	if (at + FORTY < text->len && (redact_kind(key[FORTY]) || key[FORTY] == '='))
		return 0;
	for (size_t i = 0; i < FORTY; i++) {
		seen |= redact_kind(key[i]);
		changes += i > 0 && redact_kind(key[i]) != redact_kind(key[i - 1]);
	}
	return (seen & UPPER) && (seen & LOWER) && (seen & DIGIT) && changes >= FORTY_CHANGES_MIN
		       ? FORTY
		       : 0;
}

#define PEM_BEGIN  "-----BEGIN "
#define PEM_KEY    "PRIVATE KEY"
#define PEM_END    "-----END "
#define PEM_DASHES "-----"
#define PEM_LABEL  64

size_t redact_shape_pem(const struct redact_text *text, size_t at, size_t *ret_keep)
{
	const char *begin = text->text + at, *end;
	size_t left = text->len - at, head;

	if (left < strlen(PEM_BEGIN) || memcmp(begin, PEM_BEGIN, strlen(PEM_BEGIN)) != 0)
		return 0;
	head = strlen(PEM_BEGIN);
	while (head < left && head < PEM_LABEL &&
	       (begin[head] == ' ' || (redact_kind(begin[head]) & UPPER)))
		head++;
	if (!memmem(begin, head, PEM_KEY, strlen(PEM_KEY)))
		return 0;
	if (left - head >= strlen(PEM_DASHES) &&
	    memcmp(begin + head, PEM_DASHES, strlen(PEM_DASHES)) == 0)
		head += strlen(PEM_DASHES);
	*ret_keep = head;
	for (size_t i = head; i < left; i++)
		if (begin[i] == '"' || begin[i] == '\'')
			left = redact_before_escape(begin, head, i);
	end = memmem(begin + head, left - head, PEM_END, strlen(PEM_END));
	return end ? (size_t)(end - begin) : left;
}
