/* SPDX-License-Identifier: Apache-2.0 */
/* execve and execveat: what the vector says before the kernel reads it again (see
 * reply/verify-exec). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/request/call.h"

#define ARGUMENT_MAX 4096 /* of one argument; the rest is cut, and the vector marked as cut */

static int read_argument(const struct target *target, uint64_t address, char **ret_text,
			 bool *ret_cut)
{
	char text[ARGUMENT_MAX];
	int r = target_read_string(target, address, text, sizeof(text));

	if (r == -ENAMETOOLONG) {
		text[sizeof(text) - 1] = '\0';
		*ret_cut = true;
		r = 0;
	}
	if (r < 0)
		return r;
	*ret_text = strdup(text);
	return *ret_text ? 0 : -ENOMEM;
}

static int decode_vector(const struct target *target, uint64_t address, struct call *call)
{
	call->argv = calloc(REQUEST_ARGV_MAX + 1, sizeof(*call->argv));
	if (!call->argv)
		return -ENOMEM;
	for (size_t i = 0; address != 0; i++) {
		uint64_t pointer;
		int r = target_read_memory(target, address + i * sizeof(pointer), &pointer,
					   sizeof(pointer));

		if (r < 0)
			return r;
		if (pointer == 0)
			break;
		if (i == REQUEST_ARGV_MAX) {
			call->argv_truncated = true;
			break;
		}
		r = read_argument(target, pointer, &call->argv[i], &call->argv_truncated);
		if (r < 0)
			return r;
	}
	return 0;
}

int call_decode_exec(enum mediated name, const uint64_t *args, const struct target *target,
		     struct call *call)
{
	bool at = name == MEDIATED_execveat;
	unsigned walk = 0;
	int r;

	call->kind = CALL_EXEC;
	if (at) {
		call->flags = (uint32_t)args[4];
		/* AT_EXECVE_CHECK (6.14) only asks; it is continued as any other. */
		if (call->flags & ~(uint64_t)(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | 0x10000))
			return -EINVAL;
		if (call->flags & AT_EMPTY_PATH)
			walk |= WALK_EMPTY;
		if (call->flags & AT_SYMLINK_NOFOLLOW)
			walk |= WALK_NOFOLLOW;
	}
	r = call_read_path(target, args[at ? 1 : 0], at ? (int)args[0] : AT_FDCWD, walk,
			   &call->path[0]);
	return r < 0 ? r : decode_vector(target, args[at ? 2 : 1], call);
}
