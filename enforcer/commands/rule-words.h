/* SPDX-License-Identifier: Apache-2.0 */
/* A rule on the command line: as JSON, or in words ("deny read ~/notes"). */
#pragma once

#include <stdbool.h>

#include "enforcer/base/error.h"

/* True where a rule begins so: with "{", or an effect. */
bool rule_words_begin(const char *word);
/* The rule as JSON; given. JSON is passed on as it is, for the run to judge. 0, -EINVAL with words,
 * or -ENOMEM. */
int rule_words_parse(char *const *words, int n, char **ret_rule, struct failure *reterr);

/* "read,write": their names as a new array. NULL with words where one is no verb. */
struct json_t;
struct json_t *rule_words_verbs(const char *word, struct failure *reterr);
/* NAME, NAME:PORT, ADDRESS, [ADDRESS]:PORT. ret_host: given. port 0: none was named. */
int rule_words_host(const char *word, char **ret_host, int *ret_port, struct failure *reterr);
