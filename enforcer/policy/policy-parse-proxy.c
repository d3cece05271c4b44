/* SPDX-License-Identifier: Apache-2.0 */
/* "upstream_proxy" of a policy text. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/policy-parser.h"

#define PROXY_TIMEOUT_NS     (60 * UINT64_C(1000000000))
#define PROXY_TIMEOUT_MAX_NS (600 * UINT64_C(1000000000))

static const struct {
	const char *scheme;
	enum upstream_kind kind;
} schemes[] = {{"http://", UPSTREAM_HTTP},
	       {"socks5://", UPSTREAM_SOCKS5},
	       {"socks5h://", UPSTREAM_SOCKS5}};

/* A part of the URL without its %XX; NULL: it is wrong, or there is no memory. Empty ones, NUL and
 * line ends are wrong. */
static char *unescape(const char *text, size_t len)
{
	char *plain = malloc(len + 1);
	size_t n = 0;

	for (size_t i = 0; plain && i < len; i++) {
		char hex[3] = {}, *end;

		plain[n] = text[i];
		if (text[i] == '%' && i + 2 < len) {
			hex[0] = text[i + 1];
			hex[1] = text[i + 2];
			plain[n] = (char)strtoul(hex, &end, 16);
			if (end != hex + 2)
				plain[n] = '\0';
			i += 2;
		} else if (text[i] == '%') {
			plain[n] = '\0';
		}
		if ((unsigned char)plain[n] < 0x20 || plain[n] == 0x7f) {
			free(plain);
			return NULL;
		}
		n++;
	}
	if (plain)
		plain[n] = '\0';
	if (plain && (n == 0 || n > UPSTREAM_WORD_MAX)) {
		free(plain);
		return NULL;
	}
	return plain;
}

static int parse_credentials(struct parser *parser, const char *text, size_t len,
			     struct upstream_proxy *proxy)
{
	const char *colon = memchr(text, ':', len);
	size_t user = colon ? (size_t)(colon - text) : len;

	if (proxy->user || (colon && proxy->password_file))
		return parser_error(parser, "user and password stand in the url or beside it, not "
					    "both");
	proxy->user = unescape(text, user);
	if (colon)
		proxy->password = unescape(colon + 1, len - user - 1);
	if (!proxy->user || (colon && !proxy->password) ||
	    (proxy->kind == UPSTREAM_HTTP && strchr(proxy->user, ':')))
		return parser_error(parser,
				    "user and password in the url have 1 to %d bytes; what "
				    "is special in them is written %%XX",
				    UPSTREAM_WORD_MAX);
	return 0;
}

static int parse_host(struct parser *parser, const char *text, size_t len,
		      struct upstream_proxy *proxy)
{
	char host[256], canonical[256];
	const char *wrong;
	struct in_addr v4;
	struct in6_addr v6;
	bool brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';

	if (brackets) {
		text++;
		len -= 2;
	}
	if (len == 0 || len >= sizeof(host))
		return parser_error(parser, "the url names no host");
	memcpy(host, text, len);
	host[len] = '\0';
	if (brackets ? inet_pton(AF_INET6, host, &v6) == 1 : inet_pton(AF_INET, host, &v4) == 1) {
		proxy->host = strdup(host);
		return proxy->host ? 0 : -ENOMEM;
	}
	wrong = brackets || host[0] == '*' ? "the url names no host" : host_parse(host, canonical);
	if (wrong)
		return parser_error(parser, "%s", wrong);
	proxy->host = strdup(canonical);
	return proxy->host ? 0 : -ENOMEM;
}

/* user:password@host:port */
static int parse_authority(struct parser *parser, const char *text, size_t len,
			   struct upstream_proxy *proxy)
{
	const char *at = memrchr(text, '@', len), *colon;
	unsigned long port = 0;
	char *end = NULL;
	int r;

	if (at) {
		r = parse_credentials(parser, text, (size_t)(at - text), proxy);
		if (r < 0)
			return r;
		len -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	colon = memrchr(text, ':', len);
	if (colon && colon[1] >= '0' && colon[1] <= '9')
		port = strtoul(colon + 1, &end, 10);
	if (port == 0 || port > 65535 || end != text + len)
		return parser_error(parser,
				    "the url ends in a port: \"http://proxy.example:3128\"");
	proxy->port = (uint16_t)port;
	return parse_host(parser, text, (size_t)(colon - text), proxy);
}

static int parse_url(struct parser *parser, const json_t *value, void *target)
{
	struct upstream_proxy *proxy = target;
	const char *text = json_string_value(value);
	size_t len;

	if (strcmp(text, "direct") == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(schemes) && proxy->kind == UPSTREAM_DIRECT; i++) {
		if (strncmp(text, schemes[i].scheme, strlen(schemes[i].scheme)) != 0)
			continue;
		proxy->kind = schemes[i].kind;
		text += strlen(schemes[i].scheme);
	}
	if (proxy->kind == UPSTREAM_DIRECT)
		return parser_error(parser, "the url is \"direct\", or begins with http:// or "
					    "socks5://");
	len = strlen(text);
	if (len > 0 && text[len - 1] == '/')
		len--;
	return parse_authority(parser, text, len, proxy);
}

static int parse_user(struct parser *parser, const json_t *value, void *target)
{
	struct upstream_proxy *proxy = target;
	const char *text = json_string_value(value);
	size_t len = strlen(text);

	if (len == 0 || len > UPSTREAM_WORD_MAX || strpbrk(text, ":\r\n"))
		return parser_error(parser, "a user has 1 to %d bytes and no \":\"",
				    UPSTREAM_WORD_MAX);
	if (proxy->user)
		return parser_error(parser, "the url has a user already");
	proxy->user = strdup(text);
	return proxy->user ? 0 : -ENOMEM;
}

static int parse_password_file(struct parser *parser, const json_t *value, void *target)
{
	struct upstream_proxy *proxy = target;
	const char *text = json_string_value(value);

	if (text[0] != '/')
		return parser_error(parser, "the file of the password is an absolute path");
	if (proxy->password)
		return parser_error(parser, "the url has a password already");
	proxy->password_file = strdup(text);
	return proxy->password_file ? 0 : -ENOMEM;
}

static int parse_proxy_timeout(struct parser *parser, const json_t *value, void *target)
{
	struct upstream_proxy *proxy = target;
	int r = parse_duration(parser, value, &proxy->timeout_ns);

	if (r == 0 && proxy->timeout_ns > PROXY_TIMEOUT_MAX_NS)
		return parser_error(parser, "a proxy is waited for ten minutes at most");
	return r;
}

int parse_upstream_proxy(struct parser *parser, const json_t *value, void *target)
{
	static const struct parser_key keys[] = {
		{"url", KIND_STRING, parse_url},
		{"user", KIND_STRING, parse_user},
		{"password_file", KIND_STRING, parse_password_file},
		{"timeout", KIND_STRING, parse_proxy_timeout},
	};
	static const struct parser_table table = {keys, ARRAY_LEN(keys)};
	struct policy_part *part = target;
	struct upstream_proxy *proxy;
	int at[ARRAY_LEN(keys)], r;

	/* All that leaves the sandbox would pass through the hands that it chooses. */
	if (part->layer == LAYER_PROJECT)
		return parser_error(parser, "a project does not choose the proxy: write it into "
					    "the user's or the managed policy");
	proxy = part->settings.proxy = calloc(1, sizeof(*proxy));
	if (!proxy)
		return -ENOMEM;
	proxy->timeout_ns = PROXY_TIMEOUT_NS;
	r = parser_object(parser, value, &table, proxy, at);
	if (r == 0 && at[0] < 0)
		return parser_error(parser, "\"url\" is missing");
	if (r == 0 && proxy->kind == UPSTREAM_DIRECT && (at[1] >= 0 || at[2] >= 0))
		return parser_error(parser, "\"direct\" takes no user and no password");
	if (r == 0 && proxy->password_file && !proxy->user)
		return parser_error(parser, "a password belongs to a \"user\"");
	return r;
}

struct upstream_proxy *upstream_proxy_free(struct upstream_proxy *proxy)
{
	if (!proxy)
		return NULL;
	free(proxy->host);
	free(proxy->user);
	free(proxy->password);
	free(proxy->password_file);
	free(proxy);
	return NULL;
}
