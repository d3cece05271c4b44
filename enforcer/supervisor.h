/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run: owns the stages and what is pending, and passes each call from one to the next. The
 * middle of supervisor.c reads like the design:
 *
 *   notify -> request -> policy -> (approval) -> reply -> audit
 *
 * start.c puts it together before the agent runs; nothing here reads a file or starts a program.
 */
#pragma once

#include "enforcer/approval/pending.h"
#include "enforcer/approval/prompt-terminal.h"
#include "enforcer/approval/recent.h"
#include "enforcer/approval/terminal.h"
#include "enforcer/audit/audit-log.h"
#include "enforcer/audit/redact.h"
#include "enforcer/audit/summary.h"
#include "enforcer/control/control.h"
#include "enforcer/hooked.h"
#include "enforcer/launch/sandbox.h"
#include "enforcer/loop/loop.h"
#include "enforcer/loop/signals.h"
#include "enforcer/notify/target.h"
#include "enforcer/outside.h"
#include "enforcer/pending.h"
#include "enforcer/policy/policy.h"
#include "enforcer/policy/rule-zero.h"
#include "enforcer/reply/reply.h"
#include "enforcer/reply/verify-exec.h"
#include "enforcer/run-id.h"
#include "enforcer/sealing.h"
#include "enforcer/told.h"

struct reloads;

struct supervisor {
	struct loop *loop;
	struct policy *policy;        /* borrowed */
	const struct rule_zero *zero; /* borrowed */
	struct sandbox sandbox;
	struct listener listener;
	struct targets *targets;
	struct view *view;
	struct repositories *repositories;
	struct reply_context reply;
	struct exec_verifier *verifier;
	struct outside *outside;
	struct network_proxy proxy; /* host NULL: none */
	char *proxy_password;       /* of its file; owned */
	struct told *told;          /* NULL: the agent is told nothing */
	struct hooked *hooked;      /* NULL: the policy has no hooks */
	struct terminal *terminal;  /* NULL: nobody to ask */
	struct prompt_terminal *prompt;
	struct approvals *approvals;
	struct approvals_observer recorder; /* of the approvals */
	struct control *control;            /* NULL: no socket could be made */
	struct audit_log *log;              /* NULL: "detail": "none" */
	struct sealing sealing;             /* of the log */
	struct redact_rules redact;         /* as the policy in use has it */
	struct summary *summary;
	char run[RUN_ID_SIZE];
	uint64_t sequence;
	uint64_t started_ns;
	uint64_t last_hooking;
	unsigned n_keeping;    /* rules that the helper is writing */
	uint64_t unrecorded;   /* calls refused for want of room in the log */
	unsigned no_room_told; /* how often a person was told of it */
	bool no_room;

	struct loop_source notified; /* the listener */
	struct loop_source work;     /* what was received and not worked on yet */
	struct loop_source ended;    /* the keeper */
	struct loop_source started;  /* the shim's word on its execve */
	struct loop_source watch;    /* while questions wait: do their targets still? */
	struct signals *signals;
	struct pending *received_first, *received_last;
	struct pending *waiting; /* asked, or performing */
	unsigned watch_round;    /* of looking at the signals of those that were asked about */
	unsigned n_later;        /* of them, in workers */
	unsigned n_under_way;    /* told EINPROGRESS, and asked still */
	struct recent recent;
	size_t n_received;

	struct reloads *reloads; /* of the policy; owned by whoever made them */

	int status;     /* the exit status so far */
	int exec_errno; /* why the command was not executed, or 0 */
	bool listener_gone;
	bool finishing;
	int stopping; /* how often somebody asked for the end */
};

/* Arms the sources. The sandbox has been started and waits. */
int supervisor_init(struct supervisor *supervisor, struct failure *reterr);
/* Until the agent and all its children have ended: the exit status. */
int supervisor_run(struct supervisor *supervisor);
void supervisor_done(struct supervisor *supervisor);

/* What of the record the policy wants replaced; borrowed from it. */
void supervisor_redact_rules(const struct policy *policy, struct redact_rules *ret_rules);
/* Head of the next line of the record; and the line appended, with what was reserved for it. */
struct record_context;
void supervisor_record_context(struct supervisor *supervisor, struct record_context *ret_context);
void supervisor_append(struct supervisor *supervisor, const struct buffer *line, size_t reserved);

/* Says once that calls are refused for want of room in the log, and that there is room again. r: of
 * audit_log_reserve(). */
void supervisor_tell_room(struct supervisor *supervisor, int r);

/* For pending_free(): answers what nobody answered. */
void supervisor_deny_unanswered(struct pending *pending);
