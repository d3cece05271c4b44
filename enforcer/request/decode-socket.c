/* SPDX-License-Identifier: Apache-2.0 */
/* connect, sendto with an address, bind, listen. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/fd.h"
#include "enforcer/request/call.h"

static int decode_address(const struct target *target, uint64_t address, uint64_t len,
			  struct call *call)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&call->address;
	size_t room = sizeof(call->address), path_len;
	int32_t size = (int32_t)len;
	int r;

	if (size < 0 || (size_t)size > room)
		return -EINVAL;
	r = target_read_memory(target, address, &call->address, (size_t)size);
	if (r < 0)
		return r;
	if ((size_t)size < sizeof(sa_family_t))
		return -EINVAL;
	call->address_len = (socklen_t)size;
	if (call->address.ss_family != AF_UNIX ||
	    size <= (int32_t)offsetof(struct sockaddr_un, sun_path))
		return 0;
	if ((size_t)size > sizeof(*un))
		return -EINVAL;
	if (un->sun_path[0] == '\0')
		return 0;
	/* A path need not end in NUL: the length ends it (unix(7)). */
	path_len = strnlen(un->sun_path, (size_t)size - offsetof(struct sockaddr_un, sun_path));
	memcpy(call->path[0].text, un->sun_path, path_len);
	call->path[0].text[path_len] = '\0';
	call->path[0].given = true;
	call->path[0].dirfd = AT_FDCWD;
	return 0;
}

static bool is_open(const struct target *target, int fd)
{
	_cleanup_fd_ int path = target_open_fd_path(target, fd);

	return path >= 0;
}

int call_decode_socket(enum mediated name, const uint64_t *args, const struct target *target,
		       struct call *call)
{
	int r;

	call->fd = (int)args[0];
	if (name == MEDIATED_listen) {
		call->kind = CALL_LISTEN;
		return 0;
	}
	if (name == MEDIATED_sendto) {
		call->kind = CALL_SENDTO;
		call->flags = (uint32_t)args[3];
		call->size = args[2];
		/* No datagram is longer, and a stream takes no address. */
		if (call->size > CALL_SEND_MAX)
			return -EMSGSIZE;
		call->data = malloc(call->size ? call->size : 1);
		if (!call->data)
			return -ENOMEM;
		r = target_read_memory(target, args[1], call->data, call->size);
		return r < 0 ? r : decode_address(target, args[4], args[5], call);
	}
	call->kind = name == MEDIATED_bind ? CALL_BIND : CALL_CONNECT;
	r = decode_address(target, args[1], args[2], call);
	if (call->kind == CALL_BIND)
		call->path[0].walk = WALK_PARENT | WALK_NOFOLLOW;
	/* The kernel looks at the descriptor before it looks at the address. */
	return r < 0 && r != -ESRCH && !is_open(target, call->fd) ? -EBADF : r;
}
