/* SPDX-License-Identifier: Apache-2.0 */
/* Which requests callgate web listens to: one wrong word each. */
#include "enforcer/base/cleanup.h"
#include "enforcer/web/pages.h"
#include "enforcer/web/request-check.h"
#include "tests/support/check.h"

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ONE(text)                                                                                  \
	{                                                                                          \
		text, 1                                                                            \
	}

static const struct web_guard guard = {8443, TOKEN};

static struct web_request good(void)
{
	return (struct web_request){
		.method = "POST",
		.path = "/api/answer",
		.host = ONE("127.0.0.1:8443"),
		.origin = ONE("http://127.0.0.1:8443"),
		.site = ONE("same-origin"),
		.mode = ONE("cors"),
		.token = ONE(TOKEN),
		.type = ONE("application/json"),
		.length = ONE("20"),
	};
}

static unsigned check(const struct web_request *request)
{
	enum web_action action = WEB_PAGE;
	const char *why = NULL;
	unsigned status = web_request_check(&guard, request, &action, &why);

	CHECK((status == 200) == (why == NULL));
	return status;
}

static void test_our_own_page_may_ask(void)
{
	static const struct {
		const char *path;
		enum web_action action;
	} cases[] = {{"/api/answer", WEB_ANSWER},
		     {"/api/events", WEB_EVENTS},
		     {"/api/revoke", WEB_REVOKE}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct web_request request = good();
		enum web_action action = WEB_PAGE;
		const char *why;

		request.path = cases[i].path;
		CHECK_INT(web_request_check(&guard, &request, &action, &why), 200);
		CHECK_INT(action, cases[i].action);
	}
}

static void test_one_wrong_word_and_nothing_is_done(void)
{
	static const struct {
		size_t at;
		const char *value; /* NULL: the header is missing */
		unsigned status;
	} cases[] = {
#define AT(header) offsetof(struct web_request, header)
		/* A name that another site gave to our address, and other spellings of it. */
		{AT(host), NULL, 421},
		{AT(host), "", 421},
		{AT(host), "evil.example", 421},
		{AT(host), "evil.example:8443", 421},
		{AT(host), "127.0.0.1", 421},
		{AT(host), "127.0.0.1:80", 421},
		{AT(host), "127.0.0.1:08443", 421},
		{AT(host), "127.0.0.1:8443.evil.example", 421},
		{AT(host), "127.0.0.1.evil.example:8443", 421},
		{AT(host), "127.1:8443", 421},
		{AT(host), "[::1]:8443", 421},
		{AT(host), "LOCALHOST:8443", 421},
		{AT(host), "localhost.:8443", 421},
		{AT(host), "localhost:8443", 403}, /* and its origin is the other one's */
		{AT(origin), NULL, 403},
		{AT(origin), "null", 403},
		{AT(origin), "http://evil.example", 403},
		{AT(origin), "http://127.0.0.1:8444", 403},
		{AT(origin), "http://127.0.0.1", 403},
		{AT(origin), "https://127.0.0.1:8443", 403},
		{AT(origin), "http://localhost:8443", 403},
		{AT(origin), "http://127.0.0.1:8443/", 403},
		{AT(site), "cross-site", 403},
		{AT(site), "same-site", 403},
		{AT(site), "none", 403},
		{AT(site), "", 403},
		{AT(site), NULL, 200}, /* a browser that does not say */
		{AT(token), NULL, 401},
		{AT(token), "", 401},
		{AT(token), "x", 401},
		{AT(token), TOKEN "0", 401},
		{AT(token), "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		 401},
		{AT(token), "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdee",
		 401},
		{AT(type), NULL, 415},
		{AT(type), "text/plain", 415},
		{AT(type), "application/x-www-form-urlencoded", 415},
		{AT(type), "application/jsonp", 415},
		{AT(type), "application/json; charset=utf-8", 200},
		{AT(length), NULL, 411},
		{AT(length), "", 411},
		{AT(length), "-1", 411},
		{AT(length), "0x10", 411},
		{AT(length), "4096", 200},
		{AT(length), "4097", 413},
		{AT(length), "99999999999999999999", 413},
		{AT(encoding), "chunked", 411},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct web_request request = good();
		struct web_header *header = (struct web_header *)((char *)&request + cases[i].at);

		*header = (struct web_header){cases[i].value, cases[i].value != NULL};
		if (check(&request) != cases[i].status)
			fprintf(stderr, "case %zu: %s\n", i,
				cases[i].value ? cases[i].value : "(missing)");
		CHECK_INT(check(&request), cases[i].status);
	}
}

static void test_a_header_that_comes_twice_says_nothing(void)
{
	static const struct {
		size_t at;
		unsigned status;
	} cases[] = {{AT(host), 421},  {AT(origin), 400}, {AT(site), 400},   {AT(mode), 400},
		     {AT(token), 401}, {AT(type), 415},   {AT(length), 411}, {AT(encoding), 411}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct web_request request = good();

		((struct web_header *)((char *)&request + cases[i].at))->count = 2;
		CHECK_INT(check(&request), cases[i].status);
	}
}

static void test_other_methods_and_places_are_not(void)
{
	static const struct {
		const char *method, *path;
		bool query;
		unsigned status;
	} cases[] = {
		{"GET", "/api/answer", false, 405},
		{"PUT", "/api/answer", false, 405},
		{"OPTIONS", "/api/answer", false, 405},
		{"post", "/api/answer", false, 405},
		{"POST", "/api/answer", true, 404},
		{"POST", "/api/answer/", false, 404},
		{"POST", "/api/", false, 404},
		{"POST", "/", false, 405},
		{"HEAD", "/", false, 405},
		{"GET", "/", true, 404},
		{"GET", "/page.js", false, 200},
		{"GET", "/../page.js", false, 404},
		{"GET", "/page%2ejs", false, 404},
		{"GET", "", false, 404},
		{"GET", "*", false, 404},
		{"GET", "/page.html", false, 404},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct web_request request = good();

		request.method = cases[i].method;
		request.path = cases[i].path;
		request.query = cases[i].query;
		CHECK_INT(check(&request), cases[i].status);
	}
}

static void test_other_sites_may_lead_to_the_page_and_not_take_it(void)
{
	static const struct {
		const char *site, *mode;
		unsigned status;
	} cases[] = {
		{NULL, NULL, 200},
		{"none", "navigate", 200},
		{"same-origin", "no-cors", 200},
		{"cross-site", "navigate", 200},
		{"cross-site", "no-cors", 403},
		{"same-site", "cors", 403},
		{"cross-site", NULL, 403},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct web_request request = {
			.method = "GET", .path = "/", .host = ONE("localhost:8443")};

		request.site = (struct web_header){cases[i].site, cases[i].site != NULL};
		request.mode = (struct web_header){cases[i].mode, cases[i].mode != NULL};
		CHECK_INT(check(&request), cases[i].status);
	}
}

static void test_the_page_is_whole_and_of_one_s_own(void)
{
	CHECK(web_page_find("/") != NULL);
	for (const struct web_page *page = web_pages; page->path; page++) {
		CHECK(page->len > 100);
		/* Nothing that stands in another's house, or in a place for scripts. */
		CHECK(!memmem(page->data, page->len, "https://", 8));
		CHECK(!memmem(page->data, page->len, "innerHTML", 9));
		CHECK(!memmem(page->data, page->len, "style=", 6));
		CHECK(!memmem(page->data, page->len, "onclick", 7));
	}
}

int main(void)
{
	RUN(test_our_own_page_may_ask);
	RUN(test_one_wrong_word_and_nothing_is_done);
	RUN(test_a_header_that_comes_twice_says_nothing);
	RUN(test_other_methods_and_places_are_not);
	RUN(test_other_sites_may_lead_to_the_page_and_not_take_it);
	RUN(test_the_page_is_whole_and_of_one_s_own);
	return check_summary();
}
