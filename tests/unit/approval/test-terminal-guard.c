/* SPDX-License-Identifier: Apache-2.0 */
/* The process that gives a terminal back when we are gone. */
#include <pty.h>
#include <stdbool.h>
#include <unistd.h>

#include "enforcer/approval/terminal-guard.h"
#include "tests/support/check.h"

struct case_of {
	bool told, taken_back, changed; /* what was said to the guard, and what others did */
	bool restored;
};

static bool is_raw(int tty)
{
	struct termios modes;

	return tcgetattr(tty, &modes) == 0 && !(modes.c_lflag & (ICANON | ECHO | ISIG));
}

static void check_case(const struct case_of *one)
{
	struct terminal_guard *guard = NULL;
	struct termios owed, ours;
	static const bool input[3] = {true};
	int master, tty, saved;

	CHECK_INT(openpty(&master, &tty, NULL, NULL, NULL), 0);
	saved = dup(0);
	dup2(tty, 0);
	CHECK_INT(terminal_guard_start(input, &guard), 0);
	dup2(saved, 0);
	close(saved);
	CHECK_INT(tcgetattr(tty, &owed), 0);
	ours = owed;
	cfmakeraw(&ours);
	CHECK_INT(tcsetattr(tty, TCSANOW, &ours), 0);
	CHECK_INT(tcgetattr(tty, &ours), 0);
	if (one->told)
		terminal_guard_tell(guard, &ours, &owed);
	if (one->taken_back)
		terminal_guard_tell(guard, NULL, NULL);
	if (one->changed) {
		ours.c_oflag |= OPOST;
		CHECK_INT(tcsetattr(tty, TCSANOW, &ours), 0);
	}
	/* Its descriptor closed is all that it sees of an end, whatever ended us. */
	guard = terminal_guard_free(guard);
	CHECK_INT(is_raw(tty), !one->restored);
	close(master);
	close(tty);
}

static void test_only_what_we_set_is_taken_back(void)
{
	static const struct case_of cases[] = {
		{.told = true, .restored = true},
		{.told = false},
		{.told = true, .taken_back = true},
		/* A shell has put its own modes there. */
		{.told = true, .changed = true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(&cases[i]);
}

int main(void)
{
	RUN(test_only_what_we_set_is_taken_back);
	return check_summary();
}
