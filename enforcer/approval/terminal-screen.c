/* SPDX-License-Identifier: Apache-2.0 */
/* What the relay knows of the person's screen. */
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/terminal-state.h"

/* Without a second screen to go to, or without places to write at. */
static bool terminal_is_too_simple(const char *name)
{
	static const char *const simple[] = {"dumb", "unknown", "linux", "ansi", "cons25"};

	for (size_t i = 0; i < ARRAY_LEN(simple); i++)
		if (strcmp(name, simple[i]) == 0)
			return true;
	return strncmp(name, "vt", 2) == 0 && strncmp(name, "vte", 3) != 0;
}

void terminal_init_screen(struct terminal *terminal)
{
	const char *name = getenv("TERM");
	struct winsize size;

	if (!name || !*name || terminal_is_too_simple(name))
		return;
	if (person_window_size(&terminal->person, &size) == 0)
		screen_new(size.ws_row, size.ws_col, &terminal->screen);
}

void terminal_resize_screen(struct terminal *terminal)
{
	struct winsize size;

	if (!terminal->screen || person_window_size(&terminal->person, &size) < 0)
		return;
	/* What is there cannot be told from here on. */
	if (screen_resize(terminal->screen, size.ws_row, size.ws_col) < 0)
		terminal->screen = screen_free(terminal->screen);
	if (terminal->asker)
		terminal->asker->resized(terminal->asker);
}

struct screen *terminal_screen(const struct terminal *terminal)
{
	return terminal->screen;
}

struct loop *terminal_loop(const struct terminal *terminal)
{
	return terminal->loop;
}
