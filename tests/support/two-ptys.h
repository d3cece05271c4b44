/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A terminal.c between two ptys: the test sits at the master of the one (the person) and at the
 * slave of the other (the agent).
 */
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "enforcer/approval/terminal.h"
#include "enforcer/base/fd.h"
#include "enforcer/loop/loop.h"
#include "tests/support/check.h"

struct two_ptys {
	struct loop *loop;
	struct terminal *terminal;
	int person; /* master of the person's terminal: what is written there was typed */
	int tty;    /* its slave, to look at the modes */
	int agent;  /* slave of the agent's pty */
};

/* tty: which of 0 to 2 are the person's terminal. */
static inline void two_ptys_open(struct two_ptys *ptys, const bool tty[static 3])
{
	struct winsize size = {.ws_row = 31, .ws_col = 97};
	struct terminal_wanted wanted;
	struct failure failure = {};
	int master, saved[3], null = open("/dev/null", O_RDWR | O_CLOEXEC);

	*ptys = (struct two_ptys){};
	CHECK_INT(loop_new(&ptys->loop), 0);
	CHECK_INT(openpty(&ptys->person, &ptys->tty, NULL, NULL, &size), 0);
	CHECK_INT(openpty(&master, &ptys->agent, NULL, NULL, NULL), 0);
	fcntl(ptys->person, F_SETFL, fcntl(ptys->person, F_GETFL) | O_NONBLOCK);
	fflush(stdout);
	for (int i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
		dup2(tty[i] ? ptys->tty : null, i);
	}
	terminal_wanted(&wanted);
	int r = terminal_new(ptys->loop, master, &wanted, &ptys->terminal, &failure);
	for (int i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	close(null);
	CHECK_STRING(failure.text, "");
	CHECK_INT(r, 0);
	if (r < 0)
		exit(1);
	for (int i = 0; i < 3; i++)
		CHECK_INT(wanted.tty[i], tty[i]);
	CHECK_INT(wanted.size.ws_col, 97);
}

static inline void two_ptys_close(struct two_ptys *ptys)
{
	ptys->terminal = terminal_free(ptys->terminal);
	ptys->loop = loop_free(ptys->loop);
	fd_close(ptys->person);
	fd_close(ptys->tty);
	fd_close(ptys->agent);
}

/* Lets the loop do what it can do now. */
static inline void two_ptys_settle(struct two_ptys *ptys)
{
	for (int i = 0; i < 20; i++)
		CHECK_INT(loop_step(ptys->loop, false), 0);
}

/* Reads from fd while the loop runs, until len bytes came or nothing came for a second. */
static inline size_t two_ptys_read(struct two_ptys *ptys, int fd, char *data, size_t len)
{
	size_t got = 0;

	for (int idle = 0; got < len && idle < 100;) {
		struct pollfd pollfd = {.fd = fd, .events = POLLIN};
		ssize_t n = 0;

		CHECK_INT(loop_step(ptys->loop, false), 0);
		if (poll(&pollfd, 1, 10) > 0)
			n = read(fd, data + got, len - got);
		if (n > 0) {
			got += (size_t)n;
			idle = 0;
		} else {
			idle++;
		}
	}
	return got;
}

/* Until the text was read from fd, or nothing came for a second. */
static inline bool two_ptys_expect(struct two_ptys *ptys, int fd, const char *text)
{
	static char seen[65536];
	size_t len = 0;

	while (len < sizeof(seen) - 1 && two_ptys_read(ptys, fd, seen + len, 1) == 1) {
		seen[++len] = '\0';
		if (strstr(seen, text))
			return true;
	}
	fprintf(stderr, "expected \"%s\", saw %zu bytes: %.*s\n", text, len, (int)len, seen);
	return false;
}

static inline void two_ptys_type(struct two_ptys *ptys, const void *data, size_t len)
{
	struct pollfd pollfd = {.fd = ptys->tty, .events = POLLIN};

	CHECK_INT(write(ptys->person, data, len), len);
	/* A worker of the kernel's carries it over; the loop reads only when it is stepped. */
	poll(&pollfd, 1, 1000);
	two_ptys_settle(ptys);
}
