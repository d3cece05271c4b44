/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pipes that are lent to who has bytes on their way from one socket to another by splice. A few for
 * all: a user may have 16,384 pages in pipes (pipe-user-pages-soft), or each further one holds a
 * page or two. Private to network/.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define PIPE_BYTES (256u << 10)
#define PIPES_MAX  64u /* 4,096 pages, by as many descriptors twice */

struct pipe {
	int in, out; /* written to, read from */
	struct pipe *next;
};

/* Zero is empty. */
struct pipes {
	struct pipe *spare;
	unsigned n, n_spare;
};

/* An empty pipe, or NULL where none is to be had. */
struct pipe *pipes_lend(struct pipes *pipes);
/* Back. empty: nothing is left in it, so that it may be lent again. NULL is none. */
void pipes_return(struct pipes *pipes, struct pipe *pipe, bool empty);
/* All were returned. */
void pipes_done(struct pipes *pipes);
