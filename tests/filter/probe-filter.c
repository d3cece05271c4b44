/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter for real: a child loads it raw with a listener and makes calls with wrong pointers and
 * descriptors, so that no harm is done whichever way they go. The parent answers each notification
 * with EUCLEAN, an errno that none of these calls has: so EUCLEAN came to the gate, the refusal's
 * own errno was refused, and what the kernel says of the wrong pointer got through.
 * Exits 77 (skip) with a reason where the kernel has no listener.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filters/filter.h"
#include "filters/kernel-newer.h"
#include "filters/syscalls.h"

#define SKIP      77
#define GATE      EUCLEAN
#define NOWHERE   1L /* never mapped: below vm.mmap_min_addr */
#define NO_FD     (-1L)
#define TESTS_MAX 128

struct probe {
	const char *name;
	int number;
	long arguments[6];
	int expected; /* errno; 0: the call succeeds */
};

#define PROBE(call, expected_, ...)                                                                \
	{                                                                                          \
#call, CALL_NR_##call, {__VA_ARGS__ }, expected_                                   \
	}

static const struct probe probes[] = {
	/* Through: the kernel complains of what we gave it. */
	PROBE(read, EBADF, NO_FD, NOWHERE, 1),
	PROBE(write, EBADF, NO_FD, NOWHERE, 1),
	PROBE(close, EBADF, NO_FD),
	PROBE(stat, EFAULT, NOWHERE, NOWHERE),
	PROBE(newfstatat, EFAULT, AT_FDCWD, NOWHERE, NOWHERE, 0),
	PROBE(statx, EFAULT, AT_FDCWD, NOWHERE, 0, 0, NOWHERE),
	PROBE(access, EFAULT, NOWHERE, 0),
	PROBE(readlink, EFAULT, NOWHERE, NOWHERE, 1),
	PROBE(chdir, EFAULT, NOWHERE),
	PROBE(fchdir, EBADF, NO_FD),
	PROBE(getdents64, EBADF, NO_FD, NOWHERE, 1),
	PROBE(getxattr, EFAULT, NOWHERE, NOWHERE, 0, 0),
	PROBE(ftruncate, EBADF, NO_FD, 0),
	PROBE(fallocate, EBADF, NO_FD, 0, 0, 1),
	PROBE(fcntl, EBADF, NO_FD, 1),
	PROBE(pipe2, EFAULT, NOWHERE, 0),
	PROBE(uname, EFAULT, NOWHERE),
	PROBE(sendmsg, EBADF, NO_FD, NOWHERE, 0),
	PROBE(recvmsg, EBADF, NO_FD, NOWHERE, 0),
	PROBE(sendto, EBADF, NO_FD, NOWHERE, 0, 0, 0, 0),
	PROBE(setsockopt, EBADF, NO_FD, 6, 1, NOWHERE, 4),
	PROBE(getppid, 0, 0),
	PROBE(pidfd_open, EINVAL, -1, 0),
	PROBE(ioctl, EBADF, NO_FD, 0x5401, NOWHERE),
	PROBE(ioctl, EBADF, NO_FD, 0x40049409, NOWHERE),
	PROBE(ioctl, EBADF, NO_FD, (long)0xc020660b, NOWHERE),
	PROBE(unshare, 0, 0),
	PROBE(seccomp, EFAULT, SECCOMP_SET_MODE_FILTER, 0, NOWHERE),
	PROBE(prctl, EFAULT, PR_SET_NAME, NOWHERE),
	/* The gate. */
	PROBE(open, GATE, NOWHERE, 0, 0),
	PROBE(creat, GATE, NOWHERE, 0),
	PROBE(openat, GATE, AT_FDCWD, NOWHERE, 0, 0),
	PROBE(openat2, GATE, AT_FDCWD, NOWHERE, NOWHERE, 24),
	PROBE(mkdir, GATE, NOWHERE, 0),
	PROBE(mknodat, GATE, AT_FDCWD, NOWHERE, 0, 0),
	PROBE(renameat2, GATE, AT_FDCWD, NOWHERE, AT_FDCWD, NOWHERE, 0),
	PROBE(linkat, GATE, AT_FDCWD, NOWHERE, AT_FDCWD, NOWHERE, 0),
	PROBE(symlink, GATE, NOWHERE, NOWHERE),
	PROBE(unlink, GATE, NOWHERE),
	PROBE(truncate, GATE, NOWHERE, 0),
	PROBE(fchmod, GATE, NO_FD, 0),
	PROBE(fchmodat2, GATE, AT_FDCWD, NOWHERE, 0, 0),
	PROBE(fchown, GATE, NO_FD, 0, 0),
	PROBE(utimensat, GATE, AT_FDCWD, NOWHERE, NOWHERE, 0),
	PROBE(fsetxattr, GATE, NO_FD, NOWHERE, NOWHERE, 0, 0),
	PROBE(setxattrat, GATE, AT_FDCWD, NOWHERE, 0, NOWHERE, NOWHERE, 16),
	PROBE(removexattrat, GATE, AT_FDCWD, NOWHERE, 0, NOWHERE),
	PROBE(file_setattr, GATE, AT_FDCWD, NOWHERE, NOWHERE, 24, 0),
	PROBE(connect, GATE, NO_FD, NOWHERE, 16),
	PROBE(bind, GATE, NO_FD, NOWHERE, 16),
	PROBE(listen, GATE, NO_FD, 1),
	PROBE(sendto, GATE, NO_FD, NOWHERE, 1, 0, NOWHERE, 16),
	PROBE(sendto, GATE, NO_FD, NOWHERE, 1, 0, 0x700000000000, 16),
	PROBE(execve, GATE, NOWHERE, NOWHERE, NOWHERE),
	PROBE(execveat, GATE, NO_FD, NOWHERE, NOWHERE, NOWHERE, 0),
	PROBE(memfd_create, GATE, NOWHERE, 0),
	PROBE(memfd_create, GATE, NOWHERE, MFD_EXEC),
	/* Refused. */
	PROBE(ptrace, EPERM, -1, -1),
	PROBE(process_vm_writev, EPERM, -1),
	PROBE(pidfd_getfd, EPERM, NO_FD, NO_FD, 0),
	PROBE(setns, EPERM, NO_FD, 0),
	PROBE(unshare, EPERM, CLONE_NEWUSER),
	PROBE(clone, EPERM, CLONE_NEWUSER | SIGCHLD),
	PROBE(clone, EPERM, (1L << 32) | CLONE_NEWNET | SIGCHLD),
	PROBE(clone3, ENOSYS, NOWHERE, 88),
	PROBE(mount, EPERM, NOWHERE, NOWHERE, NOWHERE, 0, NOWHERE),
	PROBE(open_tree, EPERM, NO_FD, NOWHERE, 0),
	PROBE(open_tree_attr, EPERM, NO_FD, NOWHERE, 0, NOWHERE, 32),
	PROBE(fsopen, EPERM, NOWHERE, 0),
	PROBE(chroot, EPERM, NOWHERE),
	PROBE(bpf, EPERM, -1, NOWHERE, 0),
	PROBE(userfaultfd, EPERM, 0),
	PROBE(perf_event_open, EPERM, NOWHERE, 0, 0, NO_FD, 0),
	PROBE(open_by_handle_at, EPERM, NO_FD, NOWHERE, 0),
	PROBE(keyctl, EPERM, -1),
	PROBE(add_key, EPERM, NOWHERE, NOWHERE, NOWHERE, 0, 0),
	PROBE(io_uring_setup, ENOSYS, 1, NOWHERE),
	PROBE(io_uring_enter, ENOSYS, NO_FD),
	PROBE(io_setup, ENOSYS, 1, NOWHERE),
	PROBE(memfd_secret, ENOSYS, 0),
	PROBE(statmount, ENOSYS, NOWHERE, NOWHERE, 0, 0),
	PROBE(landlock_create_ruleset, EOPNOTSUPP, 0, 0, 1),
	PROBE(seccomp, EPERM, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, NOWHERE),
	PROBE(ioctl, EPERM, NO_FD, 0x5412, NOWHERE),
	PROBE(ioctl, EPERM, NO_FD, 0x100005412, NOWHERE),
	PROBE(ioctl, EPERM, NO_FD, 0x40086602, NOWHERE),
	PROBE(ioctl, EPERM, NO_FD, 0x5000940e, NOWHERE),
	PROBE(prctl, EPERM, PR_SET_MM, NOWHERE),
	PROBE(sendto, EOPNOTSUPP, NO_FD, NOWHERE, 1, MSG_FASTOPEN, NOWHERE, 16),
	PROBE(sendmsg, EOPNOTSUPP, NO_FD, NOWHERE, MSG_FASTOPEN),
	PROBE(setsockopt, ENOPROTOOPT, NO_FD, 6, 30, NOWHERE, 4),
	PROBE(socket, EAFNOSUPPORT, 40, SOCK_STREAM, 0),
	PROBE(socket, EAFNOSUPPORT, 0x100000028, SOCK_STREAM, 0),
	PROBE(socket, EPROTONOSUPPORT, AF_INET, SOCK_STREAM, 262),
	PROBE(socket, ESOCKTNOSUPPORT, AF_UNIX, SOCK_DGRAM, 0),
	PROBE(socketpair, ESOCKTNOSUPPORT, AF_UNIX, SOCK_DGRAM, 0, NOWHERE),
	PROBE(socketpair, EFAULT, AF_UNIX, SOCK_STREAM, 0, NOWHERE),
	{"a call beyond the table", CALL_NR_HIGHEST + 1, {NOWHERE}, ENOSYS},
	{"a number never given out", 400, {NOWHERE}, ENOSYS},
};

#define N_PROBES (sizeof(probes) / sizeof(probes[0]))
_Static_assert(N_PROBES <= TESTS_MAX, "results must hold every probe");

/* Shared with the child: what it saw. */
struct results {
	int load_error;
	int errors[TESTS_MAX];
	int inner_notified, inner_traced; /* under a filter of the agent's own */
	bool done;
};

/* CLONE_FILES: the listener appears in the parent's table too, and nothing need be sent. */
static pid_t fork_with_files(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
}

static int load(const struct filter *filter)
{
	struct sock_fprog program = {
		.len = (unsigned short)filter->length,
		.filter = filter->program,
	};
	long fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
		     &program);
	return fd < 0 ? -errno : (int)fd;
}

static int error_of(int number)
{
	return syscall(number, NOWHERE, NOWHERE, 0, 0, 0, 0) < 0 ? errno : 0;
}

/* The agent's own filter wants mkdir notified, without a listener, and rmdir traced: the first is
 * the later of two equals, and can only fail; the second is the weaker, and must not be heard. */
static void probe_inner_filter(struct results *results)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CALL_NR_mkdir, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CALL_NR_rmdir, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return;
	results->inner_notified = error_of(CALL_NR_mkdir);
	results->inner_traced = error_of(CALL_NR_rmdir);
}

/* Runs under the filter: nothing may be called here that opens a file, and the exit is direct. */
static void run_child(const struct filter *filter, int channel, struct results *results)
{
	int listener = load(filter);

	if (write(channel, &listener, sizeof(listener)) != sizeof(listener) || listener < 0)
		_exit(1);
	for (size_t i = 0; i < N_PROBES; i++) {
		const long *a = probes[i].arguments;
		long r;

		errno = 0;
		r = syscall(probes[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
		results->errors[i] = r < 0 ? errno : 0;
	}
	probe_inner_filter(results);
	results->done = true;
	_exit(0);
}

static bool answer(int listener)
{
	struct seccomp_notif notification = {0};
	struct seccomp_notif_resp response = {0};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) < 0)
		return errno == ENOENT || errno == EINTR;
	response.id = notification.id;
	response.error = filter_call(notification.data.nr) != MEDIATED_NONE ? -GATE : -ENOTNAM;
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0 || errno == ENOENT;
}

/* Until the last user of the filter is gone. */
static void answer_all(int listener)
{
	struct pollfd poller = {.fd = listener, .events = POLLIN};

	while (poll(&poller, 1, 20000) > 0) {
		if (poller.revents & POLLIN) {
			if (!answer(listener))
				return;
		} else if (poller.revents & (POLLHUP | POLLERR | POLLNVAL)) {
			return;
		}
	}
}

static int check_results(const struct results *results)
{
	int failures = 0;

	for (size_t i = 0; i < N_PROBES; i++) {
		int seen = results->errors[i];

		if (seen == probes[i].expected)
			continue;
		fprintf(stderr, "probe %zu: %s: %s, not %s\n", i, probes[i].name,
			seen == GATE ? "the gate" : strerrorname_np(seen),
			probes[i].expected == GATE ? "the gate"
						   : strerrorname_np(probes[i].expected));
		failures++;
	}
	if (results->inner_notified != ENOSYS || results->inner_traced != GATE) {
		fprintf(stderr, "inner filter: errors %d and %d\n", results->inner_notified,
			results->inner_traced);
		failures++;
	}
	if (!results->done) {
		fprintf(stderr, "the child did not come to its end\n");
		failures++;
	}
	printf("%zu probes, %d failures\n", N_PROBES, failures);
	return failures;
}

static int run_probes(const struct filter *filter)
{
	struct results *results;
	int channel[2], listener = -1, failures;
	pid_t child;

	results = mmap(NULL, sizeof(*results), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (results == MAP_FAILED || pipe2(channel, O_CLOEXEC) < 0) {
		perror("probe-filter");
		return 1;
	}
	fflush(NULL);
	child = fork_with_files();
	if (child == 0)
		run_child(filter, channel[1], results);
	if (child < 0 || read(channel[0], &listener, sizeof(listener)) != sizeof(listener)) {
		perror("probe-filter: child");
		return 1;
	}
	if (listener < 0) {
		waitpid(child, NULL, 0);
		printf("skip: the kernel gives no listener: %s\n", strerror(-listener));
		return listener == -EINVAL || listener == -ENOSYS || listener == -EBUSY ? -SKIP : 1;
	}
	answer_all(listener);
	waitpid(child, NULL, 0);
	failures = check_results(results);
	munmap(results, sizeof(*results));
	close(listener);
	close(channel[0]);
	close(channel[1]);
	return failures;
}

/* getpid by another door: both must end the process, not answer. */
static void call_by_i386(void)
{
	long r = 20;

	__asm__ volatile("int $0x80" : "+a"(r) : : "memory", "r8", "r9", "r10", "r11");
}

static void call_by_x32(void)
{
	syscall(0x40000000 | CALL_NR_getpid);
}

static int expect_killed(const struct filter *filter, const char *name, void (*call)(void))
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		int listener = load(filter);

		/* SIGSYS would have a core dumped. */
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		if (listener >= 0)
			call();
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 1;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
		printf("%s: killed\n", name);
		return 0;
	}
	/* A kernel without 32-bit emulation has no such door. */
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV) {
		printf("%s: the kernel has no such entry\n", name);
		return 0;
	}
	fprintf(stderr, "%s: not killed: status %#x\n", name, (unsigned)status);
	return 1;
}

int main(void)
{
	struct filter filter;
	int r;

	r = filter_build(&(struct filter_options){0}, &filter);
	if (r < 0) {
		fprintf(stderr, "no filter: %s\n", strerror(-r));
		return 1;
	}
	r = run_probes(&filter);
	if (r == 0) {
		r += expect_killed(&filter, "i386", call_by_i386);
		r += expect_killed(&filter, "x32", call_by_x32);
	}
	filter_done(&filter);
	if (r == -SKIP)
		return SKIP;
	return r ? 1 : 0;
}
