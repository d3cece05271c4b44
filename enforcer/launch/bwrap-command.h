/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan in bubblewrap's words. The options go by --args FD, so that pid 1's command line, which
 * can be read inside, tells nothing of the policy. Pure.
 */
#pragma once

struct buffer;
struct plan;

/* Appends options, each with a NUL behind it, as --args reads them. Errors are the buffer's. */
void bwrap_append_options(const struct plan *plan, struct buffer *buffer);
