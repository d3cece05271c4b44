/* SPDX-License-Identifier: Apache-2.0 */
/* Names in the file system against patterns. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/policy/glob.h"
#include "enforcer/policy/match-path.h"

/* The next component of *path, and *path behind it; NULL where there is none. */
static const char *component_next(const char **path, size_t *ret_len)
{
	const char *start = *path + strspn(*path, "/");

	*ret_len = strcspn(start, "/");
	*path = start + *ret_len;
	return *ret_len > 0 ? start : NULL;
}

static bool component_is(const char *component, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(component, word, len) == 0;
}

const char *pattern_check(const char *components)
{
	const char *at = components, *c, *wrong;
	char word[NAME_MAX];
	size_t len, n = 0;

	while ((c = component_next(&at, &len))) {
		wrong = glob_check(c, len);
		if (wrong)
			return wrong;
		if (len > NAME_MAX)
			return "a name is longer than any can be";
		memcpy(word, c, len);
		if (component_is(word, glob_unescape(word, len), ".."))
			return "a path must not hold \"..\"";
		/* A ** at the end takes two. */
		if (++n >= PATTERN_ELEMENTS_MAX)
			return "a path has too many components";
	}
	return NULL;
}

int pattern_split(const char *components, char *path, size_t path_len, const char **ret_tail)
{
	const char *at = components, *c;
	size_t len;

	while ((c = component_next(&at, &len))) {
		if (component_is(c, len, "."))
			continue;
		if (!glob_is_literal(c, len)) {
			*ret_tail = c;
			return 0;
		}
		if (path_len + 1 + len >= PATH_MAX)
			return -ENAMETOOLONG;
		path[path_len++] = '/';
		memcpy(path + path_len, c, len);
		path_len += glob_unescape(path + path_len, len);
		path[path_len] = '\0';
	}
	*ret_tail = "";
	return 0;
}

static int pattern_add(struct pattern *pattern, enum pattern_element_kind kind, const char *text,
		       size_t len)
{
	struct pattern_element *e;

	if (pattern->n_elements == PATTERN_ELEMENTS_MAX)
		return -E2BIG;
	e = reallocarray(pattern->elements, pattern->n_elements + 1, sizeof(*e));
	if (!e)
		return -ENOMEM;
	pattern->elements = e;
	e += pattern->n_elements;
	*e = (struct pattern_element){.kind = kind};
	e->text = strndup(text, len);
	if (!e->text)
		return -ENOMEM;
	e->len = kind == ELEMENT_WORD ? glob_unescape(e->text, len) : len;
	pattern->n_elements++;
	return 0;
}

static int pattern_add_tail(struct pattern *pattern, const char *tail)
{
	bool deep = false;
	const char *c;
	size_t len;
	int r;

	while ((c = component_next(&tail, &len))) {
		if (component_is(c, len, "."))
			continue;
		/* ** twice in a row says no more than once. */
		if (component_is(c, len, "**")) {
			deep = true;
			continue;
		}
		if (deep) {
			r = pattern_add(pattern, ELEMENT_ANY_DEPTH, "", 0);
			if (r < 0)
				return r;
		}
		deep = false;
		r = pattern_add(pattern, glob_is_literal(c, len) ? ELEMENT_WORD : ELEMENT_GLOB, c,
				len);
		if (r < 0)
			return r;
	}
	if (!deep)
		return 0;
	/* At the end it is everything inside, not the thing itself: one component at least. */
	r = pattern_add(pattern, ELEMENT_ANY_DEPTH, "", 0);
	return r < 0 ? r : pattern_add(pattern, ELEMENT_GLOB, "*", 1);
}

static uint64_t name_bit(const char *name, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 0x100000001b3u;
	return UINT64_C(1) << (hash >> 58);
}

uint64_t path_names(const char *path)
{
	uint64_t names = 0;
	const char *c;
	size_t len;

	while ((c = component_next(&path, &len)))
		names |= name_bit(c, len);
	return names;
}

static uint64_t pattern_names(const struct pattern *pattern)
{
	uint64_t names = path_names(pattern->path);

	for (size_t i = 0; i < pattern->n_elements; i++)
		if (pattern->elements[i].kind == ELEMENT_WORD)
			names |= name_bit(pattern->elements[i].text, pattern->elements[i].len);
	return names;
}

int pattern_init(struct pattern *pattern, const char *path, const char *tail, bool exact)
{
	size_t len = strlen(path);
	int r;

	while (len > 1 && path[len - 1] == '/')
		len--;
	*pattern = (struct pattern){.exact = exact};
	pattern->path = strndup(path, len);
	if (!pattern->path)
		return -ENOMEM;
	pattern->path_len = len == 1 ? 0 : len;
	r = pattern_add_tail(pattern, tail);
	if (r < 0)
		pattern_done(pattern);
	else
		pattern->names = pattern_names(pattern);
	return r;
}

void pattern_done(struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->n_elements; i++)
		free(pattern->elements[i].text);
	free(pattern->elements);
	free(pattern->path);
	*pattern = (struct pattern){};
}

static bool elements_equal(const struct pattern *a, const struct pattern *b)
{
	if (a->n_elements != b->n_elements)
		return false;
	for (size_t i = 0; a != b && i < a->n_elements; i++) {
		const struct pattern_element *x = &a->elements[i], *y = &b->elements[i];

		if (x->kind != y->kind || x->len != y->len || memcmp(x->text, y->text, x->len) != 0)
			return false;
	}
	return true;
}

bool pattern_equal(const struct pattern *a, const struct pattern *b)
{
	return a->exact == b->exact && strcmp(a->path, b->path) == 0 && elements_equal(a, b);
}

static uint64_t bit(size_t state)
{
	return UINT64_C(1) << state;
}

/* "Any depth" may stand for no component at all. */
static uint64_t states_close(const struct pattern *pattern, uint64_t states)
{
	for (size_t i = 0; i < pattern->n_elements; i++)
		if ((states & bit(i)) && pattern->elements[i].kind == ELEMENT_ANY_DEPTH)
			states |= bit(i + 1);
	return states;
}

static uint64_t states_step(const struct pattern *pattern, uint64_t states, const char *c,
			    size_t len)
{
	uint64_t next = 0;

	if ((states & bit(pattern->n_elements)) && !pattern->exact)
		next |= bit(pattern->n_elements);
	for (size_t i = 0; i < pattern->n_elements; i++) {
		const struct pattern_element *e = &pattern->elements[i];

		if (!(states & bit(i)))
			continue;
		switch (e->kind) {
		case ELEMENT_ANY_DEPTH:
			next |= bit(i);
			break;
		case ELEMENT_WORD:
			if (e->len == len && memcmp(e->text, c, len) == 0)
				next |= bit(i + 1);
			break;
		case ELEMENT_GLOB:
			if (glob_matches(e->text, e->len, c, len))
				next |= bit(i + 1);
			break;
		}
	}
	return states_close(pattern, next);
}

void residual_init(struct residual *residual, const struct pattern *pattern, const char *path)
{
	size_t len = strlen(path), n = pattern->path_len;
	const char *at, *c;

	while (len > 0 && path[len - 1] == '/')
		len--;
	*residual = (struct residual){.pattern = pattern, .rest = ""};
	if (memcmp(path, pattern->path, len < n ? len : n) != 0)
		return;
	if (len < n) {
		/* The path is above the literal one, or beside it. */
		if (pattern->path[len] != '/')
			return;
		residual->rest = pattern->path + len;
		residual->states = states_close(pattern, bit(0));
		return;
	}
	if (len > n && path[n] != '/')
		return;
	residual->states = states_close(pattern, bit(0));
	at = path + n;
	while (residual->states && (c = component_next(&at, &len)))
		residual->states = states_step(pattern, residual->states, c, len);
}

bool residual_matches_root(const struct residual *residual)
{
	return !*residual->rest && (residual->states & bit(residual->pattern->n_elements));
}

bool residual_matches_all(const struct residual *residual)
{
	return residual_matches_root(residual) && !residual->pattern->exact;
}

bool residual_matches_below(const struct residual *residual)
{
	uint64_t dead = 0;

	/* What matched exactly here matches nothing below. */
	if (!*residual->rest && residual->pattern->exact)
		dead = bit(residual->pattern->n_elements);
	return (residual->states & ~dead) != 0;
}

bool residual_covers(const struct residual *a, const struct residual *b)
{
	const struct pattern *p = a->pattern, *q = b->pattern;
	size_t len = strlen(a->rest);
	uint64_t states = b->states;

	if (!residual_matches_below(b) || residual_matches_all(a))
		return true;
	if (!residual_matches_below(a))
		return false;
	/* A literal tree holds what lies in it, whatever the other's elements. */
	if (p->n_elements == 0 && !p->exact && strncmp(a->rest, b->rest, len) == 0 &&
	    (b->rest[len] == '/' || b->rest[len] == '\0'))
		return true;
	if (strcmp(a->rest, b->rest) != 0 || !elements_equal(p, q) || (p->exact && !q->exact))
		return false;
	if (!*b->rest && q->exact)
		states &= ~bit(q->n_elements);
	return (states & ~a->states) == 0;
}

bool pattern_matches(const struct pattern *pattern, const char *path)
{
	struct residual residual;

	residual_init(&residual, pattern, path);
	return residual_matches_root(&residual);
}
