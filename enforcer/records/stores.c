/* SPDX-License-Identifier: Apache-2.0 */
/* What no suggestion ever opens. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/records/stores.h"

struct stores {
	struct policy *policy; /* denies or asks about them, allows all else */
};

const char *const stores_names[] = {
	".env*",        "*.env",    ".netrc",     ".npmrc",      ".pypirc", ".pgpass",
	".htpasswd",    "id_rsa*",  "id_ecdsa*",  "id_ed25519*", "*.pem",   "*.key",
	"*.p12",        "*.pfx",    "*.jks",      "*.kdbx",      "*.gpg",   "*.ovpn",
	"*credential*", "*secret*", "*password*", NULL,
};

/* Stores that no profile lists by a path of their own: browsers and keyrings of other names. */
static const char *const more_paths[] = {
	"~/.local/share/keyrings",
	"~/.gnome2/keyrings",
	"~/.kde/share/apps/kwallet",
	"~/.config/librewolf",
	"~/.librewolf",
	"~/.config/epiphany",
	"~/.local/share/epiphany",
	"~/.config/falkon",
	"~/.config/qutebrowser",
	"~/.local/share/qutebrowser",
	"~/.waterfox",
	"~/.tor-browser",
	"~/.config/callgate",
	"~/.local/state/callgate",
	NULL,
};

static json_t *names_json(void)
{
	json_t *list = json_array();

	for (size_t i = 0; stores_names[i]; i++)
		json_array_append_new(list, json_sprintf("/**/%s", stores_names[i]));
	return list;
}

static json_t *paths_json(void)
{
	json_t *list = json_array();

	for (size_t i = 0; more_paths[i]; i++)
		json_array_append_new(list, json_string(more_paths[i]));
	return list;
}

/* A profile of guards alone. */
static char *make_text(const char *profile)
{
	json_t *whole = json_loads(profile, JSON_REJECT_DUPLICATES, NULL), *guards, *root;
	char *text = NULL;

	guards = json_object_get(whole, "guards");
	root = json_pack("{s:i, s:O?, s:[{s:[s,s], s:o}, {s:[s,s], s:o}], s:{s:s, s:s, s:s, s:s, "
			 "s:s}}",
			 "version", 1, "guards", guards, "rules", "deny", "read", "write", "path",
			 names_json(), "deny", "read", "write", "path", paths_json(), "otherwise",
			 "read", "allow", "write", "allow", "exec", "allow", "connect", "allow",
			 "listen", "allow");
	if (root)
		text = json_dumps(root, 0);
	json_decref(root);
	json_decref(whole);
	return text;
}

int stores_new(const char *profile, const struct policy_context *context,
	       struct stores **ret_stores)
{
	_cleanup_(stores_freep) struct stores *stores = calloc(1, sizeof(*stores));
	_cleanup_free_ char *text = make_text(profile);
	struct policy_error error = {};
	struct policy_part *part;
	int r;

	if (!stores || !text)
		return -ENOMEM;
	r = policy_parse(text, strlen(text), "stores", LAYER_BUILTIN, &part, &error);
	if (r == 0)
		r = policy_new(&part, 1, context, &stores->policy, &error);
	if (r < 0)
		return r;
	*ret_stores = steal_pointer(stores);
	return 0;
}

struct stores *stores_free(struct stores *stores)
{
	if (!stores)
		return NULL;
	policy_free(stores->policy);
	free(stores);
	return NULL;
}

bool stores_hold(const struct stores *stores, const struct request *request, size_t object,
		 enum verb verb)
{
	struct decision decision;

	policy_judge_one(stores->policy, request, object, verb, &decision);
	return decision.verdict != VERDICT_ALLOW;
}

bool stores_hold_path(const struct stores *stores, enum verb verb, const char *path, bool directory)
{
	const struct request request = {
		.n_objects = 1,
		.objects = {{.kind = OBJECT_PATH,
			     .verbs = verb,
			     .path = (char *)path,
			     .exists = true,
			     .directory = directory}},
	};

	return stores_hold(stores, &request, 0, verb);
}

static bool is_at_or_below(const char *directory, const char *path)
{
	size_t len = strlen(directory);

	return strncmp(directory, path, len) == 0 && (path[len] == '/' || !path[len]);
}

bool stores_lie_below(const struct stores *stores, enum verb verb, const char *directory)
{
	const char *const *paths = NULL;
	bool found = false;

	/* No memory: as if there were one. */
	if (policy_literal_paths(stores->policy, verb, &paths) < 0)
		return true;
	for (size_t i = 0; paths[i] && !found; i++)
		found = is_at_or_below(directory, paths[i]);
	free((void *)paths);
	return found;
}

bool stores_name_is_doubtful(const char *name)
{
	static const char *const words[] = {"secret", "token",  "passw",   "credential", "private",
					    "key",    "wallet", "session", "cookie",     "history"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasestr(name, words[i]))
			return true;
	return false;
}
