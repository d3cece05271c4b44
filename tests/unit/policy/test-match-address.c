/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/match-address.h"
#include "tests/support/check.h"

static void test_hosts_match_by_canonical_name(void)
{
	static const struct {
		const char *written, *host;
		bool matches;
	} cases[] = {
		{"example.com", "example.com", true},
		{"Example.COM.", "eXample.com", true},
		{"example.com", "example.com.", true},
		{"example.com", "www.example.com", false},
		{"*.example.com", "www.example.com", true},
		{"*.example.com", "a.b.EXAMPLE.com.", true},
		{"*.example.com", "example.com", false},
		{"*.example.com", ".example.com", false},
		{"*.example.com", "notexample.com", false},
		{"*.example.com", "www.example.com.evil.org", false},
		{"*", "anything.test", true},
		{"*", "", false},
	};
	char host[256];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK(!host_parse(cases[i].written, host));
		CHECK_INT(host_matches(host, cases[i].host), cases[i].matches);
	}
}

static void test_hosts_that_are_none_are_refused(void)
{
	static const char *const wrong[] = {"",      ".",    "a..b",        "*.*.x",
					    "a.*.x", "a*.x", "1.2.3.4",     "::1",
					    "a b",   "a/b",  "\xc3\xbc.de", "*."};
	char host[256], long_label[80], longest[300];

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (!host_parse(wrong[i], host)) {
			fprintf(stderr, "\"%s\" was taken\n", wrong[i]);
			CHECK(false);
		}
	memset(long_label, 'a', 64);
	long_label[64] = '\0';
	CHECK(host_parse(long_label, host));
	long_label[63] = '\0';
	CHECK(!host_parse(long_label, host));
	for (size_t i = 0; i < 254; i++)
		longest[i] = i % 2 ? '.' : 'a';
	longest[253] = '\0';
	CHECK(!host_parse(longest, host));
	strcpy(longest + 253, "aa");
	CHECK(host_parse(longest, host));
}

static void test_address_ranges_hold_their_bits(void)
{
	static const struct {
		const char *range, *address;
		bool matches;
	} cases[] = {
		{"10.0.0.0/8", "10.255.1.2", true},
		{"10.0.0.0/8", "11.0.0.0", false},
		{"0.0.0.0/0", "1.2.3.4", true},
		{"192.0.2.7", "192.0.2.7", true},
		{"192.0.2.7", "192.0.2.6", false},
		{"192.0.2.4/30", "192.0.2.7", true},
		{"192.0.2.4/30", "192.0.2.8", false},
		{"2001:db8::/32", "2001:db8:1::1", true},
		{"2001:db8::/32", "2001:db9::", false},
		{"::/0", "1.2.3.4", false},
		{"::ffff:10.0.0.0/104", "10.1.1.1", true},
		{"fe80::/10", "febf::1", true},
		{"fe80::/10", "fec0::1", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct endpoint endpoint = {.family = AF_INET, .protocol = IPPROTO_TCP};
		struct address_range range;
		struct inet_matcher matcher = {.addresses = &range, .n_addresses = 1};

		CHECK(!address_parse(cases[i].range, &range));
		if (strchr(cases[i].address, ':'))
			endpoint.family = AF_INET6;
		CHECK_INT(inet_pton(endpoint.family, cases[i].address, endpoint.address), 1);
		CHECK_INT(inet_matches(&matcher, &endpoint, true), cases[i].matches);
	}
}

static void test_malformed_addresses_and_ports_are_refused(void)
{
	static const char *const addresses[] = {
		"",       "10.0.0.0/33",  "10.0.0.0/",  "10.0.0.1/8", "::1/129",
		"x",      "10.0.0/8",     "1.2.3.4/-1", "1.2.3.4/ 8", "fe80::1%eth0",
		"::1/64", "1.2.3.4/99999"};
	static const char *const ports[] = {"",  "80", "0-5", "5-4",  "1-65536",
					    "-", "1-", "a-b", "1-2-3"};
	struct address_range range;
	struct port_range port;

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++)
		CHECK(address_parse(addresses[i], &range));
	for (size_t i = 0; i < ARRAY_LEN(ports); i++)
		CHECK(port_range_parse(ports[i], &port));
	CHECK(!port_range_parse("1-65535", &port));
	CHECK_INT(port.first, 1);
	CHECK_INT(port.last, 65535);
}

static void test_an_address_allows_no_name(void)
{
	struct address_range range;
	struct inet_matcher matcher = {.addresses = &range, .n_addresses = 1};
	struct endpoint endpoint = {
		.family = AF_INET, .protocol = IPPROTO_TCP, .address = {198, 18, 0, 1}};

	CHECK(!address_parse("0.0.0.0/0", &range));
	CHECK(inet_matches(&matcher, &endpoint, true));
	endpoint.host = (char *)"evil.test";
	CHECK(!inet_matches(&matcher, &endpoint, true));
	CHECK(inet_matches(&matcher, &endpoint, false));
}

static void test_each_part_that_is_set_must_match(void)
{
	struct port_range ports[] = {{443, 443}, {8000, 8100}};
	struct inet_matcher matcher = {.ports = ports, .n_ports = 2, .protocols = PROTOCOL_TCP};
	struct endpoint endpoint = {.family = AF_INET, .protocol = IPPROTO_TCP, .port = 8100};

	CHECK(inet_matches(&matcher, &endpoint, true));
	endpoint.port = 8101;
	CHECK(!inet_matches(&matcher, &endpoint, true));
	endpoint.port = 443;
	CHECK(inet_matches(&matcher, &endpoint, true));
	endpoint.protocol = IPPROTO_UDP;
	CHECK(!inet_matches(&matcher, &endpoint, true));
	endpoint.protocol = IPPROTO_TCP;
	matcher.loopback = true;
	CHECK(!inet_matches(&matcher, &endpoint, true));
	endpoint.loopback = true;
	CHECK(inet_matches(&matcher, &endpoint, true));
	matcher = (struct inet_matcher){.protocols = PROTOCOL_ICMP};
	endpoint.protocol = IPPROTO_ICMPV6;
	CHECK(inet_matches(&matcher, &endpoint, true));
}

int main(void)
{
	RUN(test_hosts_match_by_canonical_name);
	RUN(test_hosts_that_are_none_are_refused);
	RUN(test_address_ranges_hold_their_bits);
	RUN(test_malformed_addresses_and_ports_are_refused);
	RUN(test_an_address_allows_no_name);
	RUN(test_each_part_that_is_set_must_match);
	return check_summary();
}
