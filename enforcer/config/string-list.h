/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of strings, NULL-ended; the list and each string are owned by whoever holds the list. */
#pragma once

#include <stdbool.h>

#include "enforcer/base/cleanup.h"

/* Makes *list a list of none where it is NULL. 0 or -ENOMEM. */
int string_list_reserve(char ***list);
/* Appends a copy; *list may be NULL. 0 or -ENOMEM. */
int string_list_add(char ***list, const char *string);
/* The same, unless it is there. */
int string_list_add_once(char ***list, const char *string);
bool string_list_contain(char *const *list, const char *string);
char **string_list_free(char **list);
DEFINE_CLEANUP(char **, string_list_free)
