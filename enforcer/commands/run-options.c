/* SPDX-License-Identifier: Apache-2.0 */
/* The options of `callgate run`. */
#include <errno.h>
#include <string.h>

#include "enforcer/commands/run-options.h"

void run_options_policy_specs(struct config_options *config, struct option_spec *specs)
{
	const struct option_spec rows[] = {
		{"--policy", OPTION_VALUE, &config->policy_file},
		{"--profile", OPTION_VALUE, &config->profile},
		{"--add-dir", OPTION_LIST, (void *)&config->add_dirs},
		{"--read", OPTION_LIST, (void *)&config->read_dirs},
		{"--allow-host", OPTION_LIST, (void *)&config->allow_hosts},
		{"--allow-loopback", OPTION_LIST, (void *)&config->allow_loopback},
		{"--publish", OPTION_LIST, (void *)&config->publish},
		{"--offline", OPTION_FLAG, &config->offline},
	};

	_Static_assert(ARRAY_LEN(rows) == POLICY_OPTIONS, "as many as the header says");
	memcpy(specs, rows, sizeof(rows));
}

void run_options_done(struct run_options *options)
{
	free((void *)options->config.add_dirs);
	free((void *)options->config.read_dirs);
	free((void *)options->config.allow_hosts);
	free((void *)options->config.allow_loopback);
	free((void *)options->config.publish);
	*options = (struct run_options){};
}

static int parse(int argc, char **argv, struct run_options *options, struct failure *reterr)
{
	const struct option_spec own[] = {
		{"--unattended", OPTION_FLAG, &options->config.unattended},
		{"--approver", OPTION_VALUE, &options->approver},
		{"--attended", OPTION_FLAG, &options->attended},
		{"--follow", OPTION_FLAG, &options->follow},
		{"--audit", OPTION_VALUE, &options->audit},
		{"--no-redact", OPTION_FLAG, &options->config.no_redact},
		{"--json", OPTION_VALUE, &options->json_file},
		{"--verbose", OPTION_FLAG, &options->verbose},
		{"--print-plan", OPTION_FLAG, &options->print_plan},
	};
	struct option_spec specs[POLICY_OPTIONS + ARRAY_LEN(own)];
	int rest = 0, r;

	run_options_policy_specs(&options->config, specs);
	memcpy(specs + POLICY_OPTIONS, own, sizeof(own));
	r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, reterr);
	if (r != 0)
		return r;
	if (options->attended && options->config.unattended)
		return failure_set(reterr, -EINVAL,
				   "--attended and --unattended contradict each other");
	if (options->approver && options->config.unattended)
		return failure_set(reterr, -EINVAL,
				   "--approver and --unattended contradict each other");
	if (rest < argc) {
		options->command = argv + rest;
		options->config.command = argv[rest];
	} else if (!options->print_plan) {
		failure_hint(reterr, "for example: callgate run -- bash");
		return failure_set(reterr, -EINVAL, "there is no command to run");
	}
	return 0;
}

int run_options_parse(int argc, char **argv, struct run_options *ret_options,
		      struct failure *reterr)
{
	/* Parsed in its place: the rows point into it. */
	int r;

	*ret_options = (struct run_options){};
	r = parse(argc, argv, ret_options, reterr);
	if (r != 0)
		run_options_done(ret_options);
	return r;
}
