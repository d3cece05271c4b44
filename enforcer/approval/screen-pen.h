/* SPDX-License-Identifier: Apache-2.0 */
/* How characters look: from the parameters of SGR (CSI m), and back. PURE. */
#pragma once

#include "enforcer/approval/screen-grid.h"
#include "enforcer/approval/screen-input.h"
#include "enforcer/base/buffer.h"

void screen_pen_apply(struct screen_pen *pen, const struct screen_csi *csi);
/* The sequence that makes a terminal's pen this one, whatever it was. */
void screen_pen_append(struct buffer *buffer, const struct screen_pen *pen);
bool screen_pen_is(const struct screen_pen *a, const struct screen_pen *b);
/* UTF-8; the number of bytes. */
size_t screen_encode(uint32_t character, char ret_bytes[static 4]);
void screen_append_character(struct buffer *buffer, uint32_t character);
