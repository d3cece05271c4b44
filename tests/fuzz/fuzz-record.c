/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random requests with hostile names, recorded: each line is one line, is JSON without a member
 * twice, says what the call was, and is no longer than was reserved for it.
 */
#include <jansson.h>
#include <netinet/in.h>
#include <string.h>

#include "enforcer/audit/record.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "tests/fuzz/random.h"
#include "tests/support/check.h"

#define NAME_LONG 20000
#define WORDS     REQUEST_ARGV_MAX

/* Pieces that names are made of: what a line could be forged with. */
static const char *const pieces[] = {
	"/",
	"a",
	"..",
	"\n",
	"\r\n",
	"\"",
	"\\",
	"\\u000a",
	"\x1b[2J",
	"\x7f",
	"\xc3\xa4",
	"\xff",
	"\xc0\xaf",
	"\xed\xa0\x80",
	"\xf4\x90\x80\x80",
	"\xe2\x80\xa8",
	"\",\"decision\":\"allow",
	"}\n{\"v\":1}",
	"\t",
	"\x01",
	" ",
	"\xef\xbf\xbf",
	/* What grows where it is redacted. */
	"--token",
	"--token=a",
	"&token=b",
	":",
	"curl",
	"-u",
	"-ux:y",
	"://:a@",
	"token=1 ",
};

static char *random_name(void)
{
	struct buffer name = {};
	unsigned n = random_below(64) ? random_below(12) : random_below(NAME_LONG);

	buffer_append_string(&name, "");
	for (unsigned i = 0; i < n; i++) {
		char byte = (char)(random_below(255) + 1);

		if (random_below(3))
			buffer_append_string(&name, pieces[random_below(ARRAY_LEN(pieces))]);
		else
			buffer_append(&name, &byte, 1);
	}
	return name.data;
}

static void random_object(struct object *object)
{
	object->kind = (enum object_kind)random_below(OBJECT_ANONYMOUS + 1);
	object->verbs = random_below(VERB_ALL + 1);
	object->exists = random_below(2);
	object->directory = random_below(2);
	object->made_here = random_below(2);
	object->dev = random_number();
	object->ino = random_number();
	if (random_below(8))
		object->path = random_name();
	if (object->kind != OBJECT_INET)
		return;
	object->endpoint = (struct endpoint){.family = random_below(2) ? AF_INET : AF_INET6,
					     .protocol = (int)random_below(300),
					     .port = (uint16_t)random_number(),
					     .loopback = random_below(2)};
	for (size_t i = 0; i < sizeof(object->endpoint.address); i++)
		object->endpoint.address[i] = (uint8_t)random_number();
	if (random_below(2))
		object->endpoint.host = random_name();
}

static void random_request(struct request *request)
{
	*request = (struct request){.tid = (pid_t)random_number(),
				    .pid = (pid_t)random_number(),
				    .call = (enum mediated)random_below(MEDIATED_COUNT),
				    .flags = random_number()};
	if (random_below(8))
		request->program = random_name();
	request->n_objects = random_below(REQUEST_OBJECTS_MAX + 1);
	for (size_t i = 0; i < request->n_objects; i++)
		random_object(&request->objects[i]);
	if (random_below(3) == 0) {
		unsigned n = random_below(16) ? random_below(8) : random_below(WORDS + 1);

		request->argv = calloc(WORDS + 1, sizeof(*request->argv));
		for (unsigned i = 0; request->argv && i < n; i++)
			request->argv[i] = random_name();
		request->argv_truncated = random_below(2);
	}
}

static void check_line(const struct buffer *line, const struct request *request)
{
	json_error_t where;
	json_t *object;

	CHECK(line->len > 0 && line->len <= record_size_bound(request));
	CHECK(memchr(line->data, '\n', line->len) == line->data + line->len - 1);
	for (size_t i = 0; i + 1 < line->len; i++)
		CHECK((unsigned char)line->data[i] >= 0x20 && line->data[i] != 0x7f);
	object = json_loadb(line->data, line->len, JSON_REJECT_DUPLICATES, &where);
	CHECK(object != NULL);
	if (!object)
		fprintf(stderr, "%s at %d: %.2000s\n", where.text, where.position, line->data);
	CHECK_STRING(json_string_value(json_object_get(object, "call")),
		     mediated_name(request->call));
	CHECK_INT(json_array_size(json_object_get(object, "objects")), request->n_objects);
	json_decref(object);
}

int main(int argc, char **argv)
{
	static const char *const reasons[] = {NULL, "private keys", "a \"reason\"\n\x1b"};
	static const struct rule_info rule = {.id = "user:3", .layer = LAYER_USER};
	unsigned long rounds = random_rounds(argc, argv, 4000);

	while (rounds-- > 0 && !check_failures) {
		struct record_context context = {.run = "run",
						 .sequence = random_number() >> 2,
						 .time_ns = random_number() >> 2,
						 .duration_ns = random_number() >> 2};
		struct decision decision = {.verdict =
						    (enum verdict)random_below(VERDICT_ALLOW + 1),
					    .by = (enum decided_by)random_below(BY_FAULT + 1),
					    .verb = (enum verb)(1u << random_below(VERB_COUNT)),
					    .object = random_below(REQUEST_OBJECTS_MAX),
					    .reason = reasons[random_below(ARRAY_LEN(reasons))]};
		struct outcome outcome = {.kind = (enum outcome_kind)random_below(OUTCOME_GONE + 1),
					  .value = random_below(2) ? random_below(200)
								   : (int64_t)random_number()};
		struct request request;
		struct buffer line = {};

		random_request(&request);
		decision.rule = decision.by == BY_RULE ? &rule : NULL;
		CHECK_INT(record_call(&context, &request, &decision, &outcome, &line), 0);
		check_line(&line, &request);
		if (check_failures)
			fprintf(stderr, "%lu rounds left\n", rounds);
		buffer_done(&line);
		request_done(&request);
	}
	return check_failures ? 1 : 0;
}
