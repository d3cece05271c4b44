/* SPDX-License-Identifier: Apache-2.0 */
/* The process that hands the lines of a record to the journal or to syslog. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/audit/forwarder.h"
#include "enforcer/audit/system-line.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "filters/kernel-newer.h"

#define PIPE_SIZE (1 << 20)
#define READ_SIZE (64u << 10)
/* No line of ours is longer (record.h); what is, is no line. */
#define LINE_MAX_SIZE (4u << 20)
/* A send that waits for longer looks whether anybody still waits for it. */
#define SEND_WAIT_S   1
#define RETRY_WAIT_MS 100
/* Between the end of the enforcer and ours, when nobody takes the lines. */
#define LAST_WAIT_NS 2000000000u

struct forwarder {
	enum audit_to to;
	int fd; /* of the pipe */
	pid_t pid;
	_Atomic uint64_t *delivered; /* shared with the process */
};

struct forwarding {
	enum audit_to to;
	struct sockaddr_un address;
	int in, out;
	bool stream;
	uint64_t ended_ns; /* when the pipe was seen closed by its last writer; 0: it is open */
	_Atomic uint64_t *delivered;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- the receiver ---- */

static int connect_to(const struct sockaddr_un *address, bool *ret_stream)
{
	static const int types[] = {SOCK_DGRAM, SOCK_STREAM};
	const struct timeval wait = {.tv_sec = SEND_WAIT_S};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		int fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC, 0), r;

		if (fd < 0)
			return -errno;
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
		*ret_stream = types[i] == SOCK_STREAM;
		if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
			return fd;
		r = -errno;
		fd_close(fd);
		/* Some daemons of syslog listen so. */
		if (r != -EPROTOTYPE)
			return r;
	}
	return -EPROTOTYPE;
}

/* What is too large for a datagram goes as a sealed file in memory, which the journal maps. */
static int send_as_file(int fd, const struct buffer *datagram)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct msghdr message = {.msg_control = control.room,
				 .msg_controllen = sizeof(control.room)};
	_cleanup_fd_ int file =
		memfd_create("callgate-record", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
	int r;

	/* A kernel that does not know the flag. */
	if (file < 0 && errno == EINVAL)
		file = memfd_create("callgate-record", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (file < 0)
		return -errno;
	r = fd_write_all(file, datagram->data, datagram->len);
	if (r == 0 &&
	    fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		r = -errno;
	if (r < 0)
		return r;
	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.align), &file, sizeof(int));
	return sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int send_once(struct forwarding *forwarding, const struct buffer *datagram)
{
	/* On a stream a NUL ends a message, as the C library has it. */
	size_t len = datagram->len + forwarding->stream;
	ssize_t n;

	if (forwarding->out < 0)
		forwarding->out = connect_to(&forwarding->address, &forwarding->stream);
	if (forwarding->out < 0)
		return forwarding->out;
	n = send(forwarding->out, datagram->data, len, MSG_NOSIGNAL);
	if (n == (ssize_t)len)
		return 0;
	if (n < 0 && (errno == EMSGSIZE || errno == ENOBUFS) && forwarding->to == AUDIT_TO_JOURNALD)
		return send_as_file(forwarding->out, datagram);
	/* Half a message on a stream spoils what follows: begin anew. */
	return n < 0 ? -errno : -ECONNRESET;
}

/* True where there is nobody any more who writes to us. */
static bool enforcer_is_gone(const struct forwarding *forwarding)
{
	struct pollfd pipe = {.fd = forwarding->in};

	return poll(&pipe, 1, 0) > 0 && pipe.revents & (POLLHUP | POLLERR);
}

/* False: it could not be handed over, and waiting is of no use. */
static bool deliver(struct forwarding *forwarding, const struct buffer *datagram)
{
	for (;;) {
		int r = send_once(forwarding, datagram);

		if (r == 0)
			return true;
		/* Too large for syslog, or a thing that no waiting mends. */
		if (r == -EMSGSIZE || r == -EINVAL || r == -ENOMEM)
			return false;
		if (!forwarding->ended_ns && enforcer_is_gone(forwarding))
			forwarding->ended_ns = now_ns();
		if (forwarding->ended_ns && now_ns() - forwarding->ended_ns > LAST_WAIT_NS)
			return false;
		if (r == -EAGAIN || r == -EINTR)
			continue;
		/* It went away, and may come back: systemd keeps the socket of a journal that is
		 * started anew. */
		forwarding->out = fd_close(forwarding->out);
		poll(NULL, 0, RETRY_WAIT_MS);
	}
}

/* ---- lines ---- */

static int make_datagram(const struct forwarding *forwarding, const char *line, size_t len,
			 struct buffer *ret_datagram)
{
	struct system_sender sender = {.pid = getpid()};
	time_t now = time(NULL);
	char text[32] = "";
	struct tm tm;

	if (forwarding->to == AUDIT_TO_JOURNALD)
		return system_journal(line, len, ret_datagram);
	if (localtime_r(&now, &tm))
		strftime(text, sizeof(text), "%b %e %H:%M:%S", &tm);
	sender.time = text;
	return system_syslog(line, len, &sender, ret_datagram);
}

static void take_line(struct forwarding *forwarding, const char *line, size_t len)
{
	_cleanup_(buffer_done) struct buffer datagram = {};

	if (len > 0 && make_datagram(forwarding, line, len, &datagram) == 0 &&
	    deliver(forwarding, &datagram))
		atomic_fetch_add(forwarding->delivered, 1);
}

static void take_lines(struct forwarding *forwarding, struct buffer *waiting)
{
	size_t done = 0;
	char *end;

	while ((end = memchr(waiting->data + done, '\n', waiting->len - done))) {
		take_line(forwarding, waiting->data + done, (size_t)(end - waiting->data) - done);
		done = (size_t)(end - waiting->data) + 1;
	}
	buffer_consume(waiting, done);
	if (waiting->len > LINE_MAX_SIZE)
		waiting->len = 0;
}

static _Noreturn void forward(struct forwarding *forwarding)
{
	struct buffer waiting = {};
	static char data[READ_SIZE];

	for (;;) {
		ssize_t n = read(forwarding->in, data, sizeof(data));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0);
		buffer_append(&waiting, data, (size_t)n);
		if (waiting.error)
			_exit(1);
		take_lines(forwarding, &waiting);
	}
}

static _Noreturn void run(struct forwarding *forwarding)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), kept = 3;

	prctl(PR_SET_NAME, "callgate-record");
	/* Ctrl-C is the agent's; we end with the pipe. */
	setsid();
	signal(SIGPIPE, SIG_IGN);
	forwarding->in = fcntl(forwarding->in, F_DUPFD_CLOEXEC, 8);
	null = fcntl(null, F_DUPFD_CLOEXEC, 8);
	for (int i = 0; i < 3; i++)
		if (null < 0 || dup2(null, i) < 0)
			_exit(1);
	/* Not the log's lock, and not our own end of the pipe, which would keep it open. */
	if (dup2(forwarding->in, kept) < 0 || syscall(SYS_close_range, kept + 1, ~0U, 0) < 0 ||
	    syscall(SYS_capset, &header, none) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		_exit(1);
	forwarding->in = kept;
	forward(forwarding);
}

/* ---- the enforcer's side ---- */

static int set_address(enum audit_to to, const char *path, struct sockaddr_un *ret_address)
{
	const char *usual = to == AUDIT_TO_JOURNALD ? FORWARDER_JOURNAL : FORWARDER_SYSLOG;
	size_t len = strlen(path ?: usual);

	*ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (len >= sizeof(ret_address->sun_path))
		return -ENAMETOOLONG;
	memcpy(ret_address->sun_path, path ?: usual, len + 1);
	return 0;
}

static int check_receiver(struct forwarding *forwarding, struct failure *reterr)
{
	int fd = connect_to(&forwarding->address, &forwarding->stream);

	if (fd >= 0) {
		fd_close(fd);
		return 0;
	}
	failure_hint(reterr, "is the service running? --audit file writes a file instead");
	return failure_set(reterr, fd, "cannot hand the record to %s: %s: %s",
			   forwarding->to == AUDIT_TO_JOURNALD ? "the journal" : "syslog",
			   forwarding->address.sun_path, strerror(-fd));
}

static int start(struct forwarder *forwarder, struct forwarding *forwarding)
{
	int pipe[2];

	forwarder->delivered = mmap(NULL, sizeof(*forwarder->delivered), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (forwarder->delivered == MAP_FAILED) {
		forwarder->delivered = NULL;
		return -errno;
	}
	if (pipe2(pipe, O_CLOEXEC) < 0)
		return -errno;
	/* As much as the limit for users allows: what is in it survives us. */
	fcntl(pipe[1], F_SETPIPE_SZ, PIPE_SIZE);
	forwarding->in = pipe[0];
	forwarding->out = -1;
	forwarding->delivered = forwarder->delivered;
	forwarder->fd = pipe[1];
	forwarder->pid = fork();
	if (forwarder->pid == 0)
		run(forwarding);
	fd_close(pipe[0]);
	return forwarder->pid < 0 ? -errno : 0;
}

int forwarder_new(enum audit_to to, const char *path, struct forwarder **ret_forwarder,
		  struct failure *reterr)
{
	struct forwarding forwarding = {.to = to};
	struct forwarder *forwarder;
	int r = set_address(to, path, &forwarding.address);

	if (r == 0)
		r = check_receiver(&forwarding, reterr);
	if (r < 0)
		return r;
	forwarder = calloc(1, sizeof(*forwarder));
	if (!forwarder)
		return -ENOMEM;
	forwarder->to = to;
	forwarder->fd = -1;
	r = start(forwarder, &forwarding);
	if (r < 0) {
		forwarder_free(forwarder);
		return failure_set(reterr, r, "cannot hand the record on: %s", strerror(-r));
	}
	*ret_forwarder = forwarder;
	return 0;
}

struct forwarder *forwarder_free(struct forwarder *forwarder)
{
	if (!forwarder)
		return NULL;
	fd_close(forwarder->fd);
	if (forwarder->pid > 0) {
		kill(forwarder->pid, SIGKILL);
		while (waitpid(forwarder->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (forwarder->delivered)
		munmap((void *)forwarder->delivered, sizeof(*forwarder->delivered));
	free(forwarder);
	return NULL;
}

int forwarder_fd(const struct forwarder *forwarder)
{
	return forwarder->fd;
}

uint64_t forwarder_finish(struct forwarder *forwarder, uint64_t patience_ns)
{
	uint64_t deadline = now_ns() + patience_ns;

	forwarder->fd = fd_close(forwarder->fd);
	while (forwarder->pid > 0) {
		pid_t pid = waitpid(forwarder->pid, NULL, WNOHANG);

		if (pid == forwarder->pid || (pid < 0 && errno != EINTR))
			forwarder->pid = 0;
		else if (now_ns() >= deadline)
			break;
		else
			poll(NULL, 0, 5);
	}
	return atomic_load(forwarder->delivered);
}
