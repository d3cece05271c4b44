/* SPDX-License-Identifier: Apache-2.0 */
/* The chain over the lines of a run's record, and the user's key that signs its end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/config/config.h"
#include "enforcer/config/facts.h"
#include "enforcer/protect.h"
#include "enforcer/sealing.h"
#include "enforcer/supervisor.h"

#define KEY_NAME "audit-key"

char *sealing_key_path(const char *home)
{
	_cleanup_free_ char *policy = facts_user_file(home);
	char *slash = policy ? strrchr(policy, '/') : NULL, *path;

	if (!slash)
		return NULL;
	*slash = '\0';
	return asprintf(&path, "%s/" KEY_NAME, policy) < 0 ? NULL : path;
}

static int seal_batch(void *userdata, const char *lines, size_t len, struct buffer *ret_line)
{
	struct supervisor *supervisor = userdata;
	struct sealing *sealing = &supervisor->sealing;
	const struct chain_signer signer = {audit_key_sign, sealing->key};
	bool sign = sealing->ending && sealing->key;
	struct record_context context;
	const char *end;
	int r = 0;

	for (const char *at = lines; r == 0 && at < lines + len; at = end + 1) {
		end = memchr(at, '\n', (size_t)(lines + len - at));
		if (!end)
			return -EIO;
		r = chain_add(sealing->chain, at, (size_t)(end - at), NULL);
	}
	if (r < 0)
		return r;
	supervisor_record_context(supervisor, &context);
	r = chain_close(sealing->chain, &context, sign ? &signer : NULL, ret_line);
	if (r == 0)
		supervisor->sequence++;
	return r;
}

int sealing_begin(struct supervisor *supervisor, const struct config *config)
{
	struct sealing *sealing = &supervisor->sealing;
	int r;

	if (!supervisor->log)
		return 0;
	r = chain_new(supervisor->run, &sealing->chain);
	if (r < 0)
		return r;
	audit_log_on_batch(supervisor->log, seal_batch, supervisor);
	sealing->path = sealing_key_path(config->home);
	sealing->error = sealing->path ? audit_key_make(sealing->path) : -ENOENT;
	return 0;
}

int sealing_protect(const struct sealing *sealing, struct rule_zero *zero)
{
	_cleanup_free_ char *public = NULL;
	int r;

	if (!sealing->path)
		return 0;
	if (asprintf(&public, "%s" AUDIT_KEY_SUFFIX, sealing->path) < 0)
		return -ENOMEM;
	r = protect_file(zero, sealing->path, VERB_ALL);
	return r < 0 ? r : protect_file(zero, public, VERB_WRITE);
}

void sealing_load_key(struct supervisor *supervisor)
{
	struct sealing *sealing = &supervisor->sealing;
	uint8_t public[AUDIT_KEY_PUBLIC];

	if (!sealing->chain || sealing->error < 0)
		return;
	sealing->error = audit_key_load(sealing->path, &sealing->key);
	if (sealing->error == 0)
		sealing->error = audit_key_public(sealing->key, public);
	if (sealing->error < 0) {
		sealing->key = audit_key_free(sealing->key);
		return;
	}
	strcpy(sealing->name, "ed25519:");
	chain_hex_write(public, sizeof(public), sealing->name + strlen(sealing->name));
}

void sealing_tell(struct supervisor *supervisor)
{
	struct record_context context;
	struct buffer line = {};

	if (!supervisor->sealing.chain || supervisor->sealing.key)
		return;
	supervisor_record_context(supervisor, &context);
	if (record_fault(&context, "no key to sign the record with: its end will not be signed",
			 supervisor->sealing.error, &line) == 0)
		supervisor_append(supervisor, &line, 0);
	buffer_done(&line);
}

void sealing_done(struct sealing *sealing)
{
	sealing->chain = chain_free(sealing->chain);
	sealing->key = audit_key_free(sealing->key);
	free(sealing->path);
	sealing->path = NULL;
}
