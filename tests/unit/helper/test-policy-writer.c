/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/helper/policy-writer.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

#define NEW   "{\"allow\": \"read\", \"path\": \"/new\"}"
#define EMPTY "{\"version\": 1, \"rules\": []}\n"

static const char *text_of(const char *name)
{
	static char text[65536];
	FILE *file = fopen(scratch_path(name), "r");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[n] = '\0';
	if (file)
		fclose(file);
	return text;
}

static mode_t mode_of(const char *name)
{
	struct stat st = {};

	lstat(scratch_path(name), &st);
	return st.st_mode;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static int add(const char *name)
{
	const struct policy_writer writer = {.path = scratch_path(name)};
	struct failure failure = {};
	int r = policy_writer_add(&writer, &(struct policy_addition){NEW, 0}, 1, &failure);

	/* Whoever answered is told why not. */
	CHECK_INT(failure.text[0] != '\0', r < 0);
	return r;
}

static void test_the_first_rule_makes_the_file(void)
{
	CHECK_INT(add("none/of/this/policy.json"), 0);
	CHECK_INT(count(text_of("none/of/this/policy.json"), NEW), 1);
	CHECK_INT(mode_of("none/of/this/policy.json") & 07777, 0600);
	CHECK_INT(mode_of("none") & 07777, 0700);
	CHECK_INT(access(scratch_path("none/of/this/policy.json" POLICY_WRITER_SUFFIX), F_OK), -1);
}

static void test_mode_and_link_are_kept(void)
{
	scratch_directory("dotfiles");
	scratch_file("dotfiles/p", EMPTY, 0640);
	if (symlink("dotfiles/p", scratch_path("linked.json")) < 0)
		abort();
	CHECK_INT(add("linked.json"), 0);
	CHECK(S_ISLNK(mode_of("linked.json")));
	CHECK_INT(count(text_of("dotfiles/p"), NEW), 1);
	CHECK_INT(mode_of("dotfiles/p") & 07777, 0640);
}

static void test_what_cannot_be_kept_is_refused_and_left_alone(void)
{
	scratch_file("bad.json", "{\"version\": 1,", 0600);
	CHECK_INT(add("bad.json"), -EINVAL);
	CHECK_STRING(text_of("bad.json"), "{\"version\": 1,");

	scratch_file("readonly.json", EMPTY, 0400);
	CHECK_INT(add("readonly.json"), -EPERM);
	CHECK_STRING(text_of("readonly.json"), EMPTY);

	scratch_file("twice.json", EMPTY, 0600);
	if (link(scratch_path("twice.json"), scratch_path("other-name")) < 0)
		abort();
	CHECK_INT(add("twice.json"), -EMLINK);
	CHECK_STRING(text_of("twice.json"), EMPTY);

	if (symlink("nowhere", scratch_path("dangling.json")) < 0 ||
	    mkfifo(scratch_path("fifo.json"), 0600) < 0)
		abort();
	CHECK_INT(add("dangling.json"), -ENOENT);
	CHECK_INT(add("fifo.json"), -EINVAL);
}

static void test_what_was_left_behind_is_no_hindrance(void)
{
	scratch_file("left.json", EMPTY, 0600);
	scratch_file("left.json" POLICY_WRITER_SUFFIX, "half of", 0600);
	CHECK_INT(add("left.json"), 0);
	CHECK_INT(count(text_of("left.json"), NEW), 1);
	CHECK_INT(access(scratch_path("left.json" POLICY_WRITER_SUFFIX), F_OK), -1);
}

static void test_of_many_that_write_at_once_none_is_lost(void)
{
	enum { WRITERS = 8, EACH = 5 };
	int status;

	scratch_file("many.json", EMPTY, 0600);
	for (int i = 0; i < WRITERS; i++) {
		if (fork() == 0) {
			for (int j = 0; j < EACH; j++)
				if (add("many.json") < 0)
					_exit(1);
			_exit(0);
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		CHECK(wait(&status) > 0);
		CHECK_INT(status, 0);
	}
	CHECK_INT(count(text_of("many.json"), NEW), WRITERS * EACH);
}

static void test_a_lock_is_not_waited_for_without_end(void)
{
	_cleanup_fd_ int dir = -1;

	scratch_directory("locked");
	scratch_file("locked/p.json", EMPTY, 0600);
	dir = open(scratch_path("locked"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || flock(dir, LOCK_EX) < 0)
		abort();
	CHECK_INT(add("locked/p.json"), -EWOULDBLOCK);
	CHECK_STRING(text_of("locked/p.json"), EMPTY);
}

int main(void)
{
	scratch_make();
	RUN(test_the_first_rule_makes_the_file);
	RUN(test_mode_and_link_are_kept);
	RUN(test_what_cannot_be_kept_is_refused_and_left_alone);
	RUN(test_what_was_left_behind_is_no_hindrance);
	RUN(test_of_many_that_write_at_once_none_is_lost);
	RUN(test_a_lock_is_not_waited_for_without_end);
	return check_summary();
}
