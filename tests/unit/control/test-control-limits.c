/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that are many, slow, wordy or inside: each bound at n and n + 1. */
#include "enforcer/control/rpc.h"
#include "enforcer/control/server.h"
#include "tests/unit/control/control-stage.h"

static struct stage stage;
static struct stage_client client, clients[CONTROL_CLIENTS_MAX + 1];

static void test_one_client_too_many_is_turned_away(void)
{
	json_t *said;
	bool end = false;

	stage_init(&stage, ATTENDED_ALWAYS);
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		stage_connect(&stage, &clients[i]);
		json_decref(stage_call(&stage, &clients[i], "hello", "{}"));
	}
	stage_connect(&stage, &client);
	said = stage_event(&stage, &client, "closing");
	CHECK_STRING(stage_word(said, "reason"), "too many clients");
	json_decref(said);
	CHECK(stage_hear(&stage, &client, &end) == NULL && end);
	fd_close(client.fd);
	/* The others go on, and when one goes there is room. */
	json_decref(stage_call(&stage, &clients[0], "hello", "{}"));
	fd_close(clients[3].fd);
	for (int i = 0; i < 20; i++)
		stage_turn(&stage);
	stage_connect(&stage, &clients[3]);
	json_decref(stage_call(&stage, &clients[3], "hello", "{}"));
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		fd_close(clients[i].fd);
	stage_done(&stage);
}

static void test_a_line_that_is_too_long_ends_it(void)
{
	static char line[CONTROL_LINE_MAX + 2];
	json_t *said;
	bool end = false;

	for (int more = 0; more <= 1; more++) {
		size_t len = (size_t)CONTROL_LINE_MAX + (size_t)more;

		stage_init(&stage, ATTENDED_ALWAYS);
		stage_connect(&stage, &client);
		memset(line, ' ', len);
		memcpy(line, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\"}", 41);
		line[len] = '\n';
		for (size_t sent = 0; sent < len + 1;) {
			ssize_t n = send(client.fd, line + sent, len + 1 - sent,
					 MSG_DONTWAIT | MSG_NOSIGNAL);

			sent += n > 0 ? (size_t)n : 0;
			stage_turn(&stage);
			if (n < 0 && errno != EAGAIN)
				break;
		}
		said = stage_hear(&stage, &client, NULL);
		CHECK_INT(json_object_get(said, "error") != NULL, more);
		json_decref(said);
		if (more) {
			json_decref(stage_event(&stage, &client, "closing"));
			CHECK(stage_hear(&stage, &client, &end) == NULL && end);
		}
		fd_close(client.fd);
		stage_done(&stage);
	}
}

static void test_calls_are_dropped_and_counted(void)
{
	static char record[1000];
	json_int_t heard = 0, dropped = 0;
	const int sent = 2000;
	json_t *said;

	stage_init(&stage, ATTENDED_ALWAYS);
	stage_connect(&stage, &client);
	CHECK(!control_wants_calls(stage.control));
	json_decref(stage_call(&stage, &client, "subscribe", "{\"calls\":true}"));
	CHECK(control_wants_calls(stage.control));
	memset(record, ' ', sizeof(record));
	memcpy(record, "{\"v\":1}", 7);
	record[sizeof(record) - 1] = '\n';
	for (int i = 0; i < sent; i++) {
		control_call(stage.control, record, sizeof(record));
		/* The socket takes some of it now and then; nobody reads. */
		if (i % 50 == 0)
			loop_step(stage.loop, false);
	}
	while (heard + dropped < sent && (said = stage_hear(&stage, &client, NULL))) {
		const json_t *params = json_object_get(said, "params");

		if (strcmp(stage_word(said, "method"), "call") == 0) {
			CHECK_INT(stage_number(params, "v"), 1);
			heard++;
		} else {
			CHECK_STRING(stage_word(said, "method"), "calls.dropped");
			dropped += stage_number(params, "count");
		}
		json_decref(said);
	}
	CHECK(dropped > 0);
	CHECK_INT(heard + dropped, sent);
	/* It is a client as before. */
	json_decref(stage_call(&stage, &client, "hello", "{}"));
	fd_close(client.fd);
	stage_done(&stage);
}

static void test_who_does_not_read_events_is_told_why_and_cut(void)
{
	struct stage_asker asker;
	static char path[1000];
	bool cut = false, end = false;
	json_t *said;

	stage_init(&stage, ATTENDED_ALWAYS);
	stage_connect(&stage, &client);
	json_decref(stage_call(&stage, &client, "subscribe", "{\"answers\":true}"));
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	/* The bucket of new questions is the slowest: the same one changes often. */
	stage_ask(&stage, &asker, path);
	for (int i = 0; i < 20000; i++) {
		struct stage_asker more;

		stage_ask(&stage, &more, path);
		approval_withdraw(stage.approvals, &more.waiter, loop_now());
		if (i % 1000 == 0)
			loop_step(stage.loop, false);
	}
	while ((said = stage_hear(&stage, &client, &end))) {
		if (strcmp(stage_word(said, "method"), "closing") == 0) {
			cut = true;
			CHECK_STRING(stage_word(json_object_get(said, "params"), "reason"),
				     "it does not read what it is told");
		}
		json_decref(said);
	}
	CHECK(cut && end);
	/* The question waits for others. */
	CHECK_INT(asker.answers, 0);
	approval_withdraw(stage.approvals, &asker.waiter, loop_now());
	fd_close(client.fd);
	stage_done(&stage);
}

static void test_who_does_not_read_replies_is_not_read(void)
{
	static const char line[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\"}\n";
	size_t sent = 0, heard = 0;
	json_t *said;

	stage_init(&stage, ATTENDED_ALWAYS);
	stage_connect(&stage, &client);
	/* Until neither side moves: that is bounded. */
	for (int idle = 0; idle < 100;) {
		ssize_t n = send(client.fd, line, sizeof(line) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);

		CHECK(n < 0 || n == (ssize_t)sizeof(line) - 1);
		sent += n > 0;
		if (n < 0)
			stage_turn(&stage);
		idle = n < 0 ? idle + 1 : 0;
		CHECK(sent < 200000);
	}
	/* And every one has its reply, once they are read. */
	while (heard < sent && (said = stage_hear(&stage, &client, NULL))) {
		heard++;
		json_decref(said);
	}
	CHECK_INT(heard, sent);
	fd_close(client.fd);
	stage_done(&stage);
}

/* ---- who is inside */

static int calls_made;

static int count_call(void *userdata, struct control_client *from, json_t *params,
		      json_t **ret_result, struct failure *reterr)
{
	calls_made++;
	*ret_result = json_object();
	return 0;
}

static bool nobody_is_outside(pid_t sender)
{
	return false;
}

static void test_who_speaks_from_inside_is_not_heard(void)
{
	static const struct control_method methods[] = {{"hello", count_call}, {}};
	struct control_server_config config = {.methods = methods, .is_outside = nobody_is_outside};
	struct control_server *server = NULL;
	json_t *said;
	bool end = false;

	stage_init(&stage, ATTENDED_ALWAYS);
	config.loop = stage.loop;
	CHECK_INT(control_place_listen(stage.dirfd, "inside", &config.fd), 0);
	CHECK_INT(control_server_new(&config, &server), 0);
	client.len = 0;
	CHECK_INT(control_place_connect(stage.dirfd, "inside", &client.fd), 0);
	stage_say(&client, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\"}");
	said = stage_hear(&stage, &client, NULL);
	CHECK_INT(stage_number(json_object_get(said, "error"), "code"), RPC_REFUSED);
	json_decref(said);
	json_decref(stage_event(&stage, &client, "closing"));
	CHECK(stage_hear(&stage, &client, &end) == NULL && end);
	CHECK_INT(calls_made, 0);
	CHECK_INT(control_server_count(server), 0);
	fd_close(client.fd);
	control_server_free(server, "");
	control_place_remove(stage.dirfd, "inside");
	stage_done(&stage);
}

int main(void)
{
	scratch_make();
	RUN(test_one_client_too_many_is_turned_away);
	RUN(test_a_line_that_is_too_long_ends_it);
	RUN(test_calls_are_dropped_and_counted);
	RUN(test_who_does_not_read_events_is_told_why_and_cut);
	RUN(test_who_does_not_read_replies_is_not_read);
	RUN(test_who_speaks_from_inside_is_not_heard);
	return check_summary();
}
