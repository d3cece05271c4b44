/* SPDX-License-Identifier: Apache-2.0 */
/* What is said to an upstream proxy, and what it answers. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/network/proxy-talk.h"

static int refuse(struct proxy_talk *talk, int error, const char *complaint)
{
	talk->complaint = complaint;
	return error;
}

/* ---- HTTP */

static void base64(const char *text, size_t len, char *ret_text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = (const unsigned char *)text;
	char *out = ret_text;

	for (size_t i = 0; i < len; i += 3) {
		unsigned bits = (unsigned)in[i] << 16;

		if (i + 1 < len)
			bits |= (unsigned)in[i + 1] << 8;
		if (i + 2 < len)
			bits |= in[i + 2];
		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & 63];
		*out++ = i + 1 < len ? digits[bits >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[bits & 63] : '=';
	}
	*out = '\0';
}

static int http_begin(struct proxy_talk *talk)
{
	const struct proxy_target *target = &talk->target;
	const char *user = talk->proxy->user;
	bool v6 = !target->host && target->address.family == AF_INET6;
	char address[INET6_ADDRSTRLEN] = "", words[600], encoded[804] = "";
	const char *host = target->host ? target->host : address;
	int n;

	if (!target->host)
		inet_ntop(target->address.family, target->address.bytes, address, sizeof(address));
	if (user) {
		n = snprintf(words, sizeof(words), "%s:%s", user,
			     talk->proxy->password ? talk->proxy->password : "");
		if (n < 0 || n >= (int)sizeof(words))
			return -E2BIG;
		base64(words, (size_t)n, encoded);
	}
	n = snprintf(talk->say, sizeof(talk->say),
		     "CONNECT %s%s%s:%u HTTP/1.1\r\nHost: %s%s%s:%u\r\n%s%s%s\r\n", v6 ? "[" : "",
		     host, v6 ? "]" : "", target->port, v6 ? "[" : "", host, v6 ? "]" : "",
		     target->port, user ? "Proxy-Authorization: Basic " : "", encoded,
		     user ? "\r\n" : "");
	if (n < 0 || n >= (int)sizeof(talk->say))
		return -E2BIG;
	talk->say_len = (size_t)n;
	return 0;
}

static int http_status(struct proxy_talk *talk)
{
	unsigned status = (talk->kept[9] - '0') * 100u + (talk->kept[10] - '0') * 10u +
			  (talk->kept[11] - '0');

	if (status < 200) {
		/* Something is still to come. */
		talk->n_kept = 0;
		talk->step = 0;
		return 0;
	}
	if (status < 300)
		return 1;
	switch (status) {
	case 407:
		return refuse(talk, -EACCES,
			      talk->proxy->user
				      ? "the upstream proxy does not take the policy's user and "
					"password (407)"
				      : "the upstream proxy wants a user and password, and the "
					"policy has none (407)");
	case 404:
	case 410:
		return -EHOSTUNREACH;
	case 408:
	case 504:
		return -ETIMEDOUT;
	default:
		return status < 500 ? -EACCES : -EHOSTUNREACH;
	}
}

#define STATUS_LINE_MIN 13

/* "HTTP/1.1 200 ": as far as it has come. */
static bool is_status_line(const unsigned char *line, size_t len)
{
	static const char form[] = "HTTP/1.d dddx";
	bool is = true;

	for (size_t i = 0; i < len && is; i++) {
		if (form[i] == 'd')
			is = line[i] >= '0' && line[i] <= '9';
		else if (form[i] == 'x')
			is = line[i] == ' ' || line[i] == '\r' || line[i] == '\n';
		else
			is = line[i] == (unsigned char)form[i];
	}
	return is;
}

/* Only the status and where the head ends are looked at. step: 0 at the start of a line. */
static int http_hear(struct proxy_talk *talk, const unsigned char *data, size_t len,
		     size_t *ret_used)
{
	for (size_t i = 0; i < len; i++) {
		bool newline = data[i] == '\n';

		*ret_used = i + 1;
		if (++talk->heard > PROXY_HEAD_MAX)
			return refuse(talk, -EHOSTUNREACH,
				      "the answer of the upstream proxy is too long");
		if (talk->n_kept < STATUS_LINE_MIN) {
			talk->kept[talk->n_kept++] = data[i];
			if (!is_status_line(talk->kept, talk->n_kept))
				return refuse(talk, -EHOSTUNREACH,
					      "the upstream proxy does not speak HTTP");
			talk->step = newline ? 0 : 1;
		} else if (newline && talk->step == 0) {
			int r = http_status(talk);

			if (r != 0)
				return r;
		} else if (newline) {
			talk->step = 0;
		} else if (data[i] != '\r') {
			talk->step = 1;
		}
	}
	return 0;
}

/* ---- SOCKS5 */

enum { SOCKS_METHOD = 0, SOCKS_PASSWORD, SOCKS_ANSWER };

static void say(struct proxy_talk *talk, const void *data, size_t len)
{
	memcpy(talk->say + talk->say_len, data, len);
	talk->say_len += len;
}

static void say_byte(struct proxy_talk *talk, size_t byte)
{
	talk->say[talk->say_len++] = (char)byte;
}

static int socks_begin(struct proxy_talk *talk)
{
	const char *user = talk->proxy->user, *password = talk->proxy->password;

	if ((user && strlen(user) > 255) || (password && strlen(password) > 255) ||
	    (talk->target.host && strlen(talk->target.host) > 255))
		return -E2BIG;
	if (user)
		say(talk, "\5\2\0\2", 4);
	else
		say(talk, "\5\1\0", 3);
	return 0;
}

static int socks_say_where(struct proxy_talk *talk)
{
	const struct proxy_target *target = &talk->target;
	bool v6 = target->address.family == AF_INET6;

	talk->step = SOCKS_ANSWER;
	say(talk, "\5\1\0", 3);
	if (target->host) {
		say_byte(talk, 3);
		say_byte(talk, strlen(target->host));
		say(talk, target->host, strlen(target->host));
	} else {
		say_byte(talk, v6 ? 4 : 1);
		say(talk, target->address.bytes, v6 ? 16 : 4);
	}
	say_byte(talk, target->port >> 8);
	say_byte(talk, target->port & 0xff);
	return 0;
}

static int socks_method(struct proxy_talk *talk)
{
	const char *user = talk->proxy->user, *password = talk->proxy->password;

	if (talk->kept[1] == 0)
		return socks_say_where(talk);
	if (talk->kept[1] != 2 || !user)
		return refuse(talk, -EACCES,
			      user ? "the upstream proxy takes no user and password"
				   : "the upstream proxy wants a user and password, and the "
				     "policy has none");
	talk->step = SOCKS_PASSWORD;
	say_byte(talk, 1);
	say_byte(talk, strlen(user));
	say(talk, user, strlen(user));
	say_byte(talk, password ? strlen(password) : 0);
	if (password)
		say(talk, password, strlen(password));
	return 0;
}

static int socks_answer(struct proxy_talk *talk)
{
	static const int errors[] = {
		0, EHOSTUNREACH, EACCES, ENETUNREACH, EHOSTUNREACH, ECONNREFUSED, ETIMEDOUT};
	unsigned code = talk->kept[1];

	if (code == 0)
		return 1;
	if (code < ARRAY_LEN(errors))
		return -errors[code];
	return refuse(talk, -EHOSTUNREACH, "the upstream proxy cannot do what it is asked for");
}

/* How many bytes the answer has, as far as can be told from those that there are; 0: it is
 * wrong. */
static size_t socks_length(const struct proxy_talk *talk)
{
	const unsigned char *kept = talk->kept;

	if (talk->n_kept > 0 && kept[0] != (talk->step == SOCKS_PASSWORD ? 1 : 5))
		return 0;
	if (talk->step != SOCKS_ANSWER)
		return 2;
	if (talk->n_kept < 5)
		/* A refusal says nothing more that matters. */
		return talk->n_kept >= 2 && kept[1] != 0 ? talk->n_kept : 5;
	switch (kept[3]) {
	case 1:
		return 10;
	case 3:
		return 7u + kept[4];
	case 4:
		return 22;
	default:
		return 0;
	}
}

static int socks_hear(struct proxy_talk *talk, const unsigned char *data, size_t len,
		      size_t *ret_used)
{
	for (size_t i = 0; i < len; i++) {
		size_t length;

		*ret_used = i + 1;
		talk->kept[talk->n_kept++] = data[i];
		length = socks_length(talk);
		if (length == 0)
			return refuse(talk, -EHOSTUNREACH,
				      "the upstream proxy does not speak SOCKS5");
		if (talk->n_kept < length)
			continue;
		talk->n_kept = 0;
		if (talk->step == SOCKS_METHOD)
			return socks_method(talk);
		if (talk->step == SOCKS_ANSWER)
			return socks_answer(talk);
		return talk->kept[1] == 0
			       ? socks_say_where(talk)
			       : refuse(talk, -EACCES,
					"the upstream proxy does not take the policy's user and "
					"password");
	}
	return 0;
}

/* ---- either */

int proxy_talk_begin(struct proxy_talk *talk, const struct network_proxy *proxy,
		     const struct proxy_target *target)
{
	*talk = (struct proxy_talk){.proxy = proxy, .target = *target};
	return proxy->socks ? socks_begin(talk) : http_begin(talk);
}

int proxy_talk_hear(struct proxy_talk *talk, const void *data, size_t len, size_t *ret_used)
{
	*ret_used = 0;
	talk->say_len = 0;
	return talk->proxy->socks ? socks_hear(talk, data, len, ret_used)
				  : http_hear(talk, data, len, ret_used);
}
