/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random registers over random memory, through the decoder: it never reads what the target has not,
 * names its result by an errno or a call that can be told, and frees what it took.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "enforcer/request/call.h"
#include "filters/filter.h"
#include "tests/fuzz/random.h"
#include "tests/support/check.h"
#include "tests/support/fake-target.h"

#define MEMORY 8192

static unsigned char memory[MEMORY];

static uint64_t random_address(void)
{
	uint64_t start = (uint64_t)(uintptr_t)memory;

	switch (random_below(8)) {
	case 0:
		return 0;
	case 1:
		return random_number();
	case 2: /* to the very end of what can be read */
		return start + MEMORY - random_below(16);
	default:
		return start + random_below(MEMORY);
	}
}

static uint64_t random_register(void)
{
	static const uint64_t corners[] = {
		0,
		1,
		2,
		3,
		5,
		8,
		16,
		24,
		100,
		128,
		255,
		256,
		4095,
		4096,
		65536,
		65537,
		0x100,
		0x200,
		0x400,
		0x1000,
		0x2000,
		0x10000,
		0xffffffff,
		0xffffff9c,
		0xffffffffffffff9c,
		0x8000000000000000,
		UINT64_MAX,
	};

	switch (random_below(4)) {
	case 0:
		return corners[random_below(ARRAY_LEN(corners))];
	case 1:
		return random_number();
	default:
		return random_address();
	}
}

/* Bytes, runs of one letter, NULs and pointers into itself. */
static void random_memory(void)
{
	for (size_t at = 0; at + 8 <= MEMORY; at += 8) {
		uint64_t word = random_number();

		if (random_below(3) == 0)
			word = random_address();
		else if (random_below(3) == 0)
			word = random_below(2) ? 0 : 0x6161616161616161u;
		memcpy(memory + at, &word, sizeof(word));
	}
}

static void check_call(enum mediated name, int r, const struct call *call)
{
	CHECK(r <= 0 && r > -4096);
	/* EINTR and its kin would be a lie; ENOMEM we have. */
	CHECK(r != -EINTR && r != -EAGAIN && r != -ENOMEM && r != -EACCES);
	if (r < 0)
		return;
	CHECK(call->kind != CALL_NONE);
	for (size_t i = 0; i < 2; i++)
		CHECK(memchr(call->path[i].text, '\0', sizeof(call->path[i].text)) != NULL);
	CHECK(call->address_len <= sizeof(call->address));
	CHECK(!call->data || call->size <= CALL_SEND_MAX);
	CHECK(!call->name || strlen(call->name) <= CALL_XATTR_NAME_MAX);
	CHECK(!call->text || strlen(call->text) < PATH_MAX);
	for (size_t i = 0; call->argv && call->argv[i]; i++)
		CHECK(i < REQUEST_ARGV_MAX);
	CHECK((call->argv != NULL) == (mediated_family(name) == FAMILY_EXEC));
}

int main(int argc, char **argv)
{
	unsigned long rounds = random_rounds(argc, argv, 300000);
	struct target target = {.proc = -1};
	static struct call call;
	unsigned long whole = 0;

	fake_listener_reset();
	fake_target_reset();
	fake_memory_add(memory, sizeof(memory));
	while (rounds-- > 0 && !check_failures) {
		enum mediated name = (enum mediated)random_below(MEDIATED_COUNT + 1);
		struct seccomp_data data = {.nr = filter_number(name)};
		int r;

		if (rounds % 64 == 0)
			random_memory();
		for (size_t i = 0; i < ARRAY_LEN(data.args); i++)
			data.args[i] = random_register();
		call = (struct call){};
		r = call_decode(name, &data, &target, &call);
		if (name != MEDIATED_openat2 || r != -EAGAIN) /* RESOLVE_CACHED */
			check_call(name, r, &call);
		whole += r == 0;
		call_done(&call);
		if (check_failures)
			fprintf(stderr, "%s: %d, %lu rounds left\n", mediated_name(name), r,
				rounds);
	}
	CHECK(whole > 0);
	return check_failures ? 1 : 0;
}
