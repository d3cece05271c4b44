/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records in pieces: whole ones, signed, with their policy, are changed at random, cut into parts
 * and compressed, and the compressed bytes changed as well. Whatever comes of it, reading and
 * verifying do no harm; nothing but what was written is called good; and a policy that can still be
 * built judges.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/audit/record-policy.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "enforcer/records/lines.h"
#include "enforcer/records/recorded-policy.h"
#include "enforcer/records/verify.h"
#include "tests/fuzz/random.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

#define RUN_ID "20260102-030405-aaaa"

static struct audit_key *key;
static uint8_t public[AUDIT_KEY_PUBLIC];

struct writer {
	struct buffer *record;
	struct chain *chain;
	struct record_context context;
};

static void append(struct writer *writer, struct buffer *line)
{
	CHECK_INT(chain_add(writer->chain, line->data, line->len - 1, NULL), 0);
	buffer_append(writer->record, line->data, line->len);
	writer->context.sequence++;
	buffer_done(line);
}

static void close_batch(struct writer *writer, bool sign)
{
	const struct chain_signer signer = {audit_key_sign, key};

	CHECK_INT(
		chain_close(writer->chain, &writer->context, sign ? &signer : NULL, writer->record),
		0);
	writer->context.sequence++;
}

static void append_head(struct writer *writer)
{
	static const char text[] =
		"{\"version\": 1, \"extends\": \"agent\", \"rules\": [{\"deny\": \"read\","
		" \"path\": \"~/.ssh\"}, {\"ask\": \"exec\", \"program\": \"git\", \"args\":"
		" [\"push\", \"**\"]}, {\"allow\": \"connect\", \"host\": \"*.example\"}]}";
	char *read[] = {(char *)"/srv/data", NULL}, *tmp[] = {(char *)"/tmp", NULL};
	char *workspaces[] = {(char *)"/home/ada/work", NULL};
	const struct record_start start = {
		.version = "1", .chain = "sha256", .workspaces = workspaces, .command = read};
	const struct record_policy layers[] = {
		{.layer = LAYER_USER, .file = "policy.json", .text = text, .len = strlen(text)},
		{.layer = LAYER_COMMAND_LINE, .file = "--read", .read = read},
	};
	const struct record_name names[] = {
		{.from = "/bin", .to = "/usr/bin"},
		{.from = "git", .to = "/usr/bin/git", .program = true, .dev = 1, .ino = 2},
	};
	const struct record_facts facts = {.home = "/home/ada",
					   .tmp = tmp,
					   .state = tmp,
					   .path = tmp,
					   .names = names,
					   .n_names = ARRAY_LEN(names)};
	struct buffer line = {};

	CHECK_INT(record_run_start(&writer->context, &start, &line), 0);
	append(writer, &line);
	for (size_t i = 0; i < ARRAY_LEN(layers); i++) {
		CHECK_INT(record_policy(&writer->context, &layers[i], &line), 0);
		append(writer, &line);
	}
	CHECK_INT(record_facts(&writer->context, &facts, &line), 0);
	append(writer, &line);
}

static void append_call(struct writer *writer)
{
	char *argv[] = {(char *)"git", (char *)"push", (char *)"--token=x", NULL};
	const struct request request = {
		.pid = 7,
		.tid = 8,
		.program = (char *)"/usr/bin/git",
		.call = MEDIATED_execve,
		.argv = argv,
		.n_objects = 1,
		.objects = {{.kind = OBJECT_PATH, .verbs = VERB_EXEC, .path = (char *)"/bin/x"}}};
	const struct decision decision = {.verdict = VERDICT_ALLOW, .by = BY_PERSON};
	const struct outcome outcome = {.kind = OUTCOME_CONTINUED};
	struct buffer line = {};

	CHECK_INT(record_call(&writer->context, &request, &decision, &outcome, &line), 0);
	append(writer, &line);
}

static void write_record(struct buffer *record, unsigned n)
{
	struct writer writer = {.record = record,
				.context = {.run = RUN_ID, .sequence = 1, .time_ns = 1000}};
	const struct record_end end = {};
	struct buffer line = {};

	CHECK_INT(chain_new(RUN_ID, &writer.chain), 0);
	append_head(&writer);
	for (unsigned i = 0; i < n; i++) {
		append_call(&writer);
		if (i % 3 == 2)
			close_batch(&writer, false);
	}
	CHECK_INT(record_run_end(&writer.context, &end, &line), 0);
	append(&writer, &line);
	close_batch(&writer, true);
	chain_free(writer.chain);
}

/* ---- changes ---- */

static void change_byte(struct buffer *data)
{
	if (data->len > 0)
		data->data[random_below((unsigned)data->len)] = (char)random_below(256);
}

static void move_piece(struct buffer *data)
{
	struct buffer moved = {};
	size_t at = random_below((unsigned)data->len), left = data->len - at;
	size_t len = left > 0 ? random_below((unsigned)(left < 400 ? left : 400)) : 0;
	size_t to = random_below((unsigned)data->len);

	/* In its place, twice, or not at all. */
	buffer_append(&moved, data->data, to);
	buffer_append(&moved, data->data + at, len);
	if (to + len < data->len && random_below(2))
		to += len;
	buffer_append(&moved, data->data + to, data->len - to);
	buffer_done(data);
	*data = moved;
}

static void change_value(struct buffer *data)
{
	static const char *const values[] = {"null",        "[]",   "{}",  "-1",
					     "1e308",       "\"\"", "[[[", "18446744073709551616",
					     "\"\\u0000\"", "true"};
	size_t from = random_below((unsigned)data->len), start, end;
	const char *value = values[random_below(ARRAY_LEN(values))];
	char *colon = memchr(data->data + from, ':', data->len - from);
	struct buffer changed = {};

	if (!colon)
		return;
	start = (size_t)(colon - data->data) + 1;
	end = start + strcspn(colon + 1, ",}");
	buffer_append(&changed, data->data, start);
	buffer_append_string(&changed, value);
	buffer_append(&changed, data->data + end, data->len - end);
	buffer_done(data);
	*data = changed;
}

static void change(struct buffer *data)
{
	for (unsigned n = random_below(4); n > 0 && data->len > 1; n--) {
		switch (random_below(4)) {
		case 0:
			change_byte(data);
			break;
		case 1:
			move_piece(data);
			break;
		case 2:
			change_value(data);
			break;
		default:
			data->len -= random_below(random_below(4) ? 2 : (unsigned)data->len);
			data->data[data->len] = '\0';
		}
	}
}

/* ---- files ---- */

static void write_file(const char *name, const char *data, size_t len)
{
	_cleanup_fd_ int fd = open(scratch_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK_INT(fd_write_all(fd, data, len), 0);
}

/* True where the bytes are not what compression made. */
static bool write_compressed(const char *name, const char *data, size_t len)
{
	size_t bound = ZSTD_compressBound(len), packed_len;
	struct buffer packed = {};
	char *space = malloc(bound);
	bool damage = random_below(2);

	packed_len = ZSTD_compress(space, bound, data, len, 1);
	CHECK(!ZSTD_isError(packed_len));
	buffer_append(&packed, space, packed_len);
	if (damage)
		change(&packed);
	write_file(name, packed.data ? packed.data : "", packed.len);
	buffer_done(&packed);
	free(space);
	return damage;
}

/* In one to three parts, cut anywhere. */
static bool write_parts(const struct buffer *data)
{
	size_t first = data->len, second = data->len;
	bool damaged = false;

	unlink(scratch_path("r.1"));
	unlink(scratch_path("r.1.zst"));
	unlink(scratch_path("r.2.zst"));
	if (data->len > 0 && random_below(2))
		first = random_below((unsigned)data->len);
	if (first < data->len && random_below(2))
		second = first + random_below((unsigned)(data->len - first));
	if (first < data->len) {
		if (random_below(2))
			write_file("r.1", data->data, first);
		else
			damaged = write_compressed("r.1.zst", data->data, first);
	} else {
		first = 0;
	}
	if (second < data->len)
		damaged |= write_compressed("r.2.zst", data->data + first, second - first);
	else
		second = first;
	write_file("r", data->data + second, data->len - second);
	return damaged;
}

/* ---- reading ---- */

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static void tell(void *userdata, const struct verified *run)
{
	CHECK(is_printable(run->words) && is_printable(run->run));
}

/* Good is what was written, and perhaps the rest of a line behind it. */
static void check_verified(const struct buffer *data, const struct buffer *whole, bool damaged)
{
	const struct verify how = {.public = public, .tell = tell};
	struct failure failure = {};
	int r = verify_record(scratch_path("r"), &how, &failure);
	bool same = data->len >= whole->len && memcmp(data->data, whole->data, whole->len) == 0;

	CHECK(r <= 1 && is_printable(failure.text));
	if (r == 1 && !damaged)
		CHECK(same);
}

static void judge(struct recorded_policy *recorded)
{
	static const struct recorded_instead instead = {
		.policy = {
			.file = "new", .text = "{\"version\": 1}", .len = 14, .layer = LAYER_USER}};
	struct request request = {
		.n_objects = 1,
		.objects = {{.kind = OBJECT_PATH, .verbs = VERB_READ, .path = (char *)"/a/b"}}};
	struct failure failure = {};
	struct decision decision;

	for (int i = 0; i < 2; i++) {
		struct policy *policy = NULL;

		if (recorded_policy_build(recorded, i ? &instead : NULL, &policy, &failure) < 0) {
			CHECK(is_printable(failure.text));
			continue;
		}
		policy_judge(policy, &request, &decision);
		policy_free(policy);
	}
}

/* How many lines were understood. */
static unsigned read_lines(void)
{
	_cleanup_(recorded_policy_freep) struct recorded_policy *recorded = recorded_policy_new();
	_cleanup_(lines_freep) struct lines *lines = NULL;
	static struct entry entry;
	struct failure failure = {};
	unsigned understood = 0;
	char *line;
	size_t len;

	if (lines_open(scratch_path("r"), &lines, &failure) < 0)
		return 0;
	while (lines_next(lines, &line, &len, &failure) == 1) {
		CHECK(len <= LINES_MAX && line[len] == '\0' && !memchr(line, '\n', len));
		if (entry_parse(&entry, line, len) < 0)
			continue;
		understood++;
		CHECK_INT(recorded_policy_take(recorded, &entry), 0);
		entry_done(&entry);
	}
	judge(recorded);
	return understood;
}

int main(int argc, char **argv)
{
	unsigned long rounds = random_rounds(argc, argv, 600), understood = 0;
	struct buffer whole[4] = {};

	scratch_make();
	CHECK_INT(audit_key_make(scratch_path("key")), 0);
	CHECK_INT(audit_key_load(scratch_path("key"), &key), 0);
	CHECK_INT(audit_key_public(key, public), 0);
	for (unsigned i = 0; i < ARRAY_LEN(whole); i++)
		write_record(&whole[i], i * 5);
	for (unsigned long i = 0; i < rounds && !check_failures; i++) {
		const struct buffer *from = &whole[random_below(ARRAY_LEN(whole))];
		struct buffer data = {};
		bool damaged;

		buffer_append(&data, from->data, from->len);
		change(&data);
		damaged = write_parts(&data);
		check_verified(&data, from, damaged);
		understood += read_lines();
		buffer_done(&data);
	}
	CHECK(understood > rounds);
	for (unsigned i = 0; i < ARRAY_LEN(whole); i++)
		buffer_done(&whole[i]);
	audit_key_free(key);
	return check_failures ? 1 : 0;
}
