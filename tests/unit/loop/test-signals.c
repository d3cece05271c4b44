/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as events of the loop. */
#include <signal.h>
#include <unistd.h>

#include "enforcer/loop/loop.h"
#include "enforcer/loop/signals.h"
#include "tests/support/check.h"

static int seen[64], keyboard;

static void see(void *userdata, int signo, bool from_keyboard)
{
	seen[signo]++;
	keyboard += from_keyboard;
	CHECK(userdata == seen);
}

static void test_a_signal_is_an_event_and_comes_again(void)
{
	static const int signos[] = {SIGUSR1, SIGUSR2, 0};
	_cleanup_(loop_freep) struct loop *loop = NULL;
	struct signals *signals = NULL;

	CHECK_INT(loop_new(&loop), 0);
	CHECK_INT(signals_new(loop, signos, see, seen, &signals), 0);
	for (int round = 1; round <= 3; round++) {
		kill(getpid(), SIGUSR1);
		kill(getpid(), SIGUSR2);
		while (seen[SIGUSR1] < round || seen[SIGUSR2] < round)
			CHECK_INT(loop_step(loop, true), 0);
	}
	CHECK_INT(seen[SIGUSR1], 3);
	/* A process sent them, not a key. */
	CHECK_INT(keyboard, 0);
	CHECK(signals_free(signals) == NULL);
	CHECK(signals_free(NULL) == NULL);
}

int main(void)
{
	RUN(test_a_signal_is_an_event_and_comes_again);
	return check_summary();
}
