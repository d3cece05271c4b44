/* SPDX-License-Identifier: Apache-2.0 */
/* "upstream_proxy" of a policy. */
#include "tests/unit/policy/policy-fixture.h"

#define PROXY(members) "{\"version\": 1, \"upstream_proxy\": {" members "}}"

static const struct upstream_proxy *proxy_of(struct policy *policy)
{
	return policy_settings(policy)->upstream_proxy;
}

static void test_a_url_is_taken_apart(void)
{
	static const struct {
		const char *text;
		enum upstream_kind kind;
		const char *host;
		int port;
		const char *user, *password;
	} cases[] = {
		{PROXY("\"url\": \"http://Proxy.Example.:3128/\""), UPSTREAM_HTTP, "proxy.example",
		 3128, NULL, NULL},
		{PROXY("\"url\": \"socks5://u%40x:p%3a%2F@10.0.0.1:1\""), UPSTREAM_SOCKS5,
		 "10.0.0.1", 1, "u@x", "p:/"},
		{PROXY("\"url\": \"socks5h://u@[2001:db8::1]:65535\""), UPSTREAM_SOCKS5,
		 "2001:db8::1", 65535, "u", NULL},
		{PROXY("\"user\": \"u\", \"url\": \"http://p:80\""), UPSTREAM_HTTP, "p", 80, "u",
		 NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy *policy = fixture_user_policy(cases[i].text);
		const struct upstream_proxy *proxy = proxy_of(policy);

		CHECK(proxy != NULL);
		CHECK_INT(proxy->kind, cases[i].kind);
		CHECK_STRING(proxy->host, cases[i].host);
		CHECK_INT(proxy->port, cases[i].port);
		CHECK_STRING(proxy->user ? proxy->user : "", cases[i].user ? cases[i].user : "");
		CHECK_STRING(proxy->password ? proxy->password : "",
			     cases[i].password ? cases[i].password : "");
		CHECK_INT(proxy->timeout_ns, 60000000000LL);
		policy_free(policy);
	}
}

static void test_what_is_wrong_is_told(void)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{PROXY(""), "\"url\" is missing"},
		{PROXY("\"url\": \"https://p:1\""), "begins with http://"},
		{PROXY("\"url\": \"p:1\""), "begins with http://"},
		{PROXY("\"url\": \"http://p\""), "ends in a port"},
		{PROXY("\"url\": \"http://p:0\""), "ends in a port"},
		{PROXY("\"url\": \"http://p:65536\""), "ends in a port"},
		{PROXY("\"url\": \"http://p: 1\""), "ends in a port"},
		{PROXY("\"url\": \"http://p:1/x\""), "ends in a port"},
		{PROXY("\"url\": \"http://:1\""), "names no host"},
		{PROXY("\"url\": \"http://*:1\""), "names no host"},
		{PROXY("\"url\": \"http://*.p:1\""), "names no host"},
		{PROXY("\"url\": \"http://[x]:1\""), "names no host"},
		{PROXY("\"url\": \"http://a b:1\""), "letters"},
		{PROXY("\"url\": \"http://@p:1\""), "user and password"},
		{PROXY("\"url\": \"http://u:@p:1\""), "user and password"},
		{PROXY("\"url\": \"http://u%0a@p:1\""), "user and password"},
		{PROXY("\"url\": \"http://u%zz@p:1\""), "user and password"},
		{PROXY("\"url\": \"http://u%4@p:1\""), "user and password"},
		{PROXY("\"url\": \"http://u%3a@p:1\""), "user and password"},
		{PROXY("\"url\": \"http://u@p:1\", \"user\": \"v\""), "already"},
		{PROXY("\"user\": \"v\", \"url\": \"http://u@p:1\""), "not both"},
		{PROXY("\"password_file\": \"/x\", \"url\": \"http://u:w@p:1\""), "not both"},
		{PROXY("\"url\": \"http://u:w@p:1\", \"password_file\": \"/x\""), "already"},
		{PROXY("\"url\": \"http://p:1\", \"password_file\": \"/x\""), "belongs to"},
		{PROXY("\"url\": \"http://p:1\", \"password_file\": \"x\""), "absolute"},
		{PROXY("\"url\": \"http://p:1\", \"user\": \"a:b\""), "no \":\""},
		{PROXY("\"url\": \"http://p:1\", \"timeout\": \"11m\""), "ten minutes"},
		{PROXY("\"url\": \"direct\", \"user\": \"a\""), "\"direct\""},
		{PROXY("\"urll\": \"http://p:1\""), "\"url\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy_part *part = NULL;
		struct policy_error error;

		CHECK_INT(policy_parse(cases[i].text, strlen(cases[i].text), "f", LAYER_USER, &part,
				       &error),
			  -EINVAL);
		if (!strstr(error.text, cases[i].words))
			fprintf(stderr, "%s: %s\n", cases[i].text, error.text);
		CHECK(strstr(error.text, cases[i].words) != NULL);
		CHECK(error.line == 1 && error.column > 0);
	}
}

static void test_the_first_layer_says_which_and_a_project_none(void)
{
	const char *texts[LAYER_COUNT] = {
		[LAYER_MANAGED] = PROXY("\"url\": \"http://managed:1\""),
		[LAYER_USER] = PROXY("\"url\": \"direct\""),
	};
	struct policy *policy = fixture_policy(texts);
	struct policy_part *part = NULL;
	struct policy_error error;

	CHECK_STRING(proxy_of(policy)->host, "managed");
	policy_free(policy);
	texts[LAYER_MANAGED] = PROXY("\"url\": \"direct\"");
	texts[LAYER_USER] = PROXY("\"url\": \"http://mine:1\"");
	policy = fixture_policy(texts);
	CHECK(!proxy_of(policy));
	policy_free(policy);
	CHECK_INT(policy_parse(texts[LAYER_USER], strlen(texts[LAYER_USER]), "f", LAYER_PROJECT,
			       &part, &error),
		  -EINVAL);
	CHECK(strstr(error.text, "project") != NULL);
}

int main(void)
{
	RUN(test_a_url_is_taken_apart);
	RUN(test_what_is_wrong_is_told);
	RUN(test_the_first_layer_says_which_and_a_project_none);
	return check_summary();
}
