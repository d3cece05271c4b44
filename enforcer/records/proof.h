/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a rule of the person's could open what a rule behind it denies: the policy that would
 * stand behind the new rule is made, and must not deny anything of what the new rule covers. What
 * stands before it holds anyhow.
 */
#pragma once

#include "enforcer/records/generalise.h"
#include "enforcer/records/trial.h"

/* 1: in no run; 0: in some run it could, or nobody can tell; or a negative errno with words.
 * text: the person's policy as it is. */
int proof_opens_nothing_denied(const struct trial *trial, const struct trial_place *place,
			       const struct trial_text *text, const struct candidate *candidate,
			       struct failure *reterr);

/* name with the home in the place of "~"; given. NULL: no memory, or there is no home. */
char *proof_path(const char *name, const char *home);
