/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/policy/policy-part.h"
#include "tests/unit/policy/policy-fixture.h"

struct misplaced {
	const char *text;
	int line, column;
	const char *rule, *words;
};

static void check_misplaced(const struct misplaced *wrong, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct policy_part *part = NULL;
		struct policy_error error;

		CHECK_INT(policy_parse(wrong[i].text, strlen(wrong[i].text), "f.json", LAYER_USER,
				       &part, &error),
			  -EINVAL);
		if (error.line != wrong[i].line || error.column != wrong[i].column ||
		    !strstr(error.text, wrong[i].words)) {
			fprintf(stderr, "%s: %d:%d: %s\n", wrong[i].text, error.line, error.column,
				error.text);
			CHECK(false);
		}
		CHECK_STRING(error.file, "f.json");
		CHECK_STRING(error.rule, wrong[i].rule);
		policy_part_free(part);
	}
}

static void test_each_error_of_the_record_names_its_place(void)
{
	static const struct misplaced cases[] = {
		{"{\"version\": 1, \"audit\": {\"to\": \"jurnald\"}}", 1, 32, "",
		 "did you mean \"journald\""},
		{"{\"version\": 1, \"audit\": {\"to\": []}}", 1, 32, "", "empty"},
		{"{\"version\": 1, \"audit\": {\"part_size\": \"64MB\"}}", 1, 39, "", "MiB"},
		{"{\"version\": 1, \"audit\": {\"part_size\": \"255KiB\"}}", 1, 39, "",
		 "at least 256 KiB"},
		{"{\"version\": 1, \"audit\": {\"keep\": {\"runs\": 0}}}", 1, 43, "",
		 "at least one"},
		{"{\"version\": 1, \"audit\": {\"keep\": {\"age\": \"90\"}}}", 1, 42, "",
		 "\"90d\""},
		{"{\"version\": 1, \"audit\": {\"keep\": {\"age\": \"0d\"}}}", 1, 42, "",
		 "nothing"},
		{"{\"version\": 1, \"audit\": {\"keep\": {\"size\": \"1234567GiB\"}}}", 1, 43, "",
		 "a size"},
	};

	check_misplaced(cases, ARRAY_LEN(cases));
}

static void test_each_error_names_its_place(void)
{
	static const struct misplaced cases[] = {
		{"", 1, 1, "", "'[' or '{' expected"},
		{"{", 1, 1, "", "expected"},
		{"[]", 1, 1, "", "a policy is an object"},
		{"{\"version\": 1,\n \"version\": 1}", 2, 10, "", "duplicate"},
		{"{\"version\": 1,\n \"a\\u0000\": 1}", 2, 10, "", "NUL"},
		{"{}", 1, 1, "", "\"version\": 1 is missing"},
		{"{\"version\": 2}", 1, 13, "", "version 1 only"},
		{"{\"version\": \"1\"}", 1, 13, "", "a whole number"},
		{"{\"version\": 1.0}", 1, 13, "", "a whole number"},
		{"{\"version\": 1,\n  \"ruels\": []}", 2, 3, "", "did you mean \"rules\""},
		{"{\"version\": 1, \"zzzzzzz\": []}", 1, 16, "", "unknown key \"zzzzzzz\""},
		{"{\"version\": 1, \"\xc3\xbc\": 1, \"x\": 2}", 1, 16, "", "unknown key"},
		{"{\"description\": \"\xc3\xbc\xc3\xbc\", \"versoin\": 1}", 1, 23, "",
		 "\"version\""},
		{"{\"version\": 1, \"rules\": {}}", 1, 25, "", "a list"},
		{"{\"version\": 1, \"guards\": []}", 1, 26, "", "built-in"},
		{"{\"version\": 1, \"state\": []}", 1, 25, "", "built-in"},
		{"{\"version\": 1, \"extends\": \"\"}", 1, 27, "", "empty"},
		{"{\"version\": 1, \"view\": \"hiden\"}", 1, 24, "", "did you mean \"hidden\""},
		{"{\"version\": 1, \"otherwise\": {\"reed\": \"ask\"}}", 1, 30, "", "\"read\""},
		{"{\"version\": 1, \"otherwise\": {\"read\": \"allows\"}}", 1, 38, "", "\"allow\""},
		{"{\"version\": 1, \"approval\": {\"timeout\": \"60\"}}", 1, 40, "", "unit"},
		{"{\"version\": 1, \"approval\": {\"timeout\": \"0s\"}}", 1, 40, "", "between"},
		{"{\"version\": 1, \"approval\": {\"timeout\": \"25h\"}}", 1, 40, "", "between"},
		{"{\"version\": 1, \"approval\": {\"timeout\": \"s\"}}", 1, 40, "", "a number"},
		{"{\"version\": 1, \"approval\": {\"unattended\": \"ask\"}}", 1, 43, "",
		 "unknown effect"},
		{"{\"version\": 1, \"audit\": {\"detail\": \"al\"}}", 1, 36, "", "\"all\""},
		{"{\"version\": 1, \"audit\": {\"perform_all\": 1}}", 1, 41, "", "true or false"},
		{"{\"version\": 1, \"aio\": \"yes\"}", 1, 23, "", "true or false"},
		{"{\"version\": 1, \"publish\": [80, {\"port\": 1, \"on\": 80}]}", 1, 32, "",
		 "published on already"},
		{"{\"version\": 1, \"hooks\": [{\"on\": \"exec\"}]}", 1, 26, "", "\"command\""},
		{"{\"version\": 1, \"hooks\": [{\"on\": \"exec\", \"command\": [\"x\"]}]}", 1, 52,
		 "", "absolute"},
		{"{\"version\": 1, \"hooks\": [{\"on\": \"exec\", \"when\": \"aftr\"}]}", 1, 49, "",
		 "did you mean \"after\""},
		{"{\"version\": 1, \"hooks\": [{\"on\": \"read\", \"command\": [\"/x\"], \"host\": "
		 "\"a\"}]}",
		 1, 60, "", "does not go with"},
		{"{\"version\": 1, \"hooks\": [{\"on\": \"exec\", \"command\": [\"/x\"],"
		 " \"program\": \"git\", \"path\": \"/a\"}]}",
		 1, 60, "", "two hooks"},
		{"{\"version\": 1, \"hooks\": [{\"on\": \"exec\", \"command\": [\"/x\"],"
		 " \"when\": \"after\", \"on_failure\": \"ask\"}]}",
		 1, 77, "", "changes nothing"},
		{"{\"version\": 1, \"hooks\": [{\"on\": \"exec\", \"timeout\": 5}]}", 1, 52, "",
		 "a string"},
		{"{\"version\": 1, \"hooks\": [{\"on\": [], \"command\": [\"/x\"]}]}", 1, 33, "",
		 "empty"},
		{"{\"version\": 1, \"environment\": {\"set\": {\"A=B\": \"x\"}}}", 1, 40, "",
		 "no name"},
		{"{\"version\": 1, \"environment\": {\"set\": {\"A\": 1}}}", 1, 40, "", "a string"},
		{"{\"version\": 1, \"environment\": {\"pass\": [\"A=\"]}}", 1, 41, "", "\"=\""},
	};

	check_misplaced(cases, ARRAY_LEN(cases));
}

/* The rule stands on line 3, from column 3 on. */
static const struct {
	const char *rule;
	int column;
	const char *words;
} wrong_rules[] = {
	{"1", 3, "a rule is an object"},
	{"{}", 3, "no effect"},
	{"{\"path\": \"/x\"}", 3, "no effect"},
	{"{\"alow\": \"read\"}", 4, "did you mean \"allow\""},
	{"{\"allow\": \"raed\"}", 13, "did you mean \"read\""},
	{"{\"allow\": []}", 13, "empty"},
	{"{\"allow\": [\"read\", 1]}", 22, "a string"},
	{"{\"allow\": [\"read\", \"read\"]}", 22, "twice"},
	{"{\"allow\": \"read\", \"deny\": \"write\"}", 21, "one effect"},
	{"{\"allow\": \"read\", \"path\": []}", 29, "empty"},
	{"{\"allow\": \"read\", \"path\": [\"/a\", 7]}", 36, "a string"},
	{"{\"allow\": \"read\", \"path\": \"\"}", 29, "empty"},
	{"{\"allow\": \"read\", \"path\": \"../x\"}", 29, "\\\"..\\\""},
	{"{\"allow\": \"read\", \"path\": \"/a/../x\"}", 29, ".."},
	{"{\"allow\": \"read\", \"path\": \"~root/x\"}", 29, "own home"},
	{"{\"allow\": \"read\", \"path\": \"${workspce}/x\"}", 29, "did you mean ${workspace}"},
	{"{\"allow\": \"read\", \"path\": \"${qqqqqqqq}\"}", 29, "there are ${tmp}"},
	{"{\"allow\": \"read\", \"path\": \"${tmp}x\"}", 29, "a slash must follow"},
	{"{\"allow\": \"read\", \"path\": \"${tmp\"}", 29, "no }"},
	{"{\"allow\": \"read\", \"path\": \"a/${tmp}\"}", 29, "only at the start"},
	{"{\"allow\": \"read\", \"path\": \"a[b\"}", 29, "no ']'"},
	{"{\"allow\": \"connect\", \"path\": \"/x\"}", 24, "named by \"unix\""},
	{"{\"allow\": \"read\", \"unix\": \"/x\"}", 21, "does not go with the verb \"read\""},
	{"{\"allow\": \"read\", \"program\": \"git\"}", 21, "does not go with"},
	{"{\"allow\": \"exec\", \"args\": [\"x\"]}", 21, "needs the \"program\""},
	{"{\"allow\": \"exec\", \"program\": \"a*\"}", 32, "a bare name takes no glob"},
	{"{\"allow\": \"exec\", \"program\": \"\"}", 32, "empty"},
	{"{\"allow\": \"exec\", \"program\": \"a\", \"path\": \"/a\"}", 37, "two rules"},
	{"{\"allow\": \"exec\", \"program\": \"a\", \"args\": [\"[\"]}", 46, "no ']'"},
	{"{\"allow\": \"connect\", \"host\": \"a..b\"}", 32, "empty"},
	{"{\"allow\": \"connect\", \"host\": \"10.0.0.1\"}", 32, "\"address\""},
	{"{\"allow\": \"connect\", \"port\": 0}", 32, "between 1 and 65535"},
	{"{\"allow\": \"connect\", \"port\": 65536}", 32, "between 1 and 65535"},
	{"{\"allow\": \"connect\", \"port\": [80, \"9-8\"]}", 37, "ends before it starts"},
	{"{\"allow\": \"connect\", \"port\": \"80\"}", 32, "a number"},
	{"{\"allow\": \"connect\", \"address\": \"10.0.0.1/8\"}", 35, "bits set"},
	{"{\"allow\": \"connect\", \"protocol\": \"tpc\"}", 36, "did you mean \"tcp\""},
	{"{\"allow\": \"connect\", \"host\": \"a\", \"address\": \"::1\"}", 37, "two rules"},
	{"{\"allow\": \"connect\", \"loopback\": false}", 36, "true, or left out"},
	{"{\"allow\": \"connect\", \"loopback\": 80, \"port\": 80}", 40, "the port stands there"},
	{"{\"allow\": \"connect\", \"host_loopback\": true}", 24, "name the ports"},
	{"{\"deny\": \"connect\", \"host_loopback\": 1, \"loopback\": true}", 23, "two rules"},
	{"{\"deny\": \"connect\", \"host_loopback\": 1, \"port\": 1}", 43, "the port stands there"},
	{"{\"deny\": \"connect\", \"host_loopback\": 1, \"address\": \"::1\"}", 23, "two rules"},
	{"{\"allow\": \"connect\", \"host_loopback\": \"60-124\"}", 41, "more than 64"},
	{"{\"allow\": \"connect\", \"host_loopback\": [1, \"50-60\"]}", 41, "port 53"},
	{"{\"allow\": \"listen\", \"host_loopback\": 1}", 23, "does not go with"},
	{"{\"allow\": \"connect\", \"host\": \"a\", \"unix\": \"/b\"}", 37, "two rules"},
	{"{\"allow\": \"listen\", \"host\": \"a\"}", 23, "does not go with"},
	{"{\"allow\": \"exec\", \"memory\": false}", 31, "true, or left out"},
	{"{\"allow\": \"connect\", \"port\": 1, \"exact\": true}", 35, "\"exact\" goes with"},
	{"{\"allow\": \"connect\", \"unix\": \"/x\", \"existed\": true}", 38,
	 "\"existed\" goes with"},
	{"{\"allow\": \"read\", \"path\": \"/x\", \"existed\": 1}", 46, "true or false"},
	{"{\"allow\": \"read\", \"reason\": 1}", 31, "a string"},
};

static void test_each_error_of_a_rule_names_its_place(void)
{
	for (size_t i = 0; i < ARRAY_LEN(wrong_rules); i++) {
		struct policy_part *part = NULL;
		struct policy_error error;
		char text[512];

		snprintf(text, sizeof(text),
			 "{\"version\": 1, \"rules\": [\n  {\"allow\": [\"read\"]},\n  %s]}",
			 wrong_rules[i].rule);
		CHECK_INT(policy_parse(text, strlen(text), "f.json", LAYER_USER, &part, &error),
			  -EINVAL);
		/* What is shown went through the escapes. */
		if (error.line != 3 || error.column != wrong_rules[i].column ||
		    (!strstr(error.text, wrong_rules[i].words) &&
		     !strstr(wrong_rules[i].words, "\\\""))) {
			fprintf(stderr, "%s: %d:%d: %s\n", wrong_rules[i].rule, error.line,
				error.column, error.text);
			CHECK(false);
		}
		CHECK_STRING(error.rule, "rule 2");
		policy_part_free(part);
	}
}

static void test_a_hostile_text_cannot_move_the_cursor(void)
{
	static const char text[] = "{\"version\": 1, \"\\u001b[2J\\u202e\": 1}";
	struct policy_part *part = NULL;
	struct policy_error error;

	CHECK_INT(policy_parse(text, strlen(text), "f", LAYER_PROJECT, &part, &error), -EINVAL);
	CHECK(!strchr(error.text, '\x1b') && strstr(error.text, "\\x1b[2J\\xe2\\x80\\xae"));
}

static void test_unprotect_stands_only_below_the_guards(void)
{
	static const char text[] =
		"{\"version\": 1, \"rules\": [{\"allow\": \"read\", \"unprotect\": true}]}";
	static const bool good[LAYER_COUNT] = {
		[LAYER_ADDED] = true,
		[LAYER_COMMAND_LINE] = true,
		[LAYER_PROJECT] = true,
		[LAYER_USER] = true,
	};

	for (int layer = 0; layer < LAYER_COUNT; layer++) {
		struct policy_part *part = NULL;
		struct policy_error error;

		CHECK_INT(policy_parse(text, strlen(text), "f", (enum layer)layer, &part, &error),
			  good[layer] ? 0 : -EINVAL);
		policy_part_free(part);
	}
}

static void test_texts_are_bounded(void)
{
	size_t len = POLICY_TEXT_MAX + 1;
	_cleanup_free_ char *text = malloc(len + 1);
	struct policy_part *part = NULL;
	struct policy_error error;

	if (!text)
		return;
	memset(text, ' ', len);
	memcpy(text, "{\"version\": 1}", 14);
	CHECK_INT(policy_parse(text, len, "f", LAYER_USER, &part, &error), -EINVAL);
	CHECK_INT(policy_parse(text, len - 1, "f", LAYER_USER, &part, &error), 0);
	policy_part_free(part);
}

static void test_rules_are_bounded(void)
{
	struct policy_part *part = NULL;
	struct policy_error error;
	char *text = malloc(POLICY_TEXT_MAX);
	size_t n;

	if (!text)
		return;
	for (int more = 0; more < 2; more++) {
		n = (size_t)sprintf(text, "{\"version\": 1, \"rules\": [{\"deny\": \"read\"}");
		for (int i = 1; i < POLICY_RULES_MAX + more; i++)
			n += (size_t)sprintf(text + n, ",\n{\"deny\": \"read\"}");
		n += (size_t)sprintf(text + n, "]}");
		CHECK_INT(policy_parse(text, n, "f", LAYER_USER, &part, &error),
			  more ? -EINVAL : 0);
		if (!more)
			CHECK_INT(part->rules.items[POLICY_RULES_MAX - 1]->info.line,
				  POLICY_RULES_MAX);
	}
	policy_part_free(part);
	free(text);
}

static void test_a_whole_policy_is_taken(void)
{
	static const char text[] =
		"{\"version\": 1, \"extends\": \"agent\", \"description\": \"x\",\n"
		" \"rules\": [\n"
		"  {\"deny\": \"read\", \"path\": \"~/.ssh\", \"reason\": \"private keys\"},\n"
		"  {\"ask\": \"read\", \"path\": \"deploy/**/*.env\"},\n"
		"  {\"allow\": [\"read\", \"write\", \"exec\"], \"path\": \"${workspace}\"},\n"
		"  {\"allow\": \"connect\", \"host\": \"*.packages.example\", \"port\": 443},\n"
		"  {\"deny\": \"connect\", \"unix\": \"/run/docker.sock\"},\n"
		"  {\"ask\": \"exec\", \"program\": \"git\", \"args\": [\"push\", \"**\"]},\n"
		"  {\"allow\": [\"connect\", \"listen\"], \"loopback\": [8000, \"9000-9010\"]},\n"
		"  {\"allow\": \"connect\", \"host_loopback\": [\"60-123\"]},\n"
		"  {\"allow\": \"connect\", \"abstract\": \"dbus-*\"},\n"
		"  {\"deny\": \"exec\", \"memory\": true}],\n"
		" \"otherwise\": {\"read\": \"ask\"}, \"approval\": {\"timeout\": \"1500ms\"},\n"
		" \"audit\": {\"detail\": \"all\"}, \"view\": \"host\", \"aio\": false,\n"
		" \"hooks\": [{\"on\": [\"exec\"], \"command\": [\"/usr/local/lib/check\", "
		"\"-x\"]}],\n"
		" \"environment\": {\"pass\": [\"LC_*\"], \"drop\": [], \"set\": {\"A\": \"\"}}}";
	struct policy_part *part = NULL;
	struct policy_error error;

	CHECK_INT(policy_parse(text, strlen(text), "f.json", LAYER_USER, &part, &error), 0);
	if (!part) {
		fprintf(stderr, "%d:%d %s\n", error.line, error.column, error.text);
		return;
	}
	CHECK_STRING(policy_part_extends(part), "agent");
	CHECK_INT(part->rules.n, 10);
	CHECK_INT(part->rules.items[3]->info.line, 6);
	CHECK_INT(part->rules.items[3]->column, 3);
	CHECK_INT(part->n_hooks, 1);
	CHECK_INT(part->settings.timeout_ns, 1500000000);
	policy_part_free(part);
}

int main(void)
{
	RUN(test_each_error_names_its_place);
	RUN(test_each_error_of_the_record_names_its_place);
	RUN(test_each_error_of_a_rule_names_its_place);
	RUN(test_a_hostile_text_cannot_move_the_cursor);
	RUN(test_unprotect_stands_only_below_the_guards);
	RUN(test_texts_are_bounded);
	RUN(test_rules_are_bounded);
	RUN(test_a_whole_policy_is_taken);
	return check_summary();
}
