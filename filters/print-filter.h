/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter for people, from the same tables as the program: what is allowed, judged, refused, and
 * the conditions on arguments in words.
 */
#pragma once

#include <stdio.h>

#include "filters/filter.h"

/* Errors are the stream's: ask ferror(). */
void filter_print(const struct filter_options *options, FILE *stream);
