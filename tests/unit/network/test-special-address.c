/* SPDX-License-Identifier: Apache-2.0 */
/* Where no name of the network at large leads. */
#include <arpa/inet.h>
#include <stdio.h>

#include "enforcer/network/special-address.h"
#include "tests/support/check.h"

static struct outside_address parse(const char *text)
{
	struct outside_address address = {.family = AF_INET};

	if (inet_pton(AF_INET, text, address.bytes) != 1) {
		address.family = AF_INET6;
		CHECK(inet_pton(AF_INET6, text, address.bytes) == 1);
	}
	return address;
}

static void test_special_addresses_are_known(void)
{
	static const char *const special[] = {"0.0.0.0",
					      "0.255.255.255",
					      "10.0.0.1",
					      "100.64.0.1",
					      "100.127.255.255",
					      "127.0.0.1",
					      "127.255.255.255",
					      "169.254.169.254",
					      "172.16.0.1",
					      "172.31.255.255",
					      "192.0.0.1",
					      "192.0.2.1",
					      "192.88.99.1",
					      "192.168.0.1",
					      "198.18.0.1",
					      "198.19.255.255",
					      "198.51.100.1",
					      "203.0.113.1",
					      "224.0.0.1",
					      "255.255.255.255",
					      "168.63.129.16",
					      "::",
					      "::1",
					      "::2",
					      "::ffff:10.0.0.1",
					      "::ffff:127.0.0.1",
					      "64:ff9b::a00:1",
					      "64:ff9b::7f00:1",
					      "64:ff9b:1::1",
					      "100::1",
					      "2001::1",
					      "2001:db8::1",
					      "2002::1",
					      "fc00::1",
					      "fd00:ec2::254",
					      "fe80::1",
					      "fec0::1",
					      "ff02::1",
					      "5f00::1",
					      "3fff::1"};
	static const char *const plain[] = {
		"1.1.1.1",          "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
		"100.128.0.0",      "126.255.255.255", "128.0.0.0",       "169.253.255.255",
		"169.255.0.0",      "172.15.255.255",  "172.32.0.0",      "192.167.255.255",
		"198.17.255.255",   "198.20.0.0",      "223.255.255.255", "::ffff:1.1.1.1",
		"64:ff9b::101:101", "2606:4700::1",    "2a00::1",         "2001:4860::1"};

	for (size_t i = 0; i < ARRAY_LEN(special); i++) {
		struct outside_address address = parse(special[i]);

		if (!special_address(&address))
			printf("%s\n", special[i]);
		CHECK(special_address(&address));
	}
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		struct outside_address address = parse(plain[i]);

		if (special_address(&address))
			printf("%s: %s\n", plain[i], special_address(&address));
		CHECK(!special_address(&address));
	}
}

static void test_own_addresses_are_known(void)
{
	struct outside_address own = parse("127.0.0.1"), other = parse("192.0.2.1");

	CHECK(own_address(&own));
	CHECK(!own_address(&other));
}

static void test_loopback_has_many_names(void)
{
	/* To an address that is none the kernel connects as to its loopback. */
	static const char *const loopback[] = {"127.0.0.1", "127.1.2.3", "0.0.0.0", "::1", "::"};
	static const char *const other[] = {"126.0.0.1", "0.0.0.1", "::2", "::7f00:1", "fe80::1"};

	for (size_t i = 0; i < ARRAY_LEN(loopback); i++) {
		struct outside_address address = parse(loopback[i]);

		CHECK(address_is_loopback(&address));
	}
	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		struct outside_address address = parse(other[i]);

		CHECK(!address_is_loopback(&address));
	}
}

int main(void)
{
	RUN(test_special_addresses_are_known);
	RUN(test_loopback_has_many_names);
	RUN(test_own_addresses_are_known);
	return check_summary();
}
