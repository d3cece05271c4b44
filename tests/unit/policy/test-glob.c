/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcer/base/cleanup.h"
#include "enforcer/policy/glob.h"
#include "tests/support/check.h"

static void test_globs_match_as_in_gitignore(void)
{
	static const struct {
		const char *glob, *word;
		bool matches;
	} cases[] = {
		{"a", "a", true},
		{"a", "b", false},
		{"a", "ab", false},
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", ".hidden", true},
		{"*.env", ".env", true},
		{"*.env", "a.env.txt", false},
		{"a*b*c", "aXbYc", true},
		{"a*b*c", "abcb", false},
		{"a**b", "axyb", true},
		{"?", "", false},
		{"?", "\n", true},
		{"??", "\xc3\xbc", true},
		{"[abc]", "b", true},
		{"[!abc]", "b", false},
		{"[^abc]", "d", true},
		{"[a-c]x", "bx", true},
		{"[a-c]", "d", false},
		{"[]]", "]", true},
		{"[!]]", "a", true},
		{"[a-]", "-", true},
		{"[\\]]", "]", true},
		{"[a\\-c]", "b", false},
		{"\\*", "*", true},
		{"\\*", "a", false},
		{"\\\\", "\\", true},
		{"a\\[b", "a[b", true},
		{"*a*a*a*", "aaa", true},
		{"*a*a*a*", "aa", false},
		{"[z-a]", "b", false},
		{"*[0-9]", "file7", true},
		{"\xff*", "\xff\xfe", true},
		{"[\x80-\xff]", "\xc3", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool matches = glob_matches(cases[i].glob, strlen(cases[i].glob), cases[i].word,
					    strlen(cases[i].word));

		if (matches != cases[i].matches)
			fprintf(stderr, "glob \"%s\", word \"%s\"\n", cases[i].glob, cases[i].word);
		CHECK_INT(matches, cases[i].matches);
		CHECK(!glob_check(cases[i].glob, strlen(cases[i].glob)));
	}
}

static void test_malformed_globs_are_told_and_match_nothing(void)
{
	static const char *const globs[] = {"[",   "a[b", "[]",    "[!]",         "[a-",
					    "a\\", "[\\", "[a\\]", "[[:alpha:]]", "[a-\\"};

	for (size_t i = 0; i < ARRAY_LEN(globs); i++) {
		CHECK(glob_check(globs[i], strlen(globs[i])));
		if (!strstr(globs[i], "[:"))
			CHECK(!glob_matches(globs[i], strlen(globs[i]), "a", 1));
	}
	CHECK(!glob_check("\\\\[ab]", 6));
	CHECK(glob_check("\\\\[ab", 5));
	CHECK(!glob_check("\\[ab", 4));
}

static void test_literal_words_lose_their_escapes(void)
{
	char word[] = "a\\*b\\\\c";

	CHECK(glob_is_literal(word, strlen(word)));
	CHECK(!glob_is_literal("a*", 2));
	CHECK(!glob_is_literal("\\\\*", 3));
	word[glob_unescape(word, strlen(word))] = '\0';
	CHECK_STRING(word, "a*b\\c");
}

static void test_many_stars_take_bounded_time(void)
{
	char glob[200], word[4096];

	for (size_t i = 0; i < sizeof(glob); i += 2)
		memcpy(glob + i, "*a", 2);
	memset(word, 'a', sizeof(word));
	word[sizeof(word) - 1] = 'b';
	CHECK(!glob_matches(glob, sizeof(glob), word, sizeof(word)));
}

int main(void)
{
	RUN(test_globs_match_as_in_gitignore);
	RUN(test_malformed_globs_are_told_and_match_nothing);
	RUN(test_literal_words_lose_their_escapes);
	RUN(test_many_stars_take_bounded_time);
	return check_summary();
}
