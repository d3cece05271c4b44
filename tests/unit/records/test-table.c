/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "enforcer/records/table.h"
#include "tests/support/check.h"

static void test_rows_are_found_again_in_their_order(void)
{
	struct table table;

	table_init(&table, sizeof(uint32_t), 100000);
	for (uint32_t i = 0; i < 100000; i++) {
		uint32_t *row = table_get(&table, &i, sizeof(i));

		CHECK(row && *row == 0);
		if (row)
			*row = i + 1;
	}
	for (uint32_t i = 0; i < 100000; i += 997) {
		const uint32_t *row = table_find(&table, &i, sizeof(i));

		CHECK(row && *row == i + 1);
		CHECK(memcmp(table.rows[i].key, &i, sizeof(i)) == 0);
	}
	table_done(&table);
}

static void test_a_full_table_takes_no_more_and_finds_the_rest(void)
{
	struct table table;

	table_init(&table, 1, 2);
	CHECK(table_get(&table, "a", 1) != NULL);
	CHECK(table_get(&table, "", 0) != NULL);
	CHECK(table_get(&table, "b", 1) == NULL);
	CHECK(table_get(&table, "a", 1) != NULL);
	CHECK(table_find(&table, "b", 1) == NULL);
	table_done(&table);
}

int main(void)
{
	RUN(test_rows_are_found_again_in_their_order);
	RUN(test_a_full_table_takes_no_more_and_finds_the_rest);
	return check_summary();
}
