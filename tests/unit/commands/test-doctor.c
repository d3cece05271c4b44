/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probes, on whatever machine this is: that each comes to an end, that what they say agrees
 * with the exit status, and that what can be taken from a process by itself is missed.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/commands/commands.h"
#include "enforcer/commands/doctor-judge.h"
#include "enforcer/commands/doctor.h"
#include "tests/support/check.h"

/* The table of commands names it; nothing here runs it. */
int command_run(int argc, char **argv)
{
	return EXIT_CALLGATE;
}

/* Installs a filter that answers one call so, and allows the rest. */
static int install(int number, unsigned action, unsigned flags)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = 4, .filter = filter};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* Runs one probe in a process that something was taken from: its error, -1 where it works, -2
 * where the process could not be made so. */
static int error_after(void (*take)(void), enum probe probe)
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		struct probe_results results;

		take();
		probes_run(1u << probe, &results);
		_exit(results.result[probe].outcome == PROBE_WORKS ? 255
								   : results.result[probe].error);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status))
		return -2;
	return WEXITSTATUS(status) == 255 ? -1 : WEXITSTATUS(status);
}

static void take_listener(void)
{
	install(SYS_getpgid, SECCOMP_RET_ALLOW, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

static void take_ring(void)
{
	install(SYS_io_uring_setup, SECCOMP_RET_ERRNO | EPERM, 0);
}

static void take_memory(void)
{
	install(SYS_process_vm_readv, SECCOMP_RET_ERRNO | EPERM, 0);
}

static void take_trace(void)
{
	install(SYS_ptrace, SECCOMP_RET_ERRNO | EPERM, 0);
}

static void take_namespaces(void)
{
	install(SYS_unshare, SECCOMP_RET_ERRNO | EPERM, 0);
}

static void take_landlock(void)
{
	install(SYS_landlock_create_ruleset, SECCOMP_RET_ERRNO | EOPNOTSUPP, 0);
}

static void take_getfd(void)
{
	install(SYS_pidfd_getfd, SECCOMP_RET_ERRNO | EPERM, 0);
}

static void test_what_was_taken_is_missed(void)
{
	CHECK_INT(error_after(take_listener, PROBE_LISTENER), EBUSY);
	CHECK_INT(error_after(take_ring, PROBE_IO_URING), EPERM);
	CHECK_INT(error_after(take_memory, PROBE_READ_MEMORY), EPERM);
	CHECK_INT(error_after(take_trace, PROBE_PTRACE), EPERM);
	CHECK_INT(error_after(take_namespaces, PROBE_USER_NAMESPACE), EPERM);
	CHECK_INT(error_after(take_landlock, PROBE_LANDLOCK), EOPNOTSUPP);
	CHECK_INT(error_after(take_getfd, PROBE_PIDFD_GETFD), EPERM);
}

static void test_every_probe_comes_to_an_end(void)
{
	struct probe_results results;

	probes_run(PROBES_ALL, &results);
	for (int i = 0; i < PROBE_COUNT; i++) {
		CHECK(results.result[i].outcome != PROBE_NOT_TRIED);
		if (results.result[i].outcome == PROBE_FAILS)
			CHECK(results.result[i].step[0]);
		CHECK(strcmp(results.result[i].step, "the probe died") != 0);
	}
}

static void test_only_the_probes_of_the_mask_run(void)
{
	struct probe_results results;

	probes_run(1u << PROBE_KERNEL, &results);
	for (int i = 0; i < PROBE_COUNT; i++)
		CHECK((results.result[i].outcome != PROBE_NOT_TRIED) == (i == PROBE_KERNEL));
}

static void test_the_status_agrees_with_the_findings(void)
{
	char doctor[] = "doctor", option[] = "--json", unknown[] = "--none";
	char *plain[] = {doctor, NULL}, *json[] = {doctor, option, NULL};
	char *wrong[] = {doctor, unknown, NULL};
	struct failure failure = {};
	bool required = doctor_run_required(&failure) == 0;

	CHECK(required == !failure.text[0]);
	CHECK_INT(command_doctor(1, plain), required ? 0 : 1);
	CHECK_INT(command_doctor(2, json), required ? 0 : 1);
	CHECK_INT(command_doctor(2, wrong), 2);
}

int main(void)
{
	RUN(test_every_probe_comes_to_an_end);
	RUN(test_only_the_probes_of_the_mask_run);
	RUN(test_what_was_taken_is_missed);
	RUN(test_the_status_agrees_with_the_findings);
	return check_summary();
}
