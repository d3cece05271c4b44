/* SPDX-License-Identifier: Apache-2.0 */
/* The options of the network as policy texts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
	"{\"deny\": \"connect\", \"reason\": \"--offline\", \"address\": ["
	"\"1.0.0.0/8\", \"2.0.0.0/7\", \"4.0.0.0/6\", \"8.0.0.0/5\", \"16.0.0.0/4\", "
	"\"32.0.0.0/3\","
	"\"64.0.0.0/3\", \"96.0.0.0/4\", \"112.0.0.0/5\", \"120.0.0.0/6\", \"124.0.0.0/7\","
	"\"126.0.0.0/8\", \"128.0.0.0/1\", \"100::/8\", \"200::/7\", \"400::/6\", \"800::/5\","
	"\"1000::/4\", \"2000::/3\", \"4000::/2\", \"8000::/1\"]}"
	"], \"otherwise\": {\"connect\": \"deny\"}}";

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*"

static int append_rule(struct buffer *text, const char *host, struct failure *reterr)
{
	size_t name = strspn(host, NAME_CHARACTERS), port = 0;

	if (host[name] == ':')
		port = strspn(host + name + 1, "0123456789");
	if (name == 0 || name > 253 || port > 5 || host[name + (port ? port + 1 : 0)] != '\0') {
		failure_hint(reterr, "for example: --allow-host api.example.com:443");
		return failure_set(reterr, -EINVAL, "--allow-host takes a name, or NAME:PORT");
	}
	buffer_printf(text,
		      "{\"allow\": \"connect\", \"reason\": \"--allow-host\", \"host\": \"%.*s\"",
		      (int)name, host);
	/* Leading zeros are none of JSON's. */
	if (port)
		buffer_printf(text, ", \"port\": %ld", strtol(host + name + 1, NULL, 10));
	buffer_append_string(text, "}");
	return 0;
}

int allow_host_text(const char *const *hosts, struct buffer *ret_text, struct failure *reterr)
{
	buffer_append_string(ret_text, "{\"version\": 1, \"rules\": [");
	for (size_t i = 0; hosts[i]; i++) {
		int r;

		if (i > 0)
			buffer_append_string(ret_text, ", ");
		r = append_rule(ret_text, hosts[i], reterr);
		if (r < 0)
			return r;
	}
	buffer_append_string(ret_text, "]}");
	return ret_text->error;
}
