/* SPDX-License-Identifier: Apache-2.0 */
/* A policy from texts, for tests: one text a layer, on a machine that does not exist. */
#pragma once

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "enforcer/policy/policy.h"
#include "tests/support/check.h"

static inline int fixture_program(void *userdata, const char *name, char *ret_path,
				  uint64_t *ret_dev, uint64_t *ret_ino)
{
	if (strcmp(name, "absent") == 0)
		return -ENOENT;
	snprintf(ret_path, PATH_MAX, "/usr/bin/%s", name);
	*ret_dev = 1;
	/* Each name has an inode of its own. */
	*ret_ino = 0;
	for (const char *p = name; *p; p++)
		*ret_ino = *ret_ino * 131 + (unsigned char)*p;
	return 0;
}

/* "/link..." leads to "/real...": the only link there is. */
static inline int fixture_canonical(void *userdata, const char *path, char *ret)
{
	bool link = strncmp(path, "/link", 5) == 0 && (path[5] == '/' || !path[5]);

	if (strcmp(path, "/loop") == 0)
		return -ELOOP;
	snprintf(ret, PATH_MAX, "%s%s", link ? "/real" : "", path + (link ? 5 : 0));
	return 0;
}

static const char *const fixture_workspaces[] = {"/home/u/w", "/srv/more[1]", NULL};
static const char *const fixture_tmp[] = {"/tmp", "/var/tmp", NULL};

static inline struct policy_context fixture_context(void)
{
	return (struct policy_context){
		.home = "/home/u",
		.workspaces = fixture_workspaces,
		.tmp = fixture_tmp,
		.canonical = fixture_canonical,
		.program = fixture_program,
	};
}

/* texts by layer; NULL where a layer has none. NULL on failure, which is told. */
static inline struct policy *fixture_policy(const char *const texts[LAYER_COUNT])
{
	struct policy_context context = fixture_context();
	struct policy_part *parts[LAYER_COUNT];
	struct policy *policy = NULL;
	struct policy_error error;
	size_t n = 0;

	/* The last layer first: parts may come in any order. */
	for (int layer = LAYER_COUNT - 1; layer >= 0; layer--) {
		if (!texts[layer])
			continue;
		if (policy_parse(texts[layer], strlen(texts[layer]), "test.json", (enum layer)layer,
				 &parts[n], &error) < 0) {
			fprintf(stderr, "%d:%d: %s: %s\n", error.line, error.column, error.rule,
				error.text);
			CHECK(false);
			while (n > 0)
				policy_part_free(parts[--n]);
			return NULL;
		}
		n++;
	}
	if (policy_new(parts, n, &context, &policy, &error) < 0) {
		fprintf(stderr, "%s: %s\n", error.rule, error.text);
		CHECK(false);
	}
	return policy;
}

static inline struct policy *fixture_user_policy(const char *text)
{
	const char *const texts[LAYER_COUNT] = {[LAYER_USER] = text};

	return fixture_policy(texts);
}

/* The verdict on one path, as an existing file whose inode no rule knows. */
static inline struct decision fixture_judge(const struct policy *policy, enum verb verb,
					    const char *path)
{
	struct request request = {
		.n_objects = 1,
		.objects = {{.kind = verb == VERB_CONNECT ? OBJECT_UNIX : OBJECT_PATH,
			     .verbs = verb,
			     .path = (char *)path,
			     .exists = true,
			     .dev = 9,
			     .ino = 9}},
	};
	struct decision decision;

	policy_judge(policy, &request, &decision);
	return decision;
}
