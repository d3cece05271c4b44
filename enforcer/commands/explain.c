/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `callgate explain VERB OBJECT`: what the policy decides, which rule of which layer decides
 * it, what stood before that rule, and what of it the kernel holds by itself.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/wall-view.h"
#include "enforcer/commands/run-options.h"
#include "enforcer/commands/subject.h"
#include "enforcer/config/facts.h"
#include "enforcer/policy/policy.h"

struct explain_options {
	struct config_options config;
	bool verbose;
	const char *verb, *object;
};

static int parse(int argc, char **argv, struct explain_options *options, struct failure *reterr)
{
	struct option_spec specs[POLICY_OPTIONS + 1];
	int rest = 0, r;

	run_options_policy_specs(&options->config, specs);
	specs[POLICY_OPTIONS] = (struct option_spec){"--verbose", OPTION_FLAG, &options->verbose};
	r = options_parse(specs, POLICY_OPTIONS + 1, argc, argv, &rest, reterr);
	if (r != 0)
		return r;
	if (argc - rest != 2) {
		failure_hint(reterr, "for example: callgate explain read ~/.ssh/id_rsa");
		return failure_set(reterr, -EINVAL, "a verb and an object are wanted");
	}
	options->verb = argv[rest];
	options->object = argv[rest + 1];
	return 0;
}

static void print_escaped(const char *text)
{
	struct buffer buffer = {};

	text_append_escaped(&buffer, text, strlen(text), 0);
	if (buffer.data)
		fputs(buffer.data, stdout);
	buffer_done(&buffer);
}

/* A rule of a profile may name dozens of paths. */
#define RULE_SHOWN_MAX 100

static void print_rule(const struct config *config, size_t index, bool whole)
{
	struct buffer text = {};

	policy_rule_describe(config->policy, index, &text);
	if (text.data && text.len > RULE_SHOWN_MAX && !whole) {
		char *cut = memrchr(text.data, ' ', RULE_SHOWN_MAX);

		if (cut)
			*cut = '\0';
		print_escaped(text.data);
		printf(" ...");
	} else if (text.data) {
		print_escaped(text.data);
	}
	buffer_done(&text);
}

static void print_place(const struct rule_info *rule)
{
	if (!rule->file) {
		printf("which the command line gave");
		return;
	}
	print_escaped(rule->file);
	if (rule->line)
		printf(":%d", rule->line);
}

static void print_object(const struct object *object)
{
	char address[INET6_ADDRSTRLEN];

	switch (object->kind) {
	case OBJECT_PATH:
	case OBJECT_UNIX:
	case OBJECT_ABSTRACT:
		printf("%s", object->kind == OBJECT_UNIX       ? "unix:"
			     : object->kind == OBJECT_ABSTRACT ? "abstract:"
							       : "");
		print_escaped(object->path);
		if (object->made_here)
			printf(" (in a repository that does not exist, so the run would make it)");
		else if (!object->exists)
			printf(" (which does not exist)");
		return;
	case OBJECT_INET:
		if (object->endpoint.host)
			print_escaped(object->endpoint.host);
		else if (inet_ntop(object->endpoint.family, object->endpoint.address, address,
				   sizeof(address)))
			printf("%s", address);
		printf(" port %u%s%s", object->endpoint.port,
		       object->endpoint.protocol == IPPROTO_UDP ? " (udp)" : "",
		       object->endpoint.loopback        ? " (the sandbox's own loopback)"
		       : object->endpoint.host_loopback ? " (this machine's loopback)"
							: "");
		return;
	case OBJECT_MEMORY:
	case OBJECT_ANONYMOUS:
	case OBJECT_UNKNOWN:
		return;
	}
}

static size_t rule_index(const struct config *config, const struct rule_info *rule)
{
	size_t n = policy_rule_count(config->policy), i;

	for (i = 0; i < n; i++)
		if (policy_rule_info(config->policy, i) == rule)
			break;
	return i;
}

/* What was searched up to the rule that decided, or all of it. */
static void print_search(const struct config *config, size_t decided, bool verbose)
{
	size_t count[LAYER_COUNT] = {}, n = policy_rule_count(config->policy), searched;
	const char *separator = "";

	searched = decided < n ? decided : n;
	if (searched == 0)
		return;
	for (size_t i = 0; i < searched; i++)
		count[policy_rule_info(config->policy, i)->layer]++;
	printf("  searched before: ");
	for (enum layer layer = LAYER_MANAGED; layer < LAYER_COUNT; layer++) {
		if (count[layer] == 0)
			continue;
		printf("%s%zu of %s", separator, count[layer], layer_name(layer));
		separator = ", ";
	}
	printf("; none matches\n");
	for (size_t i = 0; verbose && i < searched; i++) {
		printf("    %-15s ", policy_rule_info(config->policy, i)->id);
		print_rule(config, i, true);
		printf("\n");
	}
}

static void print_decision(const struct config *config, const struct object *object,
			   const struct decision *decision, bool verbose)
{
	size_t index = policy_rule_count(config->policy);

	printf("%s: %s ", verdict_name(decision->verdict), verb_name(decision->verb));
	print_object(object);
	printf("\n");
	if (decision->rule) {
		index = rule_index(config, decision->rule);
		printf("  by rule %s, ", decision->rule->id);
		print_place(decision->rule);
		printf("\n    ");
		print_rule(config, index, verbose);
		printf("\n");
	} else {
		printf("  by %s\n", decision->by == BY_OTHERWISE ? "\"otherwise\": no rule matches"
								 : decided_by_name(decision->by));
	}
	if (decision->reason) {
		printf("  reason: ");
		print_escaped(decision->reason);
		printf("\n");
	}
	if (decision->verdict == VERDICT_ASK)
		printf("  you are asked on the terminal; where nobody is there: %s\n",
		       verdict_name(policy_settings(config->policy)->approval_unattended));
	print_search(config, index, verbose);
}

/* Rule zero stands before every layer and in no policy: callgate's own files are not the agent's to
 * write. */
static bool is_rule_zero(const struct config *config, const struct object *object)
{
	if (!(object->verbs & VERB_WRITE) || object->kind != OBJECT_PATH)
		return false;
	for (size_t i = 0; config->policy_files[i]; i++)
		if (strcmp(config->policy_files[i], object->path) == 0)
			return true;
	return false;
}

static void print_proxy(const struct config *config, const struct object *object)
{
	const struct upstream_proxy *proxy = policy_settings(config->policy)->upstream_proxy;

	if (!proxy || object->kind != OBJECT_INET || object->endpoint.loopback ||
	    object->endpoint.host_loopback || !(object->verbs & VERB_CONNECT) ||
	    object->endpoint.protocol == IPPROTO_UDP)
		return;
	printf("  through the upstream proxy %s:%u", proxy->host, proxy->port);
	if (object->endpoint.host)
		printf(", which resolves the name: private addresses are its to refuse");
	printf("\n");
}

/* The exit status, or a negative errno with words. */
static int explain(const struct explain_options *options, struct failure *reterr)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(request_done) struct request request = {};
	struct decision decision = {};
	int r = config_load(&options->config, &config, reterr);

	if (r < 0)
		return r;
	r = subject_parse(options->verb, options->object, config, &request, reterr);
	if (r == -EINVAL)
		return command_usage_error("explain", reterr);
	if (r < 0)
		return r;
	config_print_notices(config);
	if (is_rule_zero(config, &request.objects[0])) {
		printf("deny: write ");
		print_object(&request.objects[0]);
		printf("\n  by rule zero: callgate's own files are never the agent's to write, "
		       "whatever a policy says\n");
		return 1;
	}
	policy_judge(config->policy, &request, &decision);
	decision.verb = (enum verb)request.objects[0].verbs;
	print_decision(config, &request.objects[0], &decision, options->verbose);
	if (decision.verdict != VERDICT_DENY)
		print_proxy(config, &request.objects[0]);
	wall_view_print(config, &request.objects[0], decision.verb, decision.verdict);
	return decision.verdict == VERDICT_DENY ? 1 : 0;
}

int command_explain(int argc, char **argv)
{
	struct explain_options options = {.config.any_workspace = true};
	struct failure failure = {};
	int r = parse(argc, argv, &options, &failure);

	if (r > 0)
		r = command_print_help("explain");
	else if (r < 0)
		r = command_usage_error("explain", &failure);
	else
		r = explain(&options, &failure);
	if (r < 0) {
		failure_print(&failure);
		r = 1;
	}
	free((void *)options.config.add_dirs);
	free((void *)options.config.read_dirs);
	free((void *)options.config.allow_hosts);
	free((void *)options.config.allow_loopback);
	free((void *)options.config.publish);
	return r;
}
