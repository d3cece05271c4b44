/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The person's terminal: descriptors of our own to it, and its modes.
 *
 * Descriptors 0 to 2 are shared with the shell and with whatever else stands in the pipeline, and
 * O_NONBLOCK is kept in the open file description: set there, it would outlive us and break them.
 * So the terminal is opened again. Nothing here blocks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

#include "enforcer/base/error.h"

struct terminal_guard;

struct person {
	int in, out;                  /* owned; -1: none */
	bool in_shared, out_shared;   /* no description of our own could be had */
	bool raw;                     /* we set the modes, and owe the person theirs */
	struct termios original;      /* where raw */
	struct termios ours;          /* where raw: as the kernel keeps what we set */
	struct terminal_guard *guard; /* borrowed; NULL: none */
};

#define PERSON_NONE                                                                                \
	{                                                                                          \
		.in = -1, .out = -1                                                                \
	}

/* in, out: terminals, borrowed. 0 or a negative errno with reterr. */
int person_open(struct person *person, int in, int out, struct failure *reterr);
/* The controlling terminal, whatever 0 to 2 are. -ENXIO where there is none. */
int person_open_controlling(struct person *person);
/* Gives the modes back and closes. */
void person_done(struct person *person);

/* True where the terminal is ours to use now: we are its foreground job, or it is not our
 * controlling terminal, so that there is no such thing. */
bool person_is_foreground(const struct person *person);
/* Both do nothing in the background: there, the modes are somebody else's. */
int person_take(struct person *person);
void person_restore(struct person *person);
/* True where the modes are what they were when we last set or saw them. */
bool person_modes_are(const struct person *person, const struct termios *modes);

/* As read(2) and write(2), nonblocking; a negative errno. May be short. */
ssize_t person_read(const struct person *person, void *data, size_t len);
ssize_t person_write(const struct person *person, const void *data, size_t len);
/* 0 or a negative errno. */
int person_window_size(const struct person *person, struct winsize *ret_size);
