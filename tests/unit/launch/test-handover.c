/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/launch/handover.h"
#include "enforcer/launch/plan.h"
#include "tests/support/check.h"

static void send_with_fds(int socket, const void *data, size_t len, int count)
{
	int fds[2] = {STDOUT_FILENO, STDOUT_FILENO};
	union {
		struct cmsghdr align;
		char data[CMSG_SPACE(sizeof(fds))];
	} cmsg = {};
	struct iovec iov = {(void *)data, len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (count) {
		msg.msg_control = cmsg.data;
		msg.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
		CMSG_FIRSTHDR(&msg)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&msg)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&msg)->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), fds, (size_t)count * sizeof(int));
	}
	CHECK_INT(sendmsg(socket, &msg, 0), len);
}

static void test_a_message_comes_with_descriptor_and_sender(void)
{
	struct handover_message message = {HANDOVER_LISTENER, 0, 0};
	struct handover_received received = {.fd = -1};
	_cleanup_fd_ int ours = -1, theirs = -1;

	CHECK_INT(handover_socketpair(&ours, &theirs), 0);
	CHECK_INT(handover_receive(ours, &received), 0);
	send_with_fds(theirs, &message, sizeof(message), 1);
	CHECK_INT(handover_receive(ours, &received), 1);
	CHECK_INT(received.message.kind, HANDOVER_LISTENER);
	CHECK_INT(received.pid, getpid());
	CHECK_INT(fcntl(received.fd, F_GETFD), FD_CLOEXEC);
	fd_close(received.fd);
	theirs = fd_close(theirs);
	CHECK_INT(handover_receive(ours, &received), -EPIPE);
}

static void test_what_is_no_message_is_refused(void)
{
	struct handover_message messages[2] = {{HANDOVER_LISTENER, 0, 0}};
	struct handover_received received = {.fd = -1};
	_cleanup_fd_ int ours = -1, theirs = -1;

	CHECK_INT(handover_socketpair(&ours, &theirs), 0);
	send_with_fds(theirs, messages, sizeof(messages[0]) - 1, 1);
	CHECK_INT(handover_receive(ours, &received), -EPROTO);
	send_with_fds(theirs, messages, sizeof(messages), 0);
	CHECK_INT(handover_receive(ours, &received), -EPROTO);
	send_with_fds(theirs, messages, sizeof(messages[0]), 2);
	CHECK_INT(handover_receive(ours, &received), -EPROTO);
	CHECK_INT(received.fd, -1);
}

static void test_no_descriptor_leaks_from_refused_messages(void)
{
	int before = dup(STDOUT_FILENO), after;

	close(before);
	test_what_is_no_message_is_refused();
	after = dup(STDOUT_FILENO);
	close(after);
	CHECK_INT(after, before);
}

static void test_the_plan_cannot_be_changed(void)
{
	static struct sock_filter program[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	static char *vector[] = {(char *)"x", NULL};
	struct plan plan = {.filter = {program, 1},
			    .argv = vector,
			    .envp = vector + 1,
			    .cwd = (char *)"/",
			    .search_path = (char *)"/bin"};
	_cleanup_fd_ int fd = handover_plan_fd(&plan);

	CHECK(fd >= 0);
	CHECK(write(fd, "x", 1) < 0);
	CHECK_INT(ftruncate(fd, 0), -1);
	CHECK_INT(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL), -1);
	CHECK(mmap(NULL, 1, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
}

int main(void)
{
	RUN(test_a_message_comes_with_descriptor_and_sender);
	RUN(test_what_is_no_message_is_refused);
	RUN(test_no_descriptor_leaks_from_refused_messages);
	RUN(test_the_plan_cannot_be_changed);
	return check_summary();
}
