/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a thing may get the name that a rename, link or symlink would give it. */
#include <sys/stat.h>

#include "enforcer/moves.h"
#include "enforcer/supervisor.h"

static bool moves_one_way(const struct policy *policy, const struct object *from,
			  const struct place *place, const struct object *to)
{
	if (!policy_moves_no_laxer(policy, from, to))
		return false;
	if (S_ISDIR(place->stat.mode))
		return policy_arrives_no_stricter(policy, from, to);
	return !S_ISLNK(place->stat.mode) || policy_link_leads_nowhere_guarded(policy, to);
}

bool moves_lawfully(const struct pending *pending)
{
	const struct policy *policy = pending->supervisor->policy;
	const struct object *from = &pending->request.objects[0],
			    *to = &pending->request.objects[1];
	bool exchange =
		pending->call.kind == CALL_RENAME && pending->call.flags & 2; /* RENAME_EXCHANGE */

	if (pending->call.kind != CALL_RENAME && pending->call.kind != CALL_LINK)
		return true;
	return moves_one_way(policy, from, &pending->places[0], to) &&
	       (!exchange || moves_one_way(policy, to, &pending->places[1], from));
}

bool link_leads_lawfully(const struct pending *pending)
{
	return pending->call.kind != CALL_SYMLINK ||
	       policy_link_leads_nowhere_guarded(pending->supervisor->policy,
						 &pending->request.objects[0]);
}
