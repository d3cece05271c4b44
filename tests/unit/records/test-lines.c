/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include "enforcer/base/fd.h"
#include "enforcer/records/lines.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static void write_file(const char *name, const void *data, size_t len, int flags)
{
	_cleanup_fd_ int fd = open(scratch_path(name), O_WRONLY | O_CREAT | flags, 0600);

	CHECK_INT(fd_write_all(fd, data, len), 0);
}

static void write_compressed(const char *name, const char *text, size_t cut)
{
	char packed[4096];
	size_t len = ZSTD_compress(packed, sizeof(packed), text, strlen(text), 3);

	CHECK(!ZSTD_isError(len));
	write_file(name, packed, len - cut, O_TRUNC);
}

static struct lines *open_lines(const char *name)
{
	struct lines *lines = NULL;
	struct failure failure = {};

	CHECK_INT(lines_open(scratch_path(name), &lines, &failure), 0);
	return lines;
}

static void check_next(struct lines *lines, const char *expected)
{
	struct failure failure = {};
	char *line = NULL;
	size_t len = 0;
	int r = lines_next(lines, &line, &len, &failure);

	CHECK_INT(r, expected != NULL);
	if (r == 1 && expected) {
		CHECK_STRING(line, expected);
		CHECK_INT(len, strlen(expected));
	}
}

static void test_lines_come_in_order_and_a_torn_last_one_is_told(void)
{
	_cleanup_(lines_freep) struct lines *lines = NULL;

	write_file("a", "one\n\nthree\nfou", 14, O_TRUNC);
	lines = open_lines("a");
	check_next(lines, "one");
	check_next(lines, "");
	check_next(lines, "three");
	CHECK_INT(lines_number(lines), 3);
	check_next(lines, NULL);
	CHECK_INT(lines_torn(lines), 3);
	/* It goes on while the run does. */
	write_file("a", "r\nfive\n", 7, O_APPEND);
	check_next(lines, "four");
	check_next(lines, "five");
	check_next(lines, NULL);
	CHECK_INT(lines_torn(lines), 0);
}

static void test_a_line_of_the_limit_is_read_and_a_longer_one_left_out(void)
{
	_cleanup_(lines_freep) struct lines *lines = NULL;
	_cleanup_free_ char *text = malloc(LINES_MAX * 3);
	struct failure failure = {};
	size_t len = 0, at = 0;
	char *line;

	CHECK(text != NULL);
	memset(text, 'x', LINES_MAX * 3);
	at = LINES_MAX;
	text[at++] = '\n';
	at += LINES_MAX + 100000;
	text[at++] = '\n';
	memcpy(text + at, "end\n", 4);
	write_file("long", text, at + 4, O_TRUNC);
	lines = open_lines("long");
	CHECK_INT(lines_next(lines, &line, &len, &failure), 1);
	CHECK_INT(len, LINES_MAX);
	check_next(lines, "end");
	CHECK_INT(lines_number(lines), 3);
	CHECK_INT(lines_overlong(lines), 1);
	check_next(lines, NULL);
}

static void test_parts_are_read_by_their_numbers(void)
{
	_cleanup_(lines_freep) struct lines *lines = NULL;

	write_compressed("run.jsonl.2.zst", "three\nfour\n", 0);
	write_file("run.jsonl.1", "one\n{\"torn", 10, O_TRUNC);
	write_file("run.jsonl.10", "five\n", 5, O_TRUNC);
	write_file("run.jsonl", "six\n", 4, O_TRUNC);
	/* Being made, compressed twice, and no parts at all. */
	write_file("run.jsonl.11", "", 0, O_TRUNC);
	write_compressed("run.jsonl.10.zst", "another five\n", 0);
	write_compressed("run.jsonl.12.zst.new", "no part\n", 0);
	write_file("run.jsonl.sig", "no part\n", 8, O_TRUNC);
	write_file("run.jsonl.03", "no part\n", 8, O_TRUNC);
	write_file("run.jsonl2", "nor this\n", 9, O_TRUNC);
	lines = open_lines("run.jsonl");
	check_next(lines, "one");
	check_next(lines, "three");
	CHECK_INT(lines_torn_parts(lines), 1);
	CHECK_INT(lines_part(lines), 1);
	check_next(lines, "four");
	check_next(lines, "five");
	check_next(lines, "six");
	CHECK_INT(lines_number(lines), 1);
	check_next(lines, NULL);
}

static void turn(unsigned number)
{
	char part[32];

	snprintf(part, sizeof(part), "live.%u", number);
	CHECK_INT(rename(scratch_path("live"), scratch_path(part)), 0);
}

/* Whoever follows a run reads each line once, however the files change their names meanwhile. */
static void test_a_record_that_is_parted_while_it_is_read_is_read_once(void)
{
	_cleanup_(lines_freep) struct lines *lines = NULL;

	write_file("live", "1\n", 2, O_TRUNC);
	lines = open_lines("live");
	check_next(lines, "1");
	check_next(lines, NULL);
	/* Closed, with a line that was not seen; the next is closed, too, and compressed. */
	write_file("live", "2\n", 2, O_APPEND);
	turn(1);
	write_compressed("live.2.zst", "3\n4\n", 0);
	write_file("live", "5\n", 2, O_TRUNC);
	check_next(lines, "2");
	check_next(lines, "3");
	/* What was read is compressed and removed. */
	write_compressed("live.1.zst", "1\n2\n", 0);
	CHECK_INT(unlink(scratch_path("live.1")), 0);
	check_next(lines, "4");
	turn(3);
	write_file("live", "6\n", 2, O_TRUNC);
	check_next(lines, "5");
	check_next(lines, "6");
	check_next(lines, NULL);
	/* There is no newest one at the moment. */
	turn(4);
	check_next(lines, NULL);
	write_file("live", "7\n", 2, O_TRUNC);
	check_next(lines, "7");
	check_next(lines, NULL);
	unlink(scratch_path("live"));
	check_next(lines, NULL);
}

static void test_a_damaged_compressed_part_is_an_error(void)
{
	_cleanup_(lines_freep) struct lines *lines = NULL;
	struct failure failure = {};
	char *line;
	size_t len;

	write_file("bad.zst", "this is not compressed at all", 29, O_TRUNC);
	lines = open_lines("bad.zst");
	CHECK_INT(lines_next(lines, &line, &len, &failure), -EBADMSG);
	CHECK(strstr(failure.text, "the compressed file is damaged") != NULL);
}

static void test_a_record_that_is_not_there_is_named(void)
{
	struct lines *lines = NULL;
	struct failure failure = {};

	CHECK_INT(lines_open(scratch_path("no\x1b[2J"), &lines, &failure), -ENOENT);
	CHECK(strstr(failure.text, "no\\x1b[2J: No such file") != NULL);
}

int main(void)
{
	scratch_make();
	RUN(test_lines_come_in_order_and_a_torn_last_one_is_told);
	RUN(test_a_line_of_the_limit_is_read_and_a_longer_one_left_out);
	RUN(test_parts_are_read_by_their_numbers);
	RUN(test_a_record_that_is_parted_while_it_is_read_is_read_once);
	RUN(test_a_damaged_compressed_part_is_an_error);
	RUN(test_a_record_that_is_not_there_is_named);
	return check_summary();
}
