/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `callgate trust`: a person looks at a project's policy file and says yes or no. What was shown is
 * what is trusted: the bytes are read once. All of it comes from whoever wrote the project.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/trust.h"
#include "enforcer/config/workspace.h"
#include "enforcer/policy/policy.h"

struct project {
	bool show, revoke, yes;
	char *path, *store, *text; /* owned */
	size_t len;
	char hash[HASH_HEX_SIZE];
	char shown[SHOWN_MAX]; /* the path, to be printed */
	enum trust trust;
};

static void project_done(struct project *project)
{
	free(project->path);
	free(project->store);
	free(project->text);
}

static int parse(int argc, char **argv, struct project *project, const char **ret_dir,
		 struct failure *reterr)
{
	const struct option_spec specs[] = {
		{"--show", OPTION_FLAG, &project->show},
		{"--revoke", OPTION_FLAG, &project->revoke},
		{"--yes", OPTION_FLAG, &project->yes},
	};
	int rest = 0, r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, reterr);

	if (r != 0)
		return r;
	if (argc - rest > 1)
		return failure_set(reterr, -EINVAL, "one directory at a time");
	if (project->show && project->revoke)
		return failure_set(reterr, -EINVAL,
				   "--show changes nothing, --revoke does: one of them");
	*ret_dir = rest < argc ? argv[rest] : ".";
	return 0;
}

static int find(struct project *project, const char *dir, struct failure *reterr)
{
	_cleanup_free_ char *home = NULL, *absolute = workspace_absolute(dir);
	char canonical[PATH_MAX], shown[SHOWN_MAX];
	int r;

	if (!absolute)
		return -ENOMEM;
	if (!realpath(absolute, canonical))
		return failure_set(reterr, -errno, "%s: %s", facts_show(dir, shown),
				   strerror(errno));
	r = facts_home(&home, reterr);
	if (r < 0)
		return r;
	project->store = facts_trust_file(home);
	if (!project->store ||
	    asprintf(&project->path, "%s/%s", strcmp(canonical, "/") ? canonical : "",
		     PROJECT_FILE_NAME) < 0)
		return -ENOMEM;
	facts_show(project->path, project->shown);
	return 0;
}

static int read_project(struct project *project, struct failure *reterr)
{
	int r = policy_file_read(project->path, POLICY_FILE_PROJECT, &project->text, &project->len,
				 reterr);

	if (r == -ENOENT) {
		failure_hint(reterr,
			     "a project without one needs no trust: your own policy holds there");
		return failure_set(reterr, r, "%s: no such file", project->shown);
	}
	if (r == 0)
		r = policy_hash(project->text, project->len, project->hash);
	if (r == 0)
		r = trust_look_up(project->store, project->path, project->hash, &project->trust,
				  reterr);
	return r;
}

/* The file as it stands there, a number before each line, so that no line of it can pass for one of
 * ours. */
static void print_text(const struct project *project)
{
	const char *at = project->text, *end = project->text + project->len;

	for (int line = 1; at < end; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = newline ? (size_t)(newline - at) : (size_t)(end - at);
		struct buffer shown = {};

		for (; len > 0 && *at == '\t'; at++, len--)
			buffer_append_string(&shown, "    ");
		text_append_escaped(&shown, at, len, 0);
		printf("%5d | %s\n", line, shown.data ? shown.data : "");
		buffer_done(&shown);
		at += len + 1;
	}
}

/* The rules that open something, said once more in our words. */
static void print_openings(const struct policy *policy)
{
	bool any = false;

	for (size_t i = 0; i < policy_rule_count(policy); i++) {
		const struct rule_info *rule = policy_rule_info(policy, i);
		struct buffer text = {}, shown = {};

		if (rule->layer != LAYER_PROJECT || rule->effect == VERDICT_DENY)
			continue;
		if (!any)
			printf("\nIt opens, or has you asked for:\n");
		any = true;
		policy_rule_describe(policy, i, &text);
		text_append_escaped(&shown, text.data ? text.data : "", text.len, 0);
		printf("%5d | %s\n", rule->line, shown.data ? shown.data : "");
		buffer_done(&text);
		buffer_done(&shown);
	}
	if (!any)
		printf("\nIts rules open nothing.\n");
}

static int print_project(const struct project *project, struct failure *reterr)
{
	_cleanup_(config_freep) struct config *config = NULL;
	const struct config_only only = {project->path, project->text, project->len, LAYER_PROJECT};
	_cleanup_free_ char *dir =
		strndup(project->path, strlen(project->path) - strlen("/" PROJECT_FILE_NAME));
	const struct config_options options = {
		.only = &only, .any_workspace = true, .workspace = dir && dir[0] ? dir : "/"};
	int r;

	printf("%s, SHA-256 %.16s...\n\n", project->shown, project->hash);
	print_text(project);
	r = config_load(&options, &config, reterr);
	if (r < 0) {
		fflush(stdout);
		failure_hint(reterr,
			     "a file with an error is not read, trusted or not: mend it first");
		return r;
	}
	print_openings(config->policy);
	return 0;
}

static bool confirmed(const struct project *project)
{
	char answer[16] = "";

	if (project->yes)
		return true;
	printf("\n%sTrust it? [y/N] ",
	       project->trust == TRUST_CHANGED
		       ? "You trusted what it said before; it has changed.\n"
		       : "");
	fflush(stdout);
	if (!fgets(answer, sizeof(answer), stdin))
		printf("\n");
	return strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0;
}

static int withdraw(const struct project *project, struct failure *reterr)
{
	int r = trust_revoke(project->store, project->path, reterr);

	if (r == -ENOENT && !reterr->text[0]) {
		printf("%s was not trusted; nothing to do\n", project->shown);
		return 0;
	}
	if (r == 0)
		printf("%s is trusted no longer\n", project->shown);
	return r;
}

/* The exit status, or a negative errno with words. */
static int trust(struct project *project, struct failure *reterr)
{
	int r;

	if (project->revoke)
		return withdraw(project, reterr);
	r = read_project(project, reterr);
	if (r == 0)
		r = print_project(project, reterr);
	if (r < 0)
		return r;
	if (project->show || project->trust == TRUST_GIVEN) {
		printf("\n%s\n", project->trust == TRUST_GIVEN ? "It is trusted."
				 : project->trust == TRUST_CHANGED
					 ? "It changed since you trusted it."
					 : "It is not trusted.");
		return project->trust == TRUST_GIVEN ? 0 : 1;
	}
	if (!project->yes && !isatty(STDIN_FILENO)) {
		failure_hint(reterr, "to trust it without a question: callgate trust --yes");
		return failure_set(reterr, -ENOTTY, "nobody to ask: stdin is not a terminal");
	}
	if (!confirmed(project)) {
		printf("not trusted\n");
		return 1;
	}
	r = trust_give(project->store, project->path, project->hash, reterr);
	if (r == 0)
		printf("trusted, until it changes\n");
	return r;
}

int command_trust(int argc, char **argv)
{
	_cleanup_(project_done) struct project project = {};
	struct failure failure = {};
	const char *dir = NULL;
	int r = parse(argc, argv, &project, &dir, &failure);

	if (r > 0)
		return command_print_help("trust");
	if (r < 0)
		return command_usage_error("trust", &failure);
	r = find(&project, dir, &failure);
	if (r == 0)
		r = trust(&project, &failure);
	if (r >= 0)
		return r;
	failure_set(&failure, r, "%s", strerror(-r));
	fflush(stdout);
	failure_print(&failure);
	return 1;
}
