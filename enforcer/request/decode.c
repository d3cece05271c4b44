/* SPDX-License-Identifier: Apache-2.0 */
/* A call, copied out of the target: the table of decoders. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/fd.h"
#include "enforcer/request/call.h"
#include "filters/kernel-newer.h"

void call_done(struct call *call)
{
	if (call->argv)
		for (size_t i = 0; call->argv[i]; i++)
			free(call->argv[i]);
	free(call->argv);
	free(call->text);
	free(call->name);
	free(call->data);
	call->argv = NULL;
	call->text = call->name = NULL;
	call->data = NULL;
	call->socket = fd_close(call->socket);
	call->kind = CALL_NONE;
}

int call_read_path(const struct target *target, uint64_t address, int dirfd, unsigned walk,
		   struct call_path *ret_path)
{
	int r = target_read_string(target, address, ret_path->text, sizeof(ret_path->text));

	if (r < 0)
		return r;
	if (r == 0 && !(walk & WALK_EMPTY))
		return -ENOENT;
	ret_path->given = true;
	ret_path->dirfd = dirfd;
	ret_path->walk = walk;
	return 0;
}

static int decode_memfd(const uint64_t *args, const struct target *target, struct call *call)
{
	int r;

	call->kind = CALL_MEMFD;
	call->flags = (uint32_t)args[1];
	call->name = calloc(1, CALL_MEMFD_NAME_MAX + 1);
	if (!call->name)
		return -ENOMEM;
	r = target_read_string(target, args[0], call->name, CALL_MEMFD_NAME_MAX + 1);
	/* memfd_create(2): a name that is too long is EINVAL. */
	return r == -ENAMETOOLONG ? -EINVAL : r < 0 ? r : 0;
}

int call_decode(enum mediated name, const struct seccomp_data *data, const struct target *target,
		struct call *ret_call)
{
	uint64_t args[6];

	for (size_t i = 0; i < ARRAY_LEN(args); i++)
		args[i] = data->args[i];
	ret_call->kind = CALL_NONE;
	ret_call->fd = ret_call->socket = -1;
	switch (mediated_family(name)) {
	case FAMILY_OPEN:
		return call_decode_open(name, args, target, ret_call);
	case FAMILY_CHANGE:
		return call_decode_change(name, args, target, ret_call);
	case FAMILY_CONNECT:
	case FAMILY_LISTEN:
		return call_decode_socket(name, args, target, ret_call);
	case FAMILY_EXEC:
		return call_decode_exec(name, args, target, ret_call);
	case FAMILY_MEMORY:
		return decode_memfd(args, target, ret_call);
	case FAMILY_NONE:
		break;
	}
	return -ENOSYS;
}
