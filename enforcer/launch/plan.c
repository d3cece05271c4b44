/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of a run: put together from its parts, freed, printed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/launch/bwrap-command.h"
#include "enforcer/launch/plan-parts.h"
#include "filters/print-filter.h"

struct plan *plan_free(struct plan *plan)
{
	if (!plan)
		return NULL;
	for (size_t i = 0; i < plan->mount_count; i++) {
		free(plan->mounts[i].path);
		free(plan->mounts[i].source);
	}
	free(plan->mounts);
	landlock_rules_done(&plan->landlock);
	plan_free_strings(plan->omitted);
	filter_done(&plan->filter);
	plan_free_strings(plan->argv);
	plan_free_strings(plan->envp);
	free(plan->search_path);
	free(plan->cwd);
	free(plan->shim);
	free(plan->denials);
	free(plan);
	return NULL;
}

static int plan_make_filter(struct plan *plan, const struct plan_input *input)
{
	const struct policy_settings *settings = policy_settings(input->policy);

	plan->filter_options.linux_aio = settings->linux_aio;
	plan->filter_options.memory_exec = settings->memory_exec;
	return filter_build(&plan->filter_options, &plan->filter);
}

int plan_new(const struct plan_input *input, struct plan **ret_plan, struct failure *reterr)
{
	static const struct {
		int (*make)(struct plan *plan, const struct plan_input *input);
		const char *what;
	} parts[] = {
		{plan_copy_command, "the command"},
		{plan_make_mounts, "the mounts"},
		{plan_make_landlock, "the Landlock rules"},
		{plan_make_filter, "the system call filter"},
	};
	_cleanup_(plan_freep) struct plan *plan = NULL;

	if (!input->argv || !input->argv[0])
		return failure_set(reterr, -EINVAL, "no command was given");
	if (input->landlock_abi < 1) {
		failure_hint(reterr, "it must be built in and named in the boot parameter lsm=; "
				     "see: callgate doctor");
		return failure_set(reterr, -EOPNOTSUPP, "this kernel has no Landlock");
	}
	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		int r = parts[i].make(plan, input);

		if (r < 0)
			return failure_set(reterr, r, "cannot plan %s: %s", parts[i].what,
					   strerror(-r));
	}
	*ret_plan = steal_pointer(plan);
	return 0;
}

static void print_escaped(const char *text, FILE *out)
{
	struct buffer buffer = {};

	text_append_escaped(&buffer, text, strlen(text), 0);
	if (buffer.len)
		fwrite(buffer.data, 1, buffer.len, out);
	buffer_done(&buffer);
}

static void print_mounts(const struct plan *plan, FILE *out)
{
	_cleanup_(buffer_done) struct buffer arguments = {};
	const char *end, *next;

	fprintf(out, "bubblewrap:\n");
	bwrap_append_options(plan, &arguments);
	if (arguments.error)
		fprintf(out, "  (%s)\n", strerror(-arguments.error));
	/* One option a line, its values behind it. */
	end = arguments.error ? arguments.data : arguments.data + arguments.len;
	for (const char *p = arguments.data; p < end; p = next) {
		next = p + strlen(p) + 1;
		fputs(p == arguments.data ? "  " : strncmp(p, "--", 2) ? " " : "\n  ", out);
		print_escaped(p, out);
	}
	fprintf(out, "\n");
}

static void print_landlock(const struct plan *plan, FILE *out)
{
	fprintf(out, "\nlandlock:\n  handled: ");
	landlock_access_print(plan->landlock.handled, out);
	fprintf(out, "\n  scoped: ");
	landlock_scope_print(plan->landlock.scoped, out);
	fprintf(out, "\n");
	for (size_t i = 0; i < plan->landlock.count; i++) {
		const struct landlock_rule *rule = &plan->landlock.rules[i];

		fprintf(out, "  ");
		print_escaped(rule->path, out);
		fprintf(out, ": ");
		landlock_access_print(rule->access, out);
		fprintf(out, "%s, exact: %s\n", rule->optional ? ", optional" : "",
			rule->exact ? "yes" : "no");
	}
	for (size_t i = 0; i < plan->omitted_count; i++) {
		fprintf(out, "  ");
		print_escaped(plan->omitted[i], out);
		fprintf(out,
			": left to the gate; below, only what is named here can be executed\n");
	}
	fprintf(out, "  all exact: %s\n", plan->exact ? "yes" : "no");
}

void plan_print(const struct plan *plan, FILE *out)
{
	print_mounts(plan, out);
	print_landlock(plan, out);
	fprintf(out, "\nfilter: %zu instructions\n", plan->filter.length);
	filter_print(&plan->filter_options, out);
	fprintf(out, "\ncommand:");
	for (size_t i = 0; plan->argv[i]; i++) {
		fprintf(out, " ");
		print_escaped(plan->argv[i], out);
	}
	fprintf(out, "\ndirectory: ");
	print_escaped(plan->cwd, out);
	fprintf(out, "\nenvironment:");
	for (size_t i = 0; plan->envp[i]; i++)
		fprintf(out, " %.*s", (int)strcspn(plan->envp[i], "="), plan->envp[i]);
	fprintf(out, "\n");
}
