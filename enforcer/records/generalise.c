/* SPDX-License-Identifier: Apache-2.0 */
/* From what was allowed to rules that would have allowed it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/records/generalise.h"

#define GROUPS_MAX 500000

/* All pieces that one rule would cover. */
struct group {
	enum candidate_scope scope;
	const struct evidence *first; /* one of them */
	size_t name_len;              /* of its name, as much as names the group */
	uint64_t pieces[VERB_COUNT];  /* by the verb's bit number; all are different things */
	uint64_t branches[VERB_COUNT];
	uint64_t prompts[VERB_COUNT];
};

struct grouping {
	struct table groups;   /* of struct group */
	struct table branches; /* seen already; rows are empty */
	generalise_is_shared is_shared;
	int error;
};

const char *candidate_scope_name(enum candidate_scope scope)
{
	static const char *const names[CANDIDATE_SCOPE_COUNT] = {
		[CANDIDATE_FILE] = "file",     [CANDIDATE_SOCKET] = "socket",
		[CANDIDATE_HOST] = "host",     [CANDIDATE_COMMAND_LINE] = "command-line",
		[CANDIDATE_DIRECTORY] = "dir", [CANDIDATE_COMMAND] = "command",
		[CANDIDATE_DOMAIN] = "domain", [CANDIDATE_TREE] = "tree",
	};

	return names[scope];
}

static unsigned verb_number(enum verb verb)
{
	unsigned number = 0;

	while (1u << number != (unsigned)verb)
		number++;
	return number;
}

/* What of a piece names the group: how much of its name, and of its arguments. */
struct membership {
	enum candidate_scope scope;
	const char *name;
	size_t name_len;
	size_t n_args;
};

static void append_key(struct buffer *key, const struct evidence *piece,
		       const struct membership *as)
{
	buffer_printf(key, "%d %u %u %d %d ", (int)as->scope, piece->ordinal, piece->port,
		      piece->protocol, piece->address);
	buffer_append(key, as->name, as->name_len);
	buffer_append(key, "", 1);
	for (size_t i = 0; i < as->n_args; i++)
		buffer_append(key, piece->args[i], strlen(piece->args[i]) + 1);
}

/* True the first time. */
static bool is_new_branch(struct grouping *grouping, const struct buffer *group, unsigned verb,
			  const char *below)
{
	_cleanup_(buffer_done) struct buffer key = {};
	size_t known = grouping->branches.n;

	buffer_printf(&key, "%u ", verb);
	buffer_append(&key, below, strcspn(below, "/"));
	buffer_append(&key, "", 1);
	buffer_append(&key, group->data, group->len);
	if (!key.error)
		table_get(&grouping->branches, key.data, key.len);
	return grouping->branches.n > known;
}

static void join(struct grouping *grouping, const struct evidence *piece,
		 const struct membership *as)
{
	_cleanup_(buffer_done) struct buffer key = {};
	unsigned verb = verb_number(piece->verb);
	struct group *group;

	append_key(&key, piece, as);
	group = key.error ? NULL : table_get(&grouping->groups, key.data, key.len);
	if (!group) {
		grouping->error = -ENOMEM;
		return;
	}
	if (!group->first) {
		group->scope = as->scope;
		group->first = piece;
		group->name_len = as->name_len;
	}
	group->pieces[verb]++;
	group->prompts[verb] += piece->prompts;
	/* What lies directly in a tree is one branch, whatever it is called. */
	if (as->scope == CANDIDATE_TREE) {
		const char *below = piece->name + as->name_len + 1;
		bool deeper = piece->name[as->name_len] && strchr(below, '/');

		group->branches[verb] += is_new_branch(grouping, &key, verb, deeper ? below : "/");
	}
}

/* True for what lies in one of the system's own directories. */
static bool is_of_system(const char *path, size_t len, enum verb verb)
{
	static const char *const all[] = {"/proc", "/sys", "/dev", "/run", "/boot", "/root"};
	static const char *const written[] = {"/etc",   "/usr",   "/bin",    "/sbin", "/lib",
					      "/lib32", "/lib64", "/libx32", "/opt",  "/nix"};
	const char *end = len > 0 ? memchr(path + 1, '/', len - 1) : NULL;
	size_t first = end ? (size_t)(end - path) : len;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strlen(all[i]) == first && memcmp(all[i], path, first) == 0)
			return true;
	for (size_t i = 0; verb == VERB_WRITE && i < ARRAY_LEN(written); i++)
		if (strlen(written[i]) == first && memcmp(written[i], path, first) == 0)
			return true;
	return false;
}

/* All files of the home, or of the machine, is nothing that anybody means. */
static bool is_too_wide(const struct evidence *piece, size_t len, bool tree)
{
	const char *path = piece->name;
	size_t slashes = 0;

	if (path[0] == '~')
		return len <= 1;
	if (is_of_system(path, len, piece->verb))
		return true;
	for (size_t i = 0; i < len; i++)
		slashes += path[i] == '/';
	return len == 0 || (tree && slashes < 2);
}

static size_t parent_len(const char *path, size_t len)
{
	while (len > 0 && path[len - 1] != '/')
		len--;
	return len > 0 ? len - 1 : 0;
}

static void join_directories(struct grouping *grouping, const struct evidence *piece)
{
	const char *path = piece->name;
	size_t len = strlen(path), in = parent_len(path, len);

	if (piece->directory && !is_too_wide(piece, len, false))
		join(grouping, piece, &(struct membership){CANDIDATE_DIRECTORY, path, len, 0});
	if (!is_too_wide(piece, in, false))
		join(grouping, piece, &(struct membership){CANDIDATE_DIRECTORY, path, in, 0});
	if (piece->directory && !is_too_wide(piece, len, true))
		join(grouping, piece, &(struct membership){CANDIDATE_TREE, path, len, 0});
	for (; !is_too_wide(piece, in, true); in = parent_len(path, in))
		join(grouping, piece, &(struct membership){CANDIDATE_TREE, path, in, 0});
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A first argument says what a program does where it is a word of its own ("git push"): not where
 * it is an option ("sh -c"), nor behind a program that runs whatever follows. */
static bool says_what_it_does(const struct evidence *piece)
{
	static const char *const launchers[] = {
		"env",    "xargs",   "sudo",    "doas",    "su",   "nice",    "nohup",
		"setsid", "timeout", "time",    "exec",    "find", "busybox", "stdbuf",
		"ionice", "chroot",  "unshare", "nsenter", "ssh",  "strace"};
	const char *program = last_component(piece->name);

	if (piece->args[0][0] == '-')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(launchers); i++)
		if (strcmp(program, launchers[i]) == 0)
			return false;
	return true;
}

static void join_path(struct grouping *grouping, const struct evidence *piece)
{
	size_t len = strlen(piece->name);

	if (piece->verb == VERB_EXEC) {
		join(grouping, piece,
		     &(struct membership){CANDIDATE_COMMAND_LINE, piece->name, len, piece->n_args});
		if (says_what_it_does(piece))
			join(grouping, piece,
			     &(struct membership){CANDIDATE_COMMAND, piece->name, len, 1});
		return;
	}
	join(grouping, piece, &(struct membership){CANDIDATE_FILE, piece->name, len, 0});
	join_directories(grouping, piece);
}

static void join_host(struct grouping *grouping, const struct evidence *piece)
{
	const char *parent = strchr(piece->name, '.');

	join(grouping, piece,
	     &(struct membership){CANDIDATE_HOST, piece->name, strlen(piece->name), 0});
	if (piece->address || !parent || !parent[1] || grouping->is_shared(parent + 1))
		return;
	join(grouping, piece,
	     &(struct membership){CANDIDATE_DOMAIN, parent + 1, strlen(parent + 1), 0});
}

static void join_groups(struct grouping *grouping, const struct evidence *piece)
{
	if (piece->kind == OBJECT_PATH)
		join_path(grouping, piece);
	else if (piece->kind == OBJECT_INET)
		join_host(grouping, piece);
	else
		join(grouping, piece,
		     &(struct membership){CANDIDATE_SOCKET, piece->name, strlen(piece->name), 0});
}

/* ---- the rules of the groups */

static bool speaks_enough(const struct group *group, unsigned verb)
{
	uint64_t n = group->pieces[verb];

	switch (group->scope) {
	case CANDIDATE_FILE:
	case CANDIDATE_SOCKET:
	case CANDIDATE_HOST:
	case CANDIDATE_COMMAND_LINE:
		return n > 0;
	case CANDIDATE_DIRECTORY:
		return n >= GENERALISE_FILES;
	case CANDIDATE_COMMAND:
		return n >= GENERALISE_COMMANDS;
	case CANDIDATE_DOMAIN:
		return n >= GENERALISE_HOSTS;
	case CANDIDATE_TREE:
		return n >= GENERALISE_TREE_FILES &&
		       group->branches[verb] >= GENERALISE_TREE_BRANCHES;
	}
	return false;
}

static char *group_name(const struct group *group)
{
	const char *name = group->first->name;

	if (group->scope == CANDIDATE_DOMAIN)
		name = strchr(name, '.') + 1;
	return strndup(name, group->name_len);
}

static bool copy_args(struct candidate *candidate, const struct evidence *piece)
{
	size_t n = candidate->scope == CANDIDATE_COMMAND        ? 1
		   : candidate->scope == CANDIDATE_COMMAND_LINE ? piece->n_args
								: 0;

	candidate->args = calloc(n + 1, sizeof(*candidate->args));
	for (size_t i = 0; candidate->args && i < n; i++) {
		candidate->args[i] = strdup(piece->args[i]);
		if (!candidate->args[i])
			return false;
	}
	return candidate->args != NULL;
}

/* verbs: for which of them. */
static int candidate_make(struct candidate *candidate, const struct group *group, unsigned verbs)
{
	const struct evidence *piece = group->first;

	candidate->scope = group->scope;
	candidate->verbs = verbs;
	for (unsigned i = 0; i < VERB_COUNT; i++) {
		if (!(verbs & 1u << i))
			continue;
		candidate->prompts += group->prompts[i];
		if (group->pieces[i] > candidate->pieces)
			candidate->pieces = group->pieces[i];
	}
	candidate->address = piece->address;
	candidate->port = piece->port;
	candidate->protocol = piece->protocol;
	candidate->ordinal = piece->ordinal;
	candidate->name = group_name(group);
	return candidate->name && copy_args(candidate, piece) ? 0 : -ENOMEM;
}

static int candidates_add(struct candidates *candidates, const struct group *group)
{
	unsigned verbs = 0;
	int r = 0;

	for (unsigned i = 0; i < VERB_COUNT; i++)
		if (speaks_enough(group, i))
			verbs |= 1u << i;
	if (verbs)
		r = candidate_make(&candidates->items[candidates->n++], group, verbs);
	for (unsigned i = 0; r == 0 && i < VERB_COUNT; i++)
		if (verbs & 1u << i && verbs != 1u << i)
			r = candidate_make(&candidates->items[candidates->n++], group, 1u << i);
	return r;
}

int generalise(const struct evidences *evidences, generalise_is_shared is_shared,
	       struct candidates *ret_candidates)
{
	struct grouping grouping = {.is_shared = is_shared};
	struct candidates candidates = {};
	int r;

	table_init(&grouping.groups, sizeof(struct group), GROUPS_MAX);
	table_init(&grouping.branches, 1, GROUPS_MAX);
	for (size_t i = 0; i < evidences->pieces.n; i++) {
		const struct evidence *piece = evidences->pieces.rows[i].value;

		if (piece->prompts + piece->calls > 0)
			join_groups(&grouping, piece);
	}
	/* All verbs at once, and each by itself. */
	candidates.items =
		calloc(grouping.groups.n * (VERB_COUNT + 1) + 1, sizeof(*candidates.items));
	r = candidates.items ? grouping.error : -ENOMEM;
	for (size_t i = 0; r == 0 && i < grouping.groups.n; i++)
		r = candidates_add(&candidates, grouping.groups.rows[i].value);
	table_done(&grouping.groups);
	table_done(&grouping.branches);
	if (r < 0)
		candidates_done(&candidates);
	else
		*ret_candidates = candidates;
	return r;
}

void candidates_done(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->n; i++) {
		struct candidate *candidate = &candidates->items[i];

		free(candidate->name);
		for (char **arg = candidate->args; arg && *arg; arg++)
			free(*arg);
		free(candidate->args);
	}
	free(candidates->items);
	*candidates = (struct candidates){};
}
