/* SPDX-License-Identifier: Apache-2.0 */
/* What is said to an upstream proxy, and what its answers mean. */
#include <errno.h>
#include <stdlib.h>

#include "enforcer/network/proxy-talk.h"
#include "tests/support/check.h"

static const struct network_proxy http = {.host = "proxy"},
				  socks = {.host = "proxy", .socks = true};
static const struct network_proxy http_user = {
	.host = "proxy", .user = "Aladdin", .password = "open sesame"};
static const struct network_proxy socks_user = {
	.host = "proxy", .socks = true, .user = "ab", .password = "c"};
static const struct proxy_target name = {.host = "a.example", .port = 443};
static const struct proxy_target v4 = {.address = {.family = AF_INET, .bytes = {192, 0, 2, 1}},
				       .port = 80};
static const struct proxy_target v6 = {
	.address = {.family = AF_INET6, .bytes = {0x20, 1, 0xd, 0xb8, [15] = 1}}, .port = 80};

static struct proxy_talk talk;

static void begin(const struct network_proxy *proxy, const struct proxy_target *target)
{
	CHECK_INT(proxy_talk_begin(&talk, proxy, target), 0);
}

static bool says(const char *text, size_t len)
{
	return talk.say_len == len && memcmp(talk.say, text, len) == 0;
}
#define SAYS(text) CHECK(says(text, sizeof(text) - 1))

/* In pieces of each size the same: what it comes to, and how much of it was taken. */
static int hears(const char *text, size_t len, size_t piece, size_t *ret_used)
{
	struct proxy_talk fresh = talk;
	int r = 0;

	*ret_used = 0;
	while (r == 0 && *ret_used < len && fresh.say_len == 0) {
		size_t n = len - *ret_used < piece ? len - *ret_used : piece, used;
		/* Exactly so many bytes are readable. */
		char *copy = malloc(n);

		memcpy(copy, text + *ret_used, n);
		r = proxy_talk_hear(&fresh, copy, n, &used);
		free(copy);
		CHECK(used <= n && (r != 0 || fresh.say_len > 0 || used == n));
		*ret_used += used;
	}
	if (piece == len)
		talk = fresh;
	return r;
}

static void hear(const char *text, size_t len, size_t used, int wanted)
{
	talk.say_len = 0;
	for (size_t piece = 1; piece <= len; piece++) {
		size_t got;

		CHECK_INT(hears(text, len, piece, &got), wanted);
		CHECK_INT(got, used);
	}
}
#define HEAR(text, used, wanted) hear(text, sizeof(text) - 1, used, wanted)

static void test_connect_names_the_host_and_leaves_it_unresolved(void)
{
	begin(&http, &name);
	SAYS("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n");
	begin(&http, &v4);
	SAYS("CONNECT 192.0.2.1:80 HTTP/1.1\r\nHost: 192.0.2.1:80\r\n\r\n");
	begin(&http, &v6);
	SAYS("CONNECT [2001:db8::1]:80 HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n");
	begin(&http_user, &name);
	SAYS("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n"
	     "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
}

static void test_http_answers_are_errnos(void)
{
	static const struct {
		const char *status;
		int result;
	} cases[] = {{"200", 1},
		     {"204", 1},
		     {"403", -EACCES},
		     {"407", -EACCES},
		     {"400", -EACCES},
		     {"302", -EACCES},
		     {"404", -EHOSTUNREACH},
		     {"500", -EHOSTUNREACH},
		     {"502", -EHOSTUNREACH},
		     {"503", -EHOSTUNREACH},
		     {"504", -ETIMEDOUT},
		     {"999", -EHOSTUNREACH}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[64];
		int n = snprintf(text, sizeof(text), "HTTP/1.1 %s x\r\nA: b\r\n\r\n",
				 cases[i].status);

		begin(&http, &name);
		hear(text, (size_t)n, (size_t)n, cases[i].result);
		CHECK((talk.complaint != NULL) == (strcmp(cases[i].status, "407") == 0));
	}
}

static void test_what_comes_behind_the_answer_is_not_taken(void)
{
	begin(&http, &name);
	HEAR("HTTP/1.1 200 ok\r\n\r\nrest", 19, 1);
	begin(&http, &name);
	HEAR("HTTP/1.0 200\n\nrest", 14, 1);
	begin(&http, &name);
	HEAR("HTTP/1.1 100 wait\r\n\r\nHTTP/1.1 200 ok\r\nA:\r\n\r\nrest", 44, 1);
	begin(&socks, &name);
	HEAR("\5\0rest", 2, 0);
	HEAR("\5\0\0\1\1\2\3\4\0\1rest", 10, 1);
}

static void test_what_is_no_http_is_refused_at_once(void)
{
	static const char *const wrong[] = {
		"\n",   "SSH-2.0",      "HTTP/2.0 200 ok", "HTTP/1.1 2x0 ok", "HTTP/1.1 2000 ok",
		"\5\1", "HTTP/1.1  200"};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		size_t used;

		begin(&http, &name);
		talk.say_len = 0;
		CHECK_INT(hears(wrong[i], strlen(wrong[i]), 1000, &used), -EHOSTUNREACH);
	}
}

static void test_a_head_is_bounded(void)
{
	static char text[PROXY_HEAD_MAX + 1] = "HTTP/1.1 200 ok\r\n";
	size_t used;

	memset(text + 17, 'x', sizeof(text) - 17);
	memcpy(text + PROXY_HEAD_MAX - 3, "\n\r\n", 3);
	begin(&http, &name);
	talk.say_len = 0;
	CHECK_INT(hears(text, PROXY_HEAD_MAX, 4096, &used), 1);
	memset(text + PROXY_HEAD_MAX - 3, 'x', 4);
	memcpy(text + PROXY_HEAD_MAX - 2, "\n\r\n", 3);
	begin(&http, &name);
	talk.say_len = 0;
	CHECK_INT(hears(text, PROXY_HEAD_MAX + 1, 4096, &used), -EHOSTUNREACH);
	CHECK(talk.complaint == NULL || used == PROXY_HEAD_MAX + 1);
}

static void test_socks_is_asked_by_name(void)
{
	begin(&socks, &name);
	SAYS("\5\1\0");
	HEAR("\5\0", 2, 0);
	SAYS("\5\1\0\3\11a.example\1\273");
	begin(&socks, &v4);
	HEAR("\5\0", 2, 0);
	SAYS("\5\1\0\1\300\0\2\1\0\120");
	begin(&socks_user, &v6);
	SAYS("\5\2\0\2");
	HEAR("\5\2", 2, 0);
	SAYS("\1\2ab\1c");
	HEAR("\1\0", 2, 0);
	SAYS("\5\1\0\4\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\120");
	HEAR("\5\0\0\3\2xy\0\1rest", 9, 1);
	begin(&socks, &name);
	HEAR("\5\0", 2, 0);
	HEAR("\5\0\0\4................\0\1", 22, 1);
}

static void test_socks_answers_are_errnos(void)
{
	static const int errors[] = {
		0,         EHOSTUNREACH, EACCES,       ENETUNREACH, EHOSTUNREACH, ECONNREFUSED,
		ETIMEDOUT, EHOSTUNREACH, EHOSTUNREACH, EHOSTUNREACH};

	for (unsigned i = 1; i < ARRAY_LEN(errors); i++) {
		const char text[] = {5, (char)i};

		begin(&socks, &name);
		HEAR("\5\0", 2, 0);
		hear(text, 2, 2, -errors[i]);
	}
	begin(&socks, &name);
	HEAR("\5\377", 2, -EACCES);
	CHECK(talk.complaint != NULL);
	/* It wants what was not offered. */
	begin(&socks, &name);
	HEAR("\5\2", 2, -EACCES);
	begin(&socks_user, &name);
	HEAR("\5\2", 2, 0);
	HEAR("\1\1", 2, -EACCES);
	begin(&socks, &name);
	HEAR("HTTP", 1, -EHOSTUNREACH);
	begin(&socks, &name);
	HEAR("\5\0", 2, 0);
	HEAR("\5\0\0\7\0", 5, -EHOSTUNREACH);
}

static void test_what_does_not_fit_is_refused(void)
{
	static char word[301];
	struct network_proxy proxy = {.host = "proxy", .user = word, .password = word};

	memset(word, 'u', 255);
	CHECK_INT(proxy_talk_begin(&talk, &proxy, &name), 0);
	proxy.socks = true;
	CHECK_INT(proxy_talk_begin(&talk, &proxy, &name), 0);
	HEAR("\5\2", 2, 0);
	CHECK_INT(talk.say_len, 3 + 2 * 255);
	word[255] = 'u';
	CHECK_INT(proxy_talk_begin(&talk, &proxy, &name), -E2BIG);
	memset(word, 'u', 300);
	proxy.socks = false;
	CHECK_INT(proxy_talk_begin(&talk, &proxy, &name), -E2BIG);
}

int main(void)
{
	RUN(test_connect_names_the_host_and_leaves_it_unresolved);
	RUN(test_http_answers_are_errnos);
	RUN(test_what_comes_behind_the_answer_is_not_taken);
	RUN(test_what_is_no_http_is_refused_at_once);
	RUN(test_a_head_is_bounded);
	RUN(test_socks_is_asked_by_name);
	RUN(test_socks_answers_are_errnos);
	RUN(test_what_does_not_fit_is_refused);
	return check_summary();
}
