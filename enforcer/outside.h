/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way out of the sandbox, wired: names inside, policy, the helper's look-ups, sockets of the
 * sandbox's namespace, connections and their records.
 */
#pragma once

#include "enforcer/network/network.h"

struct supervisor;
struct helper;
struct outside;

/* supervisor: borrowed; its sandbox has been started. helper: taken, also on failure. */
int outside_new(struct supervisor *supervisor, struct helper *helper, struct outside **ret_outside);
struct outside *outside_free(struct outside *outside);

/* Gives the endpoint of a request the name that its address stands for, and frees what stays
 * inside of judgement. 0, or the negative errno that the call gets. outside may be NULL. */
int outside_describe(const struct outside *outside, struct object *object, bool connects);
/* True where the request is a connection that is to be made from outside. */
bool outside_is_asked(const struct request *request);
struct network *outside_network(struct outside *outside);
/* Whom to tell of a policy that was read again. */
struct helper_answer;
void outside_set_loaded(struct outside *outside,
			void (*loaded)(struct supervisor *supervisor,
				       const struct helper_answer *answer));
/* Borrowed. */
struct helper *outside_helper(struct outside *outside);
