/* SPDX-License-Identifier: Apache-2.0 */
/* A rule on the command line. */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/rule-words.h"
#include "enforcer/config/facts.h"
#include "enforcer/policy/decision.h"

static const enum verdict effects[] = {VERDICT_DENY, VERDICT_ASK, VERDICT_ALLOW};

static bool is_effect(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(effects); i++)
		if (strcmp(verdict_name(effects[i]), word) == 0)
			return true;
	return false;
}

bool rule_words_begin(const char *word)
{
	return word[strspn(word, " \t\n")] == '{' || is_effect(word);
}

static bool is_verb(const char *word, size_t len)
{
	for (unsigned i = 0; i < VERB_COUNT; i++) {
		const char *name = verb_name((enum verb)(1u << i));

		if (strlen(name) == len && memcmp(name, word, len) == 0)
			return true;
	}
	return false;
}

struct json_t *rule_words_verbs(const char *word, struct failure *reterr)
{
	json_t *list = json_array();
	char shown[SHOWN_MAX];

	for (const char *at = word;; at++) {
		size_t len = strcspn(at, ",");

		if (!is_verb(at, len)) {
			json_decref(list);
			failure_hint(reterr, "there are: read, write, exec, connect, listen");
			failure_set(reterr, -EINVAL, "\"%s\" is no verb", facts_show(word, shown));
			return NULL;
		}
		json_array_append_new(list, json_stringn(at, len));
		at += len;
		if (!*at)
			return list;
	}
}

int rule_words_host(const char *word, char **ret_host, int *ret_port, struct failure *reterr)
{
	unsigned char address[16];
	bool bare = inet_pton(AF_INET6, word, address) == 1;
	const char *colon = bare ? NULL : strrchr(word, ':');
	size_t len = colon ? (size_t)(colon - word) : strlen(word);
	char shown[SHOWN_MAX], *end = NULL;
	long port = colon ? strtol(colon + 1, &end, 10) : 0;

	if (len == 0 || (colon && (!colon[1] || *end || port < 1 || port > UINT16_MAX))) {
		failure_hint(reterr, "for example: example.com:443, [2001:db8::1]:22");
		return failure_set(reterr, -EINVAL, "%s is not HOST or HOST:PORT",
				   facts_show(word, shown));
	}
	if (len > 2 && word[0] == '[' && word[len - 1] == ']') {
		word++;
		len -= 2;
	}
	*ret_host = strndup(word, len);
	*ret_port = (int)port;
	return *ret_host ? 0 : -ENOMEM;
}

static bool is_address(const char *host)
{
	unsigned char address[16];

	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1 ||
	       strchr(host, '/');
}

static int set_host(json_t *rule, const char *what, struct failure *reterr)
{
	_cleanup_free_ char *host = NULL;
	int port = 0;
	int r = rule_words_host(what, &host, &port, reterr);

	if (r < 0)
		return r;
	json_object_set_new(rule, is_address(host) ? "address" : "host", json_string(host));
	if (port)
		json_object_set_new(rule, "port", json_integer(port));
	return 0;
}

static int set_what(json_t *rule, const char *verb, const char *what, struct failure *reterr)
{
	if (strncmp(what, "unix:", 5) == 0)
		return json_object_set_new(rule, "unix", json_string(what + 5));
	if (strncmp(what, "abstract:", 9) == 0)
		return json_object_set_new(rule, "abstract", json_string(what + 9));
	if (strcmp(verb, "connect") == 0 || strcmp(verb, "listen") == 0)
		return set_host(rule, what, reterr);
	return json_object_set_new(rule, strcmp(verb, "exec") == 0 ? "program" : "path",
				   json_string(what));
}

int rule_words_parse(char *const *words, int n, char **ret_rule, struct failure *reterr)
{
	json_t *rule, *verbs;
	int r;

	if (n == 1 && !is_effect(words[0])) {
		*ret_rule = strdup(words[0]);
		return *ret_rule ? 0 : -ENOMEM;
	}
	if (n != 3 || !is_effect(words[0])) {
		failure_hint(reterr, "for example: deny read ~/notes; or in JSON, as one argument");
		return failure_set(reterr, -EINVAL, "a rule is EFFECT VERB WHAT");
	}
	verbs = rule_words_verbs(words[1], reterr);
	if (!verbs)
		return -EINVAL;
	rule = json_pack("{s:o}", words[0], verbs);
	r = set_what(rule, words[1], words[2], reterr);
	if (r == 0)
		*ret_rule = json_dumps(rule, 0);
	json_decref(rule);
	return r < 0       ? failure_set(reterr, -EINVAL, "that cannot be said as a rule")
	       : *ret_rule ? 0
			   : -ENOMEM;
}
