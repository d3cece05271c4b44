/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of single calls: Landlock, memfd seals, mount ids, core dumps, limits. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/commands/doctor-probe.h"
#include "filters/kernel-newer.h"

void probe_kernel(struct probe_result *result)
{
	struct utsname name;
	unsigned major, minor;

	if (uname(&name) < 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2) {
		probe_fails(result, "uname");
		return;
	}
	snprintf(result->text, sizeof(result->text), "%s", name.release);
	probe_works(result, (long long)major << 16 | minor);
}

/* The rights of the wall, as far as this ABI knows them. */
static int landlock_ruleset(int abi)
{
	struct landlock_ruleset_attr_newer attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
				     LANDLOCK_ACCESS_FS_READ_DIR,
	};
	size_t size = sizeof(attr.handled_access_fs);

	if (abi >= 4)
		size += sizeof(attr.handled_access_net);
	if (abi >= 5)
		attr.handled_access_fs |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	if (abi >= 6) {
		size += sizeof(attr.scoped);
		attr.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL;
	}
	return (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
}

void probe_landlock(struct probe_result *result)
{
	struct landlock_path_beneath_attr beneath = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR};
	int abi =
		(int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int ruleset;

	if (abi < 0) {
		probe_fails(result, "landlock_create_ruleset");
		return;
	}
	ruleset = landlock_ruleset(abi);
	beneath.parent_fd = open("/usr", O_PATH | O_CLOEXEC);
	if (ruleset < 0)
		probe_fails(result, "landlock_create_ruleset");
	else if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) <
		 0)
		probe_fails(result, "landlock_add_rule");
	else if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		probe_fails(result, "PR_SET_NO_NEW_PRIVS");
	else if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		probe_fails(result, "landlock_restrict_self");
	else if (open("/usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0)
		probe_fails(result, "open of what is allowed");
	else if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES)
		probe_misbehaves(result, "open of what is refused");
	else
		probe_works(result, abi);
}

void probe_memfd_seal(struct probe_result *result)
{
	if (memfd_create("callgate-doctor", MFD_CLOEXEC | MFD_NOEXEC_SEAL) < 0)
		probe_fails(result, "memfd_create(MFD_NOEXEC_SEAL)");
	else
		probe_works(result, 0);
}

void probe_mount_id(struct probe_result *result)
{
	struct statx status;

	if (statx(AT_FDCWD, "/", AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &status) < 0)
		probe_fails(result, "statx");
	else if (!(status.stx_mask & STATX_MNT_ID))
		probe_misbehaves(result, "statx(STATX_MNT_ID)");
	else
		probe_works(result, 0);
}

void probe_core_dumps(struct probe_result *result)
{
	/* A limit of 0 does not keep a core from a pipe (core_pattern "|..."), one of 1 does. */
	struct rlimit limit = {1, 1};
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (setrlimit(RLIMIT_CORE, &limit) < 0)
			_exit(1);
		signal(SIGABRT, SIG_DFL);
		raise(SIGABRT);
		_exit(2);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		probe_fails(result, "fork");
	else if (!WIFSIGNALED(status))
		probe_misbehaves(result, "setrlimit(RLIMIT_CORE)");
	else if (WCOREDUMP(status))
		probe_misbehaves(result, "a core was written");
	else
		probe_works(result, 0);
}

static void probe_limit(enum __rlimit_resource resource, unsigned unit, struct probe_result *result)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0)
		probe_fails(result, "getrlimit");
	else
		probe_works(result, limit.rlim_max == RLIM_INFINITY
					    ? -1
					    : (long long)(limit.rlim_max / unit));
}

void probe_descriptors(struct probe_result *result)
{
	probe_limit(RLIMIT_NOFILE, 1, result);
}

void probe_locked_memory(struct probe_result *result)
{
	probe_limit(RLIMIT_MEMLOCK, 1024, result);
}
