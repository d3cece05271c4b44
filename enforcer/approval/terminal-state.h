/* SPDX-License-Identifier: Apache-2.0 */
/* What the relay keeps. Between terminal.c, which moves the bytes, and terminal-control.c. */
#pragma once

#include "enforcer/approval/person.h"
#include "enforcer/approval/screen.h"
#include "enforcer/approval/terminal.h"
#include "enforcer/base/buffer.h"
#include "enforcer/loop/loop.h"

#define FLOW_MAX      16384
#define LOOK_EVERY_NS 250000000u

/* Bytes on their way in one direction. */
#define COOKED_MAX 1024 /* bytes of one read from the person */

struct flow {
	unsigned char data[FLOW_MAX];
	size_t start, end;
};

struct terminal {
	struct loop *loop; /* borrowed */
	struct person person;
	int master;
	int peer; /* the other end, held: else the master might read as ended too early */
	bool relays_input;
	bool lazy;         /* take the terminal only once the agent uses it */
	bool master_ended; /* EIO: hung up from inside, all was read */
	bool asking;
	bool waiting; /* a question waits for the foreground */
	bool hung_up;
	bool finishing;
	struct termios initial; /* the agent's modes at the start, where lazy */
	struct termios found;   /* the person's modes at the start, where lazy */
	/* What the agent's line discipline will echo and the person has seen already, of their own;
	 * so much of it has come. */
	unsigned char echo[2 * COOKED_MAX];
	size_t echo_len, echo_seen;
	struct flow to_agent, to_person;
	struct buffer said;
	struct screen *screen; /* what the agent wrote there; NULL: not known */
	struct loop_source person_in, person_out, master_in, master_out;
	struct loop_source look;
	struct loop_source done;
	struct terminal_asker *asker; /* borrowed */
	void (*finished)(void *userdata);
	void *userdata;
};

void terminal_copy_size(struct terminal *terminal);
/* Where the screen is ours alone, and such that a box can be drawn over it. */
void terminal_init_screen(struct terminal *terminal);
void terminal_resize_screen(struct terminal *terminal);
void terminal_flush_person(struct terminal *terminal);
void terminal_read_agent(struct terminal *terminal);
void terminal_tell_foreground(struct terminal *terminal);
void terminal_update(struct terminal *terminal);
/* terminal-echo.c: around a write to the agent of what the person's own terminal has echoed. n:
 * bytes that were read from the agent last. */
void terminal_expect_echo(struct terminal *terminal, const unsigned char *data, size_t len);
void terminal_drop_echo(struct terminal *terminal, size_t n);
