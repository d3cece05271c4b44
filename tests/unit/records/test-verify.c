/* SPDX-License-Identifier: Apache-2.0 */
/* Records are made, edited at random, and verified: each edit is found, nothing else is blamed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "enforcer/records/verify.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static struct audit_key *key;
static uint8_t public[AUDIT_KEY_PUBLIC];
static uint64_t state = 20260102;

static uint64_t chance(uint64_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % below;
}

struct writer {
	struct buffer *record;
	struct chain *chain;
	struct record_context context;
};

static void append(struct writer *writer, const struct buffer *line)
{
	CHECK_INT(chain_add(writer->chain, line->data, line->len - 1, NULL), 0);
	buffer_append(writer->record, line->data, line->len);
	writer->context.sequence++;
}

static void close_batch(struct writer *writer, bool sign)
{
	const struct chain_signer signer = {audit_key_sign, key};

	CHECK_INT(
		chain_close(writer->chain, &writer->context, sign ? &signer : NULL, writer->record),
		0);
	writer->context.sequence++;
}

enum ending { SIGNED, UNSIGNED, KILLED };

/* A run of n lines between its start and its end, batch of them to a chain line. */
static void write_run(struct buffer *record, const char *run, int n, int batch, enum ending ending)
{
	struct writer writer = {.record = record,
				.context = {.run = run, .sequence = 1, .time_ns = 1000}};
	struct record_start start = {.version = "1", .chain = "sha256"};
	struct record_end end = {};
	struct buffer line = {};
	char what[64];

	CHECK_INT(chain_new(run, &writer.chain), 0);
	CHECK_INT(record_run_start(&writer.context, &start, &line), 0);
	append(&writer, &line);
	for (int i = 0; i < n; i++) {
		line.len = 0;
		snprintf(what, sizeof(what), "number %d", i);
		CHECK_INT(record_fault(&writer.context, what, 0, &line), 0);
		append(&writer, &line);
		if (i % batch == batch - 1)
			close_batch(&writer, false);
	}
	line.len = 0;
	CHECK_INT(record_run_end(&writer.context, &end, &line), 0);
	if (ending != KILLED) {
		append(&writer, &line);
		close_batch(&writer, ending == SIGNED);
	}
	buffer_done(&line);
	chain_free(writer.chain);
}

static struct verified first_wrong;
static int runs;

static void tell(void *userdata, const struct verified *run)
{
	if (!run->good && first_wrong.words[0] == '\0')
		first_wrong = *run;
	runs++;
}

static int verify(const char *data, size_t len)
{
	const struct verify how = {.public = public, .tell = tell};
	_cleanup_fd_ int fd = open(scratch_path("record"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct failure failure = {};

	CHECK_INT(fd_write_all(fd, data, len), 0);
	first_wrong = (struct verified){};
	runs = 0;
	return verify_record(scratch_path("record"), &how, &failure);
}

static void test_an_untouched_record_is_never_blamed(void)
{
	struct buffer all = {};

	for (int n = 0; n < 60; n++) {
		struct buffer one = {};

		write_run(&one, "20260102-030405-aaaa", n, 1 + n % 7, SIGNED);
		CHECK_INT(verify(one.data, one.len), 1);
		CHECK_INT(runs, 1);
		buffer_done(&one);
	}
	for (int n = 1; n <= 5; n++) {
		char run[] = "20260102-030405-aaa0";

		run[sizeof(run) - 2] = (char)('0' + n);
		write_run(&all, run, n * 300, 140, SIGNED);
		CHECK_INT(verify(all.data, all.len), 1);
		CHECK_INT(runs, n);
	}
	buffer_done(&all);
}

static size_t line_start(const struct buffer *record, uint64_t number)
{
	const char *at = record->data;

	while (--number)
		at = strchr(at, '\n') + 1;
	return (size_t)(at - record->data);
}

static size_t line_len(const struct buffer *record, size_t start)
{
	return (size_t)(strchr(record->data + start, '\n') + 1 - (record->data + start));
}

static uint64_t count_lines(const struct buffer *record)
{
	uint64_t n = 0;

	for (size_t i = 0; i < record->len; i++)
		n += record->data[i] == '\n';
	return n;
}

/* An edit of one line or two, the first of which is returned; 0: it changed nothing. */
static uint64_t edit(const struct buffer *record, unsigned kind, struct buffer *ret_edited)
{
	uint64_t n = count_lines(record), first = 1 + chance(n), second = 1 + chance(n);
	size_t at = line_start(record, first), len = line_len(record, at);
	size_t from = line_start(record, second), from_len = line_len(record, from);

	if (kind == 0) {
		buffer_append(ret_edited, record->data, record->len);
		ret_edited->data[at + chance(len - 1)] ^= (char)(1 << chance(7));
		return first;
	}
	buffer_append(ret_edited, record->data, at);
	switch (kind) {
	case 1: /* removed; without its last line a run has no end */
		break;
	case 2: /* inserted, or there twice */
		buffer_append(ret_edited, record->data + from, from_len);
		buffer_append(ret_edited, record->data + at, len);
		break;
	case 3: /* changed places with the next */
		if (first == n)
			return 0;
		from = at + len;
		from_len = line_len(record, from);
		buffer_append(ret_edited, record->data + from, from_len);
		buffer_append(ret_edited, record->data + at, len);
		at = from;
		len = from_len;
		break;
	case 4: /* another's words in its place */
		if (first == second)
			return 0;
		buffer_append(ret_edited, record->data + from, from_len);
		break;
	default: /* cut off within it, or before it */
		buffer_append(ret_edited, record->data + at, chance(len));
		return first;
	}
	buffer_append(ret_edited, record->data + at + len, record->len - at - len);
	return first;
}

static void test_each_of_1000_random_edits_is_found(void)
{
	struct buffer record = {};
	unsigned found = 0, flips = 0, named = 0;

	write_run(&record, "20260102-030405-aaaa", 40, 7, SIGNED);
	while (found < 1000 && check_failures == 0) {
		struct buffer edited = {};
		unsigned kind = (unsigned)chance(6);
		uint64_t line = edit(&record, kind, &edited);
		int r = line ? verify(edited.data ?: "", edited.len) : 0;

		CHECK_INT(r, 0);
		if (r != 0)
			printf("# edit %u of line %llu was not found\n", kind,
			       (unsigned long long)line);
		found += line != 0;
		flips += kind == 0;
		/* The start itself says which run it is of. */
		named += kind == 0 && (first_wrong.wrong.line == line ||
				       (line == 1 && first_wrong.wrong.line <= 2));
		if (kind == 0 && first_wrong.wrong.line != line && line != 1)
			printf("# line %llu was changed, line %llu named: %s\n",
			       (unsigned long long)line, (unsigned long long)first_wrong.wrong.line,
			       first_wrong.words);
		buffer_done(&edited);
	}
	CHECK_INT(found, 1000);
	CHECK(flips > 100);
	/* A newline in the middle of a line makes two of it. */
	CHECK(named >= flips - 3);
	buffer_done(&record);
}

static void test_the_first_line_is_named_and_what_became_of_it(void)
{
	static const struct {
		unsigned remove;
		uint64_t wrong;
		const char *words;
	} cases[] = {
		{2, 2, "1 line is missing before it"}, /* of a batch */
		{9, 9, "1 line is missing before it"}, /* the chain line behind it */
	};
	struct buffer record = {};

	write_run(&record, "20260102-030405-aaaa", 40, 7, SIGNED);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t at = line_start(&record, cases[i].remove), len = line_len(&record, at);
		struct buffer edited = {};

		buffer_append(&edited, record.data, at);
		buffer_append(&edited, record.data + at + len, record.len - at - len);
		CHECK_INT(verify(edited.data, edited.len), 0);
		CHECK_INT(first_wrong.wrong.line, cases[i].wrong);
		CHECK_STRING(first_wrong.words, cases[i].words);
		buffer_done(&edited);
	}
	buffer_done(&record);
}

static void expect_words(const struct buffer *record, const char *words)
{
	CHECK_INT(verify(record->data, record->len), 0);
	CHECK(strstr(first_wrong.words, words) != NULL);
	if (!strstr(first_wrong.words, words))
		printf("# %s\n", first_wrong.words);
}

static void test_a_run_without_end_signature_or_chain_says_so(void)
{
	struct buffer record = {}, line = {};
	struct record_context context = {.run = "20260102-030405-bbbb", .sequence = 1};
	struct record_start start = {.version = "1"};

	write_run(&record, "20260102-030405-aaaa", 14, 7, KILLED);
	expect_words(&record, "ends without its end");
	CHECK_INT(first_wrong.proven.line, 17);
	/* A run behind one that was killed is whole. */
	write_run(&record, "20260102-030405-bbbb", 14, 7, SIGNED);
	expect_words(&record, "ends without its end");
	CHECK_INT(runs, 2);
	record.len = 0;
	write_run(&record, "20260102-030405-aaaa", 14, 7, UNSIGNED);
	expect_words(&record, "not signed");
	record.len = 0;
	write_run(&record, "20260102-030405-aaaa", 14, 7, SIGNED);
	public[0] ^= 1;
	expect_words(&record, "the signature is not by that key");
	public[0] ^= 1;
	CHECK_INT(record_run_start(&context, &start, &line), 0);
	expect_words(&line, "not chained: nothing to verify");
	CHECK_INT(verify("", 0), 0);
	CHECK_INT(runs, 0);
	buffer_done(&record);
	buffer_done(&line);
}

static void test_a_hash_that_does_not_hold_is_found_where_it_stands(void)
{
	struct buffer record = {};
	char *hash;

	write_run(&record, "20260102-030405-aaaa", 14, 7, SIGNED);
	hash = strstr(record.data, "sha256:");
	hash = hash ? hash : record.data;
	hash[7] = hash[7] == '0' ? '1' : '0';
	expect_words(&record, "its hash is not that of the lines from 1 on");
	CHECK_INT(first_wrong.wrong.line, 9);
	buffer_done(&record);
}

/* Who recomputes the chain still cannot sign it: a chain of another's making is no signed one. */
static void test_a_signature_of_another_run_does_not_count(void)
{
	struct buffer one = {}, other = {};
	const char *from;
	char *to;

	write_run(&one, "20260102-030405-aaaa", 14, 7, SIGNED);
	write_run(&other, "20260102-030405-bbbb", 14, 7, SIGNED);
	from = strstr(one.data, "\"signature\"");
	to = strstr(other.data, "\"signature\"");
	CHECK(from && to);
	if (from && to)
		memcpy(to, from, strlen(from));
	expect_words(&other, "the signature is not by that key");
	buffer_done(&one);
	buffer_done(&other);
}

static void test_a_key_is_made_once_for_its_owner_alone(void)
{
	uint8_t again[AUDIT_KEY_PUBLIC] = {};
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s", scratch_path("key"));
	CHECK_INT(audit_key_make(path), 0);
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_INT(audit_public_load(path, again), 0);
	CHECK(memcmp(again, public, sizeof(public)) == 0);
	CHECK_INT(chmod(path, 0640), 0);
	CHECK_INT(audit_key_make(path), -EPERM);
	CHECK_INT(chmod(path, 0600), 0);
}

int main(void)
{
	scratch_make();
	CHECK_INT(audit_key_make(scratch_path("key")), 0);
	CHECK_INT(audit_key_load(scratch_path("key"), &key), 0);
	CHECK_INT(audit_public_load(scratch_path("key.pub"), public), 0);
	RUN(test_an_untouched_record_is_never_blamed);
	RUN(test_each_of_1000_random_edits_is_found);
	RUN(test_the_first_line_is_named_and_what_became_of_it);
	RUN(test_a_run_without_end_signature_or_chain_says_so);
	RUN(test_a_hash_that_does_not_hold_is_found_where_it_stands);
	RUN(test_a_signature_of_another_run_does_not_count);
	RUN(test_a_key_is_made_once_for_its_owner_alone);
	audit_key_free(key);
	return check_summary();
}
