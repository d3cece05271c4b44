/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/string-list.h"
#include "enforcer/config/trust.h"
#include "enforcer/policy/policy.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

/* A machine with no policy but what the test wrote; each test cleans up its own. */
static struct config_options options_here(void)
{
	static char work[4096 + 64], managed[4096 + 64];

	snprintf(work, sizeof(work), "%s", scratch_path("work"));
	snprintf(managed, sizeof(managed), "%s", scratch_path("managed.json"));
	return (struct config_options){.workspace = work, .managed_file = managed};
}

static struct config *load(const struct config_options *options)
{
	struct config *config = NULL;
	struct failure failure = {};
	int r = config_load(options, &config, &failure);

	CHECK_INT(r, 0);
	if (r < 0)
		fprintf(stderr, "%s\n", failure.text);
	return config;
}

static void check_fails(const struct config_options *options, int error, const char *words)
{
	struct config *config = NULL;
	struct failure failure = {};

	CHECK_INT(config_load(options, &config, &failure), error);
	if (!strstr(failure.text, words))
		fprintf(stderr, "said: %s\n", failure.text);
	CHECK(strstr(failure.text, words));
	config_free(config);
}

static void judge(const struct config *config, enum verb verb, const char *path,
		  struct decision *ret_decision)
{
	struct request request = {.n_objects = 1};

	request.objects[0] = (struct object){
		.kind = OBJECT_PATH, .verbs = verb, .path = (char *)path, .exists = true};
	policy_judge(config->policy, &request, ret_decision);
}

static void check_verdict(const struct config *config, enum verb verb, const char *path,
			  enum verdict verdict)
{
	struct decision decision = {};

	if (!config)
		return;
	judge(config, verb, path, &decision);
	if (decision.verdict != verdict)
		fprintf(stderr, "%s %s: %s, by %s\n", verb_name(verb), path,
			verdict_name(decision.verdict), decision.rule ? decision.rule->id : "none");
	CHECK_INT(decision.verdict, verdict);
}

/* The sentences of the idea, about the built-in profile. */
static void test_agent_profile_as_the_architecture_says(void)
{
	static const struct {
		enum verb verb;
		const char *path; /* ~ is the home, = the workspace */
		enum verdict verdict;
	} cases[] = {
		{VERB_READ, "=/x", VERDICT_ALLOW},
		{VERB_WRITE, "=/x", VERDICT_ALLOW},
		{VERB_EXEC, "=/x", VERDICT_ALLOW},
		{VERB_READ, "/usr/lib/x", VERDICT_ALLOW},
		{VERB_EXEC, "/usr/bin/x", VERDICT_ALLOW},
		{VERB_WRITE, "/usr/bin/x", VERDICT_ASK},
		{VERB_READ, "/etc/hosts", VERDICT_ALLOW},
		{VERB_READ, "/etc/shadow", VERDICT_DENY},
		{VERB_READ, "/etc/ssh/ssh_host_rsa_key", VERDICT_DENY},
		{VERB_READ, "/etc/ssl/private/x", VERDICT_DENY},
		{VERB_READ, "/var/log/app/error.log", VERDICT_ASK},
		{VERB_EXEC, "/var/log/app/tool", VERDICT_DENY},
		{VERB_READ, "~/.ssh/id_rsa", VERDICT_DENY},
		{VERB_WRITE, "~/.ssh/authorized_keys", VERDICT_DENY},
		{VERB_READ, "~/.aws/credentials", VERDICT_DENY},
		{VERB_READ, "~/.npmrc", VERDICT_DENY},
		{VERB_WRITE, "~/.npmrc", VERDICT_DENY},
		{VERB_WRITE, "~/.bashrc", VERDICT_DENY},
		{VERB_WRITE, "~/.config/autostart/x.desktop", VERDICT_DENY},
		{VERB_READ, "~/.gitconfig", VERDICT_ALLOW},
		{VERB_WRITE, "~/.gitconfig", VERDICT_DENY},
		{VERB_WRITE, "~/.claude/history.jsonl", VERDICT_ALLOW},
		{VERB_WRITE, "~/.claude/settings.json", VERDICT_DENY},
		{VERB_WRITE, "=/.git/hooks/pre-commit", VERDICT_DENY},
		{VERB_WRITE, "=/.git/config", VERDICT_DENY},
		{VERB_WRITE, "=/.git", VERDICT_DENY},
		{VERB_WRITE, "=/.git/index", VERDICT_ALLOW},
		{VERB_WRITE, "=/.git/worktrees/w/HEAD", VERDICT_ALLOW},
		{VERB_WRITE, "=/sub/.git/modules/a/b/hooks/x", VERDICT_DENY},
		{VERB_WRITE, "=/sub/.vscode/tasks.json", VERDICT_DENY},
		{VERB_WRITE, "=/.mcp.json", VERDICT_DENY},
		{VERB_READ, "=/.mcp.json", VERDICT_ALLOW},
		{VERB_WRITE, "=/.npmrc", VERDICT_ASK},
		{VERB_WRITE, "=/.callgate.json", VERDICT_DENY},
		{VERB_WRITE, "=/.bashrc", VERDICT_ALLOW}, /* not the home's */
		{VERB_WRITE, "/tmp/x", VERDICT_ALLOW},
		{VERB_EXEC, "/tmp/x", VERDICT_ALLOW},
		{VERB_READ, "/proc/self/status", VERDICT_ALLOW},
		{VERB_WRITE, "/proc/7/comm", VERDICT_ALLOW},
		{VERB_WRITE, "/proc/sys/kernel/core_pattern", VERDICT_DENY},
		{VERB_READ, "/", VERDICT_ALLOW},
		{VERB_READ, "/srv", VERDICT_ASK},
		{VERB_WRITE, "/dev/null", VERDICT_ALLOW},
	};
	struct config_options options = options_here();
	struct config *config;

	scratch_directory("home/.claude");
	config = load(&options);
	for (size_t i = 0; config && i < ARRAY_LEN(cases); i++) {
		const char *path = cases[i].path;
		char joined[4096 + 512];

		snprintf(joined, sizeof(joined), "%s%s",
			 path[0] == '~'   ? config->home
			 : path[0] == '=' ? config->workspace
					  : "",
			 path + (path[0] != '/'));
		check_verdict(config, cases[i].verb, joined, cases[i].verdict);
	}
	config_free(config);
	rmdir(scratch_path("home/.claude"));
}

/* Of a home that does not lie in /tmp, as the test's own does. */
static void test_the_rest_of_a_home_is_asked_for(void)
{
	struct config_options options = options_here();
	struct config *config;

	setenv("HOME", "/nothing-here/home", 1);
	config = load(&options);
	check_verdict(config, VERB_READ, "/nothing-here/home/notes.txt", VERDICT_ASK);
	check_verdict(config, VERB_READ, "/nothing-here/home/.ssh/id_rsa", VERDICT_DENY);
	check_verdict(config, VERB_WRITE, "/nothing-here/home/.codex/log",
		      VERDICT_ASK); /* no state */
	config_free(config);
	setenv("HOME", scratch_path("home"), 1);
}

static void test_a_readable_system_is_exact_but_for_its_secrets(void)
{
	struct config_options options = options_here();
	struct config *config = load(&options);
	struct tree_verdict tree;

	policy_judge_tree(config->policy, VERB_READ, "/usr", &tree);
	CHECK(tree.exact);
	policy_judge_tree(config->policy, VERB_READ, config->workspace, &tree);
	CHECK(tree.exact);
	policy_judge_tree(config->policy, VERB_READ, "/etc", &tree);
	CHECK(!tree.exact);
	config_free(config);
}

static void test_named_policy_stands_before_the_users(void)
{
	struct config_options options = options_here();
	struct config *config;

	options.policy_file = scratch_path("named.json");
	scratch_file("named.json",
		     "{\"version\": 1, \"rules\": [{\"deny\": \"read\", \"path\": \"/srv/a\"}]}",
		     0600);
	scratch_directory("home/.config");
	scratch_directory("home/.config/callgate");
	scratch_file("home/.config/callgate/policy.json",
		     "{\"version\": 1, \"rules\": [{\"allow\": \"read\", \"path\": \"/srv\"}]}",
		     0600);
	config = load(&options);
	check_verdict(config, VERB_READ, "/srv/a/x", VERDICT_DENY);
	check_verdict(config, VERB_READ, "/srv/b", VERDICT_ALLOW);
	CHECK(string_list_contain(config->policy_files, scratch_path("named.json")));
	CHECK(string_list_contain(config->policy_files,
				  scratch_path("home/.config/callgate/policy.json")));
	CHECK(string_list_contain(config->policy_files, scratch_path("work/.callgate.json")));
	CHECK(string_list_contain(config->policy_files, scratch_path("managed.json")));
	config_free(config);
	unlink(scratch_path("home/.config/callgate/policy.json"));
	options.policy_file = scratch_path("none.json");
	check_fails(&options, -ENOENT, "none.json: no such file");
}

static void test_managed_policy_stands_above_all(void)
{
	struct config_options options = options_here();
	const char *const read_dirs[] = {scratch_path("other"), NULL};
	struct config *config;
	char text[4096 + 256];

	snprintf(text, sizeof(text),
		 "{\"version\": 1, \"extends\": \"offline\", \"rules\": [{\"deny\": \"read\", "
		 "\"path\": "
		 "\"%s\"}]}",
		 scratch_path("other"));
	scratch_file("managed.json", text, 0644);
	config = load(&options);
	if (config)
		CHECK_STRING(config->profile, "offline");
	config_free(config);
	options.profile = "observe";
	check_fails(&options, -EPERM, "the managed policy says \"extends\": \"offline\"");
	options.profile = NULL;
	options.read_dirs = read_dirs;
	check_fails(&options, -EPERM, "denied by rule managed:1");
	CHECK_INT(chmod(scratch_path("managed.json"), 0666), 0);
	check_fails(&options, -EPERM, "others may write to it");
	unlink(scratch_path("managed.json"));
}

static void test_added_directories_are_as_the_workspace_and_read_ones_are_not(void)
{
	struct config_options options = options_here();
	const char *const added[] = {scratch_path("other"), NULL};
	const char *const read[] = {scratch_path("logs"), NULL};
	struct config *config;

	options.add_dirs = added;
	options.read_dirs = read;
	config = load(&options);
	check_verdict(config, VERB_WRITE, scratch_path("other/x"), VERDICT_ALLOW);
	check_verdict(config, VERB_EXEC, scratch_path("other/x"), VERDICT_ALLOW);
	check_verdict(config, VERB_WRITE, scratch_path("other/.git/config"), VERDICT_DENY);
	check_verdict(config, VERB_READ, scratch_path("logs/x"), VERDICT_ALLOW);
	config_free(config);
}

static void test_project_policy_is_read_only_where_its_content_is_trusted(void)
{
	struct config_options options = options_here();
	static const char text[] =
		"{\"version\": 1, \"rules\": [{\"allow\": \"read\", \"path\": \"/srv\"}]}";
	char hash[HASH_HEX_SIZE];
	struct config *config;
	char *store;

	scratch_file("work/.callgate.json", text, 0644);
	config = load(&options);
	check_verdict(config, VERB_READ, "/srv", VERDICT_ASK);
	CHECK(config && config->notices && strstr(config->notices[0], "you do not trust it yet"));
	store = facts_trust_file(config->home);
	config_free(config);

	CHECK_INT(policy_hash(text, strlen(text), hash), 0);
	CHECK_INT(trust_give(store, scratch_path("work/.callgate.json"), hash, NULL), 0);
	free(store);
	config = load(&options);
	check_verdict(config, VERB_READ, "/srv", VERDICT_ALLOW);
	CHECK(config && !config->notices);
	config_free(config);

	scratch_file("work/.callgate.json", "{\"version\": 1, \"rules\": [{\"allow\": \"exec\"}]}",
		     0644);
	config = load(&options);
	check_verdict(config, VERB_EXEC, "/srv", VERDICT_DENY);
	CHECK(config && config->notices && strstr(config->notices[0], "it changed since"));
	config_free(config);

	/* A FIFO in its place neither stalls nor keeps from starting. */
	unlink(scratch_path("work/.callgate.json"));
	CHECK_INT(mkfifo(scratch_path("work/.callgate.json"), 0600), 0);
	config = load(&options);
	CHECK(config && config->notices && strstr(config->notices[0], "is not a regular file"));
	config_free(config);
	unlink(scratch_path("work/.callgate.json"));
}

static void test_errors_name_file_line_column_and_rule(void)
{
	struct config_options options = options_here();

	options.policy_file = scratch_path("wrong.json");
	scratch_file("wrong.json",
		     "{\"version\": 1,\n \"rules\": [\n  {\"allow\": \"raed\", \"path\": \"/\"}]}",
		     0600);
	check_fails(&options, -EINVAL, "wrong.json:3:");
	check_fails(&options, -EINVAL, "rule 1");
	check_fails(&options, -EINVAL, "read");
	scratch_file("wrong.json", "{\"version\": 1, \"extends\": \"agnt\"}", 0600);
	check_fails(&options, -EINVAL, "extends \"agnt\", and no built-in profile is called so");
	options.policy_file = NULL;
	options.profile = "nope";
	check_fails(&options, -EINVAL, "--profile nope");
}

static void test_offline_closes_what_other_layers_open(void)
{
	struct config_options options = options_here();
	struct request request = {.n_objects = 1};
	struct decision decision = {};
	struct config *config;

	request.objects[0] = (struct object){.kind = OBJECT_INET,
					     .verbs = VERB_CONNECT,
					     .endpoint = {.family = AF_INET,
							  .protocol = IPPROTO_TCP,
							  .port = 80,
							  .address = {10, 0, 0, 1}}};
	options.profile = "observe";
	config = load(&options);
	policy_judge(config->policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_ALLOW);
	config_free(config);
	options.offline = true;
	config = load(&options);
	CHECK(config->offline);
	policy_judge(config->policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_DENY);
	request.objects[0].endpoint.address[0] = 127;
	request.objects[0].endpoint.loopback = true;
	policy_judge(config->policy, &request, &decision);
	CHECK_INT(decision.verdict, VERDICT_ALLOW);
	config_free(config);
}

static void test_the_hash_tells_policies_apart(void)
{
	struct config_options options = options_here();
	struct config *one = load(&options), *two;

	options.profile = "offline";
	two = load(&options);
	CHECK_INT(strlen(one->hash), 64);
	CHECK(strcmp(one->hash, two->hash) != 0);
	config_free(one);
	config_free(two);
}

int main(void)
{
	scratch_make();
	scratch_directory("home");
	scratch_directory("work");
	scratch_directory("other");
	scratch_directory("logs");
	setenv("HOME", scratch_path("home"), 1);
	setenv("PATH", "/usr/bin:/bin", 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	RUN(test_agent_profile_as_the_architecture_says);
	RUN(test_the_rest_of_a_home_is_asked_for);
	RUN(test_a_readable_system_is_exact_but_for_its_secrets);
	RUN(test_named_policy_stands_before_the_users);
	RUN(test_managed_policy_stands_above_all);
	RUN(test_added_directories_are_as_the_workspace_and_read_ones_are_not);
	RUN(test_project_policy_is_read_only_where_its_content_is_trusted);
	RUN(test_errors_name_file_line_column_and_rule);
	RUN(test_offline_closes_what_other_layers_open);
	RUN(test_the_hash_tells_policies_apart);
	return check_summary();
}
