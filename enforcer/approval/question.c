/* SPDX-License-Identifier: Apache-2.0 */
/* What a question asks: words for a person, and a key. */
#include <arpa/inet.h>
#include <string.h>

#include "enforcer/approval/question.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/base/text.h"

static void key_append_string(struct buffer *key, const char *string)
{
	size_t len = string ? strlen(string) : 0;

	/* The length first: no two lists of strings have the same bytes. NULL is not "". */
	buffer_append(key, &len, sizeof(len));
	buffer_append(key, string ? "s" : "n", 1);
	if (len)
		buffer_append(key, string, len);
}

static void key_append_object(struct buffer *key, const struct object *object)
{
	const struct endpoint *endpoint = &object->endpoint;
	unsigned kind = object->kind;

	buffer_append(key, &kind, sizeof(kind));
	buffer_append(key, &object->verbs, sizeof(object->verbs));
	key_append_string(key, object->path);
	if (object->kind == OBJECT_INET) {
		buffer_append(key, &endpoint->protocol, sizeof(endpoint->protocol));
		buffer_append(key, &endpoint->port, sizeof(endpoint->port));
		/* The address behind a name is ours to choose, and with it its family: no part of
		 * what was asked. */
		if (!endpoint->host) {
			buffer_append(key, &endpoint->family, sizeof(endpoint->family));
			buffer_append(key, endpoint->address, sizeof(endpoint->address));
		}
		key_append_string(key, endpoint->host);
	}
	if (object->kind == OBJECT_ANONYMOUS || object->kind == OBJECT_MEMORY) {
		buffer_append(key, &object->dev, sizeof(object->dev));
		buffer_append(key, &object->ino, sizeof(object->ino));
	}
}

void question_append_key(struct buffer *ret_key, const struct request *request,
			 const struct decision *decision)
{
	_cleanup_(buffer_done) struct buffer key = {};
	size_t n_args = 0;

	if (request->argv_truncated)
		return;
	key_append_string(&key, request->program);
	key_append_string(&key, decision->rule ? decision->rule->id : NULL);
	buffer_append(&key, &request->n_objects, sizeof(request->n_objects));
	for (size_t i = 0; i < request->n_objects; i++)
		key_append_object(&key, &request->objects[i]);
	while (request->argv && request->argv[n_args] && key.len <= QUESTION_KEY_MAX)
		key_append_string(&key, request->argv[n_args++]);
	if (key.error || key.len > QUESTION_KEY_MAX)
		return;
	buffer_append(ret_key, key.data, key.len);
}

/* False where it had to be cut. */
static bool append_escaped(struct buffer *text, const char *string, size_t max)
{
	_cleanup_(buffer_done) struct buffer whole = {};
	size_t len = strlen(string);

	text_append_escaped(&whole, string, len, 0);
	if (!whole.error && whole.len <= max) {
		buffer_append(text, whole.data, whole.len);
		return true;
	}
	text_append_escaped(text, string, len, max);
	buffer_printf(text, " [cut: %zu bytes in all]", len);
	return false;
}

static void append_verbs(struct buffer *text, unsigned verbs)
{
	bool any = false;

	for (unsigned i = 0; i < VERB_COUNT; i++) {
		if (!(verbs & (1u << i)))
			continue;
		buffer_printf(text, "%s%s", any ? ", " : "", verb_name((enum verb)(1u << i)));
		any = true;
	}
	if (!any)
		buffer_append_string(text, "nothing");
}

static bool append_endpoint(struct buffer *text, const struct endpoint *endpoint)
{
	char address[INET6_ADDRSTRLEN] = "?";
	bool whole = true;

	inet_ntop(endpoint->family, endpoint->address, address, sizeof(address));
	if (endpoint->host)
		whole = append_escaped(text, endpoint->host, QUESTION_OBJECT_MAX);
	else
		buffer_printf(text, "%s%s", endpoint->host_loopback ? "this machine's " : "",
			      address);
	buffer_printf(text, " port %u", endpoint->port);
	if (endpoint->protocol == IPPROTO_UDP)
		buffer_append_string(text, " (udp)");
	else if (endpoint->protocol != IPPROTO_TCP)
		buffer_printf(text, " (protocol %d)", endpoint->protocol);
	return whole;
}

static bool append_object(struct buffer *text, const struct object *object)
{
	bool whole = true;

	switch (object->kind) {
	case OBJECT_UNIX:
		buffer_append_string(text, "socket ");
		break;
	case OBJECT_ABSTRACT:
		buffer_append_string(text, "abstract socket ");
		break;
	case OBJECT_INET:
		return append_endpoint(text, &object->endpoint);
	case OBJECT_MEMORY:
		buffer_append_string(text, "memory that can be executed");
		return true;
	case OBJECT_ANONYMOUS:
		buffer_append_string(text, "a pipe, socket or memory file without a name");
		return true;
	case OBJECT_UNKNOWN:
		buffer_append_string(text, "something unknown");
		return false;
	case OBJECT_PATH:
		break;
	}
	if (!object->path)
		return false;
	/* "/" is kept as "", or as itself. */
	whole = append_escaped(text, *object->path ? object->path : "/", QUESTION_OBJECT_MAX);
	if (object->kind == OBJECT_PATH && object->directory)
		buffer_append_string(text, " (directory)");
	else if (object->kind == OBJECT_PATH && !object->exists)
		buffer_append_string(text, " (new)");
	return whole;
}

/* Each argument in quotes, so that it is plain where one ends. */
static bool append_argv(struct buffer *text, const struct request *request)
{
	_cleanup_(buffer_done) struct buffer line = {};
	bool whole = !request->argv_truncated;
	size_t i = 0;

	for (; request->argv[i] && line.len < QUESTION_ARGV_MAX; i++) {
		size_t room = QUESTION_ARGV_MAX - line.len;

		buffer_append_string(&line, i ? " \"" : "\"");
		for (const char *p = request->argv[i], *quote; p; p = quote ? quote + 1 : NULL) {
			size_t len;

			quote = strchr(p, '"');
			len = quote ? (size_t)(quote - p) : strlen(p);
			text_append_escaped(&line, p, len, room);
			if (quote)
				buffer_append_string(&line, "\\\"");
			if (line.len >= QUESTION_ARGV_MAX)
				break;
		}
		buffer_append_string(&line, "\"");
	}
	if (line.len >= QUESTION_ARGV_MAX || request->argv[i])
		whole = false;
	buffer_append(text, line.data, line.len);
	buffer_append_string(text, whole ? "" : " [cut: there are more]");
	return whole;
}

static void append_rule(struct buffer *text, const struct decision *decision)
{
	const struct rule_info *rule = decision->rule;
	const char *reason = decision->reason ? decision->reason : rule ? rule->reason : NULL;

	if (rule) {
		buffer_printf(text, "  asked by rule %s", rule->id);
		if (rule->file) {
			buffer_append_string(text, " (");
			append_escaped(text, rule->file, 256);
			buffer_printf(text, ":%d)", rule->line);
		}
	} else {
		buffer_append_string(text, "  no rule says anything about it");
	}
	/* A project's policy is not the agent's, and still not to be trusted with a screen. */
	if (reason) {
		buffer_append_string(text, ": ");
		append_escaped(text, reason, 256);
	}
	buffer_append_string(text, "\n");
}

void question_append_text(struct buffer *ret_text, const struct request *request,
			  const struct decision *decision, bool *ret_whole)
{
	bool whole = true;

	whole &= append_escaped(ret_text, request->program ? request->program : "a program",
				QUESTION_OBJECT_MAX);
	buffer_printf(ret_text, " (pid %d) wants to\n", (int)request->pid);
	for (size_t i = 0; i < request->n_objects; i++) {
		const struct object *object = &request->objects[i];

		if (!object->verbs && i != decision->object)
			continue;
		buffer_append_string(ret_text, "    ");
		append_verbs(ret_text, object->verbs);
		buffer_append_string(ret_text, "  ");
		whole &= append_object(ret_text, object);
		buffer_append_string(ret_text, "\n");
	}
	if (request->argv && request->argv[0]) {
		buffer_append_string(ret_text, "  with arguments ");
		whole &= append_argv(ret_text, request);
		buffer_append_string(ret_text, "\n");
	}
	buffer_printf(ret_text, "  by the call %s\n", mediated_name(request->call));
	append_rule(ret_text, decision);
	*ret_whole = whole && !ret_text->error;
}

int question_describe(struct question *question)
{
	const struct request *request = &question->request;
	int error;

	if (request->program)
		append_escaped(&question->program, request->program, QUESTION_OBJECT_MAX);
	if (request->argv && request->argv[0])
		append_argv(&question->argv, request);
	error = question->program.error ? question->program.error : question->argv.error;
	for (size_t i = 0; i < request->n_objects; i++) {
		const struct object *object = &request->objects[i];
		struct question_object *shown = &question->objects[question->n_objects];

		if (!object->verbs && i != question->decision.object)
			continue;
		question->n_objects++;
		shown->verbs = object->verbs;
		shown->kind = object->kind;
		append_object(&shown->text, object);
		error = error ? error : shown->text.error;
	}
	return error;
}

char *question_brief(const struct question *question)
{
	_cleanup_(buffer_done) struct buffer text = {};

	buffer_printf(&text, "%s asked to ",
		      question->program.data ? question->program.data : "a program");
	for (size_t i = 0; i < question->n_objects; i++) {
		buffer_append_string(&text, i ? "; " : "");
		append_verbs(&text, question->objects[i].verbs);
		buffer_printf(&text, " %s",
			      question->objects[i].text.data ? question->objects[i].text.data : "");
	}
	return text.error ? NULL : steal_pointer(text.data);
}

void question_append_scope(struct buffer *ret_text, const struct request *request)
{
	const char *name = request->program ? strrchr(request->program, '/') : NULL;
	unsigned verbs = 0;

	for (size_t i = 0; i < request->n_objects; i++)
		verbs |= request->objects[i].verbs;
	buffer_append_string(ret_text, "each ");
	append_verbs(ret_text, verbs);
	buffer_append_string(ret_text, request->n_objects > 1 ? " of just these by any "
							      : " of just this by any ");
	append_escaped(ret_text, name ? name + 1 : "program of that name", 64);
	if (request->argv && request->argv[0])
		buffer_append_string(ret_text, ", with just these arguments");
}
