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
#include "enforcer/records/table.h"

#define TREE_PROCESSES_MAX 100000
#define TREE_NAMES_MAX     256 /* of one process and kind of access */

/* Kinds of access, in the order in which they are shown. */
enum tree_group {
	TREE_DENIED = 0,
	TREE_CONNECT,
	TREE_LISTEN,
	TREE_WRITE,
	TREE_READ_HERE, /* in the run's own directory, or the home */
	TREE_READ,
};
#define TREE_GROUPS (TREE_READ + 1)

struct tree_touch {
	uint64_t n;
	unsigned verbs;
	char rule[64];
};

struct tree_process {
	bool known; /* the rest is set up */
	pid_t pid, ppid;
	struct buffer command; /* escaped: the last that it executed, or its program */
	bool executed;
	struct table touched[TREE_GROUPS]; /* by name, of struct tree_touch */
	uint64_t beyond[TREE_GROUPS];      /* names that found no place */
	uint64_t calls, failed;
	/* The tree's own: */
	size_t index;             /* in its table */
	size_t first_child, next; /* index and 1; 0: none */
	bool visited;
};

struct tree;

struct tree *tree_new(void);
/* The same with narrower bounds than TREE_PROCESSES_MAX and TREE_NAMES_MAX. */
struct tree *tree_new_limited(size_t processes, size_t names);
struct tree *tree_free(struct tree *tree);
DEFINE_CLEANUP(struct tree *, tree_free)

/* 0 or -ENOMEM. Entries that are no call say where the run started, or nothing. */
int tree_add(struct tree *tree, const struct entry *entry);
bool tree_is_empty(const struct tree *tree);
/* Each process once, parents before their children; depth 0: a root. The calls of processes that
 * found no place. */
uint64_t tree_walk(struct tree *tree,
		   void (*visit)(void *userdata, const struct tree_process *process,
				 unsigned depth),
		   void *userdata);
/* verbose: every name that was kept, not the first few. */
void tree_print(struct tree *tree, const struct show *show, bool verbose, FILE *to);
