/* SPDX-License-Identifier: Apache-2.0 */
/* callgate allow: yes to a question. */
#include "enforcer/base/cleanup.h"
#include "enforcer/commands/answer.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"

int command_allow(int argc, char **argv)
{
	struct answer_words words = {.allow = true};
	const struct option_spec specs[] = {
		{"--once", OPTION_FLAG, &words.once},
		{"--for-run", OPTION_FLAG, &words.for_run},
		{"--always", OPTION_FLAG, &words.always},
		{"--scope", OPTION_VALUE, &words.scope},
		{"--for", OPTION_VALUE, &words.duration},
		{"--reason", OPTION_VALUE, &words.reason},
		{"--run", OPTION_VALUE, &words.run},
	};
	const struct answer_command command = {"allow", specs, ARRAY_LEN(specs)};

	return answer_command(&command, argc, argv, &words);
}
