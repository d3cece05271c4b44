/* SPDX-License-Identifier: Apache-2.0 */
/* The key that signs this user's records. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/audit/audit-key.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/commands/user-key.h"
#include "enforcer/config/facts.h"

int user_key_load(const char *named, const char *home, uint8_t *ret_public, struct failure *reterr)
{
	_cleanup_free_ char *policy = home ? facts_user_file(home) : NULL, *own = NULL;
	char *slash = policy ? strrchr(policy, '/') : NULL, shown[SHOWN_MAX];
	int r;

	if (slash)
		*slash = '\0';
	if (!named && (!slash || asprintf(&own, "%s/audit-key" AUDIT_KEY_SUFFIX, policy) < 0))
		return -ENOENT;
	r = audit_public_load(named ?: own, ret_public);
	if (r < 0 && (named || r != -ENOENT))
		return failure_set(reterr, r, "%s: %s", facts_show(named ?: own, shown),
				   r == -EINVAL ? "is no Ed25519 key in PEM" : strerror(-r));
	return r;
}
