/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The paths of a rule as they are written, into the patterns that are searched: variables
 * replaced, the literal head made canonical.
 *
 * A name may lead through links, and then a rule has up to three: the canonical one, which an
 * open ends at; the canonical directory with the last name as written, which is the link itself,
 * for whoever removes or replaces it; and the path as written, for the day when what was a link
 * is a directory. A rule speaks of all of them.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/policy-joined.h"
#include "enforcer/policy/policy-path.h"

struct expansion {
	struct joined_rule *joined;
	const struct rule *rule;
	const struct policy_context *context;
	const struct strings *state;
	struct policy_error *reterr;
};

static int expand_error(const struct rule *rule, struct policy_error *reterr, const char *written,
			const char *wrong)
{
	if (rule) {
		snprintf(reterr->file, sizeof(reterr->file), "%s",
			 rule->info.file ? rule->info.file : "");
		snprintf(reterr->rule, sizeof(reterr->rule), "%s", rule->info.id);
		reterr->line = rule->info.line;
		reterr->column = rule->column;
	}
	snprintf(reterr->text, sizeof(reterr->text), "%.200s: %s", written, wrong);
	policy_error_escape(reterr);
	return -EINVAL;
}

/* Adds a pattern unless it is there. */
static int add_pattern(struct joined_rule *joined, const char *path, const char *tail, bool exact,
		       bool primary)
{
	struct pattern pattern, *patterns;
	int r;

	r = pattern_init(&pattern, path, tail, exact);
	if (r < 0)
		return r;
	pattern.primary = primary;
	for (size_t i = 0; i < joined->n_patterns; i++) {
		if (!pattern_equal(&joined->patterns[i], &pattern))
			continue;
		joined->patterns[i].primary |= primary;
		pattern_done(&pattern);
		return 0;
	}
	patterns = reallocarray(joined->patterns, joined->n_patterns + 1, sizeof(*patterns));
	if (!patterns) {
		pattern_done(&pattern);
		return -ENOMEM;
	}
	joined->patterns = patterns;
	patterns[joined->n_patterns++] = pattern;
	return 0;
}

static int canonical(const struct policy_context *context, const char *path, char *ret)
{
	if (!context->canonical) {
		snprintf(ret, PATH_MAX, "%s", path);
		return 0;
	}
	return context->canonical(context->userdata, path, ret);
}

/* The canonical directory of path and its last name. */
static int canonical_entry(const struct policy_context *context, const char *path, char *ret)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];
	size_t len;
	int r;

	snprintf(parent, sizeof(parent), "%.*s", slash == path ? 1 : (int)(slash - path), path);
	r = canonical(context, parent, ret);
	if (r < 0 || !slash[1])
		return r;
	len = strcmp(ret, "/") == 0 ? 0 : strlen(ret);
	if (len + strlen(slash) >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(ret + len, slash, strlen(slash) + 1);
	return 0;
}

static int add_path(struct expansion *e, const char *written, const char *path, const char *tail)
{
	bool exact = e->rule->exact || e->rule->subject == SUBJECT_PROGRAM;
	char real[PATH_MAX], entry[PATH_MAX];
	int r;

	r = canonical(e->context, path, real);
	if (r == 0)
		r = canonical_entry(e->context, path, entry);
	if (r < 0 && r != -ENOMEM)
		return expand_error(e->rule, e->reterr, written, strerror(-r));
	if (r == 0)
		r = add_pattern(e->joined, real, tail, exact, true);
	if (r == 0)
		r = add_pattern(e->joined, entry, tail, exact, false);
	if (r == 0)
		r = add_pattern(e->joined, path, tail, exact, false);
	if (r < 0 && r != -ENOMEM)
		return expand_error(e->rule, e->reterr, written, strerror(-r));
	return r;
}

/* One root and what is written behind it. */
static int add_below(struct expansion *e, const char *written, const char *root, const char *rest)
{
	char path[PATH_MAX];
	const char *tail;
	size_t len;

	if (strlen(root) >= sizeof(path))
		return expand_error(e->rule, e->reterr, written, "the path is too long");
	snprintf(path, sizeof(path), "%s", root);
	len = strlen(path);
	while (len > 0 && path[len - 1] == '/')
		path[--len] = '\0';
	if (pattern_split(rest, path, len, &tail) < 0)
		return expand_error(e->rule, e->reterr, written, "the path is too long");
	return add_path(e, written, path[0] ? path : "/", tail);
}

static int add_written(struct expansion *e, const char *written)
{
	const char *const none[] = {NULL}, *const root[] = {"", NULL};
	const char *const home[] = {e->context->home, NULL};
	const char *const *roots = none;
	enum path_root kind;
	const char *rest;
	char wrong[256];
	int r;

	if (written_path_parse(written, &kind, &rest, wrong, sizeof(wrong)) < 0)
		return expand_error(e->rule, e->reterr, written, wrong);
	switch (kind) {
	case PATH_ROOT_ABSOLUTE:
		roots = root;
		break;
	case PATH_ROOT_HOME:
		if (!e->context->home)
			return expand_error(e->rule, e->reterr, written, "there is no home");
		roots = home;
		break;
	case PATH_ROOT_WORKSPACE:
		roots = e->context->workspaces ? e->context->workspaces : none;
		break;
	case PATH_ROOT_TMP:
		roots = e->context->tmp ? e->context->tmp : none;
		break;
	case PATH_ROOT_STATE:
		roots = e->context->state ? e->context->state
					  : (const char *const *)e->state->items;
		break;
	}
	for (; roots && *roots; roots++) {
		r = add_below(e, written, *roots, rest);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A bare name: the inode that it stands for now, and the path where that was found. */
static int add_program(struct expansion *e, const char *name)
{
	struct identity identity, *programs;
	char path[PATH_MAX];
	size_t n = e->joined->n_patterns;
	int r;

	if (!e->context->program) {
		snprintf(path, sizeof(path), "**/%s", name);
		return add_pattern(e->joined, "/", path, true, true);
	}
	r = e->context->program(e->context->userdata, name, path, &identity.dev, &identity.ino);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r == -ENOMEM ? r : expand_error(e->rule, e->reterr, name, strerror(-r));
	programs = reallocarray(e->joined->programs, e->joined->n_programs + 1, sizeof(*programs));
	if (!programs)
		return -ENOMEM;
	e->joined->programs = programs;
	programs[e->joined->n_programs++] = identity;
	r = add_pattern(e->joined, path, "", true, true);
	for (; r == 0 && n < e->joined->n_patterns; n++)
		e->joined->patterns[n].by_name = true;
	return r;
}

int rule_expand(struct joined_rule *joined, const struct rule *rule,
		const struct policy_context *context, const struct strings *state,
		struct policy_error *reterr)
{
	struct expansion e = {joined, rule, context, state, reterr};
	int r = 0;

	joined->rule = rule;
	if (rule->subject != SUBJECT_PATH && rule->subject != SUBJECT_UNIX &&
	    rule->subject != SUBJECT_PROGRAM)
		return 0;
	for (size_t i = 0; r == 0 && i < rule->names.n; i++) {
		const char *name = rule->names.items[i];

		if (rule->literal)
			r = add_path(&e, name, name, "");
		else if (rule->subject == SUBJECT_PROGRAM && !strpbrk(name, "/~$"))
			r = add_program(&e, name);
		else
			r = add_written(&e, name);
	}
	return r;
}

int state_expand(const char *written, const struct policy_context *context,
		 struct strings *ret_paths, struct policy_error *reterr)
{
	_cleanup_free_ char *path = NULL;

	if (written[0] != '~')
		return strings_add(ret_paths, written);
	if (!context->home)
		return expand_error(NULL, reterr, written, "there is no home");
	if (asprintf(&path, "%s%s", context->home, written + 1) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return strings_add(ret_paths, path);
}
