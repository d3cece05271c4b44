/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate audit tidy`: records put in order now, as each run does beside its work. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "enforcer/audit/tidy.h"
#include "enforcer/commands/audit-tidy.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/config/config.h"
#include "enforcer/policy/policy.h"
#include "enforcer/records/runs.h"

struct told {
	unsigned removed, compressed;
	uint64_t freed;
	bool dry;
};

static void tell(void *userdata, const struct audit_tidied *tidied)
{
	struct told *told = userdata;

	if (tidied->why) {
		printf("run %s %s (%s): %llu bytes\n", tidied->name,
		       told->dry ? "would be removed" : "removed", tidied->why,
		       (unsigned long long)tidied->size);
		told->removed++;
	} else {
		printf("%s compressed: %llu bytes, were %llu\n", tidied->name,
		       (unsigned long long)tidied->now_size, (unsigned long long)tidied->size);
		told->compressed++;
	}
	told->freed += tidied->size - tidied->now_size;
}

static int tidy_all(bool dry, struct failure *reterr)
{
	const struct config_options options = {.any_workspace = true};
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_free_ char *directory = NULL;
	struct told told = {.dry = dry};
	struct audit_tidy tidy = {.dry = dry, .tell = tell, .userdata = &told};
	struct timespec now;
	int r = config_load(&options, &config, reterr);

	if (r < 0)
		return r;
	directory = runs_directory(getenv("XDG_STATE_HOME"), config->home);
	if (!directory)
		return -ENOMEM;
	clock_gettime(CLOCK_REALTIME, &now);
	tidy.directory = directory;
	tidy.keep = policy_settings(config->policy)->audit_keep;
	tidy.now_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	r = audit_tidy(&tidy, reterr);
	printf("%u run%s %s, %u part%s compressed, %llu bytes less\n", told.removed,
	       told.removed == 1 ? "" : "s", dry ? "would be removed" : "removed", told.compressed,
	       told.compressed == 1 ? "" : "s", (unsigned long long)told.freed);
	return r;
}

int command_audit_tidy(int argc, char **argv)
{
	struct failure failure = {};
	bool dry = false;
	const struct option_spec specs[] = {{"--dry-run", OPTION_FLAG, &dry}};
	int rest = 0, r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, &failure);

	if (r > 0)
		return command_print_help("audit");
	if (r == 0 && rest < argc)
		r = failure_set(&failure, -EINVAL, "tidy takes no names: it is about all runs");
	if (r < 0)
		return command_usage_error("audit", &failure);
	r = tidy_all(dry, &failure);
	if (r < 0)
		failure_print(&failure);
	return r < 0;
}
