/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy: layers of rules, first match wins. PURE: no system call, no clock, no file. Text
 * comes in by policy_parse(), the machine's facts (home, workspace, what a program name stands
 * for) come in by struct policy_context; out come decisions, the same for the same input.
 *
 * Not here: reading files, trust, symlinks (config/), what the wall does with it (launch/plan).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/decision.h"

/* Where a policy text is wrong. Always filled when parsing or building fails. */
struct policy_error {
	char file[256];
	int line, column; /* from 1; 0 where it concerns the whole file */
	char rule[64];    /* "rule 3", or empty */
	char text[512];   /* what is wrong, and the nearest known name where one was misspelt */
};

/* One parsed file, before layers are joined. Opaque. */
struct policy_part;

/*
 * Parses JSON text (not NUL-ended; hostile where it is a project's file). file is for messages
 * and copied. 0, -EINVAL with reterr, or -ENOMEM.
 */
int policy_parse(const char *text, size_t len, const char *file, enum layer layer,
		 struct policy_part **ret_part, struct policy_error *reterr);
struct policy_part *policy_part_free(struct policy_part *part);
DEFINE_CLEANUP(struct policy_part *, policy_part_free)

/* "extends" of the part, or NULL. */
const char *policy_part_extends(const struct policy_part *part);

/* Rules of the command line (--add-dir, --read, --allow-...), made without text. Paths are
 * absolute. */
struct policy_part *policy_part_new_command_line(void);
int policy_part_add_path_rule(struct policy_part *part, enum verdict effect, unsigned verbs,
			      const char *path, const char *reason);

/* The facts of this run. All strings borrowed for the call only. */
struct policy_context {
	const char *home;              /* "~", canonical */
	const char *const *workspaces; /* "${workspace}": canonical, NULL-ended; the first anchors
	                                  relative globs */
	const char *const *tmp;        /* "${tmp}", NULL-ended */
	const char *const *state; /* "${state}", NULL-ended; may be NULL: taken from the profile's
	                                  "state" list instead */
	/*
	 * Makes the literal path of a rule canonical (symlinks of what exists resolved, the rest
	 * kept), into ret[PATH_MAX]. NULL: paths stay as they are. 0 or a negative errno.
	 */
	int (*canonical)(void *userdata, const char *path, char *ret);
	/*
	 * What a bare program name stands for: a canonical path, device and inode. -ENOENT: the
	 * rule can never match. NULL: bare names match by the last component of the path.
	 */
	int (*program)(void *userdata, const char *name, char *ret_path, uint64_t *ret_dev,
		       uint64_t *ret_ino);
	void *userdata;
};

struct policy;

/*
 * Joins the parts (taken, also on failure; in any order, each knows its layer) into one policy.
 * 0, -EINVAL with reterr, or -ENOMEM.
 */
int policy_new(struct policy_part *const *parts, size_t n_parts,
	       const struct policy_context *context, struct policy **ret_policy,
	       struct policy_error *reterr);
struct policy *policy_free(struct policy *policy);
DEFINE_CLEANUP(struct policy *, policy_free)

/* Each object and verb of the request is judged; the strictest verdict stands. Never fails: what
 * cannot be judged is denied. */
void policy_judge(const struct policy *policy, const struct request *request,
		  struct decision *ret_decision);

/* True where a rule's "args" have a say in that: with other arguments it could come to another
 * verdict. */
bool policy_looks_at_arguments(const struct policy *policy, const struct request *request);

/* One verb on one object, as policy_judge() would. */
void policy_judge_one(const struct policy *policy, const struct request *request, size_t object,
		      enum verb verb, struct decision *ret_decision);

/* True where a connection to the name (canonical) would be allowed or asked for, on any port. */
bool policy_name_reachable(const struct policy *policy, const char *host);

/* The ports of the host's loopback that rules give to the sandbox, for one protocol (IPPROTO_TCP or
 * IPPROTO_UDP): those of the rules that name it, and are not denied. At most max of them are
 * written; returns how many there are. */
size_t policy_host_ports(const struct policy *policy, int protocol, uint16_t *ret_ports,
			 size_t max);
/* The ports that rules name for datagrams to a host (canonical), likewise, but for those of wide
 * ranges. */
size_t policy_datagram_ports(const struct policy *policy, const char *host, uint16_t *ret_ports,
			     size_t max);
bool policy_gives_host_port(const struct policy *policy, int protocol, uint16_t port);

/*
 * True where a thing that moves from one name to another gains nothing: every verb at the new
 * name is no laxer than at the old one, for the thing and, where it is a directory, for every
 * name below it that any rule could match.
 */
bool policy_moves_no_laxer(const struct policy *policy, const struct object *from,
			   const struct object *to);

/*
 * A directory that arrives brings the names in it, whose making nobody judged: true where no name
 * below to is proved or suspected to be written under a stricter rule than the same name below
 * from, and no rule that allows begins there.
 */
bool policy_arrives_no_stricter(const struct policy *policy, const struct object *from,
				const struct object *to);

/* A link gives what it points to the names below its own: true where no rule singles those out,
 * and none that allows would begin elsewhere for it when the policy is read again. */
bool policy_link_leads_nowhere_guarded(const struct policy *policy, const struct object *link);

/* What holds for all names in a tree, the root included. */
struct tree_verdict {
	/* Of the tree's root itself. Where it hangs on "existed", the stricter; on arguments, the
	 * loosest: the wall must let through what the gate may allow. */
	enum verdict root;
	enum verdict loosest; /* that any name in it can get */
	enum verdict strictest;
	bool exact; /* root == loosest == strictest, proved from the rules alone */
};
void policy_judge_tree(const struct policy *policy, enum verb verb, const char *path,
		       struct tree_verdict *ret_verdict);
/* Its root alone, which costs one search of the rules and no proof. */
enum verdict policy_judge_root(const struct policy *policy, enum verb verb, const char *path);

/*
 * The literal roots that rules name for this verb (a glob's longest literal prefix is not one),
 * in no order, without duplicates. The array is given (free it), the strings are the policy's.
 * NULL-ended. -ENOMEM.
 */
int policy_literal_paths(const struct policy *policy, enum verb verb,
			 const char *const **ret_paths);
/* The same for globs: literal prefix of each pattern for this verb. */
int policy_glob_prefixes(const struct policy *policy, enum verb verb,
			 const char *const **ret_paths);

/* All rules, in the order of search. */
size_t policy_rule_count(const struct policy *policy);
const struct rule_info *policy_rule_info(const struct policy *policy, size_t index);
/* True where the rule, if it matches a path, matches the whole tree under it, or a program with
 * whatever arguments. rule: of this policy. */
bool policy_rule_holds_below(const struct policy *policy, const struct rule_info *rule);
/* Appends the rule as a person would write it on one line: 'deny read ~/.ssh'. */
struct buffer;
void policy_rule_describe(const struct policy *policy, size_t index, struct buffer *ret_text);

/* Keys that are not rules, each taken from the first layer that sets it. */
enum policy_view {
	POLICY_VIEW_HOST = 0, /* names and attributes of the host are visible */
	POLICY_VIEW_HIDDEN,
};

/* What connections go through where the host itself must: names are the proxy's to resolve. */
enum upstream_kind {
	UPSTREAM_DIRECT = 0, /* through none */
	UPSTREAM_HTTP,       /* CONNECT */
	UPSTREAM_SOCKS5,
};
#define UPSTREAM_WORD_MAX 255 /* bytes of a user, and of a password (RFC 1929) */

/* All strings owned. */
struct upstream_proxy {
	enum upstream_kind kind;
	char *host; /* canonical name, or an address */
	uint16_t port;
	char *user, *password; /* or NULL */
	char *password_file;   /* absolute, or NULL */
	uint64_t timeout_ns;   /* for its answer */
};

#define PUBLISH_MAX 32

/* A port of the sandbox's loopback, and the one of the host's that it is reached by. */
struct publish_setting {
	uint16_t port, on;
};

struct publish_settings {
	size_t n;
	struct publish_setting items[PUBLISH_MAX];
};

/* Of "redact_patterns", for they are held against each word of the agent's. */
#define POLICY_REDACT_PATTERNS_MAX 16 /* of one layer */
#define POLICY_REDACT_PATTERN_MAX  64 /* bytes */

/* Where the agent is told of denials, besides the file. */
enum policy_tell {
	POLICY_TELL_STDERR = 0, /* where that is no terminal */
	POLICY_TELL_FILE,
};

struct policy_settings {
	enum policy_view view;
	enum verdict otherwise[VERB_COUNT]; /* by the verb's bit number */
	/*
	 * environment: names or globs ("AWS_*"); NULL-ended, borrowed. A name in pass is passed
	 * even where drop matches it; set overrides both. What neither names is passed.
	 */
	const char *const *environment_pass;
	const char *const *environment_drop;
	const char *const *environment_set; /* "NAME=value" */
	/* What the managed layer drops: no pass and no set of another layer brings it back. */
	const char *const *environment_drop_always;
	uint64_t approval_timeout_ns;
	enum verdict approval_unattended; /* deny or allow */
	enum audit_detail audit_detail;
	bool audit_perform_all;
	unsigned audit_to;         /* mask of enum audit_to */
	unsigned audit_to_managed; /* of these, what no option takes away */
	uint64_t audit_part_size;  /* bytes; a record that has them goes on in another part */
	struct audit_keep audit_keep;
	bool audit_verbatim; /* what looks like a secret stays in the record */
	/* Globs of what is taken for a secret besides; of all layers; NULL-ended, borrowed. */
	const char *const *audit_redact;
	enum policy_tell tell_agent;
	bool memory_exec; /* some rule allows running from memory: memfd_create is left alone */
	bool linux_aio;   /* "aio": true; io_setup is allowed */
	const struct upstream_proxy *upstream_proxy; /* NULL: none; borrowed */
	struct publish_settings publish; /* of the managed layer, where it has any; else of all */
};
const struct policy_settings *policy_settings(const struct policy *policy);

/*
 * Whether a variable of the caller's environment reaches the agent: not where drop_always
 * matches, nor where drop does and pass does not (environment_set comes on top).
 */
bool policy_environment_passes(const struct policy_settings *settings, const char *name);

/*
 * SHA-256-free identity: the texts of all parts, for whoever hashes them. Appends each part's
 * layer name, a newline, and its text.
 */
void policy_append_text(const struct policy *policy, struct buffer *ret_text);
