/* SPDX-License-Identifier: Apache-2.0 */
/* Rows by a key. */
#include <stdlib.h>
#include <string.h>

#include "enforcer/records/table.h"

void table_init(struct table *table, size_t row_size, size_t max)
{
	*table = (struct table){.row_size = row_size,
				.max = max < UINT32_MAX ? max : UINT32_MAX - 1};
}

void table_done(struct table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		free(table->rows[i].key);
		free(table->rows[i].value);
	}
	free(table->rows);
	free(table->slots);
	table_init(table, table->row_size, table->max);
}

/* FNV-1a, seeded by nothing: a record that makes names collide makes its own reading slow. */
static uint64_t hash_of(const void *key, size_t len)
{
	const unsigned char *p = key;
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 0x100000001b3u;
	return hash ^ hash >> 32;
}

static uint32_t *table_slot(const struct table *table, uint64_t hash, const void *key, size_t len)
{
	size_t at = hash & (table->n_slots - 1);

	while (table->slots[at]) {
		const struct table_row *row = &table->rows[table->slots[at] - 1];

		if (row->hash == hash && row->len == len && memcmp(row->key, key, len) == 0)
			break;
		at = (at + 1) & (table->n_slots - 1);
	}
	return &table->slots[at];
}

static int table_grow(struct table *table)
{
	size_t n_slots = table->n_slots ? table->n_slots * 2 : 64, size = n_slots / 2;
	struct table_row *rows = reallocarray(table->rows, size, sizeof(*rows));
	uint32_t *slots = calloc(n_slots, sizeof(*slots));

	if (rows) {
		table->rows = rows;
		table->size = size;
	}
	if (!rows || !slots) {
		free(slots);
		return -1;
	}
	free(table->slots);
	table->slots = slots;
	table->n_slots = n_slots;
	for (size_t i = 0; i < table->n; i++) {
		size_t at = rows[i].hash & (n_slots - 1);

		while (slots[at])
			at = (at + 1) & (n_slots - 1);
		slots[at] = (uint32_t)i + 1;
	}
	return 0;
}

void *table_find(const struct table *table, const void *key, size_t len)
{
	uint32_t slot;

	if (table->n_slots == 0)
		return NULL;
	slot = *table_slot(table, hash_of(key, len), key, len);
	return slot ? table->rows[slot - 1].value : NULL;
}

void *table_get(struct table *table, const void *key, size_t len)
{
	uint64_t hash = hash_of(key, len);
	struct table_row row = {.len = len, .hash = hash};
	void *value = table_find(table, key, len);

	if (value || table->n >= table->max)
		return value;
	if (table->n >= table->n_slots / 2 && table_grow(table) < 0)
		return NULL;
	row.key = malloc(len + 1);
	row.value = calloc(1, table->row_size ? table->row_size : 1);
	if (!row.key || !row.value) {
		free(row.key);
		free(row.value);
		return NULL;
	}
	memcpy(row.key, key, len);
	row.key[len] = '\0';
	*table_slot(table, hash, key, len) = (uint32_t)table->n + 1;
	table->rows[table->n++] = row;
	return row.value;
}

const struct table_row **table_sorted(const struct table *table,
				      int (*compare)(const void *, const void *))
{
	const struct table_row **rows = calloc(table->n + 1, sizeof(*rows));

	for (size_t i = 0; rows && i < table->n; i++)
		rows[i] = &table->rows[i];
	if (rows)
		qsort(rows, table->n, sizeof(*rows), compare);
	return rows;
}
