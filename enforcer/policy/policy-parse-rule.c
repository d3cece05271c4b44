/* SPDX-License-Identifier: Apache-2.0 */
/* One rule of a policy text: its keys by table, then what goes with what. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/policy/glob.h"
#include "enforcer/policy/match-command.h"
#include "enforcer/policy/policy-parser.h"
#include "enforcer/policy/policy-path.h"

static int parse_effect(struct parser *parser, const json_t *value, void *target)
{
	struct rule *rule = target;

	/* Two effects in one rule are told once all keys are known. */
	rule->verbs = 0;
	return parse_verbs(parser, value, &rule->verbs);
}

static int parse_path(struct parser *parser, const json_t *value, void *target)
{
	struct rule *rule = target;
	enum path_root root;
	const char *rest;
	char wrong[256];

	if (written_path_parse(json_string_value(value), &root, &rest, wrong, sizeof(wrong)) < 0)
		return parser_error(parser, "%s", wrong);
	return strings_add(&rule->names, json_string_value(value));
}

int parse_paths(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_STRING, parse_path, target);
}

static int parse_program(struct parser *parser, const json_t *value, void *target)
{
	const char *name = json_string_value(value);
	struct rule *rule = target;

	if (strchr(name, '/') || name[0] == '~' || name[0] == '$')
		return parse_path(parser, value, target);
	if (!*name)
		return parser_error(parser, "the name is empty");
	/*
	 * A bare name is looked up once, at the start; a glob would be whatever the agent calls
	 * so.
	 */
	if (strpbrk(name, "*?[\\"))
		return parser_error(
			parser, "a bare name takes no glob: write a path, as /usr/bin/%.32s", name);
	return strings_add(&rule->names, name);
}

int parse_programs(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_STRING, parse_program, target);
}

static int parse_glob(struct parser *parser, const json_t *value, struct strings *strings)
{
	const char *glob = json_string_value(value), *wrong = glob_check(glob, strlen(glob));

	if (wrong)
		return parser_error(parser, "%s", wrong);
	return strings_add(strings, glob);
}

static int parse_arg(struct parser *parser, const json_t *value, void *target)
{
	struct rule *rule = target;

	if (rule->args.n == COMMAND_ARGS_MAX)
		return parser_error(parser, "more than %d arguments", COMMAND_ARGS_MAX);
	return parse_glob(parser, value, &rule->args);
}

static int parse_args(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_STRING, parse_arg, target);
}

static int parse_abstract_name(struct parser *parser, const json_t *value, void *target)
{
	struct rule *rule = target;

	return parse_glob(parser, value, &rule->names);
}

static int parse_abstract(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_STRING, parse_abstract_name, target);
}

static int parse_host(struct parser *parser, const json_t *value, void *target)
{
	struct rule *rule = target;
	const char *wrong;
	char host[256];

	wrong = host_parse(json_string_value(value), host);
	return wrong ? parser_error(parser, "%s", wrong) : strings_add(&rule->inet.hosts, host);
}

int parse_hosts(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_STRING, parse_host, target);
}

static int parse_address(struct parser *parser, const json_t *value, void *target)
{
	struct inet_matcher *inet = &((struct rule *)target)->inet;
	struct address_range *ranges;
	const char *wrong;

	ranges = reallocarray(inet->addresses, inet->n_addresses + 1, sizeof(*ranges));
	if (!ranges)
		return -ENOMEM;
	inet->addresses = ranges;
	wrong = address_parse(json_string_value(value), &ranges[inet->n_addresses]);
	if (wrong)
		return parser_error(parser, "%s", wrong);
	inet->n_addresses++;
	return 0;
}

static int parse_addresses(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_STRING, parse_address, target);
}

static int parse_port(struct parser *parser, const json_t *value, void *target)
{
	struct inet_matcher *inet = &((struct rule *)target)->inet;
	struct port_range *ranges, range;
	const char *wrong;

	if (json_is_string(value)) {
		wrong = port_range_parse(json_string_value(value), &range);
		if (wrong)
			return parser_error(parser, "%s", wrong);
	} else {
		json_int_t port = json_integer_value(value);

		if (port < 1 || port > 65535)
			return parser_error(parser, "a port is between 1 and 65535");
		range = (struct port_range){(uint16_t)port, (uint16_t)port};
	}
	ranges = reallocarray(inet->ports, inet->n_ports + 1, sizeof(*ranges));
	if (!ranges)
		return -ENOMEM;
	inet->ports = ranges;
	ranges[inet->n_ports++] = range;
	return 0;
}

static int parse_ports(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_NUMBER | KIND_STRING, parse_port, target);
}

static int parse_protocol(struct parser *parser, const json_t *value, void *target)
{
	static const char *const names[] = {"tcp", "udp", "icmp"};
	struct rule *rule = target;
	int n = parser_word(parser, value, "protocol", names, ARRAY_LEN(names));

	if (n < 0)
		return n;
	rule->inet.protocols |= 1u << n;
	return 0;
}

static int parse_protocols(struct parser *parser, const json_t *value, void *target)
{
	return parser_list(parser, value, KIND_STRING, parse_protocol, target);
}

/* Words that are there or not: "x": false would read like a matcher and be none. */
static int parse_true(struct parser *parser, const json_t *value, bool *ret_flag)
{
	if (!json_is_true(value))
		return parser_error(parser, "this is true, or left out");
	*ret_flag = true;
	return 0;
}

static int parse_loopback(struct parser *parser, const json_t *value, void *target)
{
	struct rule *rule = target;

	if (json_is_boolean(value))
		return parse_true(parser, value, &rule->inet.loopback);
	rule->inet.loopback = true;
	return parse_ports(parser, value, target);
}

/* How many ports one rule can take from the sandbox: sockets are held for each. */
#define HOST_PORTS_MAX 64

static int parse_host_loopback(struct parser *parser, const json_t *value, void *target)
{
	struct rule *rule = target;
	size_t n = 0;
	int r;

	if (json_is_boolean(value))
		return parse_true(parser, value, &rule->inet.host_loopback);
	rule->inet.host_loopback = true;
	r = parse_ports(parser, value, target);
	for (size_t i = 0; r == 0 && i < rule->inet.n_ports; i++) {
		const struct port_range *range = &rule->inet.ports[i];

		n += (size_t)(range->last - range->first) + 1;
		if (range->first <= 53 && range->last >= 53)
			return parser_error(parser, "port 53 is the sandbox's own resolver's");
	}
	if (n > HOST_PORTS_MAX)
		return parser_error(parser, "more than %d ports of the host's loopback",
				    HOST_PORTS_MAX);
	return r;
}

static int parse_memory(struct parser *parser, const json_t *value, void *target)
{
	bool memory;

	return parse_true(parser, value, &memory);
}

static int parse_existed(struct parser *parser, const json_t *value, void *target)
{
	return parse_true(parser, value, &((struct rule *)target)->existed);
}

static int parse_exact(struct parser *parser, const json_t *value, void *target)
{
	return parse_true(parser, value, &((struct rule *)target)->exact);
}

static int parse_unprotect(struct parser *parser, const json_t *value, void *target)
{
	return parse_true(parser, value, &((struct rule *)target)->unprotect);
}

static int parse_reason(struct parser *parser, const json_t *value, void *target)
{
	struct rule *rule = target;

	rule->reason = strdup(json_string_value(value));
	rule->info.reason = rule->reason;
	return rule->reason ? 0 : -ENOMEM;
}

enum rule_key {
	KEY_DENY = 0, /* as enum verdict */
	KEY_ASK,
	KEY_ALLOW,
	KEY_PATH,
	KEY_PROGRAM,
	KEY_ARGS,
	KEY_HOST,
	KEY_PORT,
	KEY_ADDRESS,
	KEY_PROTOCOL,
	KEY_LOOPBACK,
	KEY_HOST_LOOPBACK,
	KEY_UNIX,
	KEY_ABSTRACT,
	KEY_MEMORY,
	KEY_EXISTED,
	KEY_EXACT,
	KEY_UNPROTECT,
	KEY_REASON,
	KEY_DESCRIPTION,
	RULE_KEYS,
};

#define STRINGS (KIND_STRING | KIND_LIST)
#define PORTS   (KIND_NUMBER | STRINGS)

static const struct parser_key rule_keys[] = {
	[KEY_DENY] = {"deny", STRINGS, parse_effect},
	[KEY_ASK] = {"ask", STRINGS, parse_effect},
	[KEY_ALLOW] = {"allow", STRINGS, parse_effect},
	[KEY_PATH] = {"path", STRINGS, parse_paths},
	[KEY_PROGRAM] = {"program", STRINGS, parse_programs},
	[KEY_ARGS] = {"args", KIND_LIST, parse_args},
	[KEY_HOST] = {"host", STRINGS, parse_hosts},
	[KEY_PORT] = {"port", PORTS, parse_ports},
	[KEY_ADDRESS] = {"address", STRINGS, parse_addresses},
	[KEY_PROTOCOL] = {"protocol", STRINGS, parse_protocols},
	[KEY_LOOPBACK] = {"loopback", KIND_BOOL | PORTS, parse_loopback},
	[KEY_HOST_LOOPBACK] = {"host_loopback", KIND_BOOL | PORTS, parse_host_loopback},
	[KEY_UNIX] = {"unix", STRINGS, parse_paths},
	[KEY_ABSTRACT] = {"abstract", STRINGS, parse_abstract},
	[KEY_MEMORY] = {"memory", KIND_BOOL, parse_memory},
	[KEY_EXISTED] = {"existed", KIND_BOOL, parse_existed},
	[KEY_EXACT] = {"exact", KIND_BOOL, parse_exact},
	[KEY_UNPROTECT] = {"unprotect", KIND_BOOL, parse_unprotect},
	[KEY_REASON] = {"reason", KIND_STRING, parse_reason},
	[KEY_DESCRIPTION] = {"description", KIND_STRING, NULL},
};
const struct parser_table rule_table = {rule_keys, ARRAY_LEN(rule_keys)};
_Static_assert(ARRAY_LEN(rule_keys) == RULE_KEYS, "a parser for every key");
_Static_assert(RULE_KEYS <= PARSER_KEYS_MAX, "room for every key");

/* What each matcher speaks of, and the verbs that can ask for it. */
static const struct {
	enum subject subject;
	unsigned verbs;
} matchers[RULE_KEYS] = {
	[KEY_PATH] = {SUBJECT_PATH, VERB_READ | VERB_WRITE | VERB_EXEC | VERB_LISTEN},
	[KEY_PROGRAM] = {SUBJECT_PROGRAM, VERB_EXEC},
	[KEY_ARGS] = {SUBJECT_PROGRAM, VERB_EXEC},
	[KEY_HOST] = {SUBJECT_INET, VERB_CONNECT},
	[KEY_PORT] = {SUBJECT_INET, VERB_CONNECT | VERB_LISTEN},
	[KEY_ADDRESS] = {SUBJECT_INET, VERB_CONNECT | VERB_LISTEN},
	[KEY_PROTOCOL] = {SUBJECT_INET, VERB_CONNECT | VERB_LISTEN},
	[KEY_LOOPBACK] = {SUBJECT_INET, VERB_CONNECT | VERB_LISTEN},
	[KEY_HOST_LOOPBACK] = {SUBJECT_INET, VERB_CONNECT},
	[KEY_UNIX] = {SUBJECT_UNIX, VERB_CONNECT | VERB_LISTEN},
	[KEY_ABSTRACT] = {SUBJECT_ABSTRACT, VERB_CONNECT | VERB_LISTEN},
	[KEY_MEMORY] = {SUBJECT_MEMORY, VERB_EXEC},
};

/* Of two keys that do not go together the one that stands behind the other is the wrong one. */
static int later(int a, int b)
{
	return a > b ? a : b;
}

static int check_effect(struct parser *parser, struct rule *rule, const int *at)
{
	int found = -1;

	for (int k = KEY_DENY; k <= KEY_ALLOW; k++) {
		if (at[k] < 0)
			continue;
		if (found >= 0)
			return parser_error_at(parser, (unsigned)later(at[k], at[found]),
					       "a rule has one effect: allow, ask or deny");
		found = k;
	}
	if (found < 0)
		return parser_error(parser, "the rule has no effect: allow, ask or deny");
	rule->info.effect = (enum verdict)found;
	return 0;
}

static int check_matchers(struct parser *parser, struct rule *rule, const int *at)
{
	int first = -1;

	for (int k = 0; k < RULE_KEYS; k++) {
		if (at[k] < 0 || matchers[k].subject == SUBJECT_ANY)
			continue;
		for (unsigned v = 0; v < VERB_COUNT; v++)
			if ((rule->verbs & verb_at(v)) && !(matchers[k].verbs & verb_at(v)))
				return parser_error_at(parser, (unsigned)at[k],
						       "\"%s\" does not go with the verb \"%s\"%s",
						       rule_keys[k].name, verb_name(verb_at(v)),
						       k == KEY_PATH && verb_at(v) == VERB_CONNECT
							       ? ": a socket is named by \"unix\""
							       : "");
		if (first >= 0 && (matchers[k].subject != matchers[first].subject))
			return parser_error_at(
				parser, (unsigned)later(at[k], at[first]),
				"\"%s\" and \"%s\" can never match at once: make two rules",
				rule_keys[first].name, rule_keys[k].name);
		if (first < 0)
			first = k;
	}
	rule->subject = first < 0 ? SUBJECT_ANY : matchers[first].subject;
	return 0;
}

/* Pairs of the same subject that contradict each other or need each other. */
static int check_pairs(struct parser *parser, const struct rule *rule, const int *at)
{
	if (at[KEY_ARGS] >= 0 && at[KEY_PROGRAM] < 0)
		return parser_error_at(parser, (unsigned)at[KEY_ARGS],
				       "\"args\" needs the \"program\" that they are for");
	if (at[KEY_HOST] >= 0 && at[KEY_ADDRESS] >= 0)
		return parser_error_at(parser, (unsigned)at[KEY_ADDRESS],
				       "a rule names a host or an address: make two rules");
	for (int k = KEY_LOOPBACK; k <= KEY_HOST_LOOPBACK; k++) {
		if (at[k] >= 0 && (at[KEY_HOST] >= 0 || at[KEY_ADDRESS] >= 0))
			return parser_error_at(parser, (unsigned)at[k],
					       "\"%s\" stands for the address: make two rules",
					       rule_keys[k].name);
		if (at[k] >= 0 && at[KEY_PORT] >= 0)
			return parser_error_at(parser, (unsigned)at[KEY_PORT],
					       "with \"%s\" the port stands there: \"%s\": 8000",
					       rule_keys[k].name, rule_keys[k].name);
	}
	if (at[KEY_LOOPBACK] >= 0 && at[KEY_HOST_LOOPBACK] >= 0)
		return parser_error_at(parser, (unsigned)at[KEY_HOST_LOOPBACK],
				       "the sandbox's loopback is not the host's: make two rules");
	if (at[KEY_HOST_LOOPBACK] >= 0 && rule->inet.n_ports == 0 &&
	    rule->info.effect != VERDICT_DENY)
		return parser_error_at(parser, (unsigned)at[KEY_HOST_LOOPBACK],
				       "name the ports: \"host_loopback\": 5432");
	if (rule->exact && rule->subject != SUBJECT_PATH && rule->subject != SUBJECT_UNIX)
		return parser_error_at(parser, (unsigned)at[KEY_EXACT],
				       "\"exact\" goes with \"path\" and \"unix\" only");
	if (rule->existed && rule->subject != SUBJECT_PATH)
		return parser_error_at(parser, (unsigned)at[KEY_EXISTED],
				       "\"existed\" goes with \"path\" only");
	return 0;
}

static int check_layer(struct parser *parser, const struct rule *rule, const int *at)
{
	if (!rule->unprotect)
		return 0;
	switch (rule->info.layer) {
	case LAYER_ADDED:
	case LAYER_COMMAND_LINE:
	case LAYER_PROJECT:
	case LAYER_USER:
		return 0;
	case LAYER_RULE_ZERO:
	case LAYER_MANAGED:
	case LAYER_GUARDS:
	case LAYER_BUILTIN:
		break;
	}
	return parser_error_at(parser, (unsigned)at[KEY_UNPROTECT],
			       "\"unprotect\" has no meaning in the %s layer",
			       layer_name(rule->info.layer));
}

int parse_rule(struct parser *parser, const json_t *value, struct rule *rule)
{
	int at[RULE_KEYS], r;

	r = parser_object(parser, value, &rule_table, rule, at);
	if (r == 0)
		r = check_effect(parser, rule, at);
	if (r == 0)
		r = check_matchers(parser, rule, at);
	if (r == 0)
		r = check_pairs(parser, rule, at);
	if (r == 0)
		r = check_layer(parser, rule, at);
	return r;
}
