/* SPDX-License-Identifier: Apache-2.0 */
/* Times: those of the record, and those that a person writes. PURE: now comes in. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* "2026-01-02T03:04:05.678901234Z" to nanoseconds since 1970. 0 or -EINVAL. */
int when_parse_record(const char *text, uint64_t *ret_ns);

/*
 * "2026-01-02", "2026-01-02 03:04[:05]" (or with T; local time, UTC with a Z at its end);
 * "03:04[:05]" (today); "today", "yesterday", "now"; and "90s", "30m", "2h", "3d", "1w" (before
 * now, with or without " ago"). 0 or -EINVAL.
 */
int when_parse(const char *text, uint64_t now_ns, uint64_t *ret_ns);
/* For messages: what when_parse() takes. */
#define WHEN_EXAMPLES "2026-01-02, \"2026-01-02 15:04\", 15:04, 2h, 3d, yesterday"

#define WHEN_SIZE 40
/* "2026-01-02 03:04:05", local. */
void when_print(uint64_t ns, char ret_text[static WHEN_SIZE]);
/* "03:04:05.678", local. */
void when_print_clock(uint64_t ns, char ret_text[static WHEN_SIZE]);
/* "1.8s", "61s", "12m", "3h 20m". */
void when_print_duration(uint64_t ns, char ret_text[static WHEN_SIZE]);
