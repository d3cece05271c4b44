/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/base/buffer.h"
#include "enforcer/launch/handover.h"
#include "enforcer/launch/plan.h"
#include "tests/support/check.h"

static struct sock_filter program[BPF_MAXINSNS + 1] = {BPF_STMT(BPF_RET | BPF_K, 7)};
static char *argv[] = {(char *)"sh", (char *)"-c", (char *)"", NULL};
static char *envp[] = {(char *)"A=b", NULL};

static struct plan make_plan(void)
{
	static struct landlock_rule rules[] = {{(char *)"/usr", 5, false, true},
					       {(char *)"/opt", 9, true, true}};

	return (struct plan){
		.landlock = {.handled = 13, .scoped = 3, .rules = rules, .count = 2},
		.filter = {program, 1},
		.argv = argv,
		.envp = envp,
		.cwd = (char *)"/work",
		.search_path = (char *)"/bin",
		.terminal = 5,
		.window = {.ws_row = 24, .ws_col = 80},
	};
}

static const char *string_at(const struct buffer *buffer, uint64_t offset)
{
	CHECK(offset < buffer->len);
	return buffer->data + (offset < buffer->len ? offset : 0);
}

static void test_the_layout_is_as_the_shim_reads_it(void)
{
	struct plan plan = make_plan();
	struct buffer buffer = {};
	struct handover_plan head;
	struct handover_rule rule;
	uint64_t slots[5];

	CHECK_INT(handover_pack(&plan, &buffer), 0);
	memcpy(&head, buffer.data, sizeof(head));
	CHECK_INT(head.magic, HANDOVER_MAGIC);
	CHECK_INT(head.size, buffer.len);
	CHECK_INT(head.landlock_handled, 13);
	CHECK_INT(head.landlock_scoped, 3);
	CHECK_INT(head.terminal, 5);
	CHECK_INT(head.rows, 24);
	CHECK_INT(head.columns, 80);
	CHECK_STRING(string_at(&buffer, head.cwd), "/work");
	CHECK_STRING(string_at(&buffer, head.search_path), "/bin");
	CHECK_INT(head.rule_count, 2);
	memcpy(&rule, buffer.data + head.rules + sizeof(rule), sizeof(rule));
	CHECK_INT(rule.access, 9);
	CHECK_INT(rule.optional, 1);
	CHECK_STRING(string_at(&buffer, rule.path), "/opt");
	CHECK_INT(head.filter_length, 1);
	CHECK(memcmp(buffer.data + head.filter, program, sizeof(*program)) == 0);
	CHECK_INT(head.argc, 3);
	CHECK_INT(head.argv % 8 + head.envp % 8 + head.rules % 8 + head.filter % 8, 0);
	/* The free slot, three strings, the end. */
	memcpy(slots, buffer.data + head.argv - 8, sizeof(slots));
	CHECK_INT(slots[0], 0);
	CHECK_STRING(string_at(&buffer, slots[1]), "sh");
	CHECK_STRING(string_at(&buffer, slots[3]), "");
	CHECK_INT(slots[4], 0);
	buffer_done(&buffer);
}

static void test_no_filter_or_one_too_long_is_no_plan(void)
{
	struct plan plan = make_plan();
	struct buffer buffer = {};

	plan.filter.length = 0;
	CHECK_INT(handover_pack(&plan, &buffer), -E2BIG);
	plan.filter.length = BPF_MAXINSNS + 1;
	CHECK_INT(handover_pack(&plan, &buffer), -E2BIG);
	plan.filter.length = BPF_MAXINSNS;
	CHECK_INT(handover_pack(&plan, &buffer), 0);
	buffer_done(&buffer);
}

int main(void)
{
	RUN(test_the_layout_is_as_the_shim_reads_it);
	RUN(test_no_filter_or_one_too_long_is_no_plan);
	return check_summary();
}
