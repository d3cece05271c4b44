/* SPDX-License-Identifier: Apache-2.0 */
/* execve, verified before the first instruction of the new image. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/reply/verify-exec.h"

#define CMDLINE_MAX (128 * 1024)
#define AUXV_MAX    4096

/* One exec on its way, or waiting for its turn. */
struct tracee {
	struct tracee *next;
	pid_t tid, pid;
	uint64_t cookie;
	bool seized; /* false: another thread of the process is at it */
	bool ended;  /* its owner has heard, it is only to be reaped */
	struct exec_order order;
	char *execfn; /* the path as it was judged; owned */
};

struct exec_verifier {
	struct reply_context context;
	struct exec_owner owner;
	struct tracee *tracees;
};

int exec_verifier_new(const struct reply_context *context, const struct exec_owner *owner,
		      struct exec_verifier **ret_verifier)
{
	struct exec_verifier *verifier = calloc(1, sizeof(*verifier));

	if (!verifier)
		return -ENOMEM;
	verifier->context = *context;
	verifier->owner = *owner;
	*ret_verifier = verifier;
	return 0;
}

static void tracee_free(struct tracee *tracee)
{
	free(tracee->execfn);
	free(tracee);
}

struct exec_verifier *exec_verifier_free(struct exec_verifier *verifier)
{
	while (verifier && verifier->tracees) {
		struct tracee *next = verifier->tracees->next;

		tracee_free(verifier->tracees);
		verifier->tracees = next;
	}
	free(verifier);
	return NULL;
}

/*
 * PTRACE_SEIZE waits for a lock that an execing thread of the same process holds while the kernel
 * waits for its other threads to be gone (de_thread), and a traced one is gone only when we have
 * reaped it: we would wait for ourselves. So there is one tracee in a process at a time.
 */
static bool tracee_has_turn(const struct exec_verifier *verifier, pid_t pid)
{
	for (const struct tracee *tracee = verifier->tracees; tracee; tracee = tracee->next)
		if (tracee->seized && tracee->pid == pid)
			return false;
	return true;
}

/* 0, also where the target is dying: its end is reaped as any. */
static int tracee_start(struct exec_verifier *verifier, struct tracee *tracee)
{
	int r;

	/* EXITKILL: with us gone, what we hold never runs. */
	if (ptrace(PTRACE_SEIZE, tracee->tid, NULL,
		   (void *)(PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)) < 0)
		return -errno;
	tracee->seized = true;
	/* Before the answer: the stop may come before we are back from it. The interruption is what
	 * stops a failed exec on its way out, so that we can let go of it. */
	if (ptrace(PTRACE_INTERRUPT, tracee->tid, NULL, NULL) < 0)
		return errno == ESRCH ? 0 : -errno;
	r = listener_continue(verifier->context.listener, tracee->cookie);
	return r == -ENOENT ? 0 : r;
}

int exec_begin(struct exec_verifier *verifier, const struct target *target,
	       const struct exec_order *order)
{
	struct tracee *tracee = calloc(1, sizeof(*tracee));
	int r;

	if (!tracee)
		return -ENOMEM;
	tracee->tid = target->tid;
	tracee->pid = target->pid;
	tracee->cookie = target->cookie;
	tracee->order = *order;
	tracee->execfn = strdup(order->path);
	if (!tracee->execfn) {
		free(tracee);
		return -ENOMEM;
	}
	r = tracee_has_turn(verifier, tracee->pid) ? tracee_start(verifier, tracee) : 0;
	if (r < 0 && !tracee->seized) {
		tracee_free(tracee);
		return r;
	}
	/* Seized and not continued: it stays listed, so that its stops are taken; its call is
	 * denied. */
	tracee->next = verifier->tracees;
	verifier->tracees = tracee;
	if (r < 0)
		listener_send_error(verifier->context.listener, tracee->cookie, EACCES);
	return 0;
}

static struct tracee *tracee_take(struct exec_verifier *verifier, pid_t tid)
{
	for (struct tracee **at = &verifier->tracees; *at; at = &(*at)->next)
		if ((*at)->tid == tid) {
			struct tracee *found = *at;

			*at = found->next;
			return found;
		}
	return NULL;
}

/* The next thread of the process, if one waits for its turn: started, or gone with the others. */
static void exec_next(struct exec_verifier *verifier, pid_t pid)
{
	for (struct tracee **at = &verifier->tracees; *at;) {
		struct tracee *tracee = *at;

		if (tracee->seized || tracee->pid != pid) {
			at = &tracee->next;
			continue;
		}
		if (listener_waits(verifier->context.listener, tracee->cookie) &&
		    tracee_start(verifier, tracee) == 0)
			return;
		listener_send_error(verifier->context.listener, tracee->cookie, EACCES);
		if (tracee->seized)
			return; /* its stop is still to come */
		*at = tracee->next;
		verifier->owner.ended(tracee->order.userdata, EXEC_GONE, 0);
		tracee_free(tracee);
	}
}

static void tracee_end(struct exec_verifier *verifier, struct tracee *tracee, enum exec_end end,
		       int value)
{
	pid_t pid = tracee->pid;

	if (!tracee->ended)
		verifier->owner.ended(tracee->order.userdata, end, value);
	tracee_free(tracee);
	exec_next(verifier, pid);
}

/*
 * Lets go of a stopped thread. One that is being killed, by us or by anybody, cannot be detached
 * any more, and its parent does not hear of its end before its tracer has reaped it: it is kept
 * till then.
 */
static void tracee_let_go(struct exec_verifier *verifier, struct tracee *tracee, pid_t pid,
			  enum exec_end end, int value)
{
	if (ptrace(PTRACE_DETACH, pid, NULL, NULL) == 0) {
		tracee_end(verifier, tracee, end, value);
		return;
	}
	if (!tracee->ended)
		verifier->owner.ended(tracee->order.userdata, end, value);
	tracee->ended = true;
	tracee->tid = tracee->pid = pid;
	tracee->next = verifier->tracees;
	verifier->tracees = tracee;
}

/* AT_EXECFN of the stopped image. */
static int read_execfn(const struct target *target, char *path, size_t size)
{
	Elf64_auxv_t auxv[AUXV_MAX / sizeof(Elf64_auxv_t)];
	_cleanup_fd_ int fd = openat(target->proc, "auxv", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, auxv, sizeof(auxv));

	for (ssize_t i = 0; n > 0 && i < n / (ssize_t)sizeof(auxv[0]); i++)
		if (auxv[i].a_type == AT_EXECFN)
			return target_read_string(target, auxv[i].a_un.a_val, path, size);
	return -ENODATA;
}

/* The vector of the stopped image: nothing can write to it now. */
static int read_argv(const struct target *target, char ***ret_argv, bool *ret_truncated)
{
	_cleanup_free_ char *text = malloc(CMDLINE_MAX);
	char **argv = calloc(REQUEST_ARGV_MAX + 1, sizeof(*argv));
	size_t n = 0, at = 0;
	int len;

	if (!text || !argv) {
		free(argv);
		return -ENOMEM;
	}
	len = target_read_proc(target, "cmdline", text, CMDLINE_MAX);
	*ret_truncated = len >= CMDLINE_MAX - 1;
	for (; len > 0 && at < (size_t)len; at += strlen(text + at) + 1) {
		if (n == REQUEST_ARGV_MAX) {
			*ret_truncated = true;
			break;
		}
		argv[n] = strdup(text + at);
		if (argv[n])
			n++;
	}
	*ret_argv = argv;
	return len < 0 ? len : 0;
}

static size_t count(char *const *argv)
{
	size_t n = 0;

	while (argv && argv[n])
		n++;
	return n;
}

/* Same words? A script's vector is led by its interpreter's: then the judged words behind the first
 * are the last of the new ones. What was cut cannot be compared: then it is judged again. */
static bool argv_is_as_judged(const struct tracee *tracee, char *const *argv, bool truncated)
{
	size_t judged = count(tracee->order.request->argv), now = count(argv);
	size_t skip = tracee->order.image.script ? 1 : 0;

	if (truncated || tracee->order.request->argv_truncated)
		return false;
	/* An empty vector gets one empty word from the kernel (5.18). */
	if (judged == 0)
		return now <= 1 || tracee->order.image.script;
	if (now < judged || (!skip && now != judged))
		return false;
	for (size_t i = skip; i < judged; i++)
		if (strcmp(tracee->order.request->argv[i], argv[now - judged + i]) != 0)
			return false;
	return true;
}

static bool script_is_as_judged(const struct exec_verifier *verifier, const struct tracee *tracee,
				const struct target *target, const char *execfn)
{
	const struct place_path path = {.dirfd = AT_FDCWD, .text = execfn};
	struct place place = PLACE_NONE;
	bool same;
	int r;

	if (!tracee->order.image.script)
		return true;
	r = place_resolve(verifier->context.view, target, &path, &place);
	/* /proc/self/fd/N of a descriptor that exec closed: no interpreter can open it any more, so
	 * nothing runs from it. Bare it fails in the interpreter, too. */
	if (r == -ENOENT && tracee->order.image.script_by_number &&
	    strcmp(execfn, tracee->execfn) == 0)
		return true;
	if (r < 0)
		return false;
	same = place.stat.dev == tracee->order.image.script_dev &&
	       place.stat.ino == tracee->order.image.script_ino;
	place_done(&place);
	return same;
}

/* Is what is mapped now what was judged, or may it run all the same? */
static enum exec_end verify(struct exec_verifier *verifier, const struct tracee *tracee, pid_t pid)
{
	char execfn[PATH_MAX] = "";
	struct target target = {.proc = -1};
	struct exec_seen seen = {.exe = -1};
	struct place_stat st;
	enum exec_end end = EXEC_KILLED;
	bool same;

	if (target_open_traced(pid, &target) < 0)
		return EXEC_KILLED;
	seen.target = &target;
	seen.execfn = execfn;
	seen.exe = openat(target.proc, "exe", O_PATH | O_CLOEXEC);
	if (seen.exe >= 0 && place_stat(seen.exe, &st) == 0 &&
	    read_execfn(&target, execfn, sizeof(execfn)) >= 0 &&
	    read_argv(&target, &seen.argv, &seen.argv_truncated) == 0) {
		same = st.dev == tracee->order.image.dev && st.ino == tracee->order.image.ino &&
		       argv_is_as_judged(tracee, seen.argv, seen.argv_truncated) &&
		       script_is_as_judged(verifier, tracee, &target, execfn);
		if (same)
			end = EXEC_RAN;
		else if (verifier->owner.judge_again(tracee->order.userdata, &seen))
			end = EXEC_OTHER;
	}
	for (size_t i = 0; seen.argv && seen.argv[i]; i++)
		free(seen.argv[i]);
	free(seen.argv);
	fd_close(seen.exe);
	fd_close(target.proc);
	return end;
}

/* What the failed call returned, from the register that carries it (x86-64: rax). */
static int failed_errno(pid_t tid)
{
	struct user_regs_struct registers = {};
	struct iovec iov = {.iov_base = &registers, .iov_len = sizeof(registers)};
	long result;

	if (ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &iov) < 0)
		return 0;
	result = (long)registers.rax;
	return result < 0 && result > -4096 ? (int)-result : 0;
}

static void stopped_with_new_image(struct exec_verifier *verifier, pid_t pid)
{
	unsigned long old_tid = 0;
	struct tracee *tracee;
	enum exec_end end;

	ptrace(PTRACE_GETEVENTMSG, pid, NULL, &old_tid);
	tracee = tracee_take(verifier, (pid_t)old_tid);
	if (!tracee) {
		/* Who began it is not known: no answer means no. */
		kill(pid, SIGKILL);
		return;
	}
	end = verify(verifier, tracee, pid);
	if (end == EXEC_KILLED)
		kill(pid, SIGKILL);
	tracee_let_go(verifier, tracee, pid, end, end == EXEC_KILLED ? SIGKILL : 0);
}

static void exec_event(struct exec_verifier *verifier, pid_t pid, int status)
{
	struct tracee *tracee;

	if (WIFSTOPPED(status) && status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
		stopped_with_new_image(verifier, pid);
	} else if (WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_STOP) {
		int error = failed_errno(pid);

		tracee = tracee_take(verifier, pid);
		if (tracee)
			tracee_let_go(verifier, tracee, pid, EXEC_FAILED, error);
		else
			ptrace(PTRACE_DETACH, pid, NULL, NULL);
	} else if (WIFSTOPPED(status)) {
		/* A signal on its way: let it go on. */
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)WSTOPSIG(status));
	} else {
		tracee = tracee_take(verifier, pid);
		if (tracee)
			tracee_end(verifier, tracee, EXEC_GONE, 0);
	}
}

/* One tracee's news; false where there is none. */
static bool exec_poll(struct exec_verifier *verifier, struct tracee *tracee)
{
	int status;
	pid_t tid = tracee->tid, pid = tracee->pid;
	pid_t got = waitpid(tid, &status, __WALL | WNOHANG);
	bool lost = got < 0;

	/* An exec by another thread than the first takes over the first one's number. */
	if (got <= 0 && pid != tid)
		got = waitpid(pid, &status, __WALL | WNOHANG);
	if (got > 0) {
		exec_event(verifier, got, status);
		return true;
	}
	/* While the first one's number is still ours, a thread whose own is gone may be on its way
	 * to the stop of its exec, under that number. */
	if (lost && got < 0) {
		tracee = tracee_take(verifier, tid);
		if (tracee)
			tracee_end(verifier, tracee, EXEC_GONE, 0);
		return true;
	}
	return false;
}

void exec_reap(struct exec_verifier *verifier)
{
	bool news;

	/* From the start again after each event: it may have ended several tracees. */
	do {
		struct tracee *next;

		news = false;
		for (struct tracee *tracee = verifier->tracees; tracee && !news; tracee = next) {
			next = tracee->next;
			news = exec_poll(verifier, tracee);
		}
	} while (news);
}
