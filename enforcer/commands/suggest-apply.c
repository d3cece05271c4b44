/* SPDX-License-Identifier: Apache-2.0 */
/* Suggestions that the person names, written into their policy. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/commands/suggest.h"
#include "enforcer/config/facts.h"
#include "enforcer/helper/policy-writer.h"

static int wrong(struct suggesting *suggesting, const char *word, size_t len)
{
	_cleanup_free_ char *copy = strndup(word, len);
	char shown[SHOWN_MAX];

	failure_hint(suggesting->reterr, "for example: --apply 1,3, --apply all, --apply ask");
	return failure_set(suggesting->reterr, -EINVAL, "--apply: there is no suggestion \"%s\"",
			   facts_show(copy ?: "?", shown));
}

static int choose_numbers(struct suggesting *suggesting)
{
	const char *list = suggesting->options.apply;

	while (*list) {
		size_t len = strcspn(list, ",");
		char *end;
		unsigned long n = strtoul(list, &end, 10);

		if (len == 0 || end != list + len || list[0] == '-' || list[0] == '+' || n == 0 ||
		    n > suggesting->suggestions.n)
			return wrong(suggesting, list, len);
		suggesting->chosen[n - 1] = true;
		list += len;
		list += *list == ',';
	}
	return 0;
}

/* One by one; what is no clear yes is a no. */
static int ask(struct suggesting *suggesting)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		failure_hint(suggesting->reterr, "name them: --apply 1,3");
		return failure_set(suggesting->reterr, -ENOTTY,
				   "nobody to ask: this is no terminal");
	}
	for (size_t i = 0; i < suggesting->suggestions.n; i++) {
		char answer[16] = "";

		suggest_print_one(suggesting, i, stdout);
		printf("Write it into your policy? [y]es, [n]o, [q]uit: ");
		fflush(stdout);
		if (!fgets(answer, sizeof(answer), stdin) || answer[0] == 'q')
			break;
		suggesting->chosen[i] = strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0;
	}
	return 0;
}

int suggest_choose(struct suggesting *suggesting)
{
	const char *apply = suggesting->options.apply;

	suggesting->chosen = calloc(suggesting->suggestions.n + 1, sizeof(bool));
	if (!suggesting->chosen)
		return -ENOMEM;
	if (!apply)
		return 0;
	if (strcmp(apply, "ask") == 0)
		return ask(suggesting);
	if (strcmp(apply, "all") != 0)
		return choose_numbers(suggesting);
	memset(suggesting->chosen, true, suggesting->suggestions.n);
	return 0;
}

int suggest_rules(const struct suggesting *suggesting, const struct suggestion *suggestion,
		  struct buffer *ret_rules)
{
	const struct candidate *candidate = suggestion->candidate;
	char day[32] = "?", different[64], reason[200];
	time_t now = time(NULL);
	struct tm today;

	if (localtime_r(&now, &today))
		strftime(day, sizeof(day), "%Y-%m-%d", &today);
	snprintf(different, sizeof(different), "%llu different ones, ",
		 (unsigned long long)candidate->pieces);
	snprintf(reason, sizeof(reason),
		 "suggested on %s: %sallowed %llu times; saved %llu prompts", day,
		 candidate_is_wide(candidate) ? different : "",
		 (unsigned long long)candidate->prompts, (unsigned long long)suggestion->saves);
	return candidate_append_rules(candidate, reason, ret_rules);
}

int suggest_apply(struct suggesting *suggesting)
{
	const struct suggestions *suggestions = &suggesting->suggestions;
	const struct policy_writer writer = {.path = suggesting->file,
					     .before = suggesting->text,
					     .before_len = suggesting->text_len};
	_cleanup_free_ struct policy_addition *additions =
		calloc(suggestions->n + 1, sizeof(*additions));
	_cleanup_free_ struct buffer *rules = calloc(suggestions->n + 1, sizeof(*rules));
	size_t n = 0;
	int r = additions && rules ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < suggestions->n; i++) {
		if (!suggesting->chosen[i])
			continue;
		r = suggest_rules(suggesting, &suggestions->items[i], &rules[n]);
		additions[n].rules = rules[n].data;
		additions[n].ordinal = suggestions->items[i].candidate->ordinal;
		n++;
	}
	if (r == 0 && n > 0)
		r = policy_writer_add(&writer, additions, n, suggesting->reterr);
	for (size_t i = 0; i < n; i++)
		buffer_done(&rules[i]);
	if (r == 0)
		suggesting->n_applied = n;
	return r;
}
