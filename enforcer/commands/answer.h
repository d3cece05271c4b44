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

/* The command: options (whose targets are in words) on either side of the question's name. Returns
 * the exit status. */
int answer_command(const char *command, const struct option_spec *specs, size_t n_specs, int argc,
		   char **argv, struct answer_words *words);
