/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>

#include "enforcer/config/policy-file.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static int read_as(const char *path, enum policy_file_owner owner, struct failure *failure)
{
	char *text = NULL;
	size_t len = 0;
	int r;

	*failure = (struct failure){};
	r = policy_file_read(scratch_path(path), owner, &text, &len, failure);
	free(text);
	return r;
}

static void test_a_missing_file_is_told_without_words(void)
{
	struct failure failure;

	CHECK_INT(read_as("none", POLICY_FILE_PERSON, &failure), -ENOENT);
	CHECK_STRING(failure.text, "");
	CHECK_INT(read_as("none/below", POLICY_FILE_MANAGED, &failure), -ENOENT);
}

static void test_what_others_may_write_is_refused(void)
{
	struct failure failure;

	scratch_file("group", "{}", 0660);
	scratch_file("world", "{}", 0666);
	CHECK_INT(read_as("group", POLICY_FILE_PERSON, &failure), 0);
	CHECK_INT(read_as("group", POLICY_FILE_MANAGED, &failure), -EPERM);
	CHECK_INT(read_as("world", POLICY_FILE_PERSON, &failure), -EPERM);
	CHECK(strstr(failure.text, "others may write to it (mode 0666)"));
	CHECK(strstr(failure.hint, "chmod o-w"));
	CHECK_INT(read_as("world", POLICY_FILE_PROJECT, &failure), 0);
	CHECK_INT(read_as("world", POLICY_FILE_ANY, &failure), 0);
}

static void test_only_regular_files_are_read(void)
{
	struct failure failure;

	CHECK_INT(mkfifo(scratch_path("fifo"), 0600), 0);
	scratch_directory("directory");
	CHECK_INT(read_as("fifo", POLICY_FILE_PERSON, &failure), -EINVAL);
	CHECK_INT(read_as("directory", POLICY_FILE_PERSON, &failure), -EINVAL);
	CHECK(strstr(failure.text, "is not a regular file"));
}

static void test_a_projects_file_is_no_link(void)
{
	struct failure failure;

	scratch_file("target", "{}", 0600);
	CHECK_INT(symlink("target", scratch_path("link")), 0);
	CHECK_INT(read_as("link", POLICY_FILE_PERSON, &failure), 0);
	CHECK_INT(read_as("link", POLICY_FILE_PROJECT, &failure), -ELOOP);
	CHECK(strstr(failure.text, "is a symbolic link"));
}

static void test_a_mebibyte_is_read_and_one_byte_more_is_not(void)
{
	struct failure failure;

	scratch_file("big", "", 0600);
	CHECK_INT(truncate(scratch_path("big"), POLICY_FILE_MAX), 0);
	CHECK_INT(read_as("big", POLICY_FILE_PERSON, &failure), 0);
	CHECK_INT(truncate(scratch_path("big"), POLICY_FILE_MAX + 1), 0);
	CHECK_INT(read_as("big", POLICY_FILE_PERSON, &failure), -EFBIG);
}

static void test_the_hash_is_sha256(void)
{
	char hex[HASH_HEX_SIZE];

	CHECK_INT(policy_hash("abc", 3, hex), 0);
	CHECK_STRING(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_INT(policy_hash("", 0, hex), 0);
	CHECK_STRING(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
	scratch_make();
	RUN(test_a_missing_file_is_told_without_words);
	RUN(test_what_others_may_write_is_refused);
	RUN(test_only_regular_files_are_read);
	RUN(test_a_projects_file_is_no_link);
	RUN(test_a_mebibyte_is_read_and_one_byte_more_is_not);
	RUN(test_the_hash_is_sha256);
	return check_summary();
}
