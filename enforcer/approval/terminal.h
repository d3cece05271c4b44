/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the person's terminal and the agent's pty: bytes both ways, window size, modes, job
 * control of callgate itself; and a way to stop the agent's output and speak with the person
 * alone. No byte that the agent writes comes back as input, and while a question is on the screen
 * none is written at all. Nothing here waits for either side.
 *
 * Not here: ending the run (the supervisor), what a question says (prompt-terminal).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/error.h"

struct loop;
struct screen;
struct terminal;
struct terminal_guard;

/* What of 0 to 2 is a terminal; the agent gets its own pty in place of those. */
struct terminal_wanted {
	bool tty[3];
	bool pty;                     /* any of them */
	struct winsize size;          /* zero where none told */
	struct terminal_guard *guard; /* borrowed until terminal_free(); NULL: none */
};
void terminal_wanted(struct terminal_wanted *ret_wanted);

/*
 * master: of the agent's pty, in a description that nobody else holds (it is made nonblocking);
 * taken, also on failure. Its modes and size are made the person's own, so call this before the
 * agent runs. -1: no relay, questions only, on the controlling terminal; then -ENXIO, without
 * words, says that there is none.
 *
 * With stdin and stdout on the terminal it is raw from here on; with stdin alone (a pipeline) only
 * once the agent uses it, because less(1) behind us may be the one who does; without stdin never,
 * and nothing is read.
 *
 * The owner keeps SIGTTIN, SIGTTOU, SIGTSTP, SIGCONT and SIGWINCH blocked (signalfd): a blocked
 * SIGTTOU is what lets us set modes without being stopped half-way.
 */
int terminal_new(struct loop *loop, int master, const struct terminal_wanted *wanted,
		 struct terminal **ret_terminal, struct failure *reterr);
/* Restores the person's modes. What was not written yet is lost: see terminal_finish(). */
struct terminal *terminal_free(struct terminal *terminal);
DEFINE_CLEANUP(struct terminal *, terminal_free)

/*
 * SIGWINCH, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGINT, SIGQUIT. from_keyboard: ssi_code is
 * SI_KERNEL. True where nothing is left to be done; false for SIGINT and SIGQUIT that no key of
 * the person's caused, or that had no pty to go to: end the run. On SIGTSTP this returns when
 * somebody has continued us.
 */
bool terminal_signal(struct terminal *terminal, int signo, bool from_keyboard);

/* The agent has ended: relays what it still wrote, then restores the modes, then calls finished
 * once, from the loop. */
void terminal_finish(struct terminal *terminal, void (*finished)(void *userdata), void *userdata);

/* Whoever asks the person. The person's keys go there while a question is on the screen. */
struct terminal_asker {
	void (*input)(struct terminal_asker *asker, const unsigned char *data, size_t len,
		      uint64_t now);
	/* False: we were suspended or put in the background, a question may have been scrolled
	 * away. True: we are in the foreground (again): show it (again). */
	void (*foreground)(struct terminal_asker *asker, bool is_foreground);
	/* The window has another size; terminal_screen() has it already. */
	void (*resized)(struct terminal_asker *asker);
	/* All of what was said stands on the screen now. */
	void (*said)(struct terminal_asker *asker, uint64_t now);
	void (*gone)(struct terminal_asker *asker); /* the person hung up */
};

/* Borrowed until it is replaced by NULL. */
void terminal_set_asker(struct terminal *terminal, struct terminal_asker *asker);
/*
 * Stops the agent's output, discards what was typed. 0; -EAGAIN in the background:
 * asker->foreground is called later; -EIO where the person has hung up.
 */
int terminal_question_begin(struct terminal *terminal);
/* Shown to the person, before anything else of the agent's, newlines as they are (raw: "\r\n"). */
void terminal_say(struct terminal *terminal, const char *text, size_t len);
/* True while something said is not written yet, so the person cannot have read it. */
bool terminal_is_saying(const struct terminal *terminal);
/* What the agent has written on the screen; borrowed. NULL where others write there too (a
 * pipeline), or where the terminal can do too little. */
struct screen *terminal_screen(const struct terminal *terminal);
struct loop *terminal_loop(const struct terminal *terminal);
/* Lets the agent's output go on, after what was said. */
void terminal_question_end(struct terminal *terminal);
