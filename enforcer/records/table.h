/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows by a key of bytes, in the order in which they came. Bounded: what comes when it is full
 * has no row, and whoever counts counts it apart.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct table {
	size_t row_size;
	size_t max;
	struct table_row *rows; /* owned */
	size_t n, size;
	uint32_t *slots; /* number of a row and 1; owned */
	size_t n_slots;
};

struct table_row {
	char *key; /* with a NUL behind it that is not counted; owned */
	size_t len;
	uint64_t hash;
	void *value; /* row_size bytes, zeroed at first; owned */
};

void table_init(struct table *table, size_t row_size, size_t max);
void table_done(struct table *table);
/* The row's value, or NULL where there is none. */
void *table_find(const struct table *table, const void *key, size_t len);
/* The same, made where it is missing; NULL: full, or no memory. */
void *table_get(struct table *table, const void *key, size_t len);
/* The rows in the order of compare(), which gets pointers to pointers to rows, as qsort() has it.
 * Given: free it; NULL: no memory. */
const struct table_row **table_sorted(const struct table *table,
				      int (*compare)(const void *, const void *));
