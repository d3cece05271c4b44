/* SPDX-License-Identifier: Apache-2.0 */
/* Registers and memory into a call: each name of the table once, and each way to be refused. */
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
#include <utime.h>

#include "enforcer/request/call.h"
#include "filters/filter.h"
#include "tests/support/check.h"
#include "tests/support/fake-target.h"

#define P(text)    ((uint64_t)(uintptr_t)(text))
#define D(it)      ((uint64_t)(uintptr_t) & (it))
#define CWD        ((uint64_t)AT_FDCWD)
#define OPENS      (WALK_PARENT | WALK_CREATE)
#define CREATES    (WALK_PARENT | WALK_NOFOLLOW)
#define HIGH_BITS  0xdead000000000000u
#define UNREADABLE 4096u

static const char path[] = "some/path", other[] = "other", empty[] = "";
static const char name_of_attribute[] = "user.name";
static const struct open_how how = {.flags = O_RDWR | O_CREAT, .mode = 0640, .resolve = 0};
static const struct timespec times[2] = {{.tv_sec = 1, .tv_nsec = 2}, {.tv_sec = 3, .tv_nsec = 4}};
static const struct timeval old_times[2] = {{.tv_sec = 1, .tv_usec = 2},
					    {.tv_sec = 3, .tv_usec = 4}};
static const struct utimbuf oldest_times = {.actime = 1, .modtime = 3};
static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
static const char *const argv[] = {"one", "two", NULL};
static const struct {
	uint64_t value;
	uint32_t size, flags;
} attribute = {(uint64_t)0, 0, XATTR_CREATE};
static char too_long[PATH_MAX + 10], long_name[300];

static struct target target = {.listener = NULL};

static void readable(void)
{
	static int descriptor = -1;

	static const struct {
		const void *data;
		size_t len;
	} areas[] = {
		{path, sizeof(path)},
		{other, sizeof(other)},
		{empty, 1},
		{name_of_attribute, sizeof(name_of_attribute)},
		{&how, sizeof(how)},
		{times, sizeof(times)},
		{old_times, sizeof(old_times)},
		{&oldest_times, sizeof(oldest_times)},
		{&address, sizeof(address)},
		{argv, sizeof(argv)},
		{"one", 4},
		{"two", 4},
		{&attribute, sizeof(attribute)},
		{too_long, sizeof(too_long)},
		{long_name, sizeof(long_name)},
	};

	fake_listener_reset();
	fake_target_reset();
	if (descriptor < 0)
		descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
	fake_fd_add(9, descriptor);
	memset(too_long, 'x', sizeof(too_long) - 1);
	memset(long_name, 'n', sizeof(long_name) - 1);
	for (size_t i = 0; i < ARRAY_LEN(areas); i++)
		fake_memory_add(areas[i].data, areas[i].len);
	for (size_t i = 0; argv[i]; i++)
		fake_string(argv[i]);
}

static int decode(enum mediated call, const uint64_t args[6], struct call *ret_call)
{
	struct seccomp_data data = {.nr = filter_number(call)};

	memcpy(data.args, args, sizeof(data.args));
	*ret_call = (struct call){};
	return call_decode(call, &data, &target, ret_call);
}

struct expected {
	enum mediated name;
	uint64_t args[6];
	enum call_kind kind;
	int dirfd; /* of the first path; with fd below: none is expected */
	unsigned walk;
	const char *second;
	int fd; /* 0: no descriptor; N stands for descriptor N */
	uint64_t flags;
	mode_t mode;
};

/* clang-format off */
static const struct expected cases[] = {
	{MEDIATED_open, {P(path), O_RDONLY | 0x80000000u, 0777}, CALL_OPEN, AT_FDCWD},
	{MEDIATED_creat, {P(path), 0640}, CALL_OPEN, AT_FDCWD, OPENS, NULL, 0,
		O_CREAT | O_WRONLY | O_TRUNC, 0640},
	{MEDIATED_openat, {HIGH_BITS | 7, P(path), HIGH_BITS | O_NOFOLLOW, 0777}, CALL_OPEN, 7,
		WALK_NOFOLLOW, NULL, 0, O_NOFOLLOW},
	{MEDIATED_openat, {CWD, P(path), O_CREAT | O_EXCL | O_WRONLY, 010644}, CALL_OPEN, AT_FDCWD,
		OPENS | WALK_NOFOLLOW, NULL, 0, O_CREAT | O_EXCL | O_WRONLY, 0644},
	{MEDIATED_openat, {CWD, P(path), O_PATH | O_RDWR | O_TRUNC | O_CLOEXEC}, CALL_OPEN,
		AT_FDCWD, 0, NULL, 0, O_PATH | O_CLOEXEC},
	{MEDIATED_openat, {CWD, P(path), O_TMPFILE | O_RDWR, 0600}, CALL_OPEN, AT_FDCWD, 0, NULL, 0,
		O_TMPFILE | O_RDWR, 0600},
	{MEDIATED_openat2, {5, P(path), D(how), sizeof(how)}, CALL_OPEN, 5, OPENS, NULL, 0,
		O_RDWR | O_CREAT, 0640},
	{MEDIATED_mkdir, {P(path), 0755}, CALL_MKDIR, AT_FDCWD, CREATES, NULL, 0, 0, 0755},
	{MEDIATED_mkdirat, {4, P(path), 0755}, CALL_MKDIR, 4, CREATES, NULL, 0, 0, 0755},
	{MEDIATED_mknod, {P(path), S_IFIFO | 0600}, CALL_MKNOD, AT_FDCWD, CREATES, NULL, 0, 0,
		S_IFIFO | 0600},
	{MEDIATED_mknodat, {4, P(path), S_IFIFO | 0600}, CALL_MKNOD, 4, CREATES, NULL, 0, 0,
		S_IFIFO | 0600},
	{MEDIATED_rename, {P(path), P(other)}, CALL_RENAME, AT_FDCWD, CREATES, other},
	{MEDIATED_renameat, {4, P(path), 5, P(other)}, CALL_RENAME, 4, CREATES, other},
	{MEDIATED_renameat2, {4, P(path), 5, P(other), 1}, CALL_RENAME, 4, CREATES, other, 0, 1},
	{MEDIATED_link, {P(path), P(other)}, CALL_LINK, AT_FDCWD, WALK_NOFOLLOW, other},
	{MEDIATED_linkat, {4, P(path), 5, P(other), AT_SYMLINK_FOLLOW}, CALL_LINK, 4, 0,
		other},
	{MEDIATED_linkat, {4, P(empty), 5, P(other), AT_EMPTY_PATH}, CALL_LINK, 4,
		WALK_NOFOLLOW | WALK_EMPTY, other},
	{MEDIATED_symlink, {P(other), P(path)}, CALL_SYMLINK, AT_FDCWD, CREATES},
	{MEDIATED_symlinkat, {P(other), 4, P(path)}, CALL_SYMLINK, 4, CREATES},
	{MEDIATED_unlink, {P(path)}, CALL_UNLINK, AT_FDCWD, CREATES},
	{MEDIATED_unlinkat, {4, P(path), 0}, CALL_UNLINK, 4, CREATES},
	{MEDIATED_unlinkat, {4, P(path), AT_REMOVEDIR}, CALL_RMDIR, 4, CREATES},
	{MEDIATED_rmdir, {P(path)}, CALL_RMDIR, AT_FDCWD, CREATES},
	{MEDIATED_truncate, {P(path), 7}, CALL_TRUNCATE, AT_FDCWD},
	{MEDIATED_chmod, {P(path), 0x10000 | 04755}, CALL_CHMOD, AT_FDCWD, 0, NULL, 0, 0, 04755},
	{MEDIATED_fchmod, {9, 0600}, CALL_CHMOD, 0, 0, NULL, 9, 0, 0600},
	{MEDIATED_fchmodat, {4, P(path), 0600}, CALL_CHMOD, 4, 0, NULL, 0, 0, 0600},
	{MEDIATED_fchmodat2, {4, P(path), 0600, AT_SYMLINK_NOFOLLOW}, CALL_CHMOD, 4, WALK_NOFOLLOW,
		NULL, 0, 0, 0600},
	{MEDIATED_chown, {P(path), 1, 2}, CALL_CHOWN, AT_FDCWD},
	{MEDIATED_fchown, {9, 1, 2}, CALL_CHOWN, 0, 0, NULL, 9},
	{MEDIATED_lchown, {P(path), 1, 2}, CALL_CHOWN, AT_FDCWD, WALK_NOFOLLOW},
	{MEDIATED_fchownat, {4, P(empty), 1, 2, AT_EMPTY_PATH}, CALL_CHOWN, 4, WALK_EMPTY},
	{MEDIATED_utime, {P(path), D(oldest_times)}, CALL_UTIME, AT_FDCWD},
	{MEDIATED_utimes, {P(path), P(old_times)}, CALL_UTIME, AT_FDCWD},
	{MEDIATED_futimesat, {4, P(path), P(old_times)}, CALL_UTIME, 4},
	{MEDIATED_futimesat, {4, 0, P(old_times)}, CALL_UTIME, 0, 0, NULL, 4},
	{MEDIATED_utimensat, {4, P(path), P(times), AT_SYMLINK_NOFOLLOW}, CALL_UTIME, 4,
		WALK_NOFOLLOW},
	{MEDIATED_utimensat, {4, 0, P(times)}, CALL_UTIME, 0, 0, NULL, 4},
	{MEDIATED_setxattr, {P(path), P(name_of_attribute), P(other), 3}, CALL_SETXATTR, AT_FDCWD},
	{MEDIATED_lsetxattr, {P(path), P(name_of_attribute), P(other), 3, 1}, CALL_SETXATTR,
		AT_FDCWD, WALK_NOFOLLOW, NULL, 0, 1},
	{MEDIATED_fsetxattr, {9, P(name_of_attribute), P(other), 3, 2}, CALL_SETXATTR, 0, 0,
		NULL, 9, 2},
	{MEDIATED_setxattrat,
		{4, P(path), 0, P(name_of_attribute), D(attribute), sizeof(attribute)},
		CALL_SETXATTR, 4, 0, NULL, 0, XATTR_CREATE},
	{MEDIATED_removexattr, {P(path), P(name_of_attribute)}, CALL_REMOVEXATTR, AT_FDCWD},
	{MEDIATED_lremovexattr, {P(path), P(name_of_attribute)}, CALL_REMOVEXATTR, AT_FDCWD,
		WALK_NOFOLLOW},
	{MEDIATED_fremovexattr, {9, P(name_of_attribute)}, CALL_REMOVEXATTR, 0, 0, NULL, 9},
	{MEDIATED_removexattrat, {4, P(path), AT_SYMLINK_NOFOLLOW, P(name_of_attribute)},
		CALL_REMOVEXATTR, 4, WALK_NOFOLLOW},
	{MEDIATED_file_setattr, {4, P(path)}, CALL_FILE_SETATTR, 4},
	{MEDIATED_connect, {9, D(address), sizeof(address)}, CALL_CONNECT, AT_FDCWD, 0, NULL, 9},
	{MEDIATED_sendto, {9, P(other), 3, MSG_DONTWAIT, D(address), sizeof(address)}, CALL_SENDTO,
		AT_FDCWD, 0, NULL, 9, MSG_DONTWAIT},
	{MEDIATED_bind, {9, D(address), sizeof(address)}, CALL_BIND, AT_FDCWD, CREATES, NULL, 9},
	{MEDIATED_listen, {9, 5}, CALL_LISTEN, 0, 0, NULL, 9},
	{MEDIATED_execve, {P(path), P(argv), 0}, CALL_EXEC, AT_FDCWD},
	{MEDIATED_execveat, {4, P(empty), P(argv), 0, AT_EMPTY_PATH}, CALL_EXEC, 4, WALK_EMPTY,
		NULL, 0, AT_EMPTY_PATH},
	{MEDIATED_memfd_create, {P(path), MFD_CLOEXEC}, CALL_MEMFD, 0, 0, NULL, 0, MFD_CLOEXEC},
};
/* clang-format on */

static bool has_no_path(const struct expected *e)
{
	return (e->fd && e->dirfd == 0) || e->kind == CALL_MEMFD;
}

static void check_case(const struct expected *e)
{
	int failures = check_failures;
	struct call call;

	CHECK_INT(decode(e->name, e->args, &call), 0);
	CHECK_INT(call.kind, e->kind);
	CHECK_INT(call.fd, e->fd ? e->fd : -1);
	CHECK_INT(call.path[0].given, !has_no_path(e));
	if (!has_no_path(e)) {
		const char *text = e->walk & WALK_EMPTY ? "" : e->fd ? "socket" : path;

		CHECK_STRING(call.path[0].text, text);
		CHECK_INT(call.path[0].dirfd, e->dirfd);
		CHECK_INT(call.path[0].walk, e->walk);
	}
	CHECK_INT(call.path[1].given, e->second != NULL);
	if (e->second) {
		CHECK_STRING(call.path[1].text, e->second);
		CHECK_INT(call.path[1].dirfd, e->dirfd == AT_FDCWD ? AT_FDCWD : 5);
		CHECK_INT(call.path[1].walk, CREATES);
	}
	CHECK_INT(call.flags, e->flags);
	CHECK_INT(call.mode, e->mode);
	if (check_failures != failures)
		fprintf(stderr, "  in: %s\n", mediated_name(e->name));
	call_done(&call);
}

static void test_every_mediated_call_is_decoded(void)
{
	bool seen[MEDIATED_COUNT] = {false};

	readable();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_case(&cases[i]);
		seen[cases[i].name] = true;
	}
	for (int name = MEDIATED_NONE + 1; name < MEDIATED_COUNT; name++) {
		if (!seen[name])
			fprintf(stderr, "no case for %s\n", mediated_name((enum mediated)name));
		CHECK(seen[name]);
	}
}

static void test_what_is_no_mediated_call_is_refused(void)
{
	struct call call;

	readable();
	CHECK_INT(decode(MEDIATED_NONE, (uint64_t[6]){0}, &call), -ENOSYS);
	CHECK_INT(decode(MEDIATED_COUNT, (uint64_t[6]){0}, &call), -ENOSYS);
	CHECK_INT(call.kind, CALL_NONE);
}

static void test_each_pointer_that_cannot_be_read_is_a_fault(void)
{
	readable();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t k = 0; k < 6; k++) {
			uint64_t args[6];
			struct call call;
			int r;

			memcpy(args, cases[i].args, sizeof(args));
			/* A pointer, as this machine has them. */
			if (args[k] <= UINT32_MAX || args[k] >> 47)
				continue;
			args[k] = UNREADABLE;
			r = decode(cases[i].name, args, &call);
			/* The second path of a call is looked at when the first was walked. */
			if (r == 0)
				r = call.path[1].error;
			if (r != -EFAULT)
				fprintf(stderr, "  in: %s, argument %zu\n",
					mediated_name(cases[i].name), k);
			CHECK_INT(r, -EFAULT);
			call_done(&call);
		}
	}
}

static void test_details_of_arguments_are_kept(void)
{
	struct call call;

	readable();
	decode(MEDIATED_utimes, (uint64_t[6]){P(path), P(old_times)}, &call);
	CHECK_INT(call.times[0].tv_nsec, 2000);
	CHECK_INT(call.times[1].tv_sec, 3);
	call_done(&call);
	decode(MEDIATED_utime, (uint64_t[6]){P(path), 0}, &call);
	CHECK(call.times_now);
	call_done(&call);
	decode(MEDIATED_setxattr, (uint64_t[6]){P(path), P(name_of_attribute), P(other), 3}, &call);
	CHECK_STRING(call.name, name_of_attribute);
	CHECK_INT(call.size, 3);
	CHECK(memcmp(call.data, "oth", 3) == 0);
	call_done(&call);
	decode(MEDIATED_symlink, (uint64_t[6]){P(other), P(path)}, &call);
	CHECK_STRING(call.text, other);
	call_done(&call);
	decode(MEDIATED_execve, (uint64_t[6]){P(path), P(argv), 0}, &call);
	CHECK_STRING(call.argv[1], "two");
	CHECK(!call.argv[2] && !call.argv_truncated);
	call_done(&call);
	decode(MEDIATED_chown, (uint64_t[6]){P(path), HIGH_BITS | 0xffffffffu, 2}, &call);
	CHECK(call.uid == (uid_t)-1 && call.gid == 2);
	call_done(&call);
}

/* A vector of 256 is whole, one more is cut and says so. */
static void test_a_vector_is_cut_behind_its_last_place(void)
{
	static const char *many[REQUEST_ARGV_MAX + 2];
	struct call call;

	for (size_t n = REQUEST_ARGV_MAX; n <= REQUEST_ARGV_MAX + 1; n++) {
		readable();
		for (size_t i = 0; i < n; i++)
			many[i] = argv[0];
		fake_memory_add(many, sizeof(many));
		CHECK_INT(decode(MEDIATED_execve, (uint64_t[6]){P(path), P(many), 0}, &call), 0);
		CHECK_INT(call.argv_truncated, n > REQUEST_ARGV_MAX);
		CHECK(call.argv[REQUEST_ARGV_MAX - 1] && !call.argv[REQUEST_ARGV_MAX]);
		call_done(&call);
	}
}

int main(void)
{
	RUN(test_every_mediated_call_is_decoded);
	RUN(test_what_is_no_mediated_call_is_refused);
	RUN(test_each_pointer_that_cannot_be_read_is_a_fault);
	RUN(test_details_of_arguments_are_kept);
	RUN(test_a_vector_is_cut_behind_its_last_place);
	return check_summary();
}
