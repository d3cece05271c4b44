/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the record of a run goes: a file that goes on in parts, the journal, syslog. With several
 * of them one is the record: the file, else the journal. No record there, no call. The others get
 * copies: of these, lines that cannot be handed over soon enough are dropped, counted and told.
 */
#pragma once

#include <stdbool.h>

#include "enforcer/base/error.h"
#include "enforcer/loop/loop.h"
#include "enforcer/policy/decision.h"

struct config;
struct plan;
struct rule_zero;
struct supervisor;

struct forwarder;
struct audit_log;

/* A copy of the record, or what is the record itself, on its way to the journal or syslog. */
struct forwarded {
	enum audit_to to;
	struct forwarder *forwarder;
	struct audit_log *log; /* of a copy; NULL: the supervisor's */
	uint64_t given;        /* lines */
	uint64_t lost;         /* known at the end, but for those that were dropped before */
};
#define RECORDING_FORWARDED_MAX 2

struct recording {
	struct supervisor *supervisor; /* borrowed */
	char *path;                    /* canonical, of the file; NULL: there is none */
	char *name;                    /* of what is the record, for people; NULL: there is none */
	char *runs;                    /* the directory of all runs; NULL: there is no home */
	bool elsewhere;                /* the file is not in there */
	struct audit_keep keep;
	struct rule_zero *zero; /* that the file is known to; borrowed */
	struct forwarded forwarded[RECORDING_FORWARDED_MAX];
	unsigned n_forwarded;
	struct loop_source tell; /* that lines were dropped */
	bool told;
};

/*
 * Opens the log of the supervisor, before the sandbox. option: "file", "journald", "syslog" or
 * several of them with "," between, a FILE among them; NULL: as the policy says. No log where the
 * policy's detail is none. 0 or a negative errno with words.
 */
int recording_open(struct recording *recording, struct supervisor *supervisor,
		   const struct config *config, const char *option, struct failure *reterr);
/* A log that the agent may write is none. */
int recording_check(const struct recording *recording, const struct plan *plan,
		    struct failure *reterr);
/* Its file and all of its parts are out of reach. Borrows zero. */
int recording_protect(struct recording *recording, struct rule_zero *zero);
/* For the helper, userdata: the recording. Closed parts are compressed, and runs removed that are
 * not kept. */
int recording_tidy(const void *userdata);
/* Behind the last line. Says what was lost. */
void recording_close(struct recording *recording);
/* Then: lines that one of the journal and syslog did not get. */
uint64_t recording_lost(const struct recording *recording);
void recording_done(struct recording *recording);
