/* SPDX-License-Identifier: Apache-2.0 */
/* What a call means for the policy. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/request/describe.h"

static unsigned open_verbs(const struct call *call, const struct place *place)
{
	unsigned verbs = 0;

	/* O_PATH gives nothing that stat() does not: what is done through it is judged then. */
	if (call->flags & O_PATH)
		return call->flags_in_memory ? VERB_READ : 0;
	switch (call->flags & O_ACCMODE) {
	case O_RDONLY:
		verbs = VERB_READ;
		break;
	case O_WRONLY:
		verbs = VERB_WRITE;
		break;
	default: /* O_RDWR, and 3: ioctl only, checked as both by the kernel */
		verbs = VERB_READ | VERB_WRITE;
		break;
	}
	if (call->flags & (O_TRUNC | CALL_TMPFILE_BIT) || place->fd < 0)
		verbs |= VERB_WRITE;
	return verbs;
}

int describe_place(const struct place *place, unsigned verbs,
		   const struct repositories *repositories, const struct view *view,
		   struct request *request)
{
	struct object *object;

	if (request->n_objects == REQUEST_OBJECTS_MAX)
		return -E2BIG;
	object = &request->objects[request->n_objects];
	*object = (struct object){.verbs = verbs};
	object->path = strdup(place->path ? place->path : "?");
	if (!object->path)
		return -ENOMEM;
	request->n_objects++;
	object->exists = place->fd >= 0;
	switch (place->kind) {
	case PLACE_REFUSED:
		object->kind = OBJECT_UNKNOWN;
		return 0;
	case PLACE_NAMELESS:
	case PLACE_FOREIGN:
		object->kind = OBJECT_ANONYMOUS;
		break;
	case PLACE_VIEW:
		object->kind = OBJECT_PATH;
		break;
	}
	if (object->exists) {
		object->directory = S_ISDIR(place->stat.mode);
		object->dev = place->stat.dev;
		object->ino = place->stat.ino;
	}
	if (object->kind == OBJECT_PATH && (verbs & VERB_WRITE))
		object->made_here = repositories_made_here(repositories, view, object->path);
	return 0;
}

int describe_files(const struct call *call, const struct place *places,
		   const struct repositories *repositories, const struct view *view,
		   struct request *request)
{
	unsigned verbs = VERB_WRITE;
	int r;

	if (call->kind == CALL_OPEN)
		verbs = open_verbs(call, &places[0]);
	/* What moves or gets a second name can be read and written there afterwards. */
	if (call->kind == CALL_RENAME || call->kind == CALL_LINK)
		verbs = VERB_READ | VERB_WRITE;
	r = describe_place(&places[0], verbs, repositories, view, request);
	if (r < 0)
		return r;
	if (call->kind == CALL_MKDIR)
		request->objects[0].directory = true;
	if (call->kind != CALL_RENAME && call->kind != CALL_LINK)
		return 0;
	return describe_place(&places[1],
			      call->kind == CALL_RENAME && places[1].fd >= 0 && call->flags
				      ? VERB_READ | VERB_WRITE
				      : VERB_WRITE,
			      repositories, view, request);
}

/* IPv4 in its IPv6 clothes is IPv4: mapped, and the well-known NAT64 prefix 64:ff9b::/96. */
static void make_canonical(struct endpoint *endpoint)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
	static const uint8_t any[16];
	static const uint8_t one[16] = {[15] = 1};

	if (endpoint->family == AF_INET6 && (memcmp(endpoint->address, mapped, 12) == 0 ||
					     memcmp(endpoint->address, nat64, 12) == 0)) {
		memmove(endpoint->address, endpoint->address + 12, 4);
		memset(endpoint->address + 4, 0, 12);
		endpoint->family = AF_INET;
	}
	if (endpoint->family == AF_INET)
		endpoint->loopback =
			endpoint->address[0] == 127 || memcmp(endpoint->address, any, 4) == 0;
	else
		endpoint->loopback = memcmp(endpoint->address, any, 16) == 0 ||
				     memcmp(endpoint->address, one, 16) == 0;
}

static int describe_inet(const struct call *call, struct object *object)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&call->address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&call->address;
	struct endpoint *endpoint = &object->endpoint;

	object->kind = OBJECT_INET;
	endpoint->family = call->address.ss_family;
	if (endpoint->family == AF_INET) {
		if (call->address_len < sizeof(*in))
			return -EINVAL;
		memcpy(endpoint->address, &in->sin_addr, 4);
		endpoint->port = ntohs(in->sin_port);
	} else {
		/* SIN6_LEN_RFC2133: the kernel takes it without the scope. */
		if (call->address_len < offsetof(struct sockaddr_in6, sin6_scope_id))
			return -EINVAL;
		memcpy(endpoint->address, &in6->sin6_addr, 16);
		endpoint->port = ntohs(in6->sin6_port);
	}
	make_canonical(endpoint);
	return 0;
}

static int describe_abstract(const struct call *call, struct object *object)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&call->address;
	size_t head = offsetof(struct sockaddr_un, sun_path);
	struct buffer name = {};

	object->kind = OBJECT_ABSTRACT;
	if (call->address_len > head + 1)
		text_append_escaped(&name, un->sun_path + 1, call->address_len - head - 1, 0);
	else
		buffer_append_string(&name, "");
	object->path = name.data;
	return name.error;
}

int describe_address(const struct call *call, const struct place *place, unsigned verb,
		     int protocol, struct request *request)
{
	struct object *object;
	int r;

	if (call->address.ss_family == AF_UNIX && place) {
		r = describe_place(place, verb, NULL, NULL, request);
		if (r == 0 && request->objects[request->n_objects - 1].kind == OBJECT_PATH)
			request->objects[request->n_objects - 1].kind = OBJECT_UNIX;
		return r;
	}
	object = &request->objects[request->n_objects++];
	*object = (struct object){.verbs = verb};
	switch (call->address.ss_family) {
	case AF_UNIX:
		return describe_abstract(call, object);
	case AF_INET:
	case AF_INET6:
		object->endpoint.protocol = protocol;
		return describe_inet(call, object);
	case AF_UNSPEC:  /* dissolves an association: reaches nothing */
	case AF_NETLINK: /* the kernel, of the sandbox's own namespaces */
		object->kind = OBJECT_ANONYMOUS;
		return 0;
	default:
		object->kind = OBJECT_UNKNOWN;
		return 0;
	}
}
