/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include "enforcer/config/profile.h"
#include "enforcer/config/string-list.h"
#include "tests/support/check.h"

static void test_every_profile_is_json_before_and_after(void)
{
	const char *const dirs[] = {"/opt/a\"b", "/usr/bin", "/not\xffutf8", NULL};

	for (const struct profile *p = profiles; p->name; p++) {
		json_t *root = json_loads(p->text, JSON_REJECT_DUPLICATES, NULL);
		char *text = NULL;
		size_t len = 0;

		CHECK(root);
		json_decref(root);
		for (int with = 0; with < 2; with++) {
			CHECK_INT(profile_render(p, with ? dirs : NULL, &text, &len), 0);
			root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
			CHECK(root);
			json_decref(root);
			CHECK(!strstr(text, "${path}"));
			free(text);
		}
	}
}

static void test_directories_take_the_place_of_the_variable(void)
{
	const struct profile profile = {"p", "a \"${path}\" b\n\"${path}\""};
	const char *const dirs[] = {"/x", "/bad\xff", "/y", NULL};
	const char *const bad[] = {"/bad\xff", NULL};
	char *text = NULL;
	size_t len = 0;

	CHECK_INT(profile_render(&profile, dirs, &text, &len), 0);
	CHECK_STRING(text, "a [\"/x\", \"/y\"] b\n[\"/x\", \"/y\"]");
	CHECK_INT(len, strlen(text));
	free(text);
	CHECK_INT(profile_render(&profile, bad, &text, &len), 0);
	CHECK_STRING(text, "a [\"/usr/bin\"] b\n[\"/usr/bin\"]");
	free(text);
}

static void test_profiles_are_found_by_name(void)
{
	CHECK(profile_find(PROFILE_DEFAULT));
	CHECK(profile_find("offline"));
	CHECK(profile_find("observe"));
	CHECK(!profile_find("agen"));
	CHECK(!profile_find(""));
}

/* What makes plain opens cheap: invariant 1 of the architecture. */
static void test_no_glob_among_the_read_rules_of_agent(void)
{
	json_t *root = json_loads(profile_find("agent")->text, 0, NULL), *rule;
	const char *const lists[] = {"rules", "guards"};
	size_t i;

	for (size_t l = 0; l < 2; l++)
		json_array_foreach(json_object_get(root, lists[l]), i, rule)
		{
			char *text = json_dumps(rule, 0);

			if (strstr(text, "\"read\"") && json_object_get(rule, "path"))
				CHECK(!strpbrk(text, "*?"));
			free(text);
		}
	json_decref(root);
}

static void test_the_state_is_listed(void)
{
	char **state = NULL;

	CHECK_INT(profile_state(profile_find("agent"), &state), 0);
	CHECK(string_list_contain(state, "~/.claude"));
	string_list_free(state);
	state = NULL;
	CHECK_INT(profile_state(profile_find("offline"), &state), 0);
	CHECK(string_list_contain(state, "~/.claude"));
	string_list_free(state);
	CHECK_INT(profile_state(profile_find("observe"), &state), 0);
	CHECK(!state[0]);
	string_list_free(state);
}

int main(void)
{
	RUN(test_every_profile_is_json_before_and_after);
	RUN(test_directories_take_the_place_of_the_variable);
	RUN(test_profiles_are_found_by_name);
	RUN(test_no_glob_among_the_read_rules_of_agent);
	RUN(test_the_state_is_listed);
	return check_summary();
}
