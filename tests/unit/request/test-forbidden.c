/* SPDX-License-Identifier: Apache-2.0 */
/* What the rights of an ordinary user forbid, whoever runs the test. */
#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include "enforcer/request/describe.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

#define NOBODY 65534

static struct place place_at(const char *parent, const char *name)
{
	struct place place = PLACE_NONE;

	place.kind = PLACE_VIEW;
	place.parent = open(scratch_path(parent), O_PATH | O_CLOEXEC);
	if (name)
		place.fd = openat(place.parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return place;
}

static bool open_forbidden(const char *parent, const char *name, uint64_t flags)
{
	struct call call = {.kind = CALL_OPEN, .flags = flags};
	struct place place = place_at(parent, name);
	bool ret = describe_is_forbidden(&call, &place);

	place_done(&place);
	return ret;
}

static bool names_forbidden(enum call_kind kind, const char *parent, const char *second)
{
	struct call call = {.kind = kind};
	struct place places[2] = {place_at(parent, NULL), place_at(second, NULL)};
	bool ret = describe_is_forbidden(&call, places);

	place_done(&places[0]);
	place_done(&places[1]);
	return ret;
}

static void test_files(void)
{
	CHECK(!open_forbidden("theirs", "readable", O_RDONLY));
	CHECK(open_forbidden("theirs", "readable", O_WRONLY));
	CHECK(open_forbidden("theirs", "readable", O_RDWR));
	CHECK(open_forbidden("theirs", "readable", O_RDONLY | O_TRUNC));
	CHECK(open_forbidden("theirs", "secret", O_RDONLY));
	CHECK(!open_forbidden("theirs", "secret", O_PATH));
	CHECK(!open_forbidden("theirs", "writable", O_RDWR));
	CHECK(open_forbidden("theirs", "new", O_WRONLY | O_CREAT));
	CHECK(!open_forbidden("theirs", "new", O_WRONLY));
	CHECK(!open_forbidden("shared", "new", O_WRONLY | O_CREAT));
	CHECK(open_forbidden("", "theirs", O_RDWR | O_TMPFILE));
	CHECK(!open_forbidden("", "shared", O_RDWR | O_TMPFILE));
}

static void test_names(void)
{
	static const enum call_kind kinds[] = {CALL_MKDIR, CALL_MKNOD, CALL_SYMLINK, CALL_UNLINK,
					       CALL_RMDIR};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		CHECK(names_forbidden(kinds[i], "theirs", "shared"));
		CHECK(!names_forbidden(kinds[i], "shared", "theirs"));
	}
	CHECK(names_forbidden(CALL_RENAME, "theirs", "shared"));
	CHECK(names_forbidden(CALL_RENAME, "shared", "theirs"));
	CHECK(!names_forbidden(CALL_RENAME, "shared", "shared"));
	CHECK(names_forbidden(CALL_LINK, "shared", "theirs"));
	CHECK(!names_forbidden(CALL_LINK, "theirs", "shared"));
}

/* Where nothing is known, a person is asked. */
static void test_the_unknown(void)
{
	struct call call = {.kind = CALL_MKDIR};
	struct place places[2] = {PLACE_NONE, PLACE_NONE};

	CHECK(!describe_is_forbidden(&call, places));
	call.kind = CALL_CONNECT;
	CHECK(!describe_is_forbidden(&call, places));
}

/* For root nothing is: the last, it gives that up. */
static void test_root_and_then_nobody(void)
{
	if (geteuid() != 0)
		return;
	CHECK(!open_forbidden("theirs", "secret", O_RDWR));
	CHECK(!names_forbidden(CALL_MKDIR, "theirs", "shared"));
	CHECK(setgroups(0, NULL) == 0);
	CHECK(setegid(NOBODY) == 0 && seteuid(NOBODY) == 0);
}

static void scratch_fill(void)
{
	scratch_make();
	chmod(scratch, 0755);
	scratch_directory("theirs");
	scratch_directory("shared");
	scratch_file("theirs/readable", "", 0444);
	scratch_file("theirs/writable", "", 0666);
	scratch_file("theirs/secret", "", 0);
	chmod(scratch_path("shared"), 0777);
	chmod(scratch_path("theirs"), 0555);
}

int main(void)
{
	uid_t uid = geteuid();

	scratch_fill();
	RUN(test_root_and_then_nobody);
	RUN(test_files);
	RUN(test_names);
	RUN(test_the_unknown);
	CHECK(seteuid(uid) == 0);
	chmod(scratch_path("theirs"), 0700);
	return check_summary();
}
