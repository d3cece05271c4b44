/* SPDX-License-Identifier: Apache-2.0 */
/* Calls as a program would make them. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "enforcer/base/cleanup.h"
#include "tests/pipeline/calls.h"

#define S(text)                                                                                    \
	{                                                                                          \
		.data = (text), .len = sizeof(text)                                                \
	}
#define D(it)                                                                                      \
	{                                                                                          \
		.data = &(it), .len = sizeof(it)                                                   \
	}
#define N(n)                                                                                       \
	{                                                                                          \
		.number = (uint64_t)(n)                                                            \
	}
#define CWD N(AT_FDCWD)

static const struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_BENEATH};
static const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 2}};
static const struct sockaddr_un socket_address = {.sun_family = AF_UNIX, .sun_path = "socket"};
static const struct sockaddr_un new_address = {.sun_family = AF_UNIX, .sun_path = "new-socket"};
static const char *const argv[] = {"one", NULL};

/* clang-format off */
const struct scripted_call scripted_calls[] = {
	{"read", MEDIATED_open, {S("file"), N(O_RDONLY)}, FAKE_FD},
	{"read through a link", MEDIATED_openat, {CWD, S("dirlink/inner"), N(O_RDONLY)}, FAKE_FD},
	{"read by ..", MEDIATED_openat, {CWD, S("dir/../file"), N(O_RDONLY)}, FAKE_FD},
	{"read nothing", MEDIATED_open, {S("nothing"), N(O_RDONLY)}, FAKE_ERROR, ENOENT},
	{"openat2", MEDIATED_openat2, {CWD, S("file"), D(how), N(sizeof(how))}, FAKE_FD},
	{"list", MEDIATED_openat, {CWD, S("dir"), N(O_RDONLY | O_DIRECTORY)}, FAKE_FD},
	{"write", MEDIATED_open, {S("file"), N(O_WRONLY | O_TRUNC)}, FAKE_FD},
	{"create", MEDIATED_open, {S("new"), N(O_WRONLY | O_CREAT), N(0666)}, FAKE_FD},
	{"create through a link", MEDIATED_creat, {S("dirlink/new"), N(0666)}, FAKE_FD},
	{"create behind a dangling link", MEDIATED_creat, {S("dangling"), N(0666)}, FAKE_FD},
	{"create again", MEDIATED_open, {S("file"), N(O_RDWR | O_CREAT | O_EXCL), N(0666)},
		FAKE_ERROR, EEXIST},
	{"without a name", MEDIATED_open, {S("dir"), N(O_RDWR | O_TMPFILE), N(0600)}, FAKE_FD},
	{"mkdir", MEDIATED_mkdir, {S("made"), N(0777)}, FAKE_VALUE},
	{"mkdir of a repository", MEDIATED_mkdirat, {CWD, S("dir/.git"), N(0777)}, FAKE_VALUE},
	{"mkdir again", MEDIATED_mkdir, {S("dir"), N(0777)}, FAKE_ERROR, EEXIST},
	{"mknod", MEDIATED_mknod, {S("pipe"), N(S_IFIFO | 0600)}, FAKE_VALUE},
	{"rename", MEDIATED_rename, {S("file"), S("dir/file")}, FAKE_VALUE},
	{"rename over", MEDIATED_renameat, {CWD, S("file"), CWD, S("dir/inner")}, FAKE_VALUE},
	{"link", MEDIATED_link, {S("file"), S("second")}, FAKE_VALUE},
	{"symlink", MEDIATED_symlink, {S("anything"), S("third")}, FAKE_VALUE},
	{"unlink", MEDIATED_unlink, {S("file")}, FAKE_VALUE},
	{"unlink a directory", MEDIATED_unlink, {S("dir")}, FAKE_ERROR, EISDIR},
	{"rmdir", MEDIATED_rmdir, {S("dir")}, FAKE_ERROR, ENOTEMPTY},
	{"truncate", MEDIATED_truncate, {S("link"), N(2)}, FAKE_VALUE},
	{"chmod", MEDIATED_chmod, {S("file"), N(0640)}, FAKE_VALUE},
	{"fchmod", MEDIATED_fchmod, {N(9), N(0640)}, FAKE_VALUE},
	{"fchmod of nothing", MEDIATED_fchmod, {N(77), N(0640)}, FAKE_ERROR, EBADF},
	{"chown", MEDIATED_lchown, {S("link"), N(-1), N(-1)}, FAKE_VALUE},
	{"utimensat", MEDIATED_utimensat, {CWD, S("file"), D(times)}, FAKE_VALUE},
	{"setxattr", MEDIATED_setxattr, {S("file"), S("system.none"), S("value"), N(5)},
		FAKE_ERROR, EOPNOTSUPP},
	{"removexattr", MEDIATED_removexattr, {S("file"), S("system.none")},
		FAKE_ERROR, EOPNOTSUPP},
	{"memfd_create", MEDIATED_memfd_create, {S("memory"), N(MFD_CLOEXEC)}, FAKE_FD},
	{"bind", MEDIATED_bind, {N(9), D(new_address), N(sizeof(new_address))}, FAKE_CONTINUE},
	{"bind again", MEDIATED_bind, {N(9), D(socket_address), N(sizeof(socket_address))},
		FAKE_ERROR, EADDRINUSE},
	{"listen", MEDIATED_listen, {N(9), N(5)}, FAKE_CONTINUE},
	{"connect", MEDIATED_connect, {N(9), D(socket_address), N(sizeof(socket_address))},
		FAKE_VALUE, 0, true},
	{"sendto", MEDIATED_sendto,
		{N(9), S("data"), N(4), N(0), D(socket_address), N(sizeof(socket_address))},
		FAKE_ERROR, EOPNOTSUPP},
	{"a fifo that nobody writes", MEDIATED_open, {S("fifo"), N(O_RDONLY)},
		FAKE_NOTHING, 0, true},
	{"exec of no program", MEDIATED_execve, {S("dir"), D(argv), N(0)}, FAKE_ERROR, EACCES},
};
/* clang-format on */
const size_t n_scripted_calls = ARRAY_LEN(scripted_calls);

uint64_t scripted_make(struct gate *gate, const struct scripted_call *call)
{
	uint64_t args[6];

	fake_target.n_memory = 0;
	for (size_t i = 0; i < ARRAY_LEN(args); i++)
		args[i] = call->args[i].data
				  ? fake_memory_add(call->args[i].data, call->args[i].len)
				  : call->args[i].number;
	if (call->call == MEDIATED_execve)
		fake_string(argv[0]);
	return gate_call(gate, call->call, args);
}

static const struct scripted_call *scripted(const char *name)
{
	for (size_t i = 0; i < n_scripted_calls; i++)
		if (strcmp(scripted_calls[i].name, name) == 0)
			return &scripted_calls[i];
	fprintf(stderr, "no call is named %s\n", name);
	abort();
}

/* Makes it, and tells what it was answered at once; FAKE_NOTHING: it waits. */
struct fake_answer made(struct gate *gate, const char *name)
{
	const struct scripted_call *call = scripted(name);
	uint64_t cookie = scripted_make(gate, call);
	const struct fake_answer *answer = fake_answer_of(cookie);

	assert(fake_answers_of(cookie) <= 1);
	return answer ? *answer : (struct fake_answer){.cookie = cookie};
}

struct fake_answer answered(uint64_t cookie)
{
	const struct fake_answer *answer = fake_answer_of(cookie);

	assert(fake_answers_of(cookie) == 1);
	return answer ? *answer : (struct fake_answer){};
}

const char *word(json_t *line, const char *name)
{
	const char *text = json_string_value(json_object_get(line, name));

	return text ? text : "";
}

ino_t inode(const char *name)
{
	struct stat st = {};

	if (lstat(gate_path(name), &st) < 0)
		return 0;
	return st.st_ino;
}
