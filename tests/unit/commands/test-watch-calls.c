/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of callgate watch: a bounded number of them, filtered, searched, held still. */
#include <stdio.h>
#include <stdlib.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/watch-calls.h"
#include "tests/support/check.h"

#define ROWS 8

static struct watch_calls *calls;
static const struct watch_call *rows[ROWS];

static void add(const char *program, const char *verb, const char *path, const char *decision)
{
	json_t *call = json_pack("{s:s, s:s, s:s, s:s, s:s, s:[{s:s}], s:i, s:s}", "time",
				 "2026-01-02T03:04:05.678901234Z", "program", program, "call",
				 "openat", "decision", decision, "verb", verb, "objects", "path",
				 path, "object", 0, "rule", "user:3");

	CHECK_INT(watch_calls_add(calls, "1fdd7951", call), 0);
	json_decref(call);
}

static void add_numbered(int from, int to)
{
	char path[32];

	for (int i = from; i <= to; i++) {
		snprintf(path, sizeof(path), "/n/%d.", i);
		add("/usr/bin/cat", "read", path, i % 2 ? "allow" : "deny");
	}
}

/* The objects of the rows that are seen, one behind the other. */
static const char *seen(size_t n)
{
	static char text[256];

	n = watch_calls_view(calls, n, rows);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
			 rows[i]->object);
	return text;
}

static void begin(void)
{
	if (watch_calls_new(&calls) < 0)
		abort();
}

static void end(void)
{
	calls = watch_calls_free(calls);
}

static void test_a_call_is_shown_with_what_decided(void)
{
	begin();
	CHECK_STRING(seen(ROWS), "");
	add("/usr/bin/cat", "read", "/n/a", "deny");
	CHECK_STRING(seen(ROWS), "/n/a");
	CHECK_STRING(rows[0]->program, "cat");
	CHECK_STRING(rows[0]->verb, "read");
	CHECK_STRING(rows[0]->decision, "deny");
	CHECK_STRING(rows[0]->why, "user:3");
	CHECK_INT(rows[0]->at, 1767323045);
	end();
}

static void test_what_the_agent_named_is_escaped(void)
{
	begin();
	add("/usr/bin/c\x1b[2J", "read", "/n/\x1b]52;c;x\x07\n\xe2\x80\xae", "allow");
	CHECK_STRING(seen(ROWS), "/n/\\x1b]52;c;x\\x07\\n\\xe2\\x80\\xae");
	CHECK_STRING(rows[0]->program, "c\\x1b[2J");
	end();
}

static void test_a_call_without_anything_does_no_harm(void)
{
	static const char *const lines[] = {"{}", "{\"objects\": [1], \"argv\": [1, {}]}",
					    "{\"objects\": {}, \"object\": -3, \"time\": \"x\"}",
					    "{\"objects\": [{\"path_hex\": \"ff\"}]}"};

	begin();
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		json_t *call = json_loads(lines[i], 0, NULL);

		CHECK_INT(watch_calls_add(calls, "a-run-with-a-very-long-name", call), 0);
		json_decref(call);
	}
	CHECK_INT(watch_calls_view(calls, ROWS, rows), 4);
	CHECK_STRING(rows[3]->object, "hex:ff");
	CHECK_INT(watch_calls_add_gap(calls, "1fdd7951", 12), 0);
	watch_calls_view(calls, 1, rows);
	CHECK(strstr(rows[0]->object, "12 calls are not shown"));
	end();
}

static void test_the_oldest_are_forgotten(void)
{
	begin();
	add_numbered(1, WATCH_CALLS_MAX);
	watch_calls_scroll(calls, -WATCH_CALLS_MAX);
	CHECK_STRING(seen(1), "/n/1.");
	add_numbered(WATCH_CALLS_MAX + 1, WATCH_CALLS_MAX + 1);
	CHECK_STRING(seen(1), "/n/2.");
	watch_calls_scroll(calls, WATCH_CALLS_MAX);
	CHECK_STRING(seen(2), "/n/10000. /n/10001.");
	end();
}

static void test_a_filter_is_of_kinds(void)
{
	static const struct {
		const char *filter, *seen;
	} cases[] = {
		{"", "/n/a /n/b /n/c"},          {"deny", "/n/b"},   {"read exec", "/n/a /n/c"},
		{"program=git", "/n/b /n/c"},    {"program=gi", ""}, {"git write", "/n/b"},
		{"run=1fdd", "/n/a /n/b /n/c"},  {"run=2", ""},      {"/N/C", "/n/c"},
		{"git deny allow", "/n/b /n/c"}, {"/n/ /b", "/n/b"}, {"   ", "/n/a /n/b /n/c"},
	};

	begin();
	add("/bin/cat", "read", "/n/a", "allow");
	add("/bin/git", "write", "/n/b", "deny");
	add("/bin/git", "exec", "/n/c", "allow");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		watch_calls_filter(calls, cases[i].filter);
		CHECK_STRING(watch_calls_filtered(calls), cases[i].filter);
		CHECK_STRING(seen(ROWS), cases[i].seen);
	}
	end();
}

static void test_who_scrolled_up_is_not_moved_by_what_comes(void)
{
	begin();
	add_numbered(1, 9);
	CHECK_STRING(seen(2), "/n/8. /n/9.");
	watch_calls_scroll(calls, -3);
	CHECK_STRING(seen(2), "/n/5. /n/6.");
	CHECK_INT(watch_calls_behind(calls), 3);
	add_numbered(10, 10);
	CHECK_STRING(seen(2), "/n/5. /n/6.");
	watch_calls_scroll(calls, -100);
	CHECK_STRING(seen(2), "/n/1. /n/2.");
	watch_calls_scroll(calls, 100);
	add_numbered(11, 11);
	CHECK_STRING(seen(2), "/n/10. /n/11.");
	end();
}

static void test_a_pause_holds_also_at_the_end(void)
{
	begin();
	watch_calls_pause(calls);
	add_numbered(1, 1);
	CHECK_STRING(seen(2), "");
	watch_calls_pause(calls);
	CHECK_STRING(seen(2), "/n/1.");
	watch_calls_pause(calls);
	watch_calls_scroll(calls, 5);
	add_numbered(2, 3);
	CHECK_STRING(seen(2), "/n/1.");
	CHECK(watch_calls_paused(calls));
	CHECK_INT(watch_calls_behind(calls), 2);
	watch_calls_pause(calls);
	CHECK_STRING(seen(2), "/n/2. /n/3.");
	end();
}

static void test_a_search_goes_to_what_it_finds(void)
{
	begin();
	add_numbered(1, 30);
	seen(3);
	CHECK(!watch_calls_find(calls, true));
	watch_calls_search(calls, "/N/1");
	CHECK(watch_calls_find(calls, true));
	CHECK(strstr(seen(3), "/n/19."));
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(watch_calls_is_found(calls, rows[i]),
			  strcmp(rows[i]->object, "/n/19.") == 0);
	for (int i = 0; i < 10; i++)
		CHECK(watch_calls_find(calls, true));
	CHECK(strstr(seen(3), "/n/1."));
	CHECK(!watch_calls_find(calls, true));
	CHECK(watch_calls_find(calls, false));
	CHECK(strstr(seen(3), "/n/10."));
	watch_calls_search(calls, "nowhere");
	CHECK(!watch_calls_find(calls, true));
	end();
}

int main(void)
{
	RUN(test_a_call_is_shown_with_what_decided);
	RUN(test_what_the_agent_named_is_escaped);
	RUN(test_a_call_without_anything_does_no_harm);
	RUN(test_the_oldest_are_forgotten);
	RUN(test_a_filter_is_of_kinds);
	RUN(test_who_scrolled_up_is_not_moved_by_what_comes);
	RUN(test_a_pause_holds_also_at_the_end);
	RUN(test_a_search_goes_to_what_it_finds);
	return check_summary();
}
