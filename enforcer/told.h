/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent is told why: each denial, once, in a file that it can read inside (DENIALS_PATH), and,
 * where callgate's standard error is no terminal, in a line there. Bounded: of the file the newest
 * are kept, of the lines the first ones come.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "enforcer/base/cleanup.h"

#define TOLD_FILE_MAX   (1u << 20)
#define TOLD_LINES_MAX  40
#define TOLD_RECENT_MAX 256

struct pending;
struct told;

/* stderr_too: a line on our standard error as well. No file can be made: nothing is told there. */
int told_new(bool stderr_too, struct told **ret_told);
struct told *told_free(struct told *told);
DEFINE_CLEANUP(struct told *, told_free)
/* The file on the host, to be mounted; NULL: there is none. */
const char *told_path(const struct told *told);
/* It is mounted: its name on the host goes. */
void told_unlink(struct told *told);

/* told: may be NULL. A call is being denied, or was; of each the same is told once. */
void told_denied(struct told *told, const struct pending *pending);
