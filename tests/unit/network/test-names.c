/* SPDX-License-Identifier: Apache-2.0 */
/* Names and the addresses that stand for them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "enforcer/network/names.h"
#include "tests/support/check.h"

static void test_names_are_made_canonical(void)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
		{"example.com", "example.com"},
		{"EXAMPLE.Com.", "example.com"},
		{"xn--bcher-kva.example", "xn--bcher-kva.example"},
		{"_srv.a-b.c", "_srv.a-b.c"},
		{"", NULL},
		{".", NULL},
		{"a..b", NULL},
		{".a", NULL},
		{"a b", NULL},
		{"a\tb", NULL},
		{"b\xc3\xbc.example", NULL},
		{"*.example", NULL},
	};
	char name[NAME_MAX_LEN + 1], label[65], whole[NAME_MAX_LEN + 2];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool good = name_canonical(cases[i].text, strlen(cases[i].text), name);

		CHECK(good == (cases[i].name != NULL));
		if (good)
			CHECK_STRING(name, cases[i].name);
	}
	CHECK(!name_canonical("a\0b", 3, name));
	memset(label, 'a', sizeof(label));
	CHECK(name_canonical(label, 63, name));
	CHECK(!name_canonical(label, 64, name));
	for (size_t i = 0; i < sizeof(whole); i++)
		whole[i] = i % 2 ? '.' : 'a';
	CHECK(name_canonical(whole, NAME_MAX_LEN, name));
	CHECK(!name_canonical(whole, NAME_MAX_LEN + 2, name));
}

static void test_an_address_stands_for_one_name_in_both_families(void)
{
	struct names *names;
	uint8_t v4[16], v6[16];
	const char *found;

	CHECK(names_new(NAMES_MAX, 1, &names) == 0);
	for (int i = 0; i < 5000; i++) {
		char name[32];

		snprintf(name, sizeof(name), "n%d.example", i);
		CHECK(names_number(names, name) == i);
		CHECK(names_number(names, name) == i);
	}
	for (uint32_t i = 0; i < 5000; i++) {
		char name[32];

		snprintf(name, sizeof(name), "n%u.example", i);
		names_address(i, AF_INET, v4);
		names_address(i, AF_INET6, v6);
		CHECK(v4[0] == 198 && (v4[1] == 18 || v4[1] == 19));
		CHECK(names_find(names, AF_INET, v4, &found) && found);
		CHECK_STRING(found, name);
		CHECK(names_find(names, AF_INET6, v6, &found) && found);
		CHECK_STRING(found, name);
	}
	names_free(names);
}

static void test_what_stands_for_no_name_has_none(void)
{
	static const uint8_t own[16] = {198, 18, 0, 1}, next[16] = {198, 18, 1, 1},
			     last[16] = {198, 19, 255, 255}, other[16] = {198, 20, 1, 0},
			     v6[16] = {0xfd, 0x63, 0x61, 0x6c, 0x6c, 0x67, 1, [14] = 1},
			     foreign[16] = {0xfd, 0x63, 0x61, 0x6c, 0x6c, 0x68, [14] = 1};
	struct names *names;
	const char *found;

	CHECK(names_new(NAMES_MAX, 1, &names) == 0);
	CHECK(names_number(names, "a.example") == 0);
	CHECK(names_find(names, AF_INET, own, &found) && !found);
	CHECK(names_find(names, AF_INET, next, &found) && !found);
	CHECK(names_find(names, AF_INET, last, &found) && !found);
	CHECK(!names_find(names, AF_INET, other, &found) && !found);
	CHECK(names_find(names, AF_INET6, v6, &found) && !found);
	CHECK(!names_find(names, AF_INET6, foreign, &found) && !found);
	names_free(names);
}

static void test_spent_addresses_are_not_used_again(void)
{
	struct names *names;

	CHECK(names_new(2, 1, &names) == 0);
	CHECK(names_number(names, "a") == 0);
	CHECK(names_number(names, "b") == 1);
	CHECK(names_number(names, "c") == -ENOSPC);
	CHECK(names_number(names, "a") == 0);
	names_free(names);
}

int main(void)
{
	RUN(test_names_are_made_canonical);
	RUN(test_an_address_stands_for_one_name_in_both_families);
	RUN(test_what_stands_for_no_name_has_none);
	RUN(test_spent_addresses_are_not_used_again);
	return check_summary();
}
