/* SPDX-License-Identifier: Apache-2.0 */
/* What a run came to, for a program. Once a run, so by jansson. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/audit/summary-data.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"

/* object[key] = text, or object[key_hex] where it is no UTF-8; nothing for NULL. 0 or -ENOMEM. */
static int set_name(json_t *object, const char *key, const char *text)
{
	char hex_key[32], *at;
	_cleanup_free_ char *hex = NULL;
	json_t *string;

	if (!text)
		return 0;
	string = json_string(text);
	if (string)
		return json_object_set_new(object, key, string) < 0 ? -ENOMEM : 0;
	hex = at = malloc(strlen(text) * 2 + 1);
	if (!hex)
		return -ENOMEM;
	*hex = '\0';
	for (const char *p = text; *p; p++)
		at += sprintf(at, "%02x", (unsigned char)*p);
	snprintf(hex_key, sizeof(hex_key), "%s_hex", key);
	return json_object_set_new(object, hex_key, json_string(hex)) < 0 ? -ENOMEM : 0;
}

static json_t *pair(const uint64_t count[VERDICT_COUNT])
{
	return json_pack("{s:I, s:I}", "allow", (json_int_t)count[VERDICT_ALLOW], "deny",
			 (json_int_t)count[VERDICT_DENY]);
}

static json_t *calls_json(const struct summary *summary)
{
	json_t *calls = json_object();

	for (size_t i = 0; i < MEDIATED_COUNT; i++)
		if (summary->by_call[i][VERDICT_ALLOW] || summary->by_call[i][VERDICT_DENY])
			json_object_set_new(calls, mediated_name((enum mediated)i),
					    pair(summary->by_call[i]));
	return calls;
}

static json_t *by_json(const struct summary *summary)
{
	json_t *by = json_object();

	for (size_t i = 0; i < BY_COUNT; i++)
		if (summary->by_what[i][VERDICT_ALLOW] || summary->by_what[i][VERDICT_DENY])
			json_object_set_new(by, decided_by_name((enum decided_by)i),
					    pair(summary->by_what[i]));
	return by;
}

static json_t *rules_json(const struct summary *summary)
{
	json_t *rules = json_object();

	for (size_t i = 0; i < summary->n_rules; i++)
		json_object_set_new(rules, summary->rules[i]->id, pair(summary->rules[i]->count));
	return rules;
}

static json_t *denial_json(const struct summary_denial *denial)
{
	json_t *object = json_pack("{s:s, s:s, s:s, s:I}", "call", mediated_name(denial->call),
				   "kind", object_kind_name(denial->kind), "by",
				   decided_by_name(denial->by), "count", (json_int_t)denial->count);
	const char *key = denial->kind == OBJECT_INET ? "address" : object_kind_name(denial->kind);
	int r;

	if (!object)
		return NULL;
	r = set_name(object, key, denial->name);
	if (r == 0)
		r = set_name(object, "verb", denial->verb ? verb_name(denial->verb) : NULL);
	if (r == 0)
		r = set_name(object, "program", denial->program);
	if (r == 0)
		r = set_name(object, "rule", denial->rule);
	if (r == 0)
		r = set_name(object, "layer", denial->rule ? layer_name(denial->layer) : NULL);
	if (r == 0)
		r = set_name(object, "reason", denial->reason);
	if (r == 0)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *denials_json(const struct summary *summary)
{
	json_t *denials = json_array();

	for (size_t i = 0; i < summary->n_denials; i++)
		if (json_array_append_new(denials, denial_json(summary->denials[i])) < 0) {
			json_decref(denials);
			return NULL;
		}
	return denials;
}

static json_t *host_json(const struct summary_host *host)
{
	json_t *object = json_object();
	const char *protocol = record_protocol_name(host->protocol);
	int r = -ENOMEM;

	if (object)
		r = set_name(object, host->by_name ? "host" : "address", host->name);
	if (r == 0)
		r = set_name(object, "protocol", protocol);
	if (r == 0 && json_object_set_new(object, "port", json_integer(host->port)) == 0 &&
	    json_object_set_new(object, "connections",
				json_integer((json_int_t)host->connections)) == 0 &&
	    json_object_set_new(object, "sent", json_integer((json_int_t)host->sent)) == 0 &&
	    json_object_set_new(object, "received", json_integer((json_int_t)host->received)) ==
		    0 &&
	    json_object_set_new(object, "denied", json_integer((json_int_t)host->denied)) == 0)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *hosts_json(const struct summary *summary)
{
	json_t *hosts = json_array();

	for (size_t i = 0; i < summary->n_hosts; i++)
		if (json_array_append_new(hosts, host_json(summary->hosts[i])) < 0) {
			json_decref(hosts);
			return NULL;
		}
	return hosts;
}

int summary_json(const struct summary *summary, const struct summary_run *run,
		 struct buffer *ret_text)
{
	_cleanup_free_ char *text = NULL;
	struct summary_counts counts;
	json_t *root;
	int r = -ENOMEM;

	summary_counts(summary, &counts);
	/* json_pack() takes over the values of "o", and fails where one is NULL. */
	root = json_pack("{s:i, s:s, s:i, s:{s:I, s:I, s:I}, s:I, s:I, s:o, s:o, s:o, s:I, s:o, "
			 "s:I, s:o, s:I}",
			 "v", SUMMARY_VERSION, "run", run->run, "exit_status", run->exit_status,
			 "decisions", "allow", (json_int_t)counts.allowed, "deny",
			 (json_int_t)counts.denied, "asked", (json_int_t)counts.asked, "unrecorded",
			 (json_int_t)run->unrecorded, "unforwarded", (json_int_t)run->unforwarded,
			 "calls", calls_json(summary), "by", by_json(summary), "rules",
			 rules_json(summary), "rules_omitted", (json_int_t)summary->rules_omitted,
			 "denials", denials_json(summary), "denials_omitted",
			 (json_int_t)summary->denials_omitted, "hosts", hosts_json(summary),
			 "hosts_omitted", (json_int_t)summary->hosts_omitted);
	if (root && set_name(root, "audit", run->audit) == 0)
		text = json_dumps(root, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	json_decref(root);
	if (!text)
		return r;
	buffer_append_string(ret_text, text);
	buffer_append_string(ret_text, "\n");
	return ret_text->error;
}

int summary_write(const struct summary *summary, const struct summary_run *run, int fd)
{
	_cleanup_(buffer_done) struct buffer text = {};
	int r = summary_json(summary, run, &text);

	return r < 0 ? r : fd_write_all(fd, text.data, text.len);
}
