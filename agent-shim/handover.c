/* SPDX-License-Identifier: Apache-2.0 */
/* Plan and messages, the shim's side. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent-shim/shim.h"

/* Offsets become pointers, in our private copy of the plan. */
static char **plan_vector(const struct shim *shim, uint32_t offset, uint32_t count)
{
	uint64_t *slots = (uint64_t *)((char *)shim->plan + offset);

	_Static_assert(sizeof(char *) == sizeof(uint64_t), "a slot holds a pointer");
	for (uint32_t i = 0; i < count; i++)
		slots[i] = (uint64_t)(uintptr_t)shim_string(shim, (uint32_t)slots[i]);
	return (char **)slots;
}

void handover_read_plan(struct shim *shim, int fd)
{
	struct stat st;
	void *data;

	if (fstat(fd, &st) < 0)
		shim_fail(shim, HANDOVER_STEP_PLAN);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		shim_fail(shim, HANDOVER_STEP_PLAN);
	shim->plan = data;
	errno = EPROTO;
	if ((size_t)st.st_size < sizeof(*shim->plan) || shim->plan->magic != HANDOVER_MAGIC ||
	    shim->plan->version != HANDOVER_VERSION || shim->plan->size != (uint64_t)st.st_size)
		shim_fail(shim, HANDOVER_STEP_PLAN);
	shim->argv = plan_vector(shim, shim->plan->argv, shim->plan->argc);
	shim->envp = plan_vector(shim, shim->plan->envp, shim->plan->envc);
}

/* sendmsg, not write: what the gate mediates must not be needed to hand over the gate. */
void handover_send(const struct shim *shim, const struct handover_message *message, int fd)
{
	union {
		struct cmsghdr align;
		char data[CMSG_SPACE(sizeof(int))];
	} cmsg = {};
	struct iovec iov = {(void *)message, sizeof(*message)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		msg.msg_control = cmsg.data;
		msg.msg_controllen = sizeof(cmsg.data);
		CMSG_FIRSTHDR(&msg)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&msg)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&msg)->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), &fd, sizeof(fd));
	}
	if (sendmsg(shim->control, &msg, MSG_NOSIGNAL) != (ssize_t)sizeof(*message))
		_exit(HANDOVER_EXIT_FAILED);
}

_Noreturn void shim_fail(const struct shim *shim, enum handover_step step)
{
	struct handover_message message = {HANDOVER_FAILED, step, errno};

	handover_send(shim, &message, -1);
	_exit(HANDOVER_EXIT_FAILED);
}

void handover_wait_for_go(const struct shim *shim)
{
	struct handover_message message;
	ssize_t n;

	do
		n = recv(shim->control, &message, sizeof(message), 0);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)sizeof(message) && message.kind == HANDOVER_GO)
		return;
	if (n >= 0)
		errno = EPROTO;
	shim_fail(shim, HANDOVER_STEP_GO);
}
