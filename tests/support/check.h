/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks of our unit tests: a failed one prints file, line and expression, and the test program
 * exits 1 at its end. A test is a function; main() calls RUN() on each and returns check_summary().
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int check_failures, check_tests, check_failed_tests;

#define CHECK(expr)                                                                                \
	do {                                                                                       \
		if (!(expr)) {                                                                     \
			fprintf(stderr, "%s:%d: %s: not true: %s\n", __FILE__, __LINE__, __func__, \
				#expr);                                                            \
			check_failures++;                                                          \
		}                                                                                  \
	} while (0)

#define CHECK_INT(a, b)                                                                            \
	do {                                                                                       \
		long long _a = (long long)(a), _b = (long long)(b);                                \
		if (_a != _b) {                                                                    \
			fprintf(stderr, "%s:%d: %s: %s is %lld, not %lld\n", __FILE__, __LINE__,   \
				__func__, #a, _a, _b);                                             \
			check_failures++;                                                          \
		}                                                                                  \
	} while (0)

#define CHECK_STRING(a, b)                                                                         \
	do {                                                                                       \
		const char *_a = (a), *_b = (b);                                                   \
		if (!_a || !_b || strcmp(_a, _b) != 0) {                                           \
			fprintf(stderr, "%s:%d: %s: %s is \"%s\", not \"%s\"\n", __FILE__,         \
				__LINE__, __func__, #a, _a ? _a : "(null)", _b ? _b : "(null)");   \
			check_failures++;                                                          \
		}                                                                                  \
	} while (0)

#define RUN(test)                                                                                  \
	do {                                                                                       \
		int _before = check_failures;                                                      \
		test();                                                                            \
		check_tests++;                                                                     \
		check_failed_tests += check_failures != _before;                                   \
		printf("%s %s\n", check_failures == _before ? "ok" : "FAILED", #test);             \
	} while (0)

static inline int check_summary(void)
{
	printf("%d passed, %d failed\n", check_tests - check_failed_tests, check_failed_tests);
	return check_failed_tests ? 1 : 0;
}
