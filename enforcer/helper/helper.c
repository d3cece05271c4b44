/* SPDX-License-Identifier: Apache-2.0 */
/* The process for what may block. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netdb.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/helper/helper.h"
#include "enforcer/helper/policy-writer.h"

#define THREADS 16

struct helper {
	int fd;
	pid_t pid;
};

struct question {
	enum helper_kind kind;
	uint64_t tag;
	unsigned ordinal;
	/* A name, or rules; as much of it as there is is sent. */
	char text[HELPER_RULES_MAX];
};

/* What the threads share. */
struct work {
	int fd;
	const struct helper_duties *duties;
	pthread_mutex_t loading;
	sem_t tidying; /* how often that was asked for */
};

static int error_of(int code)
{
	switch (code) {
	case 0:
		return 0;
	case EAI_NONAME:
	case EAI_NODATA:
		return -ENOENT;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_SYSTEM:
		return errno ? -errno : -EIO;
	default: /* the name server does not answer, or not usefully */
		return -EHOSTUNREACH;
	}
}

static void look_up(const char *host, struct helper_answer *answer)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int code = getaddrinfo(host, NULL, &hints, &list);

	answer->error = error_of(code);
	for (struct addrinfo *a = list; a && answer->n < HELPER_ADDRESSES_MAX; a = a->ai_next) {
		__typeof__(&answer->addresses[0]) to = &answer->addresses[answer->n];

		to->family = a->ai_family;
		if (a->ai_family == AF_INET)
			memcpy(to->bytes, &((struct sockaddr_in *)a->ai_addr)->sin_addr, 4);
		else if (a->ai_family == AF_INET6)
			memcpy(to->bytes, &((struct sockaddr_in6 *)a->ai_addr)->sin6_addr, 16);
		else
			continue;
		answer->n++;
	}
	if (list)
		freeaddrinfo(list);
}

static void give_words(struct helper_answer *answer, const struct failure *failure)
{
	snprintf(answer->text, sizeof(answer->text), "%s", failure->text);
	snprintf(answer->hint, sizeof(answer->hint), "%.*s", (int)sizeof(answer->hint) - 1,
		 failure->hint);
}

static void write_rules(const struct policy_writer *writer, const struct question *question,
			struct helper_answer *answer)
{
	struct failure failure = {};

	answer->kind = HELPER_WROTE;
	answer->tag = question->tag;
	answer->error = policy_writer_add(
		writer, &(struct policy_addition){question->text, question->ordinal}, 1, &failure);
	give_words(answer, &failure);
}

static void load(struct work *shared, const char *added, struct helper_answer *answer)
{
	const struct helper_duties *duties = shared->duties;
	struct failure failure = {};

	answer->kind = HELPER_LOADED;
	pthread_mutex_lock(&shared->loading);
	answer->error = duties->load ? duties->load(duties->userdata, added, &answer->fd, &failure)
				     : -EOPNOTSUPP;
	pthread_mutex_unlock(&shared->loading);
	give_words(answer, &failure);
}

/* Room for one descriptor. */
union control_room {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

static void send_answer(int fd, struct helper_answer *answer)
{
	struct iovec data = {.iov_base = answer, .iov_len = sizeof(*answer)};
	union control_room control = {};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
	struct cmsghdr *head = &control.align;

	if (answer->fd >= 0) {
		message.msg_control = control.room;
		message.msg_controllen = sizeof(control.room);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(head), &answer->fd, sizeof(int));
	}
	sendmsg(fd, &message, MSG_NOSIGNAL);
	fd_close(answer->fd);
}

static void *work(void *userdata)
{
	struct work *shared = userdata;
	int fd = shared->fd;
	struct question question;

	for (;;) {
		struct helper_answer answer = {.fd = -1};
		ssize_t n = recv(fd, &question, sizeof(question), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= (ssize_t)offsetof(struct question, text))
			_exit(0);
		question.text[n - (ssize_t)offsetof(struct question, text) - 1] = '\0';
		if (question.kind == HELPER_WROTE) {
			write_rules(shared->duties->writer, &question, &answer);
		} else if (question.kind == HELPER_TIDIED) {
			sem_post(&shared->tidying);
			continue;
		} else if (question.kind == HELPER_LOADED) {
			load(shared, question.text, &answer);
		} else {
			snprintf(answer.host, sizeof(answer.host), "%.*s", HELPER_NAME_MAX,
				 question.text);
			look_up(answer.host, &answer);
		}
		send_answer(fd, &answer);
	}
	return NULL;
}

/* In a thread of its own, behind everybody else. */
static void *tidy(void *userdata)
{
	struct work *shared = userdata;
	const struct helper_duties *duties = shared->duties;

	/* Linux: of this thread alone. */
	setpriority(PRIO_PROCESS, 0, 10);
	for (;;) {
		struct helper_answer answer = {.kind = HELPER_TIDIED, .fd = -1};

		while (sem_wait(&shared->tidying) < 0)
			;
		/* Once for all that was asked for meanwhile. */
		while (sem_trywait(&shared->tidying) == 0)
			;
		answer.error = duties->tidy(duties->tidy_userdata);
		if (answer.error < 0)
			send_answer(shared->fd, &answer);
	}
	return NULL;
}

static void tell(void *userdata, int error, const char *text)
{
	const struct work *shared = userdata;
	struct helper_answer answer = {.kind = HELPER_CHANGED, .error = error, .fd = -1};

	snprintf(answer.text, sizeof(answer.text), "%s", text ? text : "");
	send_answer(shared->fd, &answer);
}

static void *follow(void *userdata)
{
	struct work *shared = userdata;

	shared->duties->follow(shared->duties->userdata, tell, shared);
	return NULL;
}

static _Noreturn void helper_run(int fd, pid_t enforcer, const struct helper_duties *duties)
{
	struct work shared = {.fd = 3, .duties = duties, .loading = PTHREAD_MUTEX_INITIALIZER};
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), kept = 3;
	pthread_t thread;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != enforcer || null < 0)
		_exit(1);
	prctl(PR_SET_NAME, "callgate-helper");
	/* Ctrl-C is the agent's. */
	setsid();
	/* Somebody wants to write a file that is held by a lease for a moment (follow.c). */
	signal(SIGIO, SIG_IGN);
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 8);
	null = fcntl(null, F_DUPFD_CLOEXEC, 8);
	for (int i = 0; i < 3; i++)
		if (dup2(null, i) < 0)
			_exit(1);
	if (dup2(fd, kept) < 0 || syscall(SYS_close_range, kept + 1, ~0U, 0) < 0 ||
	    syscall(SYS_capset, &header, none) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		_exit(1);
	sem_init(&shared.tidying, 0, 0);
	if (duties->tidy)
		pthread_create(&thread, NULL, tidy, &shared);
	for (int i = 1; i < THREADS; i++)
		if (pthread_create(&thread, NULL, work, &shared) != 0)
			break;
	if (duties->follow && pthread_create(&thread, NULL, follow, &shared) != 0)
		tell(&shared, -EAGAIN, "the policy's files cannot be followed: no thread");
	work(&shared);
	_exit(0);
}

int helper_new(const struct helper_duties *duties, struct helper **ret_helper)
{
	struct helper *helper = calloc(1, sizeof(*helper));
	pid_t self = getpid();
	int pair[2];

	if (!helper)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		free(helper);
		return -errno;
	}
	helper->pid = fork();
	if (helper->pid == 0)
		helper_run(pair[1], self, duties);
	close(pair[1]);
	helper->fd = pair[0];
	if (helper->pid < 0) {
		int error = -errno;

		helper->pid = 0;
		helper_free(helper);
		return error;
	}
	*ret_helper = helper;
	return 0;
}

struct helper *helper_free(struct helper *helper)
{
	if (!helper)
		return NULL;
	fd_close(helper->fd);
	if (helper->pid > 0) {
		/* By pid: it is our child and was not reaped, so the number is still its own. */
		kill(helper->pid, SIGKILL);
		while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	free(helper);
	return NULL;
}

int helper_fd(const struct helper *helper)
{
	return helper->fd;
}

/* question: all but the text. */
static int helper_send(struct helper *helper, struct question *question, const char *text)
{
	size_t len = offsetof(struct question, text) + strlen(text) + 1;

	memcpy(question->text, text, strlen(text) + 1);
	if (send(helper->fd, question, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}

int helper_resolve(struct helper *helper, const char *host)
{
	struct question question;

	if (strlen(host) > HELPER_NAME_MAX)
		return -ENAMETOOLONG;
	memset(&question, 0, offsetof(struct question, text));
	return helper_send(helper, &question, host);
}

int helper_load(struct helper *helper, const char *added)
{
	struct question question;

	if (strlen(added) >= HELPER_RULES_MAX)
		return -E2BIG;
	memset(&question, 0, offsetof(struct question, text));
	question.kind = HELPER_LOADED;
	return helper_send(helper, &question, added);
}

int helper_tidy(struct helper *helper)
{
	struct question question;

	memset(&question, 0, offsetof(struct question, text));
	question.kind = HELPER_TIDIED;
	return helper_send(helper, &question, "");
}

int helper_write_rules(struct helper *helper, uint64_t tag, const char *rules, unsigned ordinal)
{
	struct question question;

	if (strlen(rules) >= HELPER_RULES_MAX)
		return -E2BIG;
	memset(&question, 0, offsetof(struct question, text));
	question.kind = HELPER_WROTE;
	question.tag = tag;
	question.ordinal = ordinal;
	return helper_send(helper, &question, rules);
}

int helper_receive(struct helper *helper, struct helper_answer *ret_answer)
{
	struct iovec data = {.iov_base = ret_answer, .iov_len = sizeof(*ret_answer)};
	union control_room control = {};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = control.room,
				 .msg_controllen = sizeof(control.room)};
	ssize_t n = recvmsg(helper->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *head;

	if (n == sizeof(*ret_answer)) {
		ret_answer->fd = -1;
		head = CMSG_FIRSTHDR(&message);
		if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
			memcpy(&ret_answer->fd, CMSG_DATA(head), sizeof(int));
	}
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -EPIPE;
	return n == sizeof(*ret_answer) && ret_answer->n <= HELPER_ADDRESSES_MAX ? 1 : -EPROTO;
}
