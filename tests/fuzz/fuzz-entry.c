/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of a record with bytes changed, cut, doubled: whatever they are, reading, asking about,
 * showing and counting them does no harm, and nothing of them reaches a terminal unescaped.
 */
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/records/entry.h"
#include "enforcer/records/query.h"
#include "enforcer/records/show.h"
#include "enforcer/records/stats.h"
#include "enforcer/records/tree.h"
#include "tests/fuzz/random.h"
#include "tests/support/check.h"

static const char *const lines[] = {
	"{\"v\":1,\"event\":\"run-start\",\"time\":\"2026-01-02T03:04:05.6Z\",\"run\":\"a\","
	"\"seq\":1,"
	"\"directory\":\"/w\",\"command\":[\"make\",{\"hex\":\"ff\"}],\"workspaces\":[\"/w\"]}",
	"{\"v\":1,\"event\":\"policy\",\"time\":\"2026-01-02T03:04:05.6Z\",\"run\":\"a\",\"seq\":2,"
	"\"layer\":\"user\",\"file\":\"f\",\"text\":\"{\\\"version\\\":1,\\\"rules\\\":[{"
	"\\\"ask\\\":"
	"\\\"read\\\",\\\"path\\\":\\\"/a\\\"}]}\"}",
	"{\"v\":1,\"event\":\"facts\",\"time\":\"2026-01-02T03:04:05.6Z\",\"run\":\"a\",\"seq\":3,"
	"\"home\":\"/h\",\"tmp\":[\"/tmp\"],\"state\":[],\"search\":[\"/"
	"bin\"],\"names\":[{\"path\":"
	"\"/a\",\"is\":\"/b\"},{\"program\":\"git\",\"is\":\"/g\",\"inode\":\"1:2\"}]}",
	"{\"v\":1,\"event\":\"call\",\"time\":\"2026-01-02T03:04:05.678901234Z\",\"run\":\"a\","
	"\"seq\":"
	"4,\"pid\":7,\"tid\":8,\"ppid\":6,\"program_hex\":\"2fff\",\"call\":\"renameat2\","
	"\"flags\":"
	"\"RENAME_EXCHANGE\",\"objects\":[{\"kind\":\"path\",\"path\":\"/"
	"a\\u001b\",\"verbs\":[\"read\","
	"\"write\"],\"exists\":true,\"inode\":\"1:2\"},{\"kind\":\"inet\",\"address\":\"::1\","
	"\"port\":"
	"443,\"protocol\":\"tcp\",\"host\":\"x.y\",\"verbs\":[\"connect\"]}],\"argv\":[\"a\",\"b "
	"c\"],"
	"\"verb\":\"read\",\"object\":1,\"decision\":\"deny\",\"by\":\"person\",\"rule\":\"user:"
	"1\","
	"\"layer\":\"user\",\"reason\":\"r\",\"question\":1,\"grant\":1,\"outcome\":\"error\","
	"\"errno\":"
	"\"EACCES\",\"duration_us\":14.250}",
	"{\"v\":1,\"event\":\"question\",\"time\":\"2026-01-02T03:04:05.6Z\",\"run\":\"a\",\"seq\":"
	"5,"
	"\"question\":1,\"pid\":7,\"call\":\"open\",\"objects\":[],\"decision\":\"ask\"}",
	"{\"v\":1,\"event\":\"answer\",\"time\":\"2026-01-02T03:04:05.6Z\",\"run\":\"a\",\"seq\":6,"
	"\"question\":1,\"decision\":\"allow\",\"by\":\"person\",\"via\":\"web\",\"after_us\":5.5}",
	"{\"v\":1,\"event\":\"grant\",\"time\":\"2026-01-02T03:04:05.6Z\",\"run\":\"a\",\"seq\":7,"
	"\"grant\":1,\"decision\":\"allow\",\"covers\":\"all\"}",
	"{\"v\":1,\"event\":\"connection-end\",\"time\":\"2026-01-02T03:04:05.6Z\",\"run\":\"a\","
	"\"seq\":8,\"host\":\"x\",\"port\":443,\"sent\":1,\"received\":2,\"how\":\"closed\"}",
	"{\"v\":1,\"event\":\"run-end\",\"time\":\"2026-01-02T03:04:06Z\",\"run\":\"a\",\"seq\":9,"
	"\"status\":1,\"allowed\":1,\"denied\":1,\"asked\":0,\"refused\":0,\"duration_us\":1.5}",
};

/* What stands in the place of a piece: other values than anybody expects. */
static const char *const pieces[] = {"null",
				     "[]",
				     "{}",
				     "-1",
				     "1e308",
				     "99999999999999999999",
				     "\"\"",
				     "0",
				     "\"",
				     "\\u0000",
				     "{\"hex\":\"00\"}",
				     "true",
				     "[[[[",
				     ",",
				     "\"call\"",
				     "\"path\"",
				     "4294967295"};

static void mutate(struct buffer *line)
{
	for (unsigned n = random_below(4); n > 0 && line->len > 0; n--) {
		size_t at = random_below((unsigned)line->len);
		const char *piece = pieces[random_below(ARRAY_LEN(pieces))];
		size_t len = strlen(piece);
		/* Whole values more often than not, so that it stays JSON. */
		char *colon = memchr(line->data + at, ':', line->len - at);

		if (random_below(4) == 0) {
			line->data[at] = (char)random_below(256);
		} else if (colon && random_below(4)) {
			size_t start = (size_t)(colon - line->data) + 1;
			size_t end = start + strcspn(line->data + start, ",}");
			_cleanup_(buffer_done) struct buffer rest = {};

			buffer_append(&rest, line->data + end, line->len - end);
			line->len = start;
			buffer_append(line, piece, len);
			buffer_append(line, rest.data ? rest.data : "", rest.len);
		} else {
			line->len = at;
			line->data[at] = '\0';
		}
	}
}

static bool is_fit_to_be_shown(const struct buffer *text)
{
	for (size_t i = 0; i < text->len; i++)
		if ((unsigned char)text->data[i] < ' ' && text->data[i] != '\n')
			return false;
	return true;
}

static void read_lines(unsigned long rounds)
{
	_cleanup_(stats_freep) struct stats *stats = NULL;
	_cleanup_(tree_freep) struct tree *tree = tree_new();
	const char *const verbs[] = {"read", NULL}, *const hosts[] = {"*.y", NULL},
			  *const paths[] = {"**/a", NULL};
	struct query query = {.verbs = verbs, .hosts = hosts, .paths = paths};
	struct failure failure = {};
	unsigned long parsed = 0;

	CHECK_INT(stats_new(&stats), 0);
	CHECK_INT(query_prepare(&query, &failure), 0);
	for (unsigned long i = 0; i < rounds && !check_failures; i++) {
		_cleanup_(buffer_done) struct buffer line = {}, text = {};
		static struct entry entry;

		buffer_append_string(&line, lines[i % ARRAY_LEN(lines)]);
		mutate(&line);
		if (entry_parse(&entry, line.data, line.len) < 0)
			continue;
		parsed++;
		query_passes(&query, &entry);
		show_entry(&(const struct show){.home = "/h"}, &text, &entry);
		CHECK(is_fit_to_be_shown(&text));
		CHECK_INT(stats_add(stats, &entry), 0);
		CHECK_INT(tree_add(tree, &entry), 0);
		entry_done(&entry);
	}
	CHECK(parsed > rounds / 4);
	query_done(&query);
}

int main(int argc, char **argv)
{
	read_lines(random_rounds(argc, argv, 20000));
	return check_failures ? 1 : 0;
}
