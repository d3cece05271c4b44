/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that are refused for their arguments alone: with the errno of the table, and of this
 * machine's kernel, which is asked as well. Only calls that cannot succeed stand here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "enforcer/request/call.h"
#include "filters/filter.h"
#include "tests/support/check.h"
#include "tests/support/fake-target.h"

#define P(text) ((uint64_t)(uintptr_t)(text))
#define D(it)   ((uint64_t)(uintptr_t) & (it))
#define CWD     ((uint64_t)AT_FDCWD)
#define NOWHERE 4096u
#define NO_FILE "/nonexistent/callgate"

struct wide_how {
	struct open_how how;
	uint64_t more;
};

static const char path[] = NO_FILE, other[] = NO_FILE, empty[] = "";
static const char attribute[] = "user.callgate", value[] = "value";
static char too_long[PATH_MAX + 1], longest_attribute[XATTR_NAME_MAX + 2], memfd_name[252];
static const struct timeval bad_times[2] = {{.tv_usec = 1000000}, {}};
static const struct timeval negative_times[2] = {{}, {.tv_usec = -1}};
static const union {
	struct sockaddr_un un;
	struct sockaddr_storage room;
} address = {.un = {.sun_family = AF_UNIX, .sun_path = "nobody"}};

static const struct wide_how plain = {.how = {.flags = O_RDONLY}},
			     unknown_flag = {.how = {.flags = 1ull << 40}},
			     unknown_resolve = {.how = {.resolve = 1ull << 20}},
			     both_roots = {.how = {.resolve = RESOLVE_BENEATH | RESOLVE_IN_ROOT}},
			     mode_alone = {.how = {.mode = 0600}},
			     mode_wide = {.how = {.flags = O_CREAT, .mode = 0100000}},
			     path_and_more = {.how = {.flags = O_PATH | O_RDWR}},
			     path_and_create = {.how = {.flags = O_PATH | O_CREAT}},
			     create_directory = {.how = {.flags = O_CREAT | O_DIRECTORY}},
			     cached_create = {.how = {.flags = O_CREAT | O_RDWR,
						      .mode = 0600,
						      .resolve = RESOLVE_CACHED}},
			     cached_truncate = {.how = {.flags = O_TRUNC | O_RDWR,
							.resolve = RESOLVE_CACHED}},
			     tmpfile_readonly = {.how = {.flags = O_TMPFILE}},
			     more_is_set = {.how = {.flags = O_RDONLY}, .more = 1};
static const struct {
	uint64_t value;
	uint32_t size, flags;
	uint64_t more;
} xattr_bad_flags = {.flags = 64}, xattr_more = {.more = 1};

#define SIZE          sizeof(struct open_how)
#define WIDE          sizeof(struct wide_how)
#define TMPFILE_ALONE (O_TMPFILE & ~O_DIRECTORY)

static const struct {
	enum mediated name;
	uint64_t args[6];
	int error;
	bool ours_alone; /* a deviation on purpose, or a limit of ours: the kernel is not asked */
} cases[] = {
	{MEDIATED_open, {NOWHERE}, EFAULT},
	{MEDIATED_open, {0}, EFAULT},
	{MEDIATED_open, {P(empty)}, ENOENT},
	{MEDIATED_open, {P(too_long)}, ENAMETOOLONG},
	{MEDIATED_open, {P(path), O_CREAT | O_DIRECTORY}, EINVAL},
	{MEDIATED_open, {P(path), O_TMPFILE}, EINVAL},
	{MEDIATED_open, {P(path), TMPFILE_ALONE | O_RDWR}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(plain), SIZE - 1}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(plain), 4097}, E2BIG},
	{MEDIATED_openat2, {CWD, P(path), NOWHERE, SIZE}, EFAULT},
	{MEDIATED_openat2, {CWD, P(path), D(more_is_set), WIDE}, E2BIG},
	{MEDIATED_openat2, {CWD, P(path), D(unknown_flag), SIZE}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(unknown_resolve), SIZE}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(both_roots), SIZE}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(mode_alone), SIZE}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(mode_wide), SIZE}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(path_and_more), SIZE}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(path_and_create), SIZE}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(create_directory), SIZE}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(tmpfile_readonly), SIZE}, EINVAL},
	{MEDIATED_openat2, {CWD, P(path), D(cached_create), SIZE}, EAGAIN},
	{MEDIATED_openat2, {CWD, P(path), D(cached_truncate), SIZE}, EAGAIN},
	{MEDIATED_openat2, {CWD, P(empty), D(plain), SIZE}, ENOENT},
	{MEDIATED_mkdir, {NOWHERE, 0}, EFAULT},
	{MEDIATED_mkdir, {P(empty), 0}, ENOENT},
	{MEDIATED_renameat2, {CWD, P(path), CWD, P(other), 8}, EINVAL},
	{MEDIATED_renameat2, {CWD, P(path), CWD, P(other), 3}, EINVAL},
	{MEDIATED_renameat2, {CWD, P(path), CWD, P(other), 6}, EINVAL},
	{MEDIATED_renameat2, {CWD, P(path), CWD, P(other), 4}, EPERM, true},
	{MEDIATED_linkat, {CWD, P(path), CWD, P(other), AT_SYMLINK_NOFOLLOW}, EINVAL},
	{MEDIATED_symlink, {P(empty), P(path)}, ENOENT},
	{MEDIATED_symlink, {P(too_long), P(path)}, ENAMETOOLONG},
	{MEDIATED_symlink, {NOWHERE, P(path)}, EFAULT},
	{MEDIATED_unlinkat, {CWD, P(path), AT_SYMLINK_NOFOLLOW}, EINVAL},
	{MEDIATED_truncate, {P(path), (uint64_t)-1}, EINVAL},
	{MEDIATED_fchmodat2, {CWD, P(path), 0, AT_REMOVEDIR}, EINVAL},
	{MEDIATED_fchownat, {CWD, P(path), 0, 0, AT_REMOVEDIR}, EINVAL},
	{MEDIATED_utimensat, {CWD, P(path), 0, AT_REMOVEDIR}, EINVAL},
	{MEDIATED_utimensat, {CWD, 0, 0, 0}, EFAULT},
	{MEDIATED_utimensat, {0, 0, 0, AT_SYMLINK_NOFOLLOW}, EINVAL},
	{MEDIATED_utimes, {P(path), P(bad_times)}, EINVAL},
	{MEDIATED_utimes, {P(path), P(negative_times)}, EINVAL},
	{MEDIATED_utimes, {P(path), NOWHERE}, EFAULT},
	{MEDIATED_setxattr, {P(path), P(empty), P(value), 1}, ERANGE},
	{MEDIATED_setxattr, {P(path), P(longest_attribute), P(value), 1}, ERANGE},
	{MEDIATED_setxattr, {P(path), P(attribute), P(value), 1, 64}, EINVAL},
	{MEDIATED_setxattr, {P(path), P(attribute), P(value), 65537}, E2BIG},
	{MEDIATED_setxattr, {P(path), P(attribute), NOWHERE, 1}, EFAULT},
	{MEDIATED_setxattr, {P(path), NOWHERE, P(value), 1}, EFAULT},
	{MEDIATED_setxattr, {P(path), NOWHERE, P(value), 1, 64}, EINVAL},
	{MEDIATED_setxattrat, {CWD, P(path), 0, P(attribute), D(xattr_more), 15}, EINVAL},
	{MEDIATED_setxattrat, {CWD, P(path), 0, P(attribute), D(xattr_more), 4097}, E2BIG},
	{MEDIATED_setxattrat, {CWD, P(path), 0, P(attribute), D(xattr_more), 24}, E2BIG},
	{MEDIATED_setxattrat, {CWD, P(path), 0, P(attribute), D(xattr_bad_flags), 16}, EINVAL},
	{MEDIATED_setxattrat,
	 {CWD, P(path), AT_REMOVEDIR, P(attribute), D(xattr_more), 16},
	 EINVAL},
	{MEDIATED_removexattr, {P(path), P(empty)}, ERANGE},
	{MEDIATED_removexattr, {P(path), P(longest_attribute)}, ERANGE},
	{MEDIATED_removexattr, {P(path), NOWHERE}, EFAULT},
	{MEDIATED_connect, {0, D(address), 129}, EINVAL, true},
	{MEDIATED_connect, {0, D(address), (uint64_t)-1}, EINVAL, true},
	{MEDIATED_connect, {0, D(address), 1}, EINVAL, true},
	{MEDIATED_connect, {0, NOWHERE, sizeof(address.un)}, EFAULT, true},
	{MEDIATED_connect, {0, D(address), sizeof(address.un) + 1}, EINVAL, true},
	{MEDIATED_sendto, {0, P(value), 65537, 0, D(address), sizeof(address.un)}, EMSGSIZE, true},
	{MEDIATED_execve, {NOWHERE, 0, 0}, EFAULT},
	{MEDIATED_execve, {P(empty), 0, 0}, ENOENT},
	{MEDIATED_execve, {P(path), NOWHERE, 0}, EFAULT, true},
	{MEDIATED_execveat, {CWD, P(path), 0, 0, AT_REMOVEDIR}, EINVAL},
	{MEDIATED_memfd_create, {NOWHERE, 0}, EFAULT},
	{MEDIATED_memfd_create, {P(memfd_name), 0}, EINVAL},
};

static struct target target = {.listener = NULL};

static void readable(void)
{
	fake_listener_reset();
	fake_target_reset();
	fake_fd_add(0, STDERR_FILENO);
	memset(too_long, 'x', PATH_MAX);
	memset(longest_attribute, 'a', XATTR_NAME_MAX + 1);
	memset(memfd_name, 'm', 250);
	fake_string(path);
	fake_string(other);
	fake_string(empty);
	fake_string(attribute);
	fake_string(longest_attribute);
	fake_string(memfd_name);
	fake_memory_add(value, 65537);
	fake_memory_add(too_long, sizeof(too_long));
	fake_memory_add(bad_times, sizeof(bad_times));
	fake_memory_add(negative_times, sizeof(negative_times));
	fake_memory_add(&address, sizeof(address));
	fake_memory_add(&xattr_bad_flags, sizeof(xattr_bad_flags));
	fake_memory_add(&xattr_more, sizeof(xattr_more));
}

static int decode(enum mediated name, const uint64_t args[6], struct call *ret_call)
{
	struct seccomp_data data = {.nr = filter_number(name)};

	memcpy(data.args, args, sizeof(data.args));
	*ret_call = (struct call){};
	return call_decode(name, &data, &target, ret_call);
}

static void test_a_refusal_is_the_kernels(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const uint64_t *a = cases[i].args;
		struct call call;
		int r, kernel;

		readable();
		if (cases[i].name == MEDIATED_openat2 && a[2] != NOWHERE)
			fake_memory_add((const void *)(uintptr_t)a[2], WIDE);
		r = decode(cases[i].name, a, &call);
		if (r == 0) /* kept until the first path was walked */
			r = call.path[1].error;
		call_done(&call);
		if (r != -cases[i].error)
			fprintf(stderr, "case %zu, %s: %d, not %d\n", i,
				mediated_name(cases[i].name), r, -cases[i].error);
		CHECK_INT(r, -cases[i].error);
		if (cases[i].ours_alone)
			continue;
		kernel = (int)syscall(filter_number(cases[i].name), a[0], a[1], a[2], a[3], a[4],
				      a[5]);
		/* An older kernel does not know the call, or a sandbox around us does not let it.
		 *  */
		if (kernel == 0 || (errno != cases[i].error && errno != ENOSYS && errno != EPERM)) {
			fprintf(stderr, "case %zu, %s: the kernel says %d\n", i,
				mediated_name(cases[i].name), kernel ? errno : 0);
			CHECK(false);
		}
	}
}

/* n is taken, n + 1 is not. */
static void test_limits_are_where_the_kernel_has_them(void)
{
	struct call call;

	readable();
	longest_attribute[XATTR_NAME_MAX] = '\0';
	CHECK_INT(decode(MEDIATED_removexattr, (uint64_t[6]){P(path), P(longest_attribute)}, &call),
		  0);
	call_done(&call);
	memfd_name[CALL_MEMFD_NAME_MAX] = '\0';
	CHECK_INT(decode(MEDIATED_memfd_create, (uint64_t[6]){P(memfd_name)}, &call), 0);
	call_done(&call);
	too_long[PATH_MAX - 1] = '\0';
	CHECK_INT(decode(MEDIATED_open, (uint64_t[6]){P(too_long)}, &call), 0);
	call_done(&call);
	/* The string ends with the readable memory. */
	fake_target.n_memory = 0;
	fake_memory_add("abc", 3);
	CHECK_INT(decode(MEDIATED_open, (uint64_t[6]){fake_target.memory[0].start}, &call),
		  -EFAULT);
	call_done(&call);
}

int main(void)
{
	RUN(test_a_refusal_is_the_kernels);
	RUN(test_limits_are_where_the_kernel_has_them);
	return check_summary();
}
