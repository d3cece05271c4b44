/* SPDX-License-Identifier: Apache-2.0 */
/* What rule zero must cover of a policy that was read again: from the helper to the enforcer. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/config/config.h"
#include "enforcer/policy/policy.h"
#include "enforcer/protect.h"
#include "enforcer/reload-parts.h"

/* A name may hold any byte. */
static void append_hex(struct buffer *lines, const char *path)
{
	for (; *path; path++)
		buffer_printf(lines, "%02x", (unsigned)(unsigned char)*path);
}

int reload_own_append(const struct config *config, struct buffer *lines)
{
	struct rule_zero own = {};
	int r = protect_policy_files(config, &own);

	for (size_t i = 0; r == 0 && i < own.n; i++) {
		const struct rule_zero_entry *entry = &own.entries[i];

		buffer_printf(lines, "own %llu %llu %u ", (unsigned long long)entry->dev,
			      (unsigned long long)entry->ino, entry->verbs);
		append_hex(lines, entry->path);
		buffer_append_string(lines, "\n");
	}
	rule_zero_done(&own);
	for (size_t i = 0; r == 0 && config->notices && config->notices[i]; i++)
		buffer_printf(lines, "notice %s\n", config->notices[i]);
	buffer_append_string(lines, "\n");
	return r < 0 ? r : lines->error;
}

static int take_hex(const char *hex, size_t len, char ret_path[static PATH_MAX])
{
	size_t n = len / 2;

	if (len % 2 || n == 0 || n >= PATH_MAX)
		return -EPROTO;
	for (size_t i = 0; i < n; i++) {
		unsigned byte;

		if (sscanf(hex + 2 * i, "%2x", &byte) != 1 || byte == 0)
			return -EPROTO;
		ret_path[i] = (char)byte;
	}
	ret_path[n] = '\0';
	return 0;
}

static int take_own(const char *line, size_t len, unsigned more_verbs, struct rule_zero *zero)
{
	unsigned long long dev, ino;
	char path[PATH_MAX];
	unsigned verbs;
	int at = 0, r;

	if (sscanf(line, "own %llu %llu %u %n", &dev, &ino, &verbs, &at) != 3 || at <= 0 ||
	    (size_t)at > len)
		return -EPROTO;
	r = take_hex(line + at, len - (size_t)at, path);
	if (r < 0)
		return r;
	r = rule_zero_renew(zero, path, dev, ino, verbs & VERB_ALL);
	if (r >= 0 && more_verbs) {
		int more = rule_zero_renew(zero, path, dev, ino, more_verbs);

		r = more < 0 ? more : r | more;
	}
	return r;
}

int reload_own_take(const char *text, unsigned more_verbs, struct rule_zero *zero,
		    const char **ret_rest, json_t **ret_notices)
{
	json_t *notices = json_array();
	const char *end;
	int r = 0;

	for (; r >= 0 && (end = strchr(text, '\n')) && end > text; text = end + 1) {
		size_t len = (size_t)(end - text);
		int taken = 0;

		if (len > 7 && strncmp(text, "notice ", 7) == 0)
			json_array_append_new(notices, json_stringn(text + 7, len - 7));
		else
			taken = take_own(text, len, more_verbs, zero);
		r = taken < 0 ? taken : r | taken;
	}
	if (r >= 0 && *text != '\n')
		r = -EPROTO;
	if (r < 0) {
		json_decref(notices);
		return r;
	}
	*ret_rest = text + 1;
	*ret_notices = notices;
	return r;
}
