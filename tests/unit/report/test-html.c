/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcer/report/html.h"
#include "tests/support/check.h"

#define CHECK_HTML(call, expected)                                                                 \
	do {                                                                                       \
		struct buffer to = {};                                                             \
                                                                                                   \
		call;                                                                              \
		CHECK_INT(to.error, 0);                                                            \
		CHECK_STRING(to.data ? to.data : "", expected);                                    \
		buffer_done(&to);                                                                  \
	} while (0)

static void test_text_is_no_markup(void)
{
	CHECK_HTML(html_text(&to, "<script>&\"'</script>", 0),
		   "&lt;script&gt;&amp;&quot;&#39;&lt;/script&gt;");
	CHECK_HTML(html_text(&to, "gr\xc3\xbc\xc3\x9f", 0), "gr\xc3\xbc\xc3\x9f");
	CHECK_HTML(html_text(&to, "", 0), "");
	CHECK_HTML(html_text(&to, NULL, 0), "?");
}

static void test_text_hides_and_moves_nothing(void)
{
	CHECK_HTML(html_text(&to, "\xe2\x80\xaegnp.exe\x1b[2J\x01\xff\n", 0),
		   "\\xe2\\x80\\xaegnp.exe\\x1b[2J\\x01\\xff\\n");
	/* What XML forbids altogether. */
	CHECK_HTML(html_text(&to, "\xef\xbf\xbe\xed\xa0\x80", 0), "\\xef\\xbf\\xbe\\xed\\xa0\\x80");
}

static void test_text_is_cut_between_letters(void)
{
	CHECK_HTML(html_text(&to, "<<<<", 2), "&lt;&lt;...");
	CHECK_HTML(html_shown(&to, "a\xc3\xbc", 2), "a...");
	CHECK_HTML(html_shown(&to, "a\xc3\xbc", 3), "a\xc3\xbc");
	CHECK_HTML(html_shown(&to, "\\x1b<", 0), "\\x1b&lt;");
	CHECK_HTML(html_shown(&to, NULL, 0), "?");
}

static void test_home_is_a_tilde(void)
{
	CHECK_HTML(html_path(&to, "/home/a&b", "/home/a&b/x<y"), "~/x&lt;y");
	CHECK_HTML(html_path(&to, "/home/a&b", "/home/a&bc"), "/home/a&amp;bc");
	CHECK_HTML(html_path(&to, NULL, NULL), "?");
}

static void test_numbers_are_grouped(void)
{
	CHECK_HTML(html_number(&to, 0), "0");
	CHECK_HTML(html_number(&to, 999), "999");
	CHECK_HTML(html_number(&to, 1000), "1,000");
	CHECK_HTML(html_number(&to, 1234567), "1,234,567");
	CHECK_HTML(html_number(&to, UINT64_MAX), "18,446,744,073,709,551,615");
	CHECK_HTML(html_count(&to, 1, "call"), "1 call");
	CHECK_HTML(html_count(&to, 0, "call"), "0 calls");
	CHECK_HTML(html_count(&to, 1234, "call"), "1,234 calls");
}

static void test_bytes_have_a_unit(void)
{
	CHECK_HTML(html_bytes(&to, 0), "0 B");
	CHECK_HTML(html_bytes(&to, 999), "999 B");
	CHECK_HTML(html_bytes(&to, 1000), "1.0 kB");
	CHECK_HTML(html_bytes(&to, 41872), "41.9 kB");
	CHECK_HTML(html_bytes(&to, 999949), "999.9 kB");
	CHECK_HTML(html_bytes(&to, 999950), "1.0 MB");
	CHECK_HTML(html_bytes(&to, UINT64_MAX), "18.4 EB");
}

static void test_shares_are_never_rounded_to_all_or_nothing(void)
{
	CHECK_HTML(html_share(&to, 0, 0), "0 %");
	CHECK_HTML(html_share(&to, 0, 7), "0 %");
	CHECK_HTML(html_share(&to, 7, 7), "100 %");
	CHECK_HTML(html_share(&to, 1, 100000), "&lt;0.1 %");
	CHECK_HTML(html_share(&to, 99999, 100000), "&gt;99.9 %");
	CHECK_HTML(html_share(&to, 1, 3), "33.3 %");
}

int main(void)
{
	RUN(test_text_is_no_markup);
	RUN(test_text_hides_and_moves_nothing);
	RUN(test_text_is_cut_between_letters);
	RUN(test_home_is_a_tilde);
	RUN(test_numbers_are_grouped);
	RUN(test_bytes_have_a_unit);
	RUN(test_shares_are_never_rounded_to_all_or_nothing);
	return check_summary();
}
