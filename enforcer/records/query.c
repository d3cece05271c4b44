/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries a person wants to see. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/glob.h"
#include "enforcer/policy/match-address.h"
#include "enforcer/policy/match-path.h"
#include "enforcer/policy/nearest-name.h"
#include "enforcer/records/query.h"

#define WORDS_MAX 64

struct query_path {
	struct pattern pattern;
};

/* Says which words there are, where one is none of them. */
static int check_words(const char *option, const char *const *given, const char *const *words,
		       struct failure *reterr)
{
	size_t n = 0;

	while (words[n])
		n++;
	for (size_t i = 0; given && given[i]; i++) {
		const char *near;
		size_t at = 0;

		while (at < n && strcmp(words[at], given[i]) != 0)
			at++;
		if (at < n)
			continue;
		near = nearest_name(given[i], words, n);
		if (near)
			failure_hint(reterr, "perhaps: %s %s", option, near);
		else
			failure_hint(reterr, "docs/audit.md lists all of them");
		return failure_set(reterr, -EINVAL, "%s: there is no \"%.64s\"", option, given[i]);
	}
	return 0;
}

static int check_all(const struct query *query, struct failure *reterr)
{
	const char *words[WORDS_MAX + 1] = {"deny", "ask", "allow"};
	size_t n;
	int r = check_words("--decision", query->decisions, words, reterr);

	for (n = 0; n < VERB_COUNT; n++)
		words[n] = verb_name((enum verb)(1u << n));
	words[n] = NULL;
	if (r == 0)
		r = check_words("--verb", query->verbs, words, reterr);
	for (n = 0; n <= BY_FAULT; n++)
		words[n] = decided_by_name((enum decided_by)n);
	words[n] = NULL;
	if (r == 0)
		r = check_words("--by", query->by, words, reterr);
	for (n = 0; n + 1 < MEDIATED_COUNT && n < WORDS_MAX; n++)
		words[n] = mediated_name((enum mediated)(n + 1));
	words[n] = NULL;
	return r == 0 ? check_words("--call", query->calls, words, reterr) : r;
}

_Static_assert(MEDIATED_COUNT <= WORDS_MAX, "room for each call's name");

static int compile_path(const struct query *query, const char *glob, struct pattern *ret_pattern,
			struct failure *reterr)
{
	_cleanup_free_ char *anywhere = NULL;
	char path[PATH_MAX] = "";
	const char *tail, *wrong, *rest = glob;
	size_t len = 0;

	if (glob[0] == '~' && query->home && (glob[1] == '/' || !glob[1])) {
		len = (size_t)snprintf(path, sizeof(path), "%s", query->home);
		rest = glob + 1;
	}
	while (*rest == '/')
		rest++;
	if (glob[0] != '/' && len == 0) {
		if (asprintf(&anywhere, "**/%s", glob) < 0)
			return -ENOMEM;
		rest = anywhere;
	}
	wrong = *rest ? pattern_check(rest) : NULL;
	if (wrong)
		return failure_set(reterr, -EINVAL, "--path %.200s: %s", glob, wrong);
	if (len >= sizeof(path) || pattern_split(rest, path, len, &tail) < 0)
		return failure_set(reterr, -EINVAL, "--path: it is too long");
	return pattern_init(ret_pattern, path[0] ? path : "/", tail, false);
}

int query_prepare(struct query *query, struct failure *reterr)
{
	size_t n = 0;
	int r = check_all(query, reterr);

	if (r < 0)
		return r;
	while (query->paths && query->paths[n])
		n++;
	query->compiled = calloc(n + 1, sizeof(*query->compiled));
	if (!query->compiled)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = compile_path(query, query->paths[i], &query->compiled[i].pattern, reterr);
		query->n_compiled += r == 0;
	}
	return r;
}

void query_done(struct query *query)
{
	for (size_t i = 0; i < query->n_compiled; i++)
		pattern_done(&query->compiled[i].pattern);
	free(query->compiled);
	query->compiled = NULL;
	query->n_compiled = 0;
}

bool query_is_about_calls(const struct query *query)
{
	return query->calls || query->verbs || query->paths || query->hosts || query->programs ||
	       query->decisions || query->rules || query->by;
}

static bool is_among(const char *const *list, const char *word)
{
	for (size_t i = 0; word && list[i]; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}

static bool verb_passes(const struct query *query, const struct entry *entry)
{
	for (size_t i = 0; i < entry->request.n_objects; i++)
		for (unsigned v = 0; v < VERB_COUNT; v++)
			if (entry->request.objects[i].verbs & 1u << v &&
			    is_among(query->verbs, verb_name((enum verb)(1u << v))))
				return true;
	return false;
}

static bool path_passes(const struct query *query, const struct entry *entry)
{
	for (size_t i = 0; i < entry->request.n_objects; i++) {
		const struct object *object = &entry->request.objects[i];

		if (object->kind != OBJECT_PATH && object->kind != OBJECT_UNIX)
			continue;
		for (size_t p = 0; object->path && p < query->n_compiled; p++)
			if (pattern_matches(&query->compiled[p].pattern, object->path))
				return true;
	}
	return false;
}

static bool host_passes(const struct query *query, const struct entry *entry)
{
	char name[ENTRY_NAME_SIZE];

	for (size_t i = 0; i < entry->request.n_objects; i++) {
		const struct object *object = &entry->request.objects[i];
		const char *host = object->endpoint.host;
		char *colon;

		if (object->kind != OBJECT_INET)
			continue;
		entry_object_name(object, name);
		if (is_among(query->hosts, name))
			return true;
		colon = strrchr(name, ':');
		if (colon)
			*colon = '\0';
		for (size_t h = 0; query->hosts[h]; h++)
			if (host_matches(query->hosts[h], host ? host : name))
				return true;
	}
	return false;
}

static bool program_passes(const struct query *query, const struct entry *entry)
{
	const char *program = entry->request.program;
	const char *name = program ? strrchr(program, '/') : NULL;

	name = name ? name + 1 : program;
	for (size_t i = 0; name && query->programs[i]; i++) {
		const char *glob = query->programs[i], *word = strchr(glob, '/') ? program : name;

		if (glob_matches(glob, strlen(glob), word, strlen(word)))
			return true;
	}
	return false;
}

bool query_passes(const struct query *query, const struct entry *entry)
{
	bool call = entry->event == ENTRY_CALL || entry->event == ENTRY_QUESTION;

	if (query->since_ns && entry->time_ns < query->since_ns)
		return false;
	if (query->until_ns && entry->time_ns > query->until_ns)
		return false;
	if (!call)
		return !query_is_about_calls(query);
	if (query->calls && !is_among(query->calls, mediated_name(entry->request.call)))
		return false;
	if (query->decisions && !is_among(query->decisions, verdict_name(entry->verdict)))
		return false;
	if (query->by && !is_among(query->by, decided_by_name(entry->by)))
		return false;
	if (query->rules && !is_among(query->rules, entry->rule) &&
	    !is_among(query->rules, entry->layer))
		return false;
	if (query->verbs && !verb_passes(query, entry))
		return false;
	if (query->programs && !program_passes(query, entry))
		return false;
	if (query->paths && !path_passes(query, entry))
		return false;
	return !query->hosts || host_passes(query, entry);
}
