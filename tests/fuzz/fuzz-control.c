/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random and nearly right requests at a control socket, in pieces of any size: nothing crashes,
 * each line that comes back is JSON of the protocol, and a question that waits is answered by
 * nothing but a whole request that says so.
 */
#include "tests/fuzz/random.h"
#include "tests/unit/control/control-stage.h"

static const char *const pieces[] = {
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"",
	"{\"jsonrpc\":\"2.0\",\"method\":\"",
	"\",\"params\":{",
	"}}",
	"}}\n",
	"\n",
	"hello",
	"status",
	"list",
	"subscribe",
	"unsubscribe",
	"grants",
	"revoke",
	"grant",
	"policy.reload",
	"policy.add",
	"policy.remove",
	"policy.added",
	"\"id\":1",
	"\"id\":999999999999999999999",
	"\"after\":",
	"\"answers\":true",
	"\"calls\":true",
	"\"verbs\":[\"read\",\"write\"]",
	"\"scope\":\"tree\"",
	"\"path\":\"/",
	"\"host\":\"a.example\",\"port\":443",
	"\"lasts\":\"run\"",
	"\"verdict\":\"deny\"",
	",",
	"\"",
	"[[[[[[[[",
	"\\u0000",
	"\xff\xfe",
	"null",
	"-1",
	"1e999",
};

static void append_random(struct buffer *text)
{
	char byte = (char)random_below(256);

	if (random_below(20))
		buffer_append_string(text, pieces[random_below(ARRAY_LEN(pieces))]);
	else
		buffer_append(text, &byte, 1);
}

/* A request as it should be, now and then with a byte that is not. */
static void append_request(struct buffer *text)
{
	static const char *const methods[] = {"hello",  "status", "list",    "subscribe",
					      "grants", "revoke", "no such", "unsubscribe"};
	size_t start = text->len;

	buffer_printf(text, "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"%s\",\"params\":{",
		      random_below(9), methods[random_below(ARRAY_LEN(methods))]);
	if (random_below(2))
		buffer_append_string(text, pieces[15 + random_below(11)]);
	buffer_append_string(text, "}}\n");
	if (random_below(3) == 0)
		text->data[start + random_below((unsigned)(text->len - start))] =
			(char)random_below(256);
}

/* What came is whole lines of the protocol, but for the last. */
static void check_lines(const char *text, size_t len)
{
	for (const char *end; (end = memchr(text, '\n', len));) {
		size_t line = (size_t)(end - text);
		json_t *said = json_loadb(text, line, JSON_REJECT_DUPLICATES, NULL);

		CHECK(said != NULL);
		CHECK_STRING(json_string_value(json_object_get(said, "jsonrpc")), "2.0");
		CHECK_INT(!!json_object_get(said, "result") + !!json_object_get(said, "error") +
				  !!json_object_get(said, "method"),
			  1);
		json_decref(said);
		text = end + 1;
		len -= line + 1;
	}
}

static void round_of(struct stage *stage)
{
	static char said[1 << 20];
	struct stage_client client;
	struct buffer text = {};
	size_t len = 0;

	stage_connect(stage, &client);
	for (unsigned n = random_below(40); n > 0; n--) {
		if (random_below(2))
			append_random(&text);
		else
			append_request(&text);
	}
	for (size_t sent = 0; sent < text.len && len < sizeof(said);) {
		size_t piece = 1 + random_below((unsigned)(text.len - sent));
		ssize_t n = send(client.fd, text.data + sent, piece, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN)
			break;
		sent += n > 0 ? (size_t)n : 0;
		loop_step(stage->loop, false);
		n = recv(client.fd, said + len, sizeof(said) - len, MSG_DONTWAIT);
		len += n > 0 ? (size_t)n : 0;
	}
	loop_step(stage->loop, false);
	check_lines(said, len);
	fd_close(client.fd);
	loop_step(stage->loop, false);
	buffer_done(&text);
}

int main(int argc, char **argv)
{
	unsigned long rounds = random_rounds(argc, argv, 2000);
	struct stage_asker asker;
	struct stage stage;

	scratch_make();
	stage_init(&stage, ATTENDED_ALWAYS);
	stage_ask(&stage, &asker, "/home/a/file");
	while (rounds-- > 0 && !check_failures)
		round_of(&stage);
	/* "answer" is not among the words. */
	CHECK_INT(asker.answers, 0);
	CHECK_INT(approvals_count(stage.approvals), 1);
	stage_done(&stage);
	return check_failures ? 1 : 0;
}
