/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes that are lent. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "enforcer/network/pipes.h"

#define SPARE_MAX 4

static struct pipe *pipe_new(void)
{
	struct pipe *pipe = calloc(1, sizeof(*pipe));
	int fds[2];

	if (!pipe)
		return NULL;
	if (pipe2(fds, O_NONBLOCK | O_CLOEXEC) < 0) {
		free(pipe);
		return NULL;
	}
	pipe->out = fds[0];
	pipe->in = fds[1];
	/* Refused where the user has too many pages in pipes already: a small one would be slower
	 * than to copy. */
	if (fcntl(pipe->in, F_SETPIPE_SZ, PIPE_BYTES) >= (int)PIPE_BYTES)
		return pipe;
	close(fds[0]);
	close(fds[1]);
	free(pipe);
	return NULL;
}

static void pipe_free(struct pipe *pipe)
{
	close(pipe->in);
	close(pipe->out);
	free(pipe);
}

struct pipe *pipes_lend(struct pipes *pipes)
{
	struct pipe *pipe = pipes->spare;

	if (pipe) {
		pipes->spare = pipe->next;
		pipes->n_spare--;
		return pipe;
	}
	if (pipes->n == PIPES_MAX)
		return NULL;
	pipe = pipe_new();
	if (pipe)
		pipes->n++;
	return pipe;
}

void pipes_return(struct pipes *pipes, struct pipe *pipe, bool empty)
{
	if (!pipe)
		return;
	if (empty && pipes->n_spare < SPARE_MAX) {
		pipe->next = pipes->spare;
		pipes->spare = pipe;
		pipes->n_spare++;
		return;
	}
	pipe_free(pipe);
	pipes->n--;
}

void pipes_done(struct pipes *pipes)
{
	struct pipe *pipe;

	while ((pipe = pipes->spare)) {
		pipes->spare = pipe->next;
		pipe_free(pipe);
	}
	*pipes = (struct pipes){};
}
