/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden tests: plan/<case>/ holds policy.json, tree (the host's, faked) and expected (the plan as
 * it is printed, without the filter). CALLGATE_WRITE_EXPECTED=1 writes expected anew; read the
 * difference.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "enforcer/launch/plan.h"
#include "enforcer/policy/policy.h"
#include "tests/support/check.h"

#define ABI 7

/*
 * The fake: a line an entry, "d /path", "f /path", "o /path" (device) or "l /path text", and
 * "n /path 5000" for a directory with so many files in it.
 */
struct fake {
	char *text;
	size_t len;
};

struct fake_entry {
	char kind;
	char path[PATH_MAX], text[PATH_MAX];
};

static const char *fake_next(const char *line, struct fake_entry *ret_entry)
{
	*ret_entry = (struct fake_entry){};
	if (!line || !*line)
		return NULL;
	sscanf(line, "%c %4095s%4095[^\n]", &ret_entry->kind, ret_entry->path, ret_entry->text);
	line = strchr(line, '\n');
	return line ? line + 1 : "";
}

static enum plan_kind fake_kind(void *userdata, const char *path)
{
	const struct fake *fake = userdata;
	struct fake_entry entry;

	if (strcmp(path, "/") == 0)
		return PLAN_DIRECTORY;
	for (const char *p = fake_next(fake->text, &entry); p; p = fake_next(p, &entry))
		if (strcmp(entry.path, path) == 0)
			switch (entry.kind) {
			case 'd':
			case 'n':
				return PLAN_DIRECTORY;
			case 'f':
				return PLAN_FILE;
			case 'l':
				return PLAN_SYMLINK;
			default:
				return PLAN_OTHER;
			}
	return PLAN_MISSING;
}

static int fake_list_many(int count, int (*each)(void *context, const char *name), void *context)
{
	int r = 0;

	for (int i = 0; i < count && r == 0; i++) {
		char name[16];

		snprintf(name, sizeof(name), "file%d", i);
		r = each(context, name);
	}
	return r;
}

static int fake_list(void *userdata, const char *path, int (*each)(void *context, const char *name),
		     void *context)
{
	const struct fake *fake = userdata;
	size_t len = strcmp(path, "/") ? strlen(path) : 0;
	struct fake_entry entry;
	int r = 0;

	for (const char *p = fake_next(fake->text, &entry); p && r == 0; p = fake_next(p, &entry)) {
		if (entry.kind == 'n' && strcmp(entry.path, path) == 0)
			r = fake_list_many(atoi(entry.text), each, context);
		else if (strncmp(entry.path, path, len) == 0 && entry.path[len] == '/' &&
			 !strchr(entry.path + len + 1, '/'))
			r = each(context, entry.path + len + 1);
	}
	return r;
}

static int fake_read_link(void *userdata, const char *path, char *ret)
{
	const struct fake *fake = userdata;
	struct fake_entry entry;

	for (const char *p = fake_next(fake->text, &entry); p; p = fake_next(p, &entry))
		if (entry.kind == 'l' && strcmp(entry.path, path) == 0) {
			strcpy(ret, entry.text + 1);
			return 0;
		}
	return -ENOENT;
}

static char *read_case_file(const char *name, const char *file)
{
	_cleanup_fd_ int fd = -1;
	char path[PATH_MAX], *text = NULL;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s/%s", PLAN_CASES, name, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fd_read_file(fd, 1 << 20, &text, &len) < 0) {
		fprintf(stderr, "%s: cannot be read\n", path);
		check_failures++;
		return calloc(1, 1);
	}
	return text;
}

static struct policy *make_policy(const char *text)
{
	static const char *const workspaces[] = {"/home/u/work", NULL};
	static const char *const tmp[] = {"/tmp", "/var/tmp", NULL};
	static const char *const state[] = {"/home/u/.agent", NULL};
	struct policy_context context = {
		.home = "/home/u",
		.workspaces = workspaces,
		.tmp = tmp,
		.state = state,
	};
	struct policy_error error = {};
	struct policy_part *part = NULL;
	struct policy *policy = NULL;

	if (policy_parse(text, strlen(text), "policy.json", LAYER_USER, &part, &error) < 0 ||
	    policy_new(&part, 1, &context, &policy, &error) < 0) {
		fprintf(stderr, "policy.json:%d:%d: %s\n", error.line, error.column, error.text);
		check_failures++;
	}
	return policy;
}

static struct plan_input make_input(const struct policy *policy, const struct plan_tree *tree)
{
	static const char *const argv[] = {"make", "a b\n", NULL};
	static const char *const envp[] = {"PATH=/opt/bin:/usr/bin", "TERM=dumb", NULL};

	return (struct plan_input){
		.policy = policy,
		.tree = tree,
		.argv = argv,
		.envp = envp,
		.cwd = "/home/u/work",
		.shim = "/usr/libexec/callgate/callgate-shim",
		.landlock_abi = ABI,
	};
}

/* Without the filter's lines, which have their own tests. */
static char *print_plan(const struct plan *plan)
{
	char *text = NULL, *from, *to;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	plan_print(plan, out);
	fclose(out);
	from = strstr(text, "\nfilter: ");
	to = strstr(text, "\ncommand:");
	if (from && to)
		memmove(from, to, strlen(to) + 1);
	return text;
}

static void write_expected(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/expected", PLAN_CASES, name);
	file = fopen(path, "we");
	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

static void check_case(const char *name)
{
	_cleanup_free_ char *json = read_case_file(name, "policy.json");
	_cleanup_free_ char *text = read_case_file(name, "tree"), *printed = NULL;
	_cleanup_free_ char *expected = NULL;
	struct fake fake = {.text = text};
	struct plan_tree tree = {fake_kind, fake_list, fake_read_link, &fake};
	_cleanup_(policy_freep) struct policy *policy = make_policy(json);
	_cleanup_(plan_freep) struct plan *plan = NULL;
	struct plan_input input = make_input(policy, &tree);
	struct failure failure = {};

	if (!policy)
		return;
	CHECK_INT(plan_new(&input, &plan, &failure), 0);
	if (!plan)
		return;
	printed = print_plan(plan);
	if (getenv("CALLGATE_WRITE_EXPECTED"))
		write_expected(name, printed);
	expected = read_case_file(name, "expected");
	if (strcmp(printed, expected) != 0) {
		fprintf(stderr, "%s: the plan is\n%s", name, printed);
		check_failures++;
	}
}

static void test_plans_are_as_expected(void)
{
	struct dirent **names = NULL;
	int count = scandir(PLAN_CASES, &names, NULL, alphasort), cases = 0;

	for (int i = 0; i < count; i++) {
		if (names[i]->d_name[0] != '.') {
			check_case(names[i]->d_name);
			cases++;
		}
		free(names[i]);
	}
	free(names);
	CHECK(cases > 0);
}

static void test_no_plan_without_landlock_or_command(void)
{
	static const char *const nothing[] = {NULL};
	struct fake fake = {.text = (char *)""};
	struct plan_tree tree = {fake_kind, fake_list, fake_read_link, &fake};
	_cleanup_(policy_freep) struct policy *policy = make_policy("{\"version\": 1}");
	struct plan_input input = make_input(policy, &tree);
	struct failure failure = {};
	struct plan *plan = NULL;

	input.landlock_abi = 0;
	CHECK_INT(plan_new(&input, &plan, &failure), -EOPNOTSUPP);
	CHECK_STRING(failure.text, "this kernel has no Landlock");
	input.landlock_abi = ABI;
	input.argv = nothing;
	CHECK_INT(plan_new(&input, &plan, NULL), -EINVAL);
	CHECK(!plan);
}

int main(void)
{
	RUN(test_plans_are_as_expected);
	RUN(test_no_plan_without_landlock_or_command);
	return check_summary();
}
