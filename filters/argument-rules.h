/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that are decided by what stands in their registers: for each an ordered list of rules, of
 * which the first that matches decides, and the last matches always. filter.c makes instructions of
 * them and print-filter.c words. A register is looked at as the kernel looks at it: an int is its
 * low 32 bits, whatever stands above; a pointer or a long is both words.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filters/filter.h"

#define ARGUMENT_TESTS_MAX 3

enum argument_word {
	WORD_LOW = 0,
	WORD_HIGH,
};

/* True where (word & mask) equals value, or differs from it. A mask of zero ends a list of tests.
 */
struct argument_test {
	unsigned argument; /* 0 to 5 */
	enum argument_word word;
	uint32_t mask, value;
	bool differs;
};

/* When a rule is part of the filter at all. */
enum argument_option {
	OPTION_ALWAYS = 0,
	OPTION_LINUX_AIO,
	OPTION_MEMORY_EXEC,
};

struct argument_rule {
	const char *words; /* the condition, for people; "otherwise" for the last */
	uint32_t action;   /* what seccomp is to return */
	enum argument_option option;
	struct argument_test tests[ARGUMENT_TESTS_MAX + 1]; /* all must be true; none: always */
};

struct argument_rules {
	int number;
	const struct argument_rule *rules; /* static */
	size_t n_rules;
};

extern const struct argument_rules argument_rules[];
extern const size_t argument_rules_count;

/* The index into argument_rules, -1 where the call has none. */
int argument_rules_find(int number);
bool argument_rule_holds(const struct argument_rule *rule, const struct filter_options *options);
