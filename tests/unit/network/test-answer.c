/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to DNS queries, byte by byte: the queries are not made by the library that is tested. */
#include <string.h>

#include "enforcer/network/answer.h"
#include "tests/support/check.h"

enum { A = 1, TXT = 16, AAAA = 28, HTTPS = 65, NXDOMAIN = 3, REFUSED = 5, SERVFAIL = 2 };

static struct names *names;

static bool allowed(void *userdata, const char *name)
{
	return strcmp(name, "api.example") == 0 || strcmp(name, "more.example") == 0;
}

static size_t query(uint8_t *packet, const char *name, unsigned type, unsigned class)
{
	static const uint8_t head[12] = {0x12, 0x34, 0x01, 0, 0, 1};
	size_t len = sizeof(head);

	memcpy(packet, head, sizeof(head));
	while (*name) {
		size_t label = strcspn(name, ".");

		packet[len++] = (uint8_t)label;
		memcpy(packet + len, name, label);
		len += label;
		name += label + (name[label] == '.');
	}
	packet[len++] = 0;
	packet[len++] = 0;
	packet[len++] = (uint8_t)type;
	packet[len++] = 0;
	packet[len++] = (uint8_t) class;
	return len;
}

struct said {
	unsigned code, answers;
	size_t len;
	uint8_t packet[ANSWER_SIZE_MAX];
};

static struct said say(const uint8_t *packet, size_t len)
{
	const struct answer_context context = {.names = names, .allowed = allowed};
	struct said said = {};

	said.len = answer_query(&context, packet, len, said.packet);
	if (said.len) {
		CHECK(said.packet[0] == 0x12 && said.packet[1] == 0x34 && said.packet[2] & 0x80);
		said.code = said.packet[3] & 15;
		said.answers = said.packet[7];
	}
	return said;
}

static struct said ask(const char *name, unsigned type, unsigned class)
{
	uint8_t packet[512];

	return say(packet, query(packet, name, type, class));
}

static void test_an_allowed_name_has_an_address(void)
{
	static const uint8_t v4[] = {198, 18, 1, 0}, v6[] = {0xfd, 0x63, 0x61, 0x6c, 0x6c, 0x67};
	struct said said = ask("api.example", A, 1);

	CHECK(said.code == 0 && said.answers == 1);
	CHECK(memcmp(said.packet + said.len - 4, v4, 4) == 0);
	said = ask("API.Example", AAAA, 1);
	CHECK(said.code == 0 && said.answers == 1);
	CHECK(memcmp(said.packet + said.len - 16, v6, sizeof(v6)) == 0);
	said = ask("more.example", A, 1);
	CHECK(said.packet[said.len - 1] == 1);
	said = ask("localhost", A, 1);
	CHECK(said.answers == 1 && said.packet[said.len - 4] == 127);
}

static void test_other_types_have_nothing_to_say(void)
{
	static const unsigned types[] = {TXT, HTTPS, 2, 5, 33, 255};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct said said = ask("api.example", types[i], 1);

		CHECK(said.len && said.code == 0 && said.answers == 0);
	}
}

static void test_a_denied_name_does_not_exist(void)
{
	static const char *const denied[] = {"evil.example", "api.example.evil", "x.api.example",
					     "a b.example", "secret.data.evil.example"};

	for (size_t i = 0; i < ARRAY_LEN(denied); i++) {
		CHECK(ask(denied[i], A, 1).code == NXDOMAIN);
		CHECK(ask(denied[i], TXT, 1).code == NXDOMAIN);
	}
	CHECK(ask("api.example", A, 3).code == REFUSED);
}

static void test_spent_addresses_are_the_servers_failure(void)
{
	struct names *all = names;

	CHECK(names_new(1, 1, &names) == 0);
	CHECK(ask("api.example", A, 1).answers == 1);
	CHECK(ask("more.example", A, 1).code == SERVFAIL);
	names_free(names);
	names = all;
}

static void test_what_is_no_query_gets_no_answer(void)
{
	uint8_t packet[512];
	size_t len = query(packet, "api.example", A, 1);

	packet[2] |= 0x80;
	CHECK(say(packet, len).len == 0);
	packet[2] &= 0x7f;
	/* Cut, at every byte, and with bytes turned: no crash, no answer that is too long. */
	for (size_t i = 0; i < len; i++)
		CHECK(say(packet, i).len <= ANSWER_SIZE_MAX);
	for (size_t i = 2; i < len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			const struct answer_context context = {.names = names, .allowed = allowed};
			uint8_t answer[ANSWER_SIZE_MAX];

			packet[i] ^= (uint8_t)(1u << bit);
			CHECK(answer_query(&context, packet, len, answer) <= sizeof(answer));
			packet[i] ^= (uint8_t)(1u << bit);
		}
	}
}

int main(void)
{
	CHECK(names_new(100, 1, &names) == 0);
	RUN(test_an_allowed_name_has_an_address);
	RUN(test_other_types_have_nothing_to_say);
	RUN(test_a_denied_name_does_not_exist);
	RUN(test_spent_addresses_are_the_servers_failure);
	RUN(test_what_is_no_query_gets_no_answer);
	names_free(names);
	return check_summary();
}
