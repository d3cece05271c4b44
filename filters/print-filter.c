/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One block an action, names in the order of their numbers, wrapped for a terminal.
 */
#include "filters/print-filter.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

#include "filters/argument-rules.h"
#include "filters/syscalls.h"

#define COLUMNS 90

static const struct call {
	int number;
	const char *name;
	enum call_action action;
} calls[] = {
#define X(number, name, action) {number, #name, CALL_##action},
	SYSCALLS(X)
#undef X
};

#define N_CALLS (sizeof(calls) / sizeof(calls[0]))

static void print_calls(enum call_action action, const char *title, FILE *stream)
{
	size_t column = COLUMNS;
	unsigned n = 0;

	for (size_t i = 0; i < N_CALLS; i++)
		n += calls[i].action == action;
	fprintf(stream, "%s (%u):", title, n);
	for (size_t i = 0; i < N_CALLS; i++) {
		size_t length = strlen(calls[i].name) + 1;

		if (calls[i].action != action)
			continue;
		if (column + length > COLUMNS) {
			fputs("\n ", stream);
			column = 1;
		}
		fprintf(stream, " %s", calls[i].name);
		column += length;
	}
	fputc('\n', stream);
}

static void print_action(uint32_t action, FILE *stream)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		fputs("allowed", stream);
		return;
	case SECCOMP_RET_USER_NOTIF:
		fputs("judged by the gate", stream);
		return;
	case SECCOMP_RET_ERRNO: {
		int error = (int)(action & SECCOMP_RET_DATA);
		const char *name = strerrorname_np(error);

		if (error == 0)
			fprintf(stream, "answered with 0, not done");
		else if (name)
			fprintf(stream, "refused with %s", name);
		else
			fprintf(stream, "refused with error %d", error);
		return;
	}
	default:
		fputs("killed", stream);
	}
}

/* The rules that this filter has, up to the first that matches always. A list of that one alone
 * needs no condition: "landlock_add_rule: refused with EOPNOTSUPP". */
static void print_rules(const char *name, const struct argument_rules *rules,
			const struct filter_options *options, FILE *stream)
{
	bool first = true;

	for (size_t i = 0; i < rules->n_rules; i++) {
		const struct argument_rule *rule = &rules->rules[i];
		bool always = !rule->tests[0].mask;

		if (!argument_rule_holds(rule, options))
			continue;
		/* The halves of one register are two rules, and one condition. */
		if (i > 0 && strcmp(rule->words, rule[-1].words) == 0)
			continue;
		if (first && always)
			fprintf(stream, "  %s: ", name);
		else if (first)
			fprintf(stream, "  %s\n    %s: ", name, rule->words);
		else
			fprintf(stream, "    %s: ", rule->words);
		print_action(rule->action, stream);
		fputc('\n', stream);
		first = false;
		if (always)
			return;
	}
}

void filter_print(const struct filter_options *options, FILE *stream)
{
	print_calls(CALL_NOTIFY, "judged by the gate", stream);
	fputs("by their arguments, the first line that applies:\n", stream);
	for (size_t i = 0; i < N_CALLS; i++) {
		int index = argument_rules_find(calls[i].number);

		if (calls[i].action == CALL_ARGS && index >= 0)
			print_rules(calls[i].name, &argument_rules[index], options, stream);
	}
	print_calls(CALL_EPERM, "refused with EPERM", stream);
	print_calls(CALL_ENOSYS, "refused with ENOSYS, as is every call not listed", stream);
	print_calls(CALL_ALLOW, "allowed", stream);
	fputs("another architecture, x32: killed\n", stream);
}
