/* SPDX-License-Identifier: Apache-2.0 */
/* What probe results mean for a run, and what a person can do about it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/doctor-judge.h"

#define KERNEL(major, minor)       ((major) << 16 | (minor))
#define BWRAP(major, minor, patch) ((major)*1000000 + (minor)*1000 + (patch))
#define DESCRIPTORS_MIN            4096
#define LOCKED_MEMORY_MIN_KIB      1024
#define LANDLOCK_ABI_IOCTL_DEV     5
#define LANDLOCK_ABI_SCOPES        6

struct check {
	const char *name;
	enum doctor_level without; /* the level where it does not work */
	const char *good;          /* what is said where it works */
	const char *remedy;        /* where it does not, and judge knows no better */
	/* Looks closer; either way finding is filled already. NULL: nothing to add. */
	void (*judge)(const struct probe_results *results, const struct probe_result *result,
		      struct doctor_finding *finding);
};

static void say(struct doctor_finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void advise(struct doctor_finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct doctor_finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(finding->seen, sizeof(finding->seen), format, args);
	va_end(args);
}

static void advise(struct doctor_finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(finding->remedy, sizeof(finding->remedy), format, args);
	va_end(args);
}

static void judge_kernel(const struct probe_results *results, const struct probe_result *result,
			 struct doctor_finding *finding)
{
	if (result->outcome != PROBE_WORKS)
		return;
	say(finding, "%s", result->text);
	if (result->value < KERNEL(6, 1)) {
		finding->level = DOCTOR_FAIL;
		advise(finding, "callgate needs Linux 6.1");
	}
}

/* Three settings can forbid it, each with its own way out; the errno is the same for all. */
static void judge_user_namespace(const struct probe_results *results,
				 const struct probe_result *result, struct doctor_finding *finding)
{
	const struct probe_facts *facts = &results->facts;

	if (result->outcome == PROBE_WORKS)
		return;
	if (facts->userns_clone == 0) {
		say(finding, "kernel.unprivileged_userns_clone is 0");
		advise(finding, "sysctl -w kernel.unprivileged_userns_clone=1");
	} else if (facts->max_namespaces == 0) {
		say(finding, "user.max_user_namespaces is 0");
		advise(finding, "sysctl -w user.max_user_namespaces=15000");
	} else if (facts->apparmor_userns > 0) {
		say(finding, "AppArmor restricts user namespaces (%s: %s)", result->step,
		    strerror(result->error));
		advise(finding, "give callgate a profile: put 'abi <abi/4.0>, include "
				"<tunables/global> profile "
				"callgate /usr/bin/callgate flags=(unconfined) { userns, }' (with "
				"its real path) "
				"into /etc/apparmor.d/callgate and run apparmor_parser -r on it; "
				"or sysctl -w "
				"kernel.apparmor_restrict_unprivileged_userns=0");
	} else if (result->error == ENOSPC || result->error == EUSERS) {
		say(finding, "%s: too many user namespaces, or nested too deep", result->step);
		advise(finding, "raise user.max_user_namespaces, or nest fewer sandboxes");
	}
}

static void judge_nested(const struct probe_results *results, const struct probe_result *result,
			 struct doctor_finding *finding)
{
	if (results->result[PROBE_USER_NAMESPACE].outcome == PROBE_FAILS)
		advise(finding, "see user namespace");
	else
		judge_user_namespace(results, result, finding);
}

static void judge_bwrap(const struct probe_results *results, const struct probe_result *result,
			struct doctor_finding *finding)
{
	if (result->outcome != PROBE_WORKS)
		return;
	say(finding, "%s", result->text);
	if (result->value < BWRAP(0, 8, 0)) {
		finding->level = DOCTOR_WARN;
		advise(finding, "callgate is tried with bubblewrap 0.8.0 and newer");
	}
}

static void judge_bwrap_run(const struct probe_results *results, const struct probe_result *result,
			    struct doctor_finding *finding)
{
	if (result->outcome == PROBE_WORKS)
		return;
	if (result->text[0])
		say(finding, "%s", result->text);
	if (result->error == ENOENT)
		advise(finding, "apt-get install bubblewrap");
	else if (results->result[PROBE_USER_NAMESPACE].outcome == PROBE_FAILS)
		advise(finding, "see user namespace");
}

static void judge_listener(const struct probe_results *results, const struct probe_result *result,
			   struct doctor_finding *finding)
{
	const char *release = results->result[PROBE_KERNEL].text;

	if (result->outcome == PROBE_WORKS)
		return;
	if (result->error == EBUSY && (strstr(release, "microsoft") || strstr(release, "WSL"))) {
		say(finding,
		    "WSL has a listener of its own above this process, and there can be one");
		advise(finding,
		       "run callgate in a virtual machine; WSL 2 gives no listener to others");
	} else if (result->error == EBUSY) {
		say(finding, "a listener stands above this process already, and there can be one");
		advise(finding, "do not start callgate inside of callgate, or in a container whose "
				"runtime answers seccomp notifications: start it on the host");
	} else if (result->error == EACCES || result->error == EPERM || result->error == ENOSYS) {
		advise(finding,
		       "the container or a sandbox around refuses seccomp(2): run callgate "
		       "outside of it, or with a seccomp profile that allows seccomp(2)");
	}
}

/* What stands on the listener fails with it; its cause is told once. */
static void judge_on_listener(const struct probe_results *results,
			      const struct probe_result *result, struct doctor_finding *finding)
{
	if (result->outcome != PROBE_WORKS && result->error &&
	    results->result[PROBE_LISTENER].outcome == PROBE_FAILS &&
	    results->result[PROBE_LISTENER].error == result->error)
		advise(finding, "see seccomp listener");
}

/* Yama 1 lets an ancestor in, 2 asks for CAP_SYS_PTRACE, which the owner of a namespace has in it;
 * 3 lets nobody in and cannot be taken back. */
static void judge_ptrace(const struct probe_results *results, const struct probe_result *result,
			 struct doctor_finding *finding)
{
	long yama = results->facts.yama;

	if (result->outcome == PROBE_WORKS) {
		if (yama > 0)
			say(finding, "works, with kernel.yama.ptrace_scope %ld", yama);
		return;
	}
	if (yama == 3) {
		say(finding, "%s: kernel.yama.ptrace_scope is 3", result->step);
		advise(finding, "set kernel.yama.ptrace_scope to 1 in /etc/sysctl.d and reboot: 3 "
				"cannot be taken back while the machine runs");
	} else if (yama == 2) {
		say(finding, "%s: kernel.yama.ptrace_scope is 2", result->step);
		advise(finding, "sysctl -w kernel.yama.ptrace_scope=1");
	}
}

static void judge_landlock(const struct probe_results *results, const struct probe_result *result,
			   struct doctor_finding *finding)
{
	if (result->outcome == PROBE_WORKS) {
		say(finding, "ABI %lld", result->value);
		if (result->value >= LANDLOCK_ABI_SCOPES)
			return;
		finding->level = DOCTOR_WARN;
		if (result->value < LANDLOCK_ABI_IOCTL_DEV)
			say(finding,
			    "ABI %lld: device ioctls are held by the gate alone (ABI 5, Linux "
			    "6.10)",
			    result->value);
		else
			say(finding,
			    "ABI %lld: abstract sockets and signals are held by the namespaces "
			    "alone (ABI 6, Linux 6.12)",
			    result->value);
		advise(finding, "a newer kernel makes the wall thicker");
	} else if (result->error == EOPNOTSUPP) {
		say(finding, "built into the kernel, but not switched on");
		advise(finding, "add landlock to the list of lsm= on the kernel's command line");
	} else if (result->error == ENOSYS) {
		say(finding, "not built into the kernel");
		advise(finding, "use a kernel with CONFIG_SECURITY_LANDLOCK=y, as Debian's is");
	}
}

static void judge_io_uring(const struct probe_results *results, const struct probe_result *result,
			   struct doctor_finding *finding)
{
	long disabled = results->facts.io_uring_disabled;

	if (result->outcome == PROBE_WORKS)
		return;
	if (disabled == 2 || (disabled == 1 && !results->facts.root)) {
		say(finding, "kernel.io_uring_disabled is %ld", disabled);
		advise(finding, disabled == 1
					? "sysctl -w kernel.io_uring_disabled=0, or put the user "
					  "into the group of kernel.io_uring_group"
					: "sysctl -w kernel.io_uring_disabled=0");
	} else if (result->error == ENOMEM) {
		advise(finding, "raise the limit of locked memory (ulimit -l)");
	} else if (result->error == EINVAL) {
		advise(finding, "callgate needs Linux 6.1 (io_uring's DEFER_TASKRUN)");
	} else if (result->error == ENOSYS || result->error == EPERM) {
		advise(finding, "the kernel, a container or a sandbox around refuses io_uring: run "
				"callgate outside of it, or allow the three calls io_uring_*");
	}
}

static void judge_descriptors(const struct probe_results *results,
			      const struct probe_result *result, struct doctor_finding *finding)
{
	if (result->outcome != PROBE_WORKS)
		return;
	if (result->value < 0)
		say(finding, "no limit");
	else
		say(finding, "hard limit %lld", result->value);
	if (result->value >= 0 && result->value < DESCRIPTORS_MIN) {
		finding->level = DOCTOR_WARN;
		advise(finding,
		       "raise the hard limit of open files to %d (/etc/security/limits.conf, "
		       "or LimitNOFILE= of the service)",
		       DESCRIPTORS_MIN);
	}
}

static void judge_locked_memory(const struct probe_results *results,
				const struct probe_result *result, struct doctor_finding *finding)
{
	const struct probe_result *kernel = &results->result[PROBE_KERNEL];

	if (result->outcome != PROBE_WORKS)
		return;
	if (result->value < 0)
		say(finding, "no limit");
	else
		say(finding, "hard limit %lld KiB", result->value);
	/* From 5.12 on the ring's memory counts for the cgroup, not here. */
	if (kernel->outcome == PROBE_WORKS && kernel->value < KERNEL(5, 12) && result->value >= 0 &&
	    result->value < LOCKED_MEMORY_MIN_KIB) {
		finding->level = DOCTOR_WARN;
		advise(finding, "raise the limit of locked memory (ulimit -l)");
	}
}

static const struct check checks[] = {
	[PROBE_KERNEL] = {"kernel", DOCTOR_FAIL, "", "uname(2) failed", judge_kernel},
	[PROBE_USER_NAMESPACE] =
		{"user namespace", DOCTOR_FAIL, "works",
		 "the container or a sandbox around refuses it: run callgate outside",
		 judge_user_namespace},
	[PROBE_NESTED_USER_NAMESPACE] = {"nested user namespace", DOCTOR_FAIL, "works",
					 "raise user.max_user_namespaces", judge_nested},
	[PROBE_MOUNT_NAMESPACE] = {"mount namespace", DOCTOR_FAIL, "private mounts work",
				   "the container or a sandbox around refuses mounts: run callgate "
				   "outside",
				   judge_nested},
	[PROBE_PROCFS] =
		{"procfs", DOCTOR_FAIL, "a new one can be mounted",
		 "a container masks parts of /proc, and the kernel then refuses a new one: "
		 "run callgate on the host, or the container with an unmasked /proc",
		 judge_nested},
	[PROBE_NETWORK_NAMESPACE] = {"network namespace", DOCTOR_FAIL, "works, port 53 can be had",
				     "a kernel with CONFIG_NET_NS is needed", judge_nested},
	[PROBE_CGROUP_NAMESPACE] = {"cgroup namespace", DOCTOR_WARN, "works",
				    "the agent sees the names of the host's cgroups", NULL},
	[PROBE_BWRAP] = {"bubblewrap", DOCTOR_FAIL, "", "apt-get install bubblewrap", judge_bwrap},
	[PROBE_BWRAP_RUN] = {"bubblewrap run", DOCTOR_FAIL, "true ran in it",
			     "see its own words; the lines above name the cause", judge_bwrap_run},
	[PROBE_LISTENER] = {"seccomp listener", DOCTOR_FAIL, "a call was stopped and answered",
			    "use a kernel with CONFIG_SECCOMP_FILTER=y", judge_listener},
	[PROBE_WAIT_KILLABLE] = {"seccomp wait killable", DOCTOR_FAIL,
				 "a signal did not interrupt a judged call",
				 "callgate needs Linux 5.19, and one that keeps this promise",
				 judge_on_listener},
	[PROBE_ADDFD] = {"seccomp addfd", DOCTOR_FAIL,
			 "a descriptor was handed over with the answer",
			 "callgate needs Linux 5.14", judge_on_listener},
	[PROBE_SYNC_WAKE_UP] =
		{"seccomp sync wake-up", DOCTOR_WARN, "works",
		 "each judged call costs about five times as much on a quiet machine; "
		 "Linux 6.6 and newer have it",
		 judge_on_listener},
	[PROBE_PIDFD_GETFD] = {"pidfd_getfd", DOCTOR_FAIL, "a descriptor was taken from a child",
			       "a security module or a container refuses it: allow pidfd_getfd(2) "
			       "and ptrace of one's own children",
			       judge_ptrace},
	[PROBE_PIDFD_THREAD] =
		{"pidfd of a thread", DOCTOR_WARN, "works",
		 "descriptors of threads with tables of their own cannot be taken, and "
		 "such calls are refused; Linux 6.9 and newer have it",
		 NULL},
	[PROBE_READ_MEMORY] = {"memory of a child", DOCTOR_FAIL, "can be read",
			       "a security module or a container refuses it: allow "
			       "process_vm_readv(2) of one's own children",
			       judge_ptrace},
	[PROBE_PTRACE] =
		{"ptrace of a child", DOCTOR_FAIL, "stops at exec",
		 "a security module or a container refuses it: allow ptrace(2) of one's own "
		 "children",
		 judge_ptrace},
	[PROBE_LANDLOCK] = {"Landlock", DOCTOR_FAIL, "", "use Linux 5.13 or newer", judge_landlock},
	[PROBE_IO_URING] = {"io_uring", DOCTOR_FAIL, "works", "callgate needs Linux 6.1",
			    judge_io_uring},
	[PROBE_MEMFD_SEAL] = {"memfd noexec seal", DOCTOR_WARN, "works",
			      "memfd_create is refused in the sandbox; Linux 6.3 and newer have it",
			      NULL},
	[PROBE_MOUNT_ID] = {"mount ids", DOCTOR_FAIL, "statx tells them",
			    "callgate needs Linux 5.8", NULL},
	[PROBE_CORE_DUMPS] = {"core dumps", DOCTOR_WARN, "can be kept from being written",
			      "what the agent read may end up in a core file on the host", NULL},
	[PROBE_DESCRIPTORS] = {"open files", DOCTOR_WARN, "", "", judge_descriptors},
	[PROBE_LOCKED_MEMORY] = {"locked memory", DOCTOR_WARN, "", "", judge_locked_memory},
};
_Static_assert(ARRAY_LEN(checks) == PROBE_COUNT, "judge every probe");

void doctor_judge(const struct probe_results *results, enum probe probe,
		  struct doctor_finding *ret_finding)
{
	const struct probe_result *result = &results->result[probe];
	const struct check *check = &checks[probe];

	*ret_finding = (struct doctor_finding){.level = check->without, .name = check->name};
	switch (result->outcome) {
	case PROBE_WORKS:
		ret_finding->level = DOCTOR_OK;
		say(ret_finding, "%s", check->good);
		break;
	case PROBE_FAILS:
		say(ret_finding, "%s%s%s", result->step, result->error ? ": " : "",
		    result->error ? strerror(result->error) : "");
		advise(ret_finding, "%s", check->remedy);
		break;
	case PROBE_NOT_TRIED:
		say(ret_finding, "not tried");
		return;
	}
	if (check->judge)
		check->judge(results, result, ret_finding);
}

unsigned doctor_required(void)
{
	unsigned mask = 0;

	for (int i = 0; i < PROBE_COUNT; i++)
		if (checks[i].without == DOCTOR_FAIL)
			mask |= 1u << i;
	return mask;
}

const char *doctor_level_name(enum doctor_level level)
{
	switch (level) {
	case DOCTOR_FAIL:
		return "FAIL";
	case DOCTOR_WARN:
		return "warn";
	case DOCTOR_OK:
		return "ok";
	}
	return "FAIL";
}
