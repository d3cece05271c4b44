/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a call and the places that it leads to, to the request that is judged: which verbs on which
 * objects. The one place that says what a call means for the policy.
 */
#pragma once

#include "enforcer/request/call.h"
#include "enforcer/request/repositories.h"
#include "enforcer/request/request.h"

/* The negative errno that the kernel gives whatever the rights, or 0. */
int describe_foregone(const struct call *call, const struct place *places);
/* True where the kernel would say EACCES to the person as well, so that no answer of theirs helps.
 * Of what has not happened yet; looks at the file system. Never true for want of knowledge. */
bool describe_is_forbidden(const struct call *call, const struct place *places);

/*
 * Adds the objects of a call about paths and descriptors (open and change families) to the request.
 * place[1] only for rename and link. 0, or the negative errno that is the call's answer.
 */
int describe_files(const struct call *call, const struct place *places,
		   const struct repositories *repositories, const struct view *view,
		   struct request *request);
/* One object: also for exec. */
int describe_place(const struct place *place, unsigned verbs,
		   const struct repositories *repositories, const struct view *view,
		   struct request *request);
/* The object of an address; place is that of a UNIX path. */
int describe_address(const struct call *call, const struct place *place, unsigned verb,
		     int protocol, struct request *request);
