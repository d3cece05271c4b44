/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the plan's BPF program by raw seccomp(2) and hands over the listener. libseccomp 2.5 knows
 * no WAIT_KILLABLE_RECV, without which a signal tears a call away from the enforcer while it works.
 */
#include <linux/filter.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent-shim/shim.h"
#include "filters/kernel-newer.h"

void install_filter(const struct shim *shim)
{
	struct handover_message message = {.kind = HANDOVER_LISTENER};
	struct sock_fprog program = {
		.len = (unsigned short)shim->plan->filter_length,
		.filter = (struct sock_filter *)shim_string(shim, shim->plan->filter),
	};
	int listener;

	listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				SECCOMP_FILTER_FLAG_NEW_LISTENER |
					SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
				&program);
	if (listener < 0)
		shim_fail(shim, HANDOVER_STEP_FILTER);
	handover_send(shim, &message, listener);
	/* While any other process holds the listener, a dead enforcer means targets that hang
	 * instead of failing. */
	close(listener);
}
