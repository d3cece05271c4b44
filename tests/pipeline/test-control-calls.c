/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that are answered and watched by the control socket. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/control/client.h"
#include "tests/pipeline/calls.h"
#include "tests/support/check.h"

#define DENIALS_ONLY                                                                               \
	"{\"version\": 1, \"rules\": [{\"allow\": \"read\"}], "                                    \
	"\"audit\": {\"detail\": \"denials\"}}"

static struct gate gate;
static struct control_link *link_;
static char heard[64][64]; /* the methods of the events, in order */
static json_t *last[64];
static int n_heard, n_replies;

static void on_event(void *userdata, const char *method, json_t *params)
{
	if (n_heard == 64)
		abort();
	snprintf(heard[n_heard], sizeof(heard[0]), "%s", method);
	last[n_heard++] = json_incref(params);
}

static void on_reply(void *userdata, json_t *result, int code, const struct failure *failure)
{
	CHECK_INT(code, 0);
	n_replies++;
}

static void turn(void)
{
	for (int i = 0; i < 5; i++) {
		poll(NULL, 0, 1);
		if (loop_step(gate.supervisor.loop, false) < 0 || control_link_work(link_) < 0)
			abort();
	}
}

static void call(const char *method, json_t *params)
{
	int before = n_replies;

	CHECK_INT(control_link_call(link_, method, params, on_reply, NULL), 0);
	for (int i = 0; i < 100 && n_replies == before; i++)
		turn();
	CHECK_INT(n_replies, before + 1);
}

/* Not in the tree that the calls are about. */
static const char *control_path(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "/tmp/callgate-test-control-%d", getpid());
	return path;
}

static void setup(const char *policy)
{
	static const struct control_link_handlers handlers = {.event = on_event};
	struct supervisor *supervisor = &gate.supervisor;
	struct control_places places;
	struct control_config config = {.places = &places, .run = "test", .version = "1"};
	int dirfd = -1;

	n_heard = 0;
	gate_init(&gate, policy);
	control_places_of("/tmp", NULL, NULL, &places);
	strcpy(places.path[0], control_path());
	config.loop = supervisor->loop;
	config.approvals = supervisor->approvals;
	if (control_new(&config, &supervisor->control, NULL) < 0 ||
	    control_place_open(places.path[0], false, &dirfd, NULL) < 0 ||
	    control_link_open(dirfd, "test", &handlers, NULL, &link_) < 0)
		abort();
	fd_close(dirfd);
	call("subscribe", json_pack("{s:b, s:b}", "calls", 1, "answers", 1));
}

static void teardown(void)
{
	link_ = control_link_free(link_);
	gate.supervisor.control = control_free(gate.supervisor.control);
	gate_done(&gate);
	while (n_heard > 0)
		json_decref(last[--n_heard]);
	rmdir(control_path());
}

static void expect_heard(const char *const *methods)
{
	int n = 0;

	for (int i = 0; i < 20; i++)
		turn();
	for (; methods[n]; n++)
		CHECK_STRING(n < n_heard ? heard[n] : "nothing", methods[n]);
	CHECK_INT(n_heard, n);
}

static void test_a_call_waits_for_the_answer_by_the_socket(void)
{
	static const char *const said[] = {"question.opened", "question.closed", "call", NULL};
	struct fake_answer answer;
	json_t *line;

	setup(GATE_ASK_ALL);
	answer = made(&gate, "read");
	CHECK_INT(answer.kind, FAKE_NOTHING);
	call("answer", json_pack("{s:i, s:s}", "id", 1, "verdict", "allow"));
	CHECK_INT(answered(answer.cookie).kind, FAKE_FD);
	expect_heard(said);
	CHECK_STRING(word(last[2], "decision"), "allow");
	CHECK_STRING(word(last[2], "by"), "person");
	CHECK(gate_lines(&gate, &line) > 0);
	json_decref(line);
	teardown();
}

static void test_a_denial_by_the_socket_is_one(void)
{
	struct fake_answer answer;

	setup(GATE_ASK_ALL);
	answer = made(&gate, "write");
	call("answer", json_pack("{s:i, s:s, s:s}", "id", 1, "verdict", "deny", "reason", "no"));
	CHECK_ERROR(answered(answer.cookie), EACCES);
	teardown();
}

static void test_every_decision_is_told_whatever_the_record_leaves_out(void)
{
	static const char *const said[] = {"call", "call", NULL};
	json_t *line;

	setup(DENIALS_ONLY);
	made(&gate, "read");
	made(&gate, "write");
	expect_heard(said);
	CHECK_STRING(word(last[0], "decision"), "allow");
	CHECK_STRING(word(last[1], "decision"), "deny");
	CHECK_INT(gate_lines(&gate, &line), 1);
	json_decref(line);
	teardown();
}

static void test_who_only_looks_on_costs_no_call(void)
{
	static const char *const none[] = {NULL};

	setup(GATE_ALLOW_ALL);
	call("subscribe", NULL);
	made(&gate, "read");
	expect_heard(none);
	teardown();
}

int main(void)
{
	RUN(test_a_call_waits_for_the_answer_by_the_socket);
	RUN(test_a_denial_by_the_socket_is_one);
	RUN(test_every_decision_is_told_whatever_the_record_leaves_out);
	RUN(test_who_only_looks_on_costs_no_call);
	return check_summary();
}
