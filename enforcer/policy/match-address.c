/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints of the network against names, address ranges, ports and protocols. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/policy/match-address.h"

#define HOST_MAX  253
#define LABEL_MAX 63

void inet_matcher_done(struct inet_matcher *matcher)
{
	strings_done(&matcher->hosts);
	free(matcher->addresses);
	free(matcher->ports);
	*matcher = (struct inet_matcher){};
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static const char *labels_check(const char *host)
{
	size_t label = 0;

	for (const char *p = host;; p++) {
		if (*p == '.' || *p == '\0') {
			if (label == 0)
				return "a part of the host name is empty";
			if (label > LABEL_MAX)
				return "a part of the host name is too long";
			label = 0;
			if (!*p)
				return NULL;
			continue;
		}
		if ((unsigned char)*p >= 0x80)
			return "write the host name as it is looked up (xn--...)";
		if (*p == '*')
			return "in a host name * stands first and alone: \"*.example.com\"";
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '-' &&
		    *p != '_')
			return "a host name has letters, digits, hyphens and dots";
		label++;
	}
}

const char *host_parse(const char *text, char *ret_host)
{
	size_t len = strlen(text);
	struct in_addr v4;
	struct in6_addr v6;

	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len == 0)
		return "the host name is empty";
	if (len > HOST_MAX)
		return "the host name is too long";
	for (size_t i = 0; i < len; i++)
		ret_host[i] = lower(text[i]);
	ret_host[len] = '\0';
	if (inet_pton(AF_INET, ret_host, &v4) == 1 || inet_pton(AF_INET6, ret_host, &v6) == 1)
		return "this is an address: use \"address\"";
	if (strcmp(text, "*") == 0)
		return NULL;
	return labels_check(strncmp(ret_host, "*.", 2) == 0 ? ret_host + 2 : ret_host);
}

bool host_matches(const char *pattern, const char *host)
{
	size_t len = strlen(host), n;

	while (len > 0 && host[len - 1] == '.')
		len--;
	if (strcmp(pattern, "*") == 0)
		return len > 0;
	if (pattern[0] == '*') {
		/* ".example.com" at the end, and something before it. */
		n = strlen(++pattern);
		if (len <= n)
			return false;
		host += len - n;
		len = n;
	}
	if (strlen(pattern) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(host[i]) != pattern[i])
			return false;
	return true;
}

static bool bits_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

/* ::ffff:a.b.c.d is the IPv4 address: endpoints come in that form. */
static void range_unmap(struct address_range *range)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (range->family != AF_INET6 || range->prefix < 96 ||
	    memcmp(range->address, mapped, sizeof(mapped)) != 0)
		return;
	range->family = AF_INET;
	range->prefix -= 96;
	memmove(range->address, range->address + 12, 4);
	memset(range->address + 4, 0, 12);
}

/* Digits only, at most max; false otherwise. */
static bool number_parse(const char *text, size_t len, unsigned max, unsigned *ret_number)
{
	unsigned number = 0;

	if (len == 0 || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number * 10 + (unsigned)(text[i] - '0');
	}
	*ret_number = number;
	return number <= max;
}

const char *address_parse(const char *text, struct address_range *ret_range)
{
	const char *slash = strchrnul(text, '/');
	struct address_range range = {};
	char address[INET6_ADDRSTRLEN];
	uint8_t kept[16] = {};
	unsigned bits;

	if ((size_t)(slash - text) >= sizeof(address))
		return "no IPv4 or IPv6 address";
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (inet_pton(AF_INET, address, range.address) == 1)
		range.family = AF_INET;
	else if (inet_pton(AF_INET6, address, range.address) == 1)
		range.family = AF_INET6;
	else
		return "no IPv4 or IPv6 address";
	bits = range.family == AF_INET ? 32 : 128;
	range.prefix = bits;
	if (*slash && !number_parse(slash + 1, strlen(slash + 1), bits, &range.prefix))
		return bits == 32 ? "the bits behind the slash are 0 to 32"
				  : "the bits behind the slash are 0 to 128";
	memcpy(kept, range.address, range.prefix / 8);
	if (range.prefix % 8)
		kept[range.prefix / 8] =
			range.address[range.prefix / 8] & (uint8_t)(0xff << (8 - range.prefix % 8));
	if (memcmp(kept, range.address, sizeof(kept)) != 0)
		return "the address has bits set behind those that count";
	range_unmap(&range);
	*ret_range = range;
	return NULL;
}

const char *port_range_parse(const char *text, struct port_range *ret_range)
{
	const char *dash = strchr(text, '-');
	unsigned first, last;

	if (!dash)
		return "a port is a number, a range \"8000-8100\"";
	if (!number_parse(text, (size_t)(dash - text), 65535, &first) || first == 0 ||
	    !number_parse(dash + 1, strlen(dash + 1), 65535, &last) || last == 0)
		return "a port is between 1 and 65535";
	if (last < first)
		return "the range of ports ends before it starts";
	*ret_range = (struct port_range){(uint16_t)first, (uint16_t)last};
	return NULL;
}

static unsigned protocol_bit(int protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return PROTOCOL_TCP;
	case IPPROTO_UDP:
		return PROTOCOL_UDP;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return PROTOCOL_ICMP;
	}
	return 0;
}

static bool any_host(const struct inet_matcher *matcher, const struct endpoint *endpoint)
{
	for (size_t i = 0; endpoint->host && i < matcher->hosts.n; i++)
		if (host_matches(matcher->hosts.items[i], endpoint->host))
			return true;
	return false;
}

static bool any_address(const struct inet_matcher *matcher, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < matcher->n_addresses; i++)
		if (matcher->addresses[i].family == endpoint->family &&
		    bits_equal(matcher->addresses[i].address, endpoint->address,
			       matcher->addresses[i].prefix))
			return true;
	return false;
}

static bool any_port(const struct inet_matcher *matcher, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < matcher->n_ports; i++)
		if (endpoint->port >= matcher->ports[i].first &&
		    endpoint->port <= matcher->ports[i].last)
			return true;
	return false;
}

bool endpoint_must_be_named(const struct endpoint *endpoint)
{
	return endpoint->host_loopback ||
	       (!endpoint->loopback && endpoint->protocol != IPPROTO_TCP);
}

/* What must be named is, by the rule. */
static bool names_it(const struct inet_matcher *matcher, const struct endpoint *endpoint)
{
	if (endpoint->host_loopback && !matcher->host_loopback)
		return false;
	return endpoint->protocol == IPPROTO_TCP ||
	       (matcher->protocols & protocol_bit(endpoint->protocol));
}

bool inet_matches(const struct inet_matcher *matcher, const struct endpoint *endpoint, bool allow)
{
	if (allow && endpoint_must_be_named(endpoint) && !names_it(matcher, endpoint))
		return false;
	if (matcher->host_loopback && !endpoint->host_loopback)
		return false;
	if (matcher->hosts.n > 0 && !any_host(matcher, endpoint))
		return false;
	if (matcher->n_addresses > 0 &&
	    ((allow && endpoint->host) || !any_address(matcher, endpoint)))
		return false;
	if (matcher->n_ports > 0 && !any_port(matcher, endpoint))
		return false;
	if (matcher->protocols && !(matcher->protocols & protocol_bit(endpoint->protocol)))
		return false;
	return !matcher->loopback || endpoint->loopback;
}
