/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <jansson.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/error.h"
#include "enforcer/config/agents.h"
#include "enforcer/config/profile.h"
#include "enforcer/config/string-list.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static const struct profile profile = {
	"p", "{\"version\": 1, \"state\": [\"~/.one\", \"~/.one.json\", \"~/.two\"],"
	     " \"agents\": {"
	     "\"one\": {\"state\": [\"~/.one/deep/\", \"~/.one.json\"],"
	     " \"hosts\": [\"a.example\", \"b.example\"]},"
	     "\"two\": {},"
	     "\"bad\": {\"state\": [\"/etc/x\"]}}}"};

static int make(const char *command, const char *home)
{
	return agents_make_state(&profile, command, scratch_path(home), NULL);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return lstat(scratch_path(path), &st) < 0 ? 0 : st.st_mode;
}

static void test_missing_state_is_made_for_the_user_alone(void)
{
	scratch_directory("first");
	CHECK_INT(make("/usr/local/bin/one", "first"), 0);
	CHECK_INT(mode_of("first/.one"), S_IFDIR | 0700);
	CHECK_INT(mode_of("first/.one/deep"), S_IFDIR | 0700);
	CHECK_INT(mode_of("first/.one.json"), S_IFREG | 0600);
	CHECK_INT(mode_of("first/.two"), 0);
}

static void test_what_exists_stays_as_it_is(void)
{
	char text[32] = {};
	FILE *file;

	scratch_directory("kept");
	scratch_file("kept/.one.json", "mine", 0644);
	CHECK_INT(symlink("elsewhere", scratch_path("kept/.one")), 0);
	scratch_directory("kept/elsewhere");
	CHECK_INT(make("one", "kept"), 0);
	CHECK_INT(mode_of("kept/.one"), S_IFLNK | 0777);
	CHECK_INT(mode_of("kept/elsewhere/deep"), S_IFDIR | 0700);
	CHECK_INT(mode_of("kept/.one.json"), S_IFREG | 0644);
	file = fopen(scratch_path("kept/.one.json"), "r");
	CHECK(file && fgets(text, sizeof(text), file));
	CHECK_STRING(text, "mine");
	fclose(file);
}

static void test_nothing_is_made_for_another_program(void)
{
	const char *const others[] = {"two", "three", "one/", "/one/bin/bash", "", NULL};

	scratch_directory("other");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CHECK_INT(make(others[i], "other"), 0);
	CHECK_INT(rmdir(scratch_path("other")), 0);
	CHECK_INT(make("bad", "other"), -EINVAL);
}

static void test_a_state_that_cannot_be_made_is_told(void)
{
	struct failure failure = {};

	scratch_directory("blocked");
	scratch_file("blocked/.one", "a file", 0600);
	CHECK_INT(agents_make_state(&profile, "one", scratch_path("blocked"), &failure), -ENOTDIR);
	CHECK(strstr(failure.text, "/blocked/.one/deep/: Not a directory"));
}

static void test_the_state_that_is_there_is_found(void)
{
	char **state = NULL;

	scratch_directory("found");
	scratch_directory("found/.two");
	CHECK_INT(agents_find_state(&profile, scratch_path("found"), &state), 0);
	CHECK_STRING(state[0], scratch_path("found/.two"));
	CHECK(!state[1]);
	string_list_free(state);
}

static void test_hosts_are_allowed_for_their_agent_alone(void)
{
	struct buffer text = {};
	json_t *root, *rule;

	CHECK_INT(agents_append_rules(&profile, "bash", &text), 0);
	CHECK_INT(agents_append_rules(&profile, "two", &text), 0);
	CHECK_INT(agents_append_rules(&profile, NULL, &text), 0);
	CHECK_INT(text.len, 0);
	CHECK_INT(agents_append_rules(&profile, "bin/one", &text), 0);
	root = json_loadb(text.data, text.len, 0, NULL);
	rule = json_array_get(json_object_get(root, "rules"), 0);
	CHECK_STRING(json_string_value(json_object_get(rule, "allow")), "connect");
	CHECK_INT(json_array_size(json_object_get(rule, "host")), 2);
	CHECK_INT(json_integer_value(json_object_get(rule, "port")), 443);
	json_decref(root);
	buffer_done(&text);
}

int main(void)
{
	scratch_make();
	RUN(test_missing_state_is_made_for_the_user_alone);
	RUN(test_what_exists_stays_as_it_is);
	RUN(test_nothing_is_made_for_another_program);
	RUN(test_a_state_that_cannot_be_made_is_told);
	RUN(test_the_state_that_is_there_is_found);
	RUN(test_hosts_are_allowed_for_their_agent_alone);
	return check_summary();
}
