/* SPDX-License-Identifier: Apache-2.0 */
/* A plan, in the layout of agent-shim/handover-protocol.h. */
#include <errno.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/launch/handover.h"
#include "enforcer/launch/plan.h"

/* Arrays begin at multiples of 8. */
static uint32_t align(struct buffer *buffer)
{
	static const char zeros[8];

	buffer_append(buffer, zeros, -buffer->len & 7);
	return (uint32_t)buffer->len;
}

static uint32_t pack_string(struct buffer *buffer, const char *string)
{
	uint32_t offset = (uint32_t)buffer->len;

	buffer_append(buffer, string, strlen(string) + 1);
	return offset;
}

/* Strings first, then spare empty slots, then the vector, whose offset is returned. */
static uint32_t pack_vector(struct buffer *buffer, char *const *strings, size_t spare,
			    uint32_t *ret_count)
{
	struct buffer slots = {};
	uint64_t slot = 0;
	uint32_t offset, count = 0;

	for (size_t i = 0; i < spare; i++)
		buffer_append(&slots, &slot, sizeof(slot));
	for (; strings[count]; count++) {
		slot = pack_string(buffer, strings[count]);
		buffer_append(&slots, &slot, sizeof(slot));
	}
	slot = 0;
	buffer_append(&slots, &slot, sizeof(slot));
	offset = align(buffer) + (uint32_t)(spare * sizeof(slot));
	if (slots.error)
		buffer->error = slots.error;
	else
		buffer_append(buffer, slots.data, slots.len);
	buffer_done(&slots);
	*ret_count = count;
	return offset;
}

static uint32_t pack_rules(struct buffer *buffer, const struct landlock_rules *rules)
{
	struct buffer packed = {};
	uint32_t offset;

	for (size_t i = 0; i < rules->count; i++) {
		struct handover_rule rule = {
			.access = rules->rules[i].access,
			.path = pack_string(buffer, rules->rules[i].path),
			.optional = rules->rules[i].optional,
		};

		buffer_append(&packed, &rule, sizeof(rule));
	}
	offset = align(buffer);
	if (packed.error)
		buffer->error = packed.error;
	else if (packed.len)
		buffer_append(buffer, packed.data, packed.len);
	buffer_done(&packed);
	return offset;
}

int handover_pack(const struct plan *plan, struct buffer *buffer)
{
	struct handover_plan head = {
		.magic = HANDOVER_MAGIC,
		.version = HANDOVER_VERSION,
		.landlock_handled = plan->landlock.handled,
		.landlock_scoped = plan->landlock.scoped,
		.rule_count = (uint32_t)plan->landlock.count,
		.filter_length = (uint32_t)plan->filter.length,
		.terminal = plan->terminal,
		.rows = plan->window.ws_row,
		.columns = plan->window.ws_col,
		.xpixel = plan->window.ws_xpixel,
		.ypixel = plan->window.ws_ypixel,
	};

	/* The kernel's own limit; the length is 16 bits wide there. */
	if (plan->filter.length == 0 || plan->filter.length > BPF_MAXINSNS)
		return -E2BIG;
	buffer_append(buffer, &head, sizeof(head));
	head.rules = pack_rules(buffer, &plan->landlock);
	head.filter = align(buffer);
	buffer_append(buffer, plan->filter.program,
		      plan->filter.length * sizeof(*plan->filter.program));
	head.argv = pack_vector(buffer, plan->argv, 1, &head.argc);
	head.envp = pack_vector(buffer, plan->envp, 0, &head.envc);
	head.cwd = pack_string(buffer, plan->cwd);
	head.search_path = pack_string(buffer, plan->search_path);
	head.size = buffer->len;
	if (buffer->error)
		return buffer->error;
	memcpy(buffer->data, &head, sizeof(head));
	return 0;
}
