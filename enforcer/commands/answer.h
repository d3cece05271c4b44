/* SPDX-License-Identifier: Apache-2.0 */
/* An answer by the command line: what allow and deny share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct answer_words {
	bool allow;
	bool once, for_run, always;
	const char *run, *scope, *duration, *reason; /* or NULL */
	const char *question;                        /* its name */
};

struct option_spec;

struct answer_command {
	const char *name;
	const struct option_spec *specs; /* whose targets are in the words */
	size_t n_specs;
};

/* The command: options on either side of the question's name. Returns the exit status. */
int answer_command(const struct answer_command *command, int argc, char **argv,
		   struct answer_words *words);
