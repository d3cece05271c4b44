/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listing names every call once, and shows a rule where the filter has it.
 */
#include "filters/print-filter.h"

#include <ctype.h>
#include <stdlib.h>

#include "filters/syscalls.h"
#include "tests/support/check.h"

/* Given to the caller. */
static char *listing(struct filter_options options)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		abort();
	filter_print(&options, stream);
	fclose(stream);
	return text;
}

static bool part_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '\'' || c == '.';
}

static unsigned count_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, word)); at += length) {
		bool begins = at == text || at[-1] == ' ';

		n += begins && !part_of_word(at[length]);
	}
	return n;
}

static void test_every_call_is_named(void)
{
	char *text = listing((struct filter_options){0});

#define X(number, name, action) CHECK(count_word(text, #name) >= 1);
	SYSCALLS(X)
#undef X
	CHECK_INT(count_word(text, "openat2"), 1);
	CHECK_INT(count_word(text, "ptrace"), 1);
	CHECK_INT(count_word(text, "getppid"), 1);
	free(text);
}

static void test_options_change_the_listing(void)
{
	char *closed = listing((struct filter_options){0});
	char *aio = listing((struct filter_options){.linux_aio = true});
	char *memory = listing((struct filter_options){.memory_exec = true});

	CHECK(strstr(closed, "  io_setup: refused with ENOSYS\n") != NULL);
	CHECK(strstr(aio, "  io_setup: allowed\n") != NULL);
	CHECK(strstr(closed, "    MFD_NOEXEC_SEAL without MFD_EXEC: allowed\n"
			     "    otherwise: judged by the gate\n") != NULL);
	CHECK(strstr(memory, "  memfd_create: allowed\n") != NULL);
	free(closed);
	free(aio);
	free(memory);
}

static void test_lines_fit_a_terminal(void)
{
	char *text = listing((struct filter_options){0});

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		CHECK(strlen(line) <= 100);
	free(text);
}

int main(void)
{
	RUN(test_every_call_is_named);
	RUN(test_options_change_the_listing);
	RUN(test_lines_fit_a_terminal);
	return check_summary();
}
