/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run as the tree of its processes, and what each of them touched. Bounded: so many processes, so
 * many names of each; what is beyond is counted. A process is its number: where the kernel gave one
 * out twice in a run, the two are one here.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/show.h"

#define TREE_PROCESSES_MAX 100000
#define TREE_NAMES_MAX     256 /* of one process and kind of access */

struct tree;

struct tree *tree_new(void);
struct tree *tree_free(struct tree *tree);
DEFINE_CLEANUP(struct tree *, tree_free)

/* 0 or -ENOMEM. Entries that are no call say where the run started, or nothing. */
int tree_add(struct tree *tree, const struct entry *entry);
bool tree_is_empty(const struct tree *tree);
/* verbose: every name that was kept, not the first few. */
void tree_print(const struct tree *tree, const struct show *show, bool verbose, FILE *to);
