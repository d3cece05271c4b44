/* SPDX-License-Identifier: Apache-2.0 */
/* What the journal and syslog are handed of a line. */
#include <stdlib.h>
#include <syslog.h>

#include "enforcer/audit/system-line.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "tests/support/check.h"

#define HEAD "{\"v\":1,\"event\":\"%s\",\"time\":\"x\",\"run\":\"r-1\",\"seq\":7%s}"

static const char denial[] =
	"{\"v\":1,\"event\":\"call\",\"time\":\"x\",\"run\":\"r-1\",\"seq\":7,\"program\":\"/usr/"
	"bin/cat\",\"call\":\"openat\",\"objects\":[{\"kind\":\"path\",\"path\":\"/a\"},{\"kind\":"
	"\"path\",\"path\":\"/home/ada/.ssh/id\\u001b[2J\"}],\"verb\":\"read\",\"object\":1,"
	"\"decision\":\"deny\",\"by\":\"rule\",\"rule\":\"guards:2\",\"reason\":\"private keys\"}";

static void test_a_denial_is_a_warning_and_a_fault_an_error(void)
{
	static const struct {
		const char *event, *more;
		int priority;
	} cases[] = {
		{"call", ",\"decision\":\"deny\"", LOG_WARNING},
		{"call", ",\"decision\":\"allow\"", LOG_INFO},
		{"question", ",\"decision\":\"ask\"", LOG_NOTICE},
		{"fault", "", LOG_ERR},
		{"run-start", "", LOG_INFO},
		{"run-end", "", LOG_INFO},
		{"chain", "", LOG_DEBUG},
		{"policy", "", LOG_DEBUG},
		{"tomorrow", "", LOG_INFO},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char line[512];
		int len = snprintf(line, sizeof(line), HEAD, cases[i].event, cases[i].more);

		CHECK_INT(system_priority(line, (size_t)len), cases[i].priority);
	}
	CHECK_INT(system_priority("no line", 7), LOG_INFO);
}

static void test_the_journal_gets_fields_and_the_whole_line(void)
{
	_cleanup_(buffer_done) struct buffer datagram = {};
	static const char *const fields[] = {
		"MESSAGE=deny read /home/ada/.ssh/id\\x1b[2J by /usr/bin/cat (guards:2: private",
		"\nPRIORITY=4\n",
		"\nSYSLOG_IDENTIFIER=callgate\n",
		"\nCALLGATE_RUN=r-1\n",
		"\nCALLGATE_SEQ=7\n",
		"\nCALLGATE_EVENT=call\n",
		"\nCALLGATE_CALL=openat\n",
		"\nCALLGATE_VERB=read\n",
		"\nCALLGATE_DECISION=deny\n",
		"\nCALLGATE_RULE=guards:2\n",
		"\nCALLGATE_PROGRAM=/usr/bin/cat\n",
		"\nCALLGATE_PATH=/home/ada/.ssh/id\x1b[2J\n",
	};

	CHECK_INT(system_journal(denial, strlen(denial), &datagram), 0);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (!strstr(datagram.data, fields[i]))
			fprintf(stderr, "%s is not in:\n%s\n", fields[i], datagram.data);
		CHECK(strstr(datagram.data, fields[i]) != NULL);
	}
	CHECK(strstr(datagram.data, denial) != NULL);
}

/* A name of the agent's with a newline in it must not make a field of its own. */
static void test_a_newline_in_a_name_makes_no_field(void)
{
	static const char line[] =
		"{\"v\":1,\"event\":\"call\",\"run\":\"r\",\"seq\":1,\"objects\":[{\"path\":"
		"\"/a\\nPRIORITY=0\\nb\"}],\"decision\":\"allow\"}";
	_cleanup_(buffer_done) struct buffer datagram = {};
	static const char wanted[] = "CALLGATE_PATH\n\x0f\0\0\0\0\0\0\0/a\nPRIORITY=0\nb\n";

	CHECK_INT(system_journal(line, strlen(line), &datagram), 0);
	CHECK(memmem(datagram.data, datagram.len, wanted, sizeof(wanted) - 1) != NULL);
	CHECK(strncmp(datagram.data, "MESSAGE=allow /a\\nPRIORITY=0\\nb by", 20) == 0);
}

static void test_what_is_no_line_is_handed_over_as_it_is(void)
{
	_cleanup_(buffer_done) struct buffer datagram = {};

	CHECK_INT(system_journal("{]", 2, &datagram), 0);
	CHECK(strstr(datagram.data, "CALLGATE_RECORD={]\n") != NULL);
}

static void test_syslog_gets_one_bounded_line(void)
{
	const struct system_sender sender = {.time = "Jan  2 03:04:05", .pid = 12};
	_cleanup_(buffer_done) struct buffer datagram = {}, big = {}, just = {};
	_cleanup_free_ char *line = malloc(100001);

	CHECK_INT(system_syslog(denial, strlen(denial), &sender, &datagram), 0);
	CHECK(strncmp(datagram.data, "<84>Jan  2 03:04:05 callgate[12]: {\"v\":1,", 41) == 0);
	CHECK_STRING(datagram.data + datagram.len - strlen(denial), denial);
	memset(line, 'x', 100000);
	line[100000] = '\0';
	CHECK_INT(system_syslog(line, 100000, &sender, &big), 0);
	CHECK(big.len < SYSTEM_SYSLOG_TEXT_MAX + 100);
	CHECK_STRING(big.data + big.len - 24, "x... (cut, 100000 bytes)");
	CHECK_INT(system_syslog(line, SYSTEM_SYSLOG_TEXT_MAX, &sender, &just), 0);
	CHECK(strstr(just.data, "cut") == NULL);
}

int main(void)
{
	RUN(test_a_denial_is_a_warning_and_a_fault_an_error);
	RUN(test_the_journal_gets_fields_and_the_whole_line);
	RUN(test_a_newline_in_a_name_makes_no_field);
	RUN(test_what_is_no_line_is_handed_over_as_it_is);
	RUN(test_syslog_gets_one_bounded_line);
	return check_summary();
}
