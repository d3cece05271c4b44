/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Landlock part of the wall as data: which rights are handled, and which trees get which. Built
 * from the policy by launch/plan, installed by the shim. Pure.
 *
 * Handled are reading, listing, executing and device ioctls; writing is the mounts' and the gate's
 * business, so that an approved change outside the writable trees can still be performed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct landlock_rule {
	char *path;      /* canonical, in the sandbox's view; owned */
	uint64_t access; /* LANDLOCK_ACCESS_FS_* */
	bool optional;   /* left out where nothing is there when the shim looks */
	bool exact;      /* every read below is allowed by policy, proved from the rules alone */
};

struct landlock_rules {
	uint64_t handled;            /* LANDLOCK_ACCESS_FS_* */
	uint64_t scoped;             /* LANDLOCK_SCOPE_* */
	struct landlock_rule *rules; /* owned; sorted by path, one a path */
	size_t count, size;
};

/* What the ABI of the running kernel offers of what we want. */
void landlock_rules_init(struct landlock_rules *rules, int abi);
void landlock_rules_done(struct landlock_rules *rules);
/*
 * Adds rights for a path (copied); for one that is there already they are joined, and it stays
 * exact or required only where both are. Rights that are not handled are left out, those that only
 * a directory can have also where file is set: the kernel refuses both. 0 or -ENOMEM.
 */
int landlock_rules_add(struct landlock_rules *rules, const struct landlock_rule *rule, bool file);

/* "read list execute"; "abstract-unix signal" */
void landlock_access_print(uint64_t access, FILE *out);
void landlock_scope_print(uint64_t scoped, FILE *out);
