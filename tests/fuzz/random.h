/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers that are the same on each machine and run; how often, for how long. */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static uint64_t random_state = 0x9e3779b97f4a7c15u;

/* xorshift64* */
static inline uint64_t random_number(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1du;
}

static inline unsigned random_below(unsigned n)
{
	return (unsigned)(random_number() >> 33) % n;
}

/* Rounds of this run: "PROGRAM [ROUNDS [SEED]]"; CALLGATE_TEST_LONG makes them twenty times as
 * many. */
static inline unsigned long random_rounds(int argc, char **argv, unsigned long usual)
{
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : usual;

	if (argc > 2)
		random_state = strtoull(argv[2], NULL, 0) | 1;
	return argc <= 1 && getenv("CALLGATE_TEST_LONG") ? rounds * 20 : rounds;
}
