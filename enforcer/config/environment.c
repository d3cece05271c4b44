/* SPDX-License-Identifier: Apache-2.0 */
/* The environment that the agent gets. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/config/environment.h"
#include "enforcer/config/string-list.h"
#include "enforcer/policy/policy.h"

/* Backtracks to the last star only, so that the time is bounded by the product of the lengths. */
bool environment_name_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *resume = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = name;
		} else if (*pattern == '?' || (*pattern && toupper((unsigned char)*pattern) ==
								   toupper((unsigned char)*name))) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool any_matches(const char *const *patterns, const char *name)
{
	for (size_t i = 0; patterns && patterns[i]; i++)
		if (environment_name_matches(patterns[i], name))
			return true;
	return false;
}

/* True where entry ("NAME=value") sets the variable name. */
static bool entry_sets(const char *entry, const char *name, size_t len)
{
	return strncmp(entry, name, len) == 0 && entry[len] == '=';
}

static bool any_sets(const char *const *entries, const char *name)
{
	for (size_t i = 0; entries && entries[i]; i++)
		if (entry_sets(entries[i], name, strlen(name)))
			return true;
	return false;
}

/* True where path is one of the roots or lies in one of them. */
static bool is_below(const char *const *roots, const char *path)
{
	for (size_t i = 0; roots && roots[i]; i++) {
		size_t len = strlen(roots[i]);

		if (strncmp(path, roots[i], len) == 0 && (path[len] == '\0' || path[len] == '/'))
			return true;
	}
	return false;
}

static int filter_entry(const char *entry, const struct policy_settings *settings,
			const char *const *tmp, char ***list)
{
	static const char *const proxies[] = {"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY",
					      NULL};
	const char *equals = strchr(entry, '=');
	_cleanup_free_ char *name = NULL;

	if (!equals || equals == entry)
		return 0;
	name = strndup(entry, (size_t)(equals - entry));
	if (!name)
		return -ENOMEM;
	if (strcmp(name, "CALLGATE") == 0 || strcmp(name, "CALLGATE_DENIALS") == 0 ||
	    any_sets(settings->environment_set, name))
		return 0;
	/* Dropped by a layer above the one that passes it: not the lower one's to loosen. */
	if (any_matches(settings->environment_drop_always, name))
		return 0;
	if (any_matches(settings->environment_drop, name) &&
	    !any_matches(settings->environment_pass, name))
		return 0;
	/* Programs that obey them would speak to the proxy themselves, and be refused; and there
	 * may be a password in them. */
	if (settings->upstream_proxy && any_matches(proxies, name) &&
	    !any_matches(settings->environment_pass, name))
		return 0;
	if (strcmp(name, "TMPDIR") == 0 && tmp && tmp[0] && !is_below(tmp, equals + 1)) {
		_cleanup_free_ char *replaced = malloc(strlen("TMPDIR=") + strlen(tmp[0]) + 1);

		if (!replaced)
			return -ENOMEM;
		stpcpy(stpcpy(replaced, "TMPDIR="), tmp[0]);
		return string_list_add(list, replaced);
	}
	return string_list_add(list, entry);
}

int environment_filter(char *const *environment, const struct policy_settings *settings,
		       const char *const *tmp, char ***ret_environment)
{
	_cleanup_(string_list_freep) char **list = NULL;
	int r = 0;

	for (size_t i = 0; environment[i] && r == 0; i++)
		r = filter_entry(environment[i], settings, tmp, &list);
	for (size_t i = 0; settings->environment_set && settings->environment_set[i] && r == 0; i++)
		r = string_list_add(&list, settings->environment_set[i]);
	if (r == 0 && !any_sets(settings->environment_set, "CALLGATE"))
		r = string_list_add(&list, "CALLGATE=1");
	if (r < 0)
		return r;
	*ret_environment = steal_pointer(list);
	return 0;
}
