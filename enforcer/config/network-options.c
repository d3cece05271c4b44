/* SPDX-License-Identifier: Apache-2.0 */
/* The options of the network as policy texts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/config/config.h"
#include "enforcer/config/network-options.h"

/*
 * What --offline says, before the rules of the layers under the command line: no name and no
 * address but 0/8, 127/8 and ::/8, where the sandbox's own loopback lies. To deny that too
 * would break programs that talk to themselves; to allow it here would loosen what a layer
 * below denies.
 */
const char offline_text[] =
	"{\"version\": 1, \"rules\": ["
	"{\"deny\": \"connect\", \"host\": \"*\", \"reason\": \"--offline\"},"
	"{\"deny\": \"connect\", \"host_loopback\": true, \"reason\": \"--offline\"},"
	"{\"deny\": \"connect\", \"reason\": \"--offline\", \"address\": ["
	"\"1.0.0.0/8\", \"2.0.0.0/7\", \"4.0.0.0/6\", \"8.0.0.0/5\", \"16.0.0.0/4\", "
	"\"32.0.0.0/3\","
	"\"64.0.0.0/3\", \"96.0.0.0/4\", \"112.0.0.0/5\", \"120.0.0.0/6\", \"124.0.0.0/7\","
	"\"126.0.0.0/8\", \"128.0.0.0/1\", \"100::/8\", \"200::/7\", \"400::/6\", \"800::/5\","
	"\"1000::/4\", \"2000::/3\", \"4000::/2\", \"8000::/1\"]}"
	"], \"otherwise\": {\"connect\": \"deny\"}}";

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*"

/* Digits that are a port; the text behind them, or NULL. */
static const char *parse_port(const char *text, long *ret_port)
{
	size_t digits = strspn(text, "0123456789");

	/* Leading zeros are none of JSON's: the number is printed anew. */
	*ret_port = digits > 0 && digits <= 5 ? strtol(text, NULL, 10) : 0;
	return *ret_port > 0 && *ret_port <= 65535 ? text + digits : NULL;
}

static int append_host(struct buffer *text, const char *host, struct failure *reterr)
{
	size_t name = strspn(host, NAME_CHARACTERS);
	const char *rest = host + name;
	long port = 0;

	if (*rest == ':')
		rest = parse_port(rest + 1, &port);
	if (name == 0 || name > 253 || !rest || *rest) {
		failure_hint(reterr, "for example: --allow-host api.example.com:443");
		return failure_set(reterr, -EINVAL, "--allow-host takes a name, or NAME:PORT");
	}
	buffer_printf(text,
		      "{\"allow\": \"connect\", \"reason\": \"--allow-host\", \"host\": \"%.*s\"",
		      (int)name, host);
	if (port)
		buffer_printf(text, ", \"port\": %ld", port);
	buffer_append_string(text, "}");
	return 0;
}

static int append_loopback(struct buffer *text, const char *written, struct failure *reterr)
{
	long port;
	const char *rest = parse_port(written, &port);

	if (!rest || *rest) {
		failure_hint(reterr, "for example: --allow-loopback 5432");
		return failure_set(reterr, -EINVAL, "--allow-loopback takes a port");
	}
	buffer_printf(text,
		      "{\"allow\": \"connect\", \"reason\": \"--allow-loopback\", "
		      "\"host_loopback\": %ld}",
		      port);
	return 0;
}

static int append_publish(struct buffer *text, const char *written, struct failure *reterr)
{
	long port, on = 0;
	const char *rest = parse_port(written, &port);

	if (rest && *rest == ':')
		rest = parse_port(rest + 1, &on);
	if (!rest || *rest) {
		failure_hint(reterr, "for example: --publish 3000, or --publish 3000:8080 for "
				     "another port outside");
		return failure_set(reterr, -EINVAL, "--publish takes a port, or PORT:ON");
	}
	buffer_printf(text, "{\"port\": %ld, \"on\": %ld}", port, on ? on : port);
	return 0;
}

/* append: one of the values, as JSON. */
static int append_list(struct buffer *text, const char *const *values,
		       int (*append)(struct buffer *text, const char *value,
				     struct failure *reterr),
		       struct failure *reterr)
{
	int r = 0;

	for (size_t i = 0; values && values[i] && r == 0; i++) {
		if (text->data[text->len - 1] != '[')
			buffer_append_string(text, ", ");
		r = append(text, values[i], reterr);
	}
	return r;
}

int network_options_text(const struct config_options *options, struct buffer *ret_text,
			 struct failure *reterr)
{
	int r;

	if (!options->allow_hosts && !options->allow_loopback && !options->publish)
		return 0;
	buffer_append_string(ret_text, "{\"version\": 1, \"rules\": [");
	if (ret_text->error)
		return ret_text->error;
	r = append_list(ret_text, options->allow_hosts, append_host, reterr);
	if (r == 0)
		r = append_list(ret_text, options->allow_loopback, append_loopback, reterr);
	if (r == 0 && options->publish) {
		buffer_append_string(ret_text, "], \"publish\": [");
		r = ret_text->error
			    ? ret_text->error
			    : append_list(ret_text, options->publish, append_publish, reterr);
	}
	buffer_append_string(ret_text, "]}");
	return r < 0 ? r : ret_text->error;
}
