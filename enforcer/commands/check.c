/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `callgate check FILE`: what is wrong with a policy file; and where nothing is, what of it
 * does nothing, or less than it looks like. The warnings come from trying: each rule is asked
 * about names that it matches, and what decides them is looked at. So they speak of the matcher
 * that will judge, not of a second idea of it.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/commands/check-rules.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/workspace.h"
#include "enforcer/policy/policy.h"

/* The layer that a file of this name would be read for: some keys mean something in some only. */
static enum layer layer_of(const char *path)
{
	_cleanup_free_ char *home = NULL, *user = NULL;
	const char *name = strrchr(path, '/');

	if (strcmp(path, facts_managed_file) == 0)
		return LAYER_MANAGED;
	if (name && strcmp(name + 1, PROJECT_FILE_NAME) == 0)
		return LAYER_PROJECT;
	if (facts_home(&home, NULL) == 0)
		user = facts_user_file(home);
	return user && strcmp(path, user) == 0 ? LAYER_USER : LAYER_COMMAND_LINE;
}

/* Number of warnings. */
static int check_proxy(const char *shown, const struct config *config)
{
	const struct upstream_proxy *proxy = policy_settings(config->policy)->upstream_proxy;
	bool told = proxy && proxy->password;

	if (told)
		printf("%s: warning: upstream_proxy: whoever may read the policy reads the "
		       "password: put it into a file, and its path into \"password_file\"\n",
		       shown);
	if (proxy)
		printf("%s: connections go through the upstream proxy %s:%u (%s)\n", shown,
		       proxy->host, proxy->port,
		       proxy->kind == UPSTREAM_SOCKS5 ? "SOCKS5" : "HTTP");
	return told;
}

/* 0 valid, 1 valid with warnings, or a negative errno with words. */
static int check_file(const char *named, struct failure *reterr)
{
	_cleanup_free_ char *path = workspace_absolute(named), *text = NULL;
	_cleanup_(config_freep) struct config *config = NULL;
	struct config_only only = {.file = named};
	const struct config_options options = {.only = &only, .any_workspace = true};
	char shown[SHOWN_MAX];
	size_t n = 0, len = 0;
	json_t *root;
	int warnings, r;

	if (!path)
		return -ENOMEM;
	r = policy_file_read(path, POLICY_FILE_ANY, &text, &len, reterr);
	if (r == -ENOENT)
		return failure_set(reterr, r, "%s: no such file", facts_show(named, shown));
	if (r < 0)
		return r;
	only.text = text;
	only.len = len;
	only.layer = layer_of(path);
	r = config_load(&options, &config, reterr);
	if (r < 0)
		return r;
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!root)
		return -EINVAL;
	n = json_array_size(json_object_get(root, "rules"));
	warnings = check_rules(named, root, only.layer, config);
	json_decref(root);
	if (warnings < 0)
		return warnings;
	warnings += check_proxy(facts_show(named, shown), config);
	printf("%s: valid: %zu rule%s for the %s layer", facts_show(named, shown), n,
	       n == 1 ? "" : "s", layer_name(only.layer));
	if (warnings)
		printf(", %d warning%s", warnings, warnings == 1 ? "" : "s");
	printf("\n");
	return warnings > 0;
}

int command_check(int argc, char **argv)
{
	bool strict = false;
	const struct option_spec specs[] = {{"--strict", OPTION_FLAG, &strict}};
	struct failure failure = {};
	int rest = 0, status = 0, r;

	r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, &failure);
	if (r > 0)
		return command_print_help("check");
	if (r == 0 && rest == argc) {
		failure_hint(&failure, "for example: callgate check " PROJECT_FILE_NAME);
		r = failure_set(&failure, -EINVAL, "no file is named");
	}
	if (r < 0)
		return command_usage_error("check", &failure);
	for (; rest < argc; rest++) {
		struct failure wrong = {};

		r = check_file(argv[rest], &wrong);
		if (r < 0) {
			failure_set(&wrong, r, "%s: %s", argv[rest], strerror(-r));
			fflush(stdout);
			failure_print(&wrong);
		}
		if (r < 0 || (r > 0 && strict))
			status = 1;
	}
	return status;
}
