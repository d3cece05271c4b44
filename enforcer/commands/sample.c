/* SPDX-License-Identifier: Apache-2.0 */
/* A name that a pattern of a policy matches. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/commands/sample.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"

struct text {
	char *data;
	size_t len, size;
};

static void put(struct text *text, const char *string, size_t len)
{
	for (size_t i = 0; i < len && text->len + 1 < text->size; i++)
		text->data[text->len++] = string[i];
	text->data[text->len] = '\0';
}

/* One of the characters that "[...]" stands for; returns the pattern behind it. */
static const char *put_class(struct text *text, const char *p)
{
	const char *end = p + 1 + (p[1] == '!' || p[1] == '^');
	bool negated = end > p + 1;
	const char *first = end;

	end = *end ? strchr(end + 1, ']') : NULL; /* the first may be a ] itself */
	if (!end) {
		put(text, p, 1);
		return p + 1;
	}
	if (!negated) {
		put(text, first, 1);
		return end + 1;
	}
	for (const char *c = "qxzQXZ789_"; *c; c++)
		if (!memchr(first, *c, (size_t)(end - first))) {
			put(text, c, 1);
			break;
		}
	return end + 1;
}

static void put_globs(struct text *text, const char *p, unsigned variant)
{
	static const char *const words[SAMPLE_VARIANTS] = {"callgate-sample", "Xq7", "_zz-9"};
	static const char *const depths[SAMPLE_VARIANTS] = {"Xq7/zz", "zz/Xq7", "Xq7"};

	while (*p) {
		if (p[0] == '*' && p[1] == '*') {
			put(text, depths[variant], strlen(depths[variant]));
			p += 2;
		} else if (*p == '*') {
			put(text, words[variant], strlen(words[variant]));
			p++;
		} else if (*p == '?') {
			put(text, "q", 1);
			p++;
		} else if (*p == '[') {
			p = put_class(text, p);
		} else {
			if (*p == '\\' && p[1])
				p++;
			put(text, p, 1);
			p++;
		}
	}
}

/* Where the pattern starts, and what is left of it behind the variable. */
static const char *root_of(const char *pattern, const struct config *config, const char **ret_rest)
{
	static const char *const names[] = {"${workspace}", "${tmp}", "${state}"};
	char *const *const lists[] = {config->workspaces, config->tmp, config->state};

	*ret_rest = pattern;
	if (pattern[0] == '/')
		return "";
	if (pattern[0] == '~') {
		*ret_rest = pattern + 1;
		return strcmp(config->home, "/") ? config->home : "";
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strncmp(pattern, names[i], strlen(names[i])) == 0) {
			*ret_rest = pattern + strlen(names[i]);
			return lists[i] ? lists[i][0] : NULL;
		}
	return config->workspace;
}

int sample_path(const char *pattern, const struct config *config, unsigned variant,
		char ret[static PATH_MAX])
{
	char path[PATH_MAX] = "";
	struct text text = {path, 0, sizeof(path)};
	const char *rest, *root = root_of(pattern, config, &rest);

	if (!root)
		return -ENOENT;
	put(&text, root, strlen(root));
	if (*rest && *rest != '/')
		put(&text, "/", 1);
	put_globs(&text, rest, variant);
	if (variant == 1)
		put(&text, "/Xq7", 4);
	if (variant == 2)
		put(&text, "/Xq7/zz", 7);
	return facts_canonical(path, ret);
}

void sample_host(const char *pattern, char ret[static SAMPLE_HOST_MAX])
{
	bool star = pattern[0] == '*';

	snprintf(ret, SAMPLE_HOST_MAX, "%s%s", star ? "callgate-sample" : "", pattern + star);
	if (strcmp(pattern, "*") == 0)
		snprintf(ret, SAMPLE_HOST_MAX, "callgate-sample.invalid");
}
