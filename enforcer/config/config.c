/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the layers of this run's policy, reads them and joins them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/config/agents.h"
#include "enforcer/config/config-parts.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/network-options.h"
#include "enforcer/config/profile.h"
#include "enforcer/config/string-list.h"
#include "enforcer/config/trust.h"
#include "enforcer/config/workspace.h"
#include "enforcer/policy/policy.h"

#define PARTS_MAX 10

/* The parts on their way to policy_new(), and what profile each of them asks for. */
struct load {
	const struct config_options *options;
	struct config *config;
	struct failure *reterr;
	struct policy_part *parts[PARTS_MAX];
	size_t n_parts;
	const char *extends;          /* of the first part that names one; borrowed from it */
	char extends_file[SHOWN_MAX]; /* for messages */
	bool extends_managed;
};

struct config *config_free(struct config *config)
{
	if (!config)
		return NULL;
	policy_free(config->policy);
	free(config->workspace);
	free(config->home);
	string_list_free(config->workspaces);
	string_list_free(config->state);
	string_list_free(config->tmp);
	string_list_free(config->path_dirs);
	string_list_free(config->policy_files);
	string_list_free(config->notices);
	for (size_t i = 0; i < config->n_files; i++)
		free(config->files[i].path);
	sources_done(&config->sources);
	free(config);
	return NULL;
}

static int policy_failure(const struct policy_error *error, struct failure *reterr)
{
	char shown[SHOWN_MAX], place[32] = "";

	if (error->line)
		snprintf(place, sizeof(place), ":%d:%d", error->line, error->column);
	return failure_set(reterr, -EINVAL, "%s%s: %s%s%s", facts_show(error->file, shown), place,
			   error->rule, error->rule[0] ? ": " : "", error->text);
}

/* The first line of the text is not the person's. */
static int added_failure(struct policy_error *error, struct failure *reterr)
{
	if (strcmp(error->file, CONFIG_ADDED) == 0 && error->line > 1) {
		error->line--;
		error->rule[0] = '\0';
	}
	return policy_failure(error, reterr);
}

/* ---- parts ---- */

static int load_part(struct load *load, const char *text, size_t len, const char *file,
		     enum layer layer)
{
	struct policy_error error = {};
	struct policy_part *part = NULL;
	int r = policy_parse(text, len, file, layer, &part, &error);

	if (r == -EINVAL)
		return added_failure(&error, load->reterr);
	if (r < 0)
		return r;
	load->parts[load->n_parts++] = part;
	r = sources_add_text(&load->config->sources, layer, file, text, len);
	if (r < 0)
		return r;
	if (!load->extends && policy_part_extends(part)) {
		load->extends = policy_part_extends(part);
		facts_show(file, load->extends_file);
		load->extends_managed = layer == LAYER_MANAGED;
	}
	return 0;
}

/* Before it is read: what changes from here on changes what was read. */
static int add_file(struct load *load, const char *path, bool is_layer)
{
	struct config *config = load->config;
	struct config_file *file = &config->files[config->n_files];

	if (config->n_files == CONFIG_FILES_MAX)
		return -E2BIG;
	file->path = strdup(path);
	if (!file->path)
		return -ENOMEM;
	config->n_files++;
	file->is_layer = is_layer;
	policy_stamp_take(path, &file->stamp);
	return string_list_add_once(&config->policy_files, path);
}

/* A file that may be missing. Whether it is there or not, it is callgate's from here on: an
 * agent that could write it would write the policy of the next run. */
static int load_file(struct load *load, const char *path, enum policy_file_owner owner,
		     enum layer layer)
{
	_cleanup_free_ char *text = NULL;
	char canonical[PATH_MAX];
	size_t len = 0;
	int r = add_file(load, path, true);

	if (r == 0 && facts_canonical(path, canonical) == 0)
		r = string_list_add_once(&load->config->policy_files, canonical);
	if (r < 0)
		return r;
	r = policy_file_read(path, owner, &text, &len, load->reterr);
	if (r < 0)
		return r;
	return load_part(load, text, len, path, layer);
}

static int load_managed(struct load *load)
{
	const char *path = load->options->managed_file ?: facts_managed_file;
	int r = load_file(load, path, POLICY_FILE_MANAGED, LAYER_MANAGED);

	return r == -ENOENT ? 0 : r;
}

static int load_added(struct load *load)
{
	const char *text = load->options->added;

	if (!text)
		return 0;
	return load_part(load, text, strlen(text), CONFIG_ADDED, LAYER_ADDED);
}

static int load_named(struct load *load)
{
	const char *named = load->options->policy_file;
	_cleanup_free_ char *path = NULL;
	char shown[SHOWN_MAX];
	int r;

	if (!named)
		return 0;
	path = workspace_absolute(named);
	if (!path)
		return -ENOMEM;
	r = load_file(load, path, POLICY_FILE_PERSON, LAYER_COMMAND_LINE);
	if (r == -ENOENT && !load->reterr->text[0])
		return failure_set(load->reterr, r, "--policy %s: no such file",
				   facts_show(named, shown));
	return r;
}

static int load_offline(struct load *load)
{
	if (!load->options->offline)
		return 0;
	return load_part(load, offline_text, strlen(offline_text), "--offline", LAYER_COMMAND_LINE);
}

static int load_no_redact(struct load *load)
{
	static const char text[] = "{\"version\": 1, \"audit\": {\"redact\": false}}";

	return load->options->no_redact
		       ? load_part(load, text, strlen(text), "--no-redact", LAYER_COMMAND_LINE)
		       : 0;
}

static int load_network_options(struct load *load)
{
	_cleanup_(buffer_done) struct buffer text = {};
	int r = network_options_text(load->options, &text, load->reterr);

	return r < 0 || text.len == 0
		       ? r
		       : load_part(load, text.data, text.len, "command line", LAYER_COMMAND_LINE);
}

static int load_read_dirs(struct load *load, char *const *dirs)
{
	_cleanup_(policy_part_freep) struct policy_part *part = NULL;
	int r = 0;

	if (!dirs || !dirs[0])
		return 0;
	part = policy_part_new_command_line();
	if (!part)
		return -ENOMEM;
	for (size_t i = 0; dirs[i] && r == 0; i++)
		r = policy_part_add_path_rule(part, VERDICT_ALLOW, VERB_READ, dirs[i], "--read");
	if (r == 0)
		load->parts[load->n_parts++] = steal_pointer(part);
	return r < 0 ? r : sources_add_read(&load->config->sources, dirs);
}

/* A project's file is whoever's who wrote the project: read only where a person trusted its
 * bytes. What is wrong with it must not keep anybody from starting: it is left out, and said. */
static int load_project(struct load *load)
{
	struct config *config = load->config;
	_cleanup_free_ char *path = NULL, *store = NULL, *text = NULL;
	char shown[SHOWN_MAX], shown_dir[SHOWN_MAX], hash[HASH_HEX_SIZE];
	struct failure failure = {};
	enum trust trust;
	size_t len = 0;
	int r;

	store = facts_trust_file(config->home);
	if (!store || asprintf(&path, "%s/%s", config->workspace, PROJECT_FILE_NAME) < 0)
		return -ENOMEM;
	r = add_file(load, path, true);
	if (r == 0)
		r = add_file(load, store, false);
	if (r < 0)
		return r;
	r = policy_file_read(path, POLICY_FILE_PROJECT, &text, &len, &failure);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = policy_hash(text, len, hash);
	if (r == 0)
		r = trust_look_up(store, path, hash, &trust, &failure);
	if (r < 0)
		return config_note(config, "ignoring the project's policy: %s", failure.text);
	if (trust == TRUST_GIVEN)
		return load_part(load, text, len, path, LAYER_PROJECT);
	return config_note(config, "ignoring %s: %s; look at it and decide: callgate trust %s",
			   facts_show(path, shown),
			   trust == TRUST_CHANGED ? "it changed since you trusted it"
						  : "you do not trust it yet",
			   facts_show(config->workspace, shown_dir));
}

static int load_user(struct load *load)
{
	_cleanup_free_ char *path = facts_user_file(load->config->home);
	int r;

	if (!path)
		return -ENOMEM;
	r = load_file(load, path, POLICY_FILE_PERSON, LAYER_USER);
	return r == -ENOENT ? 0 : r;
}

/* ---- the profile ---- */

static int unknown_profile(const char *name, const char *file, struct failure *reterr)
{
	struct buffer known = {};
	char shown[SHOWN_MAX];
	int r;

	for (const struct profile *p = profiles; p->name; p++)
		buffer_printf(&known, "%s%s", known.len ? ", " : "", p->name);
	failure_hint(reterr, "there are: %s", known.data ? known.data : "");
	buffer_done(&known);
	if (file)
		r = failure_set(reterr, -EINVAL,
				"%s: extends \"%s\", and no built-in profile is "
				"called so",
				file, facts_show(name, shown));
	else
		r = failure_set(reterr, -EINVAL, "--profile %s: no built-in profile is called so",
				facts_show(name, shown));
	return r;
}

/* The managed policy's choice stands; then --profile, then the other layers in their order. */
static int choose_profile(struct load *load, const struct profile **ret_profile)
{
	const char *asked = load->options->profile;
	const char *name = load->extends, *file = load->extends_file;
	char shown[SHOWN_MAX];

	if (asked && load->extends_managed && strcmp(asked, load->extends) != 0)
		return failure_set(load->reterr, -EPERM,
				   "--profile %s: the managed policy says \"extends\": \"%s\"",
				   facts_show(asked, shown), load->extends);
	if (asked) {
		name = asked;
		file = NULL;
	}
	if (!name)
		name = PROFILE_DEFAULT;
	*ret_profile = profile_find(name);
	return *ret_profile ? 0 : unknown_profile(name, file, load->reterr);
}

/* Behind the profile's own rules, so that what those deny stays denied. */
static int load_agent(struct load *load, const struct profile *profile)
{
	_cleanup_(buffer_done) struct buffer text = {};
	int r = agents_append_rules(profile, load->options->command, &text);

	if (r < 0 || text.len == 0)
		return r;
	return load_part(load, text.data, text.len, "the agent's hosts", LAYER_BUILTIN);
}

static int load_profile(struct load *load)
{
	const struct profile *profile = NULL;
	_cleanup_free_ char *text = NULL, *file = NULL;
	size_t len = 0;
	int r = choose_profile(load, &profile);

	if (r < 0)
		return r;
	load->config->profile = profile->name;
	r = agents_make_state(profile, load->options->command, load->config->home, load->reterr);
	if (r == 0)
		r = agents_find_state(profile, load->config->home, &load->config->state);
	if (r == 0)
		r = profile_render(profile, (const char *const *)load->config->path_dirs, &text,
				   &len);
	if (r < 0)
		return r;
	if (asprintf(&file, "profile %s", profile->name) < 0)
		return -ENOMEM;
	r = load_part(load, text, len, file, LAYER_BUILTIN);
	return r < 0 ? r : load_agent(load, profile);
}

/* ---- joining ---- */

static int context_canonical(void *userdata, const char *path, char *ret)
{
	struct config *config = userdata;

	return sources_canonical(&config->sources, path, ret);
}

static int context_program(void *userdata, const char *name, char *ret_path, uint64_t *ret_dev,
			   uint64_t *ret_ino)
{
	struct config *config = userdata;

	return sources_program(&config->sources, name, ret_path, ret_dev, ret_ino);
}

static int join(struct load *load)
{
	struct config *config = load->config;
	const struct policy_context context = {
		.home = config->home,
		.workspaces = (const char *const *)config->workspaces,
		.tmp = (const char *const *)config->tmp,
		.state = (const char *const *)config->state,
		.canonical = context_canonical,
		.program = context_program,
		.userdata = config,
	};
	struct policy_error error = {};
	struct buffer text = {};
	int r = policy_new(load->parts, load->n_parts, &context, &config->policy, &error);

	load->n_parts = 0; /* taken */
	if (r == -EINVAL)
		return added_failure(&error, load->reterr);
	if (r < 0)
		return r;
	policy_append_text(config->policy, &text);
	r = text.error ? text.error
		       : policy_hash(text.data ? text.data : "", text.len, config->hash);
	buffer_done(&text);
	return r;
}

/* In the order of search: the first "extends" names the profile. */
static int load_layers(struct load *load, char *const *read_dirs)
{
	const struct config_only *only = load->options->only;
	int r;

	if (only)
		return load_part(load, only->text, only->len, only->file, only->layer);
	r = load_managed(load);
	if (r == 0)
		r = load_added(load);
	if (r == 0)
		r = load_named(load);
	if (r == 0)
		r = load_offline(load);
	if (r == 0)
		r = load_no_redact(load);
	if (r == 0)
		r = load_network_options(load);
	if (r == 0)
		r = load_read_dirs(load, read_dirs);
	if (r == 0)
		r = load_project(load);
	if (r == 0)
		r = load_user(load);
	return r;
}

static int load_all(struct load *load)
{
	const struct config_options *options = load->options;
	struct config *config = load->config;
	_cleanup_(string_list_freep) char **read_dirs = NULL;
	struct workspace_choice choice = {
		.workspace = options->workspace,
		.add_dirs = options->add_dirs,
		.home = NULL,
		.lenient = options->any_workspace,
	};
	int r;

	r = facts_home(&config->home, load->reterr);
	if (r < 0)
		return r;
	choice.home = config->home;
	r = workspace_choose(&choice, &config->workspaces, &config->notices, load->reterr);
	if (r == 0)
		r = workspace_directories("--read", options->read_dirs, &read_dirs, load->reterr);
	if (r == 0)
		r = workspace_tmp(&config->tmp);
	if (r == 0)
		r = facts_path_directories(getenv("PATH"), config->home, &config->path_dirs);
	if (r < 0)
		return r;
	config->sources.search = config->path_dirs;
	config->workspace = strdup(config->workspaces[0]);
	if (!config->workspace)
		return -ENOMEM;

	r = load_layers(load, read_dirs);
	if (r == 0)
		r = load_profile(load);
	if (r == 0)
		r = join(load);
	for (size_t i = 1; r == 0 && config->workspaces[i]; i++)
		r = config_check_named(config, "--add-dir", VERB_WRITE, config->workspaces[i],
				       load->reterr);
	for (size_t i = 0; r == 0 && read_dirs && read_dirs[i]; i++)
		r = config_check_named(config, "--read", VERB_READ, read_dirs[i], load->reterr);
	return r;
}

int config_load(const struct config_options *options, struct config **ret_config,
		struct failure *reterr)
{
	_cleanup_(config_freep) struct config *config = calloc(1, sizeof(*config));
	struct failure unheard = {};
	struct load load = {
		.options = options, .config = config, .reterr = reterr ? reterr : &unheard};
	int r;

	if (!config)
		return failure_set(reterr, -ENOMEM, "out of memory");
	config->offline = options->offline;
	config->unattended = options->unattended;
	r = load_all(&load);
	for (size_t i = 0; i < load.n_parts; i++)
		policy_part_free(load.parts[i]);
	if (r < 0)
		return failure_set(reterr, r, "cannot load the policy: %s", strerror(-r));
	*ret_config = steal_pointer(config);
	return 0;
}
