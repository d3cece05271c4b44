/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text in columns of a terminal: wide letters take two, and what the locale cannot show is a
 * question mark. Results are whole letters, and NUL-ended. PURE, but for the locale.
 */
#pragma once

#include <stddef.h>

#define WATCH_LINE_MAX 4096

size_t watch_text_width(const char *text);
/* The beginning that fits into width columns; what is cut ends with "~". Up to the first newline.
 */
void watch_text_cut(const char *text, size_t width, char ret_text[static WATCH_LINE_MAX]);
/* Cut, and filled up with spaces. */
void watch_text_pad(const char *text, size_t width, char ret_text[static 64]);
/* A line of at most width columns (2 or more), and what follows it. */
const char *watch_text_wrap(const char *text, size_t width, char ret_line[static WATCH_LINE_MAX]);
