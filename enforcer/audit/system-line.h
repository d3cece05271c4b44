/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of the record as the journal and syslog take it. PURE. docs/audit.md, "The journal and
 * syslog", specifies both.
 */
#pragma once

#include <stddef.h>

struct buffer;

/* Of the text of a line for syslog; what is longer is cut, and says so. */
#define SYSTEM_SYSLOG_TEXT_MAX 7168

/* LOG_WARNING for a denial, LOG_ERR for a fault, ... as syslog.h has them. */
int system_priority(const char *line, size_t len);

/* line: without its newline. Appends one datagram of the journal's native protocol. 0 or a negative
 * errno. */
int system_journal(const char *line, size_t len, struct buffer *ret_datagram);

struct system_sender {
	const char *time; /* "Jan  2 03:04:05" */
	int pid;
};
int system_syslog(const char *line, size_t len, const struct system_sender *sender,
		  struct buffer *ret_datagram);
