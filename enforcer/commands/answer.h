/* SPDX-License-Identifier: Apache-2.0 */
/* An answer by the command line: what allow and deny share. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "enforcer/base/error.h"

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

/* Bytes of the command line as JSON can have them. */
json_t *answer_text(const char *text);

/* "always" is written by another process: the run says how that went. Begin before it is answered,
 * await with the grant that was made: 0 with the place printed, or a negative errno with words. */
struct control_link;
struct answer_kept {
	json_int_t grant; /* 0: not known yet */
	bool done, kept;
	char text[FAILURE_TEXT_MAX / 2];
};
int answer_kept_begin(struct control_link *link, struct answer_kept *kept, struct failure *reterr);
int answer_kept_await(struct control_link *link, struct answer_kept *kept, json_int_t grant,
		      struct failure *reterr);
