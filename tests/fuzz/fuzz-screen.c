/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screen's model under bytes of any kind, in windows of any size. Whatever it then holds must
 * be such that painting it on an empty terminal gives the same cells, and a box must fit or be
 * refused.
 */
#include <errno.h>
#include <string.h>

#include "enforcer/approval/prompt-box.h"
#include "enforcer/approval/question.h"
#include "enforcer/approval/screen-draw.h"
#include "tests/support/check.h"
#include "tests/support/terminal-bytes.h"

static bool grids_are_same(const struct screen *a, const struct screen *b)
{
	const struct grid *one = screen_grid(a), *two = screen_grid(b);

	for (int row = 0; row < one->rows; row++)
		for (int col = 0; col < one->cols; col++)
			if (memcmp(grid_cell(one, row, col), grid_cell(two, row, col),
				   sizeof(struct screen_cell)) != 0)
				return false;
	return true;
}

static void check_paint(const struct screen *screen)
{
	const struct grid *grid = screen_grid(screen);
	_cleanup_(screen_freep) struct screen *painted = NULL;
	_cleanup_(buffer_done) struct buffer bytes = {};

	CHECK_INT(screen_new(grid->rows, grid->cols, &painted), 0);
	/* As while a question is on the screen: nothing wraps. */
	buffer_append_string(&bytes, "\x1b[?7l");
	screen_append_rows(&bytes, grid, 0, grid->rows, 0);
	screen_feed(painted, bytes.data, bytes.len);
	CHECK(grids_are_same(screen, painted));
}

static void check_state(const struct screen *screen)
{
	const struct screen_state *state = screen_state(screen);
	const struct grid *grid = screen_grid(screen);

	CHECK(state->cursor.row >= 0 && state->cursor.row < grid->rows);
	CHECK(state->cursor.col >= 0 && state->cursor.col < grid->cols);
	CHECK(state->top >= 0 && state->top < state->bottom && state->bottom <= grid->rows);
}

static void check_box(struct screen *screen)
{
	static struct question question;
	const struct grid *grid = screen_grid(screen);
	struct box_view view = {.question = &question,
				.page = (enum box_page)random_below(3),
				.from = random_below(20),
				.ascii = random_below(2)};
	_cleanup_(buffer_done) struct buffer bytes = {}, text = {};
	struct box_shape shape = {};
	int r;

	question = (struct question){.n_objects = 1};
	random_hostile(&text);
	/* A NUL ends it. */
	buffer_append_string(&question.objects[0].text, text.data ? text.data : "");
	question.allows[ANSWER_FOR_RUN] = question.denies[ANSWER_FOR_RUN] = random_below(128);
	r = box_append(&bytes, &view, screen, &shape);
	if (grid->rows < BOX_ROWS_MIN || grid->cols < BOX_COLS_MIN)
		CHECK_INT(r, -EMSGSIZE);
	else
		CHECK_INT(r, 0);
	CHECK(shape.top >= 0 && shape.bottom <= grid->rows);
	buffer_done(&question.objects[0].text);
}

static void one_round(void)
{
	_cleanup_(screen_freep) struct screen *screen = NULL;

	CHECK_INT(screen_new(1 + (int)random_below(30), 2 + (int)random_below(60), &screen), 0);
	for (unsigned n = random_below(30); n > 0; n--) {
		_cleanup_(buffer_done) struct buffer bytes = {};

		random_hostile(&bytes);
		for (size_t at = 0; at < bytes.len;) {
			size_t len = 1 + random_below((unsigned)(bytes.len - at));

			screen_feed(screen, bytes.data + at, len);
			at += len;
		}
		check_state(screen);
		if (random_below(10) == 0)
			screen_resize(screen, 1 + (int)random_below(30), 2 + (int)random_below(60));
	}
	check_state(screen);
	check_paint(screen);
	check_box(screen);
}

int main(int argc, char **argv)
{
	for (unsigned long rounds = random_rounds(argc, argv, 2000); rounds > 0; rounds--) {
		uint64_t seed = random_state;

		one_round();
		if (check_failures) {
			fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
			return 1;
		}
	}
	return 0;
}
