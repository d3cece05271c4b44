/* SPDX-License-Identifier: Apache-2.0 */
/* What a hook said. */
#include <ctype.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "enforcer/helper/hook-answer.h"

void hook_answer_failed(struct hook_answer *answer, const char *format, ...)
{
	va_list args;

	answer->opinion = HOOK_OPINION_FAILED;
	va_start(args, format);
	vsnprintf(answer->reason, sizeof(answer->reason), format, args);
	va_end(args);
}

/* Without what surrounds it: a reason is one line in prompts and records. */
static void set_reason(struct hook_answer *answer, const char *text, size_t len)
{
	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	if (len >= sizeof(answer->reason))
		len = sizeof(answer->reason) - 1;
	memcpy(answer->reason, text, len);
	answer->reason[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n' || text[i] == '\0')
			answer->reason[i] = ' ';
}

static void parse_object(const json_t *root, struct hook_answer *answer)
{
	static const struct {
		const char *word;
		enum hook_opinion opinion;
	} words[] = {
		{"allow", HOOK_OPINION_ALLOW},
		{"deny", HOOK_OPINION_DENY},
		{"ask", HOOK_OPINION_ASK},
	};
	const json_t *decision = json_object_get(root, "decision");
	const json_t *reason = json_object_get(root, "reason");

	if (!json_is_object(root)) {
		hook_answer_failed(answer, "its answer is no JSON object");
		return;
	}
	if (reason && !json_is_string(reason)) {
		hook_answer_failed(answer, "the \"reason\" of its answer is no string");
		return;
	}
	if (reason)
		set_reason(answer, json_string_value(reason), json_string_length(reason));
	if (!decision)
		return;
	for (size_t i = 0; json_is_string(decision) && i < ARRAY_LEN(words); i++) {
		if (strcmp(json_string_value(decision), words[i].word) == 0) {
			answer->opinion = words[i].opinion;
			return;
		}
	}
	hook_answer_failed(answer, "the \"decision\" of its answer is none of allow, deny and ask");
}

/* What is there and no number of a call names one that never was. */
static uint64_t id_of(const json_t *root)
{
	const json_t *id = json_object_get(root, "id");

	if (!id)
		return 0;
	return json_is_integer(id) && json_integer_value(id) > 0 ? (uint64_t)json_integer_value(id)
								 : UINT64_MAX;
}

void hook_answer_parse(const char *text, size_t len, struct hook_answer *answer, uint64_t *ret_id)
{
	json_error_t error;
	json_t *root;

	answer->opinion = HOOK_OPINION_NONE;
	answer->reason[0] = '\0';
	if (ret_id)
		*ret_id = 0;
	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	if (len == 0)
		return;
	/* A key that stands twice could say yes and no. */
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		hook_answer_failed(answer, "its answer is no JSON: %s", error.text);
		return;
	}
	parse_object(root, answer);
	if (ret_id)
		*ret_id = id_of(root);
	json_decref(root);
}

void hook_answer_of_exit(int status, const struct buffer *said, const struct buffer *complaint,
			 struct hook_answer *answer)
{
	answer->reason[0] = '\0';
	if (WIFSIGNALED(status)) {
		hook_answer_failed(answer, "it was ended by signal %d", WTERMSIG(status));
		return;
	}
	switch (WEXITSTATUS(status)) {
	case 0:
		hook_answer_parse(said->data ? said->data : "", said->len, answer, NULL);
		return;
	case 2:
		answer->opinion = HOOK_OPINION_DENY;
		if (complaint->len)
			set_reason(answer, complaint->data, complaint->len);
		return;
	default:
		break;
	}
	if (complaint->len)
		set_reason(answer, complaint->data, complaint->len);
	hook_answer_failed(answer, "exit status %d%s%.*s", WEXITSTATUS(status),
			   complaint->len ? ": " : "",
			   (int)(complaint->len < 300 ? complaint->len : 300),
			   complaint->len ? complaint->data : "");
}
