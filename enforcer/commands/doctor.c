/* SPDX-License-Identifier: Apache-2.0 */
/* callgate doctor: runs the probes and prints what they mean. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/doctor-judge.h"
#include "enforcer/commands/doctor.h"
#include "enforcer/commands/options.h"

static enum doctor_level worst(const struct probe_results *results)
{
	enum doctor_level level = DOCTOR_OK;

	for (int i = 0; i < PROBE_COUNT; i++) {
		struct doctor_finding finding;

		doctor_judge(results, (enum probe)i, &finding);
		if (finding.level < level)
			level = finding.level;
	}
	return level;
}

/* What was seen may hold the words of a program (bwrap), not of an agent: nothing ran yet. */
static void print_lines(const struct probe_results *results)
{
	for (int i = 0; i < PROBE_COUNT; i++) {
		struct doctor_finding finding;

		doctor_judge(results, (enum probe)i, &finding);
		printf("%-4s  %-22s  %s%s%s\n", doctor_level_name(finding.level), finding.name,
		       finding.seen, finding.remedy[0] ? "  -> " : "", finding.remedy);
	}
}

static int print_json(const struct probe_results *results)
{
	json_t *checks = json_array();
	json_t *root = json_pack("{s:i, s:s, s:o}", "version", 1, "status",
				 doctor_level_name(worst(results)), "checks", checks);
	int r;

	for (int i = 0; root && i < PROBE_COUNT; i++) {
		struct doctor_finding finding;

		doctor_judge(results, (enum probe)i, &finding);
		if (json_array_append_new(
			    checks, json_pack("{s:s, s:s, s:s, s:s}", "name", finding.name, "level",
					      doctor_level_name(finding.level), "seen",
					      finding.seen, "remedy", finding.remedy)) < 0) {
			json_decref(root);
			return -ENOMEM;
		}
	}
	if (!root)
		return -ENOMEM;
	r = json_dumpf(root, stdout, JSON_INDENT(2));
	json_decref(root);
	putchar('\n');
	return r < 0 ? -EIO : 0;
}

int command_doctor(int argc, char **argv)
{
	bool json = false;
	const struct option_spec specs[] = {{"--json", OPTION_FLAG, &json}};
	struct probe_results results;
	struct failure failure = {};
	int rest = 0, r;

	r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, &failure);
	if (r > 0)
		return command_print_help("doctor");
	if (r == 0 && rest < argc)
		r = failure_set(&failure, -EINVAL, "takes no arguments");
	if (r < 0)
		return command_usage_error("doctor", &failure);
	probes_run(PROBES_ALL, &results);
	if (!json)
		print_lines(&results);
	else if (print_json(&results) < 0)
		return 1;
	return worst(&results) == DOCTOR_FAIL ? 1 : 0;
}

int doctor_run_required(struct failure *reterr)
{
	unsigned required = doctor_required();
	struct probe_results results;

	probes_run(required, &results);
	for (int i = 0; i < PROBE_COUNT; i++) {
		struct doctor_finding finding;

		if (!(required & 1u << i))
			continue;
		doctor_judge(&results, (enum probe)i, &finding);
		if (finding.level != DOCTOR_FAIL)
			continue;
		failure_hint(reterr, "%s", finding.remedy);
		return failure_set(reterr, -ENOTSUP, "this machine cannot run a sandbox: %s: %s",
				   finding.name, finding.seen);
	}
	return 0;
}
