/* SPDX-License-Identifier: Apache-2.0 */
/* The known name that a misspelt one most likely meant. */
#pragma once

#include <stddef.h>

/* Borrowed from names, or NULL where none is near. */
const char *nearest_name(const char *word, const char *const *names, size_t n_names);
