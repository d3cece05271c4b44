/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcer/base/text.h"
#include "tests/support/check.h"

static void check_escaped(const char *data, size_t len, size_t max, const char *expected)
{
	struct buffer buffer = {};

	text_append_escaped(&buffer, data, len, max);
	CHECK_INT(buffer.error, 0);
	CHECK_STRING(len ? buffer.data : "", expected);
	buffer_done(&buffer);
}

static void test_plain_text_stays_as_it_is(void)
{
	check_escaped("/home/u/a b.txt", 15, 0, "/home/u/a b.txt");
	check_escaped("/tmp/gr\xc3\xbc\xc3\x9f", 11, 0, "/tmp/gr\xc3\xbc\xc3\x9f");
}

static void test_what_could_deceive_is_escaped(void)
{
	check_escaped("a\x1b[2Jb", 6, 0, "a\\x1b[2Jb");
	check_escaped("a\nb\tc\\", 6, 0, "a\\nb\\tc\\\\");
	check_escaped("a\xff"
		      "b",
		      3, 0, "a\\xffb");
	check_escaped("\xe2\x80\xae"
		      "cod",
		      6, 0, "\\xe2\\x80\\xaecod");
	check_escaped("\xc2\x9b"
		      "31m",
		      5, 0, "\\xc2\\x9b31m");
	check_escaped("\xc0\xaf", 2, 0, "\\xc0\\xaf");
	check_escaped("\xe2\x82", 2, 0, "\\xe2\\x82");
	check_escaped("\0x", 2, 0, "\\x00x");
}

static void test_long_text_is_cut_at_the_limit(void)
{
	check_escaped("abcdef", 6, 6, "abcdef");
	check_escaped("abcdefg", 7, 6, "abcdef...");
}

static void test_utf8_is_told_from_other_bytes(void)
{
	CHECK(text_is_utf8("", 0));
	CHECK(text_is_utf8("gr\xc3\xbc", 4));
	CHECK(!text_is_utf8("\xed\xa0\x80", 3));
	CHECK(!text_is_utf8("a\0b", 3));
	CHECK(!text_is_utf8("\xf4\x90\x80\x80", 4));
}

int main(void)
{
	RUN(test_plain_text_stays_as_it_is);
	RUN(test_what_could_deceive_is_escaped);
	RUN(test_long_text_is_cut_at_the_limit);
	RUN(test_utf8_is_told_from_other_bytes);
	return check_summary();
}
