/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: what became of records that are not, or no more, in the directory of all runs. A file
 * of lines beside that directory; docs/audit.md specifies it. Whoever has it open alone may remove
 * records.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enforcer/audit/record.h"

#define LEDGER_NAME "ledger" /* beside the directory of the runs */

/* Opened, made where it is not there. lock: and locked, waiting for whoever has it; a line may be
 * appended without. A descriptor, or a negative errno. */
int ledger_open(const char *path, bool lock);

struct ledger_entry {
	char run[RECORD_ID_MAX + 1];
	char time[40];        /* RFC 3339; of the line */
	bool removed;         /* else it went elsewhere */
	char why[128];        /* removed: why; else: where to */
	uint64_t parts, size; /* removed: files and bytes that there were */
};
/* time_ns: of the line. In one write, behind whole lines. 0 or a negative errno. */
int ledger_append(int fd, uint64_t time_ns, const struct ledger_entry *entry);

/* The last run that was removed, where it stands near the end. False where there is none. */
bool ledger_last_removed(int fd, struct ledger_entry *ret_entry);
/* The last line of a run whose id is, or begins with, named, or whose last word does. */
bool ledger_find(const char *path, const char *named, struct ledger_entry *ret_entry);
