/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the box: prompt-box.c has the words, box-keys.c the keys, box-frame.c what
 * is around them. */
#pragma once

#include "enforcer/approval/box-lines.h"
#include "enforcer/approval/prompt-box.h"
#include "enforcer/approval/question.h"

#define FRAME   "\x1b[0;33m"
#define TITLE   "\x1b[1;33m"
#define STRONG  "\x1b[1m"
#define FAINT   "\x1b[2m"
#define KEY     "\x1b[1;36m"
#define WARNING "\x1b[1;31m"

static inline const char *box_text_of(const struct buffer *buffer)
{
	return buffer->data ? buffer->data : "";
}

/* Room for so many columns: on this line, behind what parts it from what stands there, or on the
 * next. */
void box_item(struct box_lines *lines, const char *between, int width);
/* key: ' ' is the space bar. */
void box_key(struct box_lines *lines, const struct box_view *view, char key, const char *words);
void box_key_item(struct box_lines *lines, const struct box_view *view, char key,
		  const char *words);
/* cut: not all of the question was shown in this box. */
void box_keys_spacious(struct box_lines *lines, const struct box_view *view, bool cut);
void box_keys_terse(struct box_lines *lines, const struct box_view *view, bool cut);
/* What r and D would cover. */
void box_cover(struct box_lines *lines, const struct box_view *view, size_t max);

void box_append_frame(struct buffer *bytes, const struct box_view *view,
		      const struct box_lines *lines, const struct box_shape *shape);
