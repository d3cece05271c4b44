/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The examples of docs/policy.md are policies: each block that is marked "json policy", "json
 * profile" or "json rule" is parsed and joined, no other block of JSON may stand there, and no
 * key that the parser knows goes without a word.
 */
#include <stdlib.h>

#include "enforcer/base/buffer.h"
#include "enforcer/policy/policy-parser.h"
#include "tests/policy/policy-case.h"
#include "tests/unit/policy/policy-fixture.h"

#define FENCE "\n```"

static char *document;

static void check_block(const char *kind, const char *text, size_t len)
{
	const char *texts[LAYER_COUNT] = {};
	struct buffer whole = {};
	bool rule = strcmp(kind, "json rule") == 0;

	if (rule)
		buffer_append_string(&whole, "{\"version\": 1, \"rules\": [");
	buffer_append(&whole, text, len);
	if (rule)
		buffer_append_string(&whole, "]}");
	if (!rule && strcmp(kind, "json policy") != 0 && strcmp(kind, "json profile") != 0) {
		fprintf(stderr, "a block is marked \"%s\"\n", kind);
		CHECK(!"a kind that is known");
	} else if (!whole.error) {
		texts[strcmp(kind, "json profile") ? LAYER_USER : LAYER_BUILTIN] = whole.data;
		policy_free(fixture_policy(texts));
	}
	buffer_done(&whole);
}

static void test_each_example_is_a_policy(void)
{
	const char *at = document;
	int n = 0;

	while ((at = strstr(at, FENCE))) {
		const char *text = strchr(at + 1, '\n'), *end = text ? strstr(text, FENCE) : NULL;
		char kind[32];

		CHECK(end);
		if (!end)
			return;
		snprintf(kind, sizeof(kind), "%.*s", (int)(text - at - 4), at + 4);
		check_block(kind, text + 1, (size_t)(end - text));
		n++;
		at = end + strlen(FENCE);
	}
	CHECK(n >= 8);
}

static void check_keys(const struct parser_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		char word[64];

		snprintf(word, sizeof(word), "`%s`", table->keys[i].name);
		if (!strstr(document, word)) {
			fprintf(stderr, "%s goes without a word\n", word);
			CHECK(!"documented");
		}
	}
}

static void test_each_key_is_documented(void)
{
	check_keys(&part_table);
	check_keys(&rule_table);
}

int main(int argc, char **argv)
{
	document = argc == 2 ? case_read(argv[1], "policy.md") : NULL;
	if (!document) {
		fprintf(stderr, "usage: test-policy-docs DIRECTORY\n");
		return 1;
	}
	RUN(test_each_example_is_a_policy);
	RUN(test_each_key_is_documented);
	free(document);
	return check_summary();
}
