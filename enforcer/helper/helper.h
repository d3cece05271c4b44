/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helper: a process for what may block, forked before the agent starts. It looks names up with
 * the host's own resolver (files, search domains, whatever nsswitch says), several at a time, and
 * writes rules into the person's policy. It has no rights, and nobody of the same user reads its
 * memory; it ends with the enforcer.
 */
#pragma once

#include <netinet/in.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"

#define HELPER_ADDRESSES_MAX 8
#define HELPER_NAME_MAX      253

struct helper;

struct policy_writer;

typedef void (*helper_tell)(void *userdata, int error, const char *text);

/* Borrowed for the call: the helper has its copy of all that they lead to. */
struct helper_duties {
	const struct policy_writer *writer; /* of the person's policy */
	/* Reads the run's policy again, into a file in memory. Called in the helper, by one thread
	 * at a time. added: of helper_load(). 0, or a negative errno with words. */
	int (*load)(const void *userdata, const char *added, int *ret_fd, struct failure *reterr);
	/* Runs in a thread of its own and calls tell() for each change of what it follows (error 0,
	 * or a negative errno with words for a person). NULL: nothing is followed. */
	void (*follow)(const void *userdata, helper_tell tell, void *tell_userdata);
	const void *userdata;
	/* Puts the records in order: may take its time, is called again only when it has ended. */
	int (*tidy)(const void *tidy_userdata);
	const void *tidy_userdata;
};

int helper_new(const struct helper_duties *duties, struct helper **ret_helper);
struct helper *helper_free(struct helper *helper);
DEFINE_CLEANUP(struct helper *, helper_free)
/* Readable when there is an answer; borrowed. */
int helper_fd(const struct helper *helper);

/* 0, or a negative errno (-EAGAIN: too many at once). */
int helper_resolve(struct helper *helper, const char *host);

#define HELPER_RULES_MAX 16384
/* Rules for the person's policy, as struct policy_insertion has them. tag: comes back with the
 * answer. 0, or a negative errno. */
int helper_write_rules(struct helper *helper, uint64_t tag, const char *rules, unsigned ordinal);

/* The policy, read again; added: a policy of what was added to it while the run runs, or "". */
int helper_load(struct helper *helper, const char *added);

/* The records are put in order, now or behind what is being done. */
int helper_tidy(struct helper *helper);

enum helper_kind {
	HELPER_RESOLVED = 0,
	HELPER_WROTE,
	HELPER_LOADED,
	HELPER_CHANGED, /* what it follows: nobody asked */
	HELPER_TIDIED,  /* it failed; there is no other answer */
};

struct helper_answer {
	enum helper_kind kind;
	/* WROTE, LOADED, CHANGED */
	uint64_t tag;
	char text[FAILURE_TEXT_MAX]; /* why not, for a person */
	char hint[256];              /* and what to do; or empty */
	int fd; /* LOADED, without an error: the receiver's to close; else -1 */
	/* RESOLVED */
	char host[HELPER_NAME_MAX + 1];
	int error; /* 0, or a negative errno; -ENOENT: there is no such name */
	uint32_t n;
	struct {
		int family;
		uint8_t bytes[16];
	} addresses[HELPER_ADDRESSES_MAX];
};

/* 1, 0 where there is none now, or a negative errno (-EPIPE: the helper has ended). */
int helper_receive(struct helper *helper, struct helper_answer *ret_answer);
