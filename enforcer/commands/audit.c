/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate audit verify`: whether records are as they were written. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/audit-tidy.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/commands/user-key.h"
#include "enforcer/config/facts.h"
#include "enforcer/records/runs.h"
#include "enforcer/records/verify.h"

const char audit_help[] =
	"Says of each run in the records whether its lines are those that were written, by their\n"
	"hash chain, and whether its end is signed; else which line is the first that was "
	"changed,\n"
	"removed, inserted or moved. RUN is an id, the beginning of one, \"last\", or the path of "
	"a\n"
	"record.\n"
	"\n"
	"  --key FILE       the public key (or the key) that should have signed; else\n"
	"                   ~/.config/callgate/audit-key.pub\n"
	"\n"
	"tidy compresses the closed parts of all runs, and removes the runs that the policy does "
	"not\n"
	"keep (\"audit\": {\"keep\": ...}), as each run does beside its work.\n"
	"\n"
	"  --dry-run        only say which runs would be removed\n"
	"\n"
	"Exit status: 0 all is whole and signed; 1 something is not; 2 called wrongly.\n";

/* The parts of a record have one name but for their numbers: of the other one that is enough. */
static void print_lines(const struct line_place *from, const struct line_place *to)
{
	const char *slash = strrchr(to->file, '/');
	char shown[SHOWN_MAX];

	if (from->part == to->part)
		printf("lines %llu to %llu", (unsigned long long)from->line,
		       (unsigned long long)to->line);
	else
		printf("line %llu to line %llu of %s", (unsigned long long)from->line,
		       (unsigned long long)to->line,
		       facts_show(slash ? slash + 1 : to->file, shown));
}

static void tell(void *userdata, const struct verified *run)
{
	const struct line_place *at = run->wrong.line ? &run->wrong : &run->first;
	char shown[SHOWN_MAX];

	printf("%s: ", facts_show(at->file, shown));
	if (run->run[0])
		printf("run %s: ", run->run);
	if (run->good) {
		print_lines(&run->first, &run->last);
		printf(": whole and signed\n");
	} else if (run->wrong.line) {
		printf("line %llu: %s\n", (unsigned long long)run->wrong.line, run->words);
	} else {
		printf("%s\n", run->words);
	}
	if (!run->good && run->proven.line) {
		if (at->part != run->first.part)
			printf("  %s", facts_show(run->first.file, shown));
		printf("  ");
		print_lines(&run->first, &run->proven);
		printf(": whole\n");
	}
}

static int verify_all(const char *key, char *const *named, struct failure *reterr)
{
	_cleanup_free_ char *home = NULL, *directory = NULL;
	uint8_t public[AUDIT_KEY_PUBLIC];
	struct verify verify = {.public = public, .tell = tell};
	bool good = true;
	int r;

	facts_home(&home, NULL);
	r = user_key_load(key, home, public, reterr);
	if (r == -ENOENT && !key)
		verify.public = NULL;
	else if (r < 0)
		return r;
	directory = runs_directory(getenv("XDG_STATE_HOME"), home);
	for (; *named; named++) {
		_cleanup_free_ char *path = NULL;
		char shown[SHOWN_MAX];

		r = runs_find(directory, *named, &path, reterr);
		if (r == 0)
			r = verify_record(path, &verify, reterr);
		if (r < 0)
			return r;
		good = good && r == 1;
		if (r == 0)
			printf("%s: not as it was written, or that cannot be told\n",
			       facts_show(path, shown));
	}
	return good ? 0 : 1;
}

int command_audit(int argc, char **argv)
{
	struct failure failure = {};
	const char *key = NULL;
	const struct option_spec specs[] = {{"--key", OPTION_VALUE, &key}};
	int rest = 0, r;

	if (argc > 1 && strcmp(argv[1], "tidy") == 0)
		return command_audit_tidy(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "verify") == 0) {
		argc--;
		argv++;
	} else if (argc < 2 || (strcmp(argv[1], "--help") != 0 && strcmp(argv[1], "-h") != 0)) {
		failure_set(&failure, -EINVAL, "what is to be done? It can be: verify, tidy");
		return command_usage_error("audit", &failure);
	}
	r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, &failure);
	if (r > 0)
		return command_print_help("audit");
	if (r == 0 && rest < argc && strcmp(argv[rest], "--") == 0)
		rest++;
	if (r == 0 && rest >= argc)
		r = failure_set(&failure, -EINVAL, "which record? A FILE or a RUN is wanted");
	if (r < 0)
		return command_usage_error("audit", &failure);
	r = verify_all(key, argv + rest, &failure);
	if (r < 0)
		failure_print(&failure);
	return r == 0 ? 0 : 1;
}
