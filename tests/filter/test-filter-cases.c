/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the exported program in the simulator against tables of cases, and sees to it that no number
 * from 0 to 600 was left out. Usage: test-filter-cases FILE.cases ...
 *   CALL[-CALL] ARGUMENTS = ACTION   a name or a number; up to six numbers, or "*" for sets of many
 *   options any|NAME|!NAME           the filters that the lines below are true of
 *   architecture NAME                x86_64 (at the start), i386, x32, aarch64
 * An action is allow, notify, kill, succeed, or the name of an errno. "* = allow" also promises
 * that the number alone decides, without which the kernel's bitmap cannot hold the call.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/filter.h"
#include "filters/syscalls.h"
#include "tests/support/bpf-simulator.h"

#define FILTERS         4
#define NUMBERS_COVERED 601
#define X32_BIT         0x40000000u
#define PATTERNS        16

struct suite {
	struct filter_options options[FILTERS];
	struct filter filters[FILTERS];
	bool chosen[FILTERS];
	uint32_t arch, number_bits;
	bool covered[NUMBERS_COVERED][FILTERS];
	const char *path;
	unsigned line, cases, failures;
};

struct expectation {
	unsigned long first, last; /* numbers */
	bool any_arguments;
	uint64_t arguments[6];
	uint32_t action;
};

static const struct {
	int number;
	const char *name;
} calls[] = {
#define X(number, name, action) {number, #name},
	SYSCALLS(X)
#undef X
};

static bool fail(struct suite *suite, const char *what, const char *text)
{
	fprintf(stderr, "%s:%u: %s: %s\n", suite->path, suite->line, what, text);
	suite->failures++;
	return false;
}

static bool parse_call(const char *text, unsigned long *ret_number)
{
	char *end;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i].name, text) == 0) {
			*ret_number = (unsigned long)calls[i].number;
			return true;
		}
	if (!isdigit((unsigned char)*text))
		return false;
	*ret_number = strtoul(text, &end, 0);
	return *end == '\0' && *ret_number <= UINT32_MAX;
}

static bool parse_calls(char *text, struct expectation *e)
{
	char *dash = isdigit((unsigned char)*text) ? strchr(text, '-') : NULL;

	if (dash)
		*dash++ = '\0';
	if (!parse_call(text, &e->first))
		return false;
	e->last = e->first;
	return !dash || (parse_call(dash, &e->last) && e->last > e->first);
}

static bool parse_action(const char *text, uint32_t *ret_action)
{
	if (strcmp(text, "allow") == 0)
		*ret_action = SECCOMP_RET_ALLOW;
	else if (strcmp(text, "notify") == 0)
		*ret_action = SECCOMP_RET_USER_NOTIF;
	else if (strcmp(text, "kill") == 0)
		*ret_action = SECCOMP_RET_KILL_PROCESS;
	else if (strcmp(text, "succeed") == 0)
		*ret_action = SECCOMP_RET_ERRNO;
	else {
		for (int error = 1; error < 134; error++) {
			const char *name = strerrorname_np(error);

			if (!name || strcmp(name, text) != 0)
				continue;
			*ret_action = SECCOMP_RET_ERRNO | (uint32_t)error;
			return true;
		}
		return false;
	}
	return true;
}

static bool parse_case(char *line, struct expectation *e)
{
	char *save, *word, *end;
	size_t n = 0;

	*e = (struct expectation){0};
	word = strtok_r(line, " \t", &save);
	if (!word || !parse_calls(word, e))
		return false;
	while ((word = strtok_r(NULL, " \t", &save)) && strcmp(word, "=") != 0) {
		if (strcmp(word, "*") == 0) {
			e->any_arguments = true;
			continue;
		}
		if (n == 6)
			return false;
		e->arguments[n++] = strtoull(word, &end, 0);
		if (*end)
			return false;
	}
	word = strtok_r(NULL, " \t", &save);
	return word && parse_action(word, &e->action) && !strtok_r(NULL, " \t", &save);
}

/* The same each time: zeros, ones, one bit, halves, and numbers without a pattern. */
static uint64_t pattern(unsigned set, unsigned argument)
{
	static const uint64_t fixed[] = {0,          UINT64_MAX,         1,
					 0xffffffff, 0xffffffff00000000, 1ull << 31,
					 1ull << 63, 0x7ffd12345678};
	uint64_t x = set * 6 + argument + 1;

	if (set < sizeof(fixed) / sizeof(fixed[0]))
		return fixed[set];
	/* An odd multiplier and a fold: enough to set every bit in some set. */
	x *= 0x9e3779b97f4a7c15;
	return x ^ (x >> 29);
}

static void run_one(struct suite *suite, size_t f, const struct expectation *e,
		    const struct seccomp_data *data, bool number_alone)
{
	struct bpf_result result = bpf_run(suite->filters[f].program, data);
	char text[160];

	suite->cases++;
	if (result.action == e->action && (!number_alone || result.by_number_alone))
		return;
	snprintf(text, sizeof(text), "call %u under options %zu: %#x, not %#x%s",
		 (unsigned)data->nr, f, result.action, e->action,
		 result.by_number_alone ? "" : ", by its arguments");
	fail(suite, "wrong answer", text);
}

static void run_number(struct suite *suite, const struct expectation *e, unsigned long number)
{
	struct seccomp_data data = {
		.nr = (int)((uint32_t)number | suite->number_bits),
		.arch = suite->arch,
		.instruction_pointer = 0x401000,
	};

	for (size_t f = 0; f < FILTERS; f++) {
		unsigned sets = e->any_arguments ? PATTERNS : 1;

		if (!suite->chosen[f])
			continue;
		for (unsigned set = 0; set < sets; set++) {
			for (unsigned i = 0; i < 6; i++)
				data.args[i] = e->any_arguments ? pattern(set, i) : e->arguments[i];
			run_one(suite, f, e, &data,
				e->any_arguments && e->action == SECCOMP_RET_ALLOW);
		}
		if (number < NUMBERS_COVERED && suite->arch == AUDIT_ARCH_X86_64 &&
		    !suite->number_bits)
			suite->covered[number][f] = true;
	}
}

static bool choose_filters(struct suite *suite, const char *name)
{
	bool wanted = *name != '!', any = strcmp(name, "any") == 0;

	name += !wanted;
	if (!any && strcmp(name, "linux_aio") != 0 && strcmp(name, "memory_exec") != 0)
		return fail(suite, "no such option", name);
	for (size_t f = 0; f < FILTERS; f++) {
		const struct filter_options *o = &suite->options[f];
		bool has = strcmp(name, "linux_aio") == 0 ? o->linux_aio : o->memory_exec;

		suite->chosen[f] = any || has == wanted;
	}
	return true;
}

static bool choose_architecture(struct suite *suite, const char *name)
{
	suite->number_bits = 0;
	suite->arch = AUDIT_ARCH_X86_64;
	if (strcmp(name, "i386") == 0)
		suite->arch = AUDIT_ARCH_I386;
	else if (strcmp(name, "aarch64") == 0)
		suite->arch = AUDIT_ARCH_AARCH64;
	else if (strcmp(name, "x32") == 0)
		suite->number_bits = X32_BIT;
	else if (strcmp(name, "x86_64") != 0)
		return fail(suite, "no such architecture", name);
	return true;
}

static void run_line(struct suite *suite, char *line)
{
	struct expectation e;
	char name[32];

	line[strcspn(line, "#\n")] = '\0';
	if (line[strspn(line, " \t")] == '\0')
		return;
	if (sscanf(line, "options %31s", name) == 1)
		choose_filters(suite, name);
	else if (sscanf(line, "architecture %31s", name) == 1)
		choose_architecture(suite, name);
	else if (parse_case(line, &e))
		for (unsigned long n = e.first; n <= e.last; n++)
			run_number(suite, &e, n);
	else
		fail(suite, "not a case", line);
}

static void run_file(struct suite *suite, const char *path)
{
	char line[512];
	FILE *stream;

	suite->path = path;
	suite->line = 0;
	choose_filters(suite, "any");
	choose_architecture(suite, "x86_64");
	stream = fopen(path, "re");
	if (!stream) {
		fail(suite, "cannot be read", strerror(errno));
		return;
	}
	while (fgets(line, sizeof(line), stream)) {
		suite->line++;
		run_line(suite, line);
	}
	fclose(stream);
}

static void check_coverage(struct suite *suite)
{
	for (unsigned n = 0; n < NUMBERS_COVERED; n++)
		for (size_t f = 0; f < FILTERS; f++)
			if (!suite->covered[n][f]) {
				fprintf(stderr, "number %u has no case under options %zu\n", n, f);
				suite->failures++;
			}
}

static bool build_filters(struct suite *suite)
{
	for (size_t f = 0; f < FILTERS; f++) {
		int r;

		suite->options[f] = (struct filter_options){f & 1, f & 2};
		r = filter_build(&suite->options[f], &suite->filters[f]);
		if (r == 0)
			r = bpf_check(suite->filters[f].program, suite->filters[f].length);
		if (r < 0) {
			fprintf(stderr, "options %zu: no filter: %s\n", f, strerror(-r));
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	static struct suite suite;

	if (!build_filters(&suite))
		return 1;
	for (int i = 1; i < argc; i++)
		run_file(&suite, argv[i]);
	check_coverage(&suite);
	printf("%u answers, %u failures\n", suite.cases, suite.failures);
	for (size_t f = 0; f < FILTERS; f++)
		filter_done(&suite.filters[f]);
	return suite.failures || argc < 2 ? 1 : 0;
}
