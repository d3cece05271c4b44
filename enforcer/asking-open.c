/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a run asks. */
#include <errno.h>
#include <string.h>

#include "enforcer/approval/prompt-keys.h"
#include "enforcer/asking.h"
#include "enforcer/keeping.h"
#include "enforcer/supervisor.h"

int asking_open(struct supervisor *supervisor, const struct asking_wanted *wanted,
		struct failure *reterr)
{
	const struct policy_settings *settings = policy_settings(supervisor->policy);
	struct approvals_config config = {.loop = supervisor->loop,
					  .timeout_ns = settings->approval_timeout_ns,
					  .unattended = settings->approval_unattended,
					  .attendance = wanted->unattended ? ATTENDED_NEVER
							: wanted->attended
								? ATTENDED_ALWAYS
								: ATTENDED_BY_WHOEVER_COMES};
	int master = steal_fd(supervisor->sandbox.terminal);
	int r = 0;

	asking_configure(supervisor, &config);
	if (master >= 0 || !wanted->unattended)
		r = terminal_new(supervisor->loop, master, wanted->terminal, &supervisor->terminal,
				 reterr);
	if (r == -ENXIO && master < 0)
		r = 0;
	if (r == 0 && supervisor->terminal && !wanted->unattended) {
		r = prompt_terminal_new(supervisor->terminal, PROMPT_QUIET_NS, &supervisor->prompt);
		if (r == 0)
			prompt_terminal_set_describe_rule(supervisor->prompt, keeping_describe,
							  NULL);
		if (r == 0)
			config.prompter = prompt_terminal_prompter(supervisor->prompt);
	}
	if (r == 0)
		r = approvals_new(&config, &supervisor->approvals);
	if (r == 0)
		asking_record(supervisor);
	if (r == 0 && supervisor->prompt)
		prompt_terminal_set_approvals(supervisor->prompt, supervisor->approvals);
	return r < 0 ? failure_set(reterr, r, "cannot use the terminal: %s", strerror(-r)) : 0;
}
