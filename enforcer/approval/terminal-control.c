/* SPDX-License-Identifier: Apache-2.0 */
/* The relay's owner speaks: signals, the end, questions. */
#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "enforcer/approval/terminal-state.h"

/* Stops as the default action would, also where our process group is orphaned and the kernel
 * therefore stops nothing. Returns when we are continued. */
static void stop_here(void)
{
	sigset_t one, old;

	sigemptyset(&one);
	sigaddset(&one, SIGTSTP);
	sigprocmask(SIG_BLOCK, &one, &old);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void terminal_suspend(struct terminal *terminal)
{
	bool asked = terminal->asking || terminal->waiting;

	terminal->asking = false;
	if (asked && terminal->asker)
		terminal->asker->foreground(terminal->asker, false);
	person_restore(&terminal->person);
	stop_here();
	terminal->waiting = asked;
	terminal_copy_size(terminal);
	terminal_resize_screen(terminal);
	terminal_tell_foreground(terminal);
}

/* A key of the person's that their own, cooked terminal made a signal: the agent's foreground job
 * is who was meant. */
static bool terminal_pass_signal(struct terminal *terminal, int signo)
{
	return terminal->master >= 0 && ioctl(terminal->master, TIOCSIG, signo) == 0;
}

bool terminal_signal(struct terminal *terminal, int signo, bool from_keyboard)
{
	bool handled = true;

	switch (signo) {
	case SIGWINCH:
		if (terminal->hung_up)
			break;
		terminal_copy_size(terminal);
		terminal_resize_screen(terminal);
		break;
	case SIGTSTP:
		if (from_keyboard)
			terminal_pass_signal(terminal, signo);
		terminal_suspend(terminal);
		break;
	case SIGINT:
	case SIGQUIT:
		handled = from_keyboard && terminal_pass_signal(terminal, signo);
		break;
	default:
		terminal_tell_foreground(terminal);
	}
	terminal_update(terminal);
	return handled;
}

void terminal_finish(struct terminal *terminal, void (*finished)(void *userdata), void *userdata)
{
	terminal->finishing = true;
	terminal->finished = finished;
	terminal->userdata = userdata;
	terminal_read_agent(terminal);
	terminal_update(terminal);
}

void terminal_set_asker(struct terminal *terminal, struct terminal_asker *asker)
{
	terminal->asker = asker;
}

int terminal_question_begin(struct terminal *terminal)
{
	int r;

	if (terminal->hung_up)
		return -EIO;
	r = person_take(&terminal->person);
	if (r < 0) {
		terminal->waiting = r == -EAGAIN;
		terminal_update(terminal);
		return r;
	}
	/* What it wrote before it asked stands there when the person reads the question. */
	terminal_read_agent(terminal);
	if (terminal->hung_up)
		return -EIO;
	terminal->asking = true;
	tcflush(terminal->person.in, TCIFLUSH);
	terminal_update(terminal);
	return 0;
}

void terminal_say(struct terminal *terminal, const char *text, size_t len)
{
	if (terminal->hung_up)
		return;
	buffer_append(&terminal->said, text, len);
	terminal_flush_person(terminal);
	terminal_update(terminal);
}

bool terminal_is_saying(const struct terminal *terminal)
{
	return terminal->said.len > 0;
}

void terminal_question_end(struct terminal *terminal)
{
	terminal->asking = terminal->waiting = false;
	/* The end may have come meanwhile. We hold the other end, so nothing but a read tells that
	 * all was read. */
	if (terminal->finishing)
		terminal_read_agent(terminal);
	terminal_update(terminal);
}
