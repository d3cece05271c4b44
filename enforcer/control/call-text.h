/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a call was about, in a line for a person: of a "call" event, which is a line of the record.
 * The record has names as they are; here all that the agent chose is escaped and bounded. Given;
 * NULL where there is no memory.
 */
#pragma once

#include <jansson.h>

/* Of one name or argument. */
#define CALL_TEXT_MAX 1024

/* The program's last name. */
char *call_text_program(const json_t *call);
/* What was judged: a path, a socket, a host with its port; with the arguments of an exec. */
char *call_text_object(const json_t *call);
/* The rule, or what else decided, and the reason. */
char *call_text_why(const json_t *call);
