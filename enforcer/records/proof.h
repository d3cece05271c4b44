/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a rule of the person's could open what a rule behind it denies: the policy that would
 * stand behind the new rule is made, and must not deny anything of what the new rule covers. What
 * stands before it holds anyhow.
 */
#pragma once

#include <jansson.h>

#include "enforcer/records/generalise.h"
#include "enforcer/records/trial.h"

/* 1: in no run; 0: in some run it could, or nobody can tell; or a negative errno with words.
 * text: the person's policy as it is. */
int proof_opens_nothing_denied(const struct trial *trial, const struct trial_place *place,
			       const struct trial_text *text, const struct candidate *candidate,
			       struct failure *reterr);

/* True where the policy denies nothing of what the candidate covers. Not for a domain. */
bool proof_is_free(const struct policy *policy, const struct candidate *candidate,
		   const char *home);
/* True where some of these rules denies, or could deny, names below the domain. */
bool proof_rules_name(json_t *rules, const char *domain);

/* name with the home in the place of "~"; given. NULL: no memory, or there is no home. */
char *proof_path(const char *name, const char *home);
