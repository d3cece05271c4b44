/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as events of the loop. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/loop/loop.h"
#include "enforcer/loop/signals.h"

struct signals {
	struct loop_source source;
	int fd;
	signal_handler handler;
	void *userdata;
};

static void signals_ready(struct loop_source *source, int32_t result, bool more)
{
	struct signals *signals = container_of(source, struct signals, source);
	struct signalfd_siginfo info;

	(void)result;
	while (read(signals->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		signals->handler(signals->userdata, (int)info.ssi_signo,
				 info.ssi_code == SI_KERNEL);
	if (!more)
		loop_poll(&signals->source, signals->fd, POLLIN, true);
}

int signals_new(struct loop *loop, const int *signos, signal_handler handler, void *userdata,
		struct signals **ret_signals)
{
	struct signals *signals = calloc(1, sizeof(*signals));
	sigset_t mask;
	int r;

	if (!signals)
		return -ENOMEM;
	signals->handler = handler;
	signals->userdata = userdata;
	sigemptyset(&mask);
	for (size_t i = 0; signos[i]; i++)
		sigaddset(&mask, signos[i]);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signals->fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	r = signals->fd < 0 ? -errno : loop_source_init(&signals->source, loop, signals_ready);
	if (r == 0)
		r = loop_poll(&signals->source, signals->fd, POLLIN, true);
	if (r < 0) {
		signals_free(signals);
		return r;
	}
	*ret_signals = signals;
	return 0;
}

struct signals *signals_free(struct signals *signals)
{
	if (!signals)
		return NULL;
	loop_source_done(&signals->source);
	fd_close(signals->fd);
	free(signals);
	return NULL;
}
