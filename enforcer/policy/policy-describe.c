/* SPDX-License-Identifier: Apache-2.0 */
/* The policy told to others: rules as a person would write them, the paths that they name. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/policy/policy-joined.h"

static void append_word(struct buffer *text, const char *word)
{
	buffer_append_string(text, " ");
	/* A word with a space, or none, would read like two, or like nothing. */
	if (!*word || strpbrk(word, " \t\"'"))
		buffer_append_string(text, "'");
	text_append_escaped(text, word, strlen(word), 0);
	if (!*word || strpbrk(word, " \t\"'"))
		buffer_append_string(text, "'");
}

static void append_words(struct buffer *text, const char *key, const struct strings *words)
{
	if (words->n == 0)
		return;
	if (key)
		buffer_printf(text, " %s", key);
	for (size_t i = 0; i < words->n; i++)
		append_word(text, words->items[i]);
}

static void append_inet(struct buffer *text, const struct inet_matcher *inet)
{
	static const char *const protocols[] = {"tcp", "udp", "icmp"};

	append_words(text, "host", &inet->hosts);
	for (size_t i = 0; i < inet->n_addresses; i++) {
		const struct address_range *range = &inet->addresses[i];
		char address[INET6_ADDRSTRLEN] = "";

		inet_ntop(range->family, range->address, address, sizeof(address));
		buffer_printf(text, "%s %s/%u", i ? "" : " address", address, range->prefix);
	}
	if (inet->loopback || inet->host_loopback)
		buffer_append_string(text, inet->loopback ? " loopback" : " host_loopback");
	for (size_t i = 0; i < inet->n_ports; i++) {
		const struct port_range *range = &inet->ports[i];

		buffer_append_string(text,
				     i || inet->loopback || inet->host_loopback ? " " : " port ");
		if (range->first == range->last)
			buffer_printf(text, "%u", range->first);
		else
			buffer_printf(text, "%u-%u", range->first, range->last);
	}
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
		if (inet->protocols & (1u << i))
			buffer_printf(text, " %s", protocols[i]);
}

static void describe(const struct rule *rule, struct buffer *text)
{
	const char *between = " ";

	buffer_append_string(text, verdict_name(rule->info.effect));
	for (unsigned v = 0; v < VERB_COUNT; v++) {
		if (!(rule->verbs & verb_at(v)))
			continue;
		buffer_printf(text, "%s%s", between, verb_name(verb_at(v)));
		between = ",";
	}
	switch (rule->subject) {
	case SUBJECT_ANY:
		buffer_append_string(text, " anything");
		break;
	case SUBJECT_PATH:
	case SUBJECT_PROGRAM:
		append_words(text, NULL, &rule->names);
		append_words(text, "args", &rule->args);
		break;
	case SUBJECT_UNIX:
		append_words(text, "unix", &rule->names);
		break;
	case SUBJECT_ABSTRACT:
		append_words(text, "abstract", &rule->names);
		break;
	case SUBJECT_INET:
		append_inet(text, &rule->inet);
		break;
	case SUBJECT_MEMORY:
		buffer_append_string(text, " memory");
		break;
	}
	if (rule->exact)
		buffer_append_string(text, " (exact)");
	if (rule->existed)
		buffer_append_string(text, " (existed)");
	if (rule->unprotect)
		buffer_append_string(text, " (unprotect)");
}

void policy_rule_describe(const struct policy *policy, size_t index, struct buffer *ret_text)
{
	if (index < policy->n_rules)
		describe(policy->rules[index].rule, ret_text);
}

void policy_append_text(const struct policy *policy, struct buffer *ret_text)
{
	for (size_t i = 0; i < policy->n_parts; i++) {
		const struct policy_part *part = policy->parts[i];

		buffer_printf(ret_text, "%s\n", layer_name(part->layer));
		if (part->text)
			buffer_append(ret_text, part->text, part->text_len);
		for (size_t j = 0; !part->text && j < part->rules.n; j++) {
			describe(part->rules.items[j], ret_text);
			buffer_append_string(ret_text, "\n");
		}
	}
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int list_paths(const struct policy *policy, enum verb verb, bool globs,
		      const char *const **ret_paths)
{
	const char **paths;
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < policy->n_rules; i++)
		n += policy->rules[i].n_patterns + 1;
	paths = calloc(n + 1, sizeof(*paths));
	if (!paths)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct joined_rule *joined = &policy->rules[i];

		if (!rule_fits(joined->rule, OBJECT_PATH, verb))
			continue;
		if (joined->rule->subject == SUBJECT_ANY && !globs)
			paths[n++] = "/";
		for (size_t j = 0; j < joined->n_patterns; j++)
			if (joined->patterns[j].primary &&
			    (joined->patterns[j].n_elements > 0) == globs)
				paths[n++] = joined->patterns[j].path;
	}
	qsort(paths, n, sizeof(*paths), compare_paths);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(paths[i], paths[kept - 1]) != 0)
			paths[kept++] = paths[i];
	paths[kept] = NULL;
	*ret_paths = paths;
	return 0;
}

int policy_literal_paths(const struct policy *policy, enum verb verb, const char *const **ret_paths)
{
	return list_paths(policy, verb, false, ret_paths);
}

int policy_glob_prefixes(const struct policy *policy, enum verb verb, const char *const **ret_paths)
{
	return list_paths(policy, verb, true, ret_paths);
}
