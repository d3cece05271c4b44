/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures as SVG, drawn in percent of the width that there is: letters keep their size on a phone
 * and on paper. PURE. Kinds are told apart by colour and by pattern (page.css), never by colour
 * alone. All text is escaped by whoever gives it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/buffer.h"

#define CHART_KINDS_MAX 4

/* A kind's class in page.css: how it is filled. */
enum chart_fill {
	CHART_DENIED = 0, /* hatched */
	CHART_ALLOWED,    /* plain */
	CHART_APPROVED,   /* plain, lighter */
	CHART_REFUSED,    /* dotted */
	CHART_NOBODY,     /* grey */
	CHART_SENT,
	CHART_RECEIVED,
};
const char *chart_class(enum chart_fill fill);

/*
 * A bar of several parts in the cell of a table that says the numbers in words: readers are not
 * told twice. whole: the value of a bar as long as the cell. What is there at all is seen: a part
 * is never thinner than a sliver.
 */
struct chart_bar {
	uint64_t whole;
	size_t n;
	enum chart_fill fills[CHART_KINDS_MAX];
	uint64_t values[CHART_KINDS_MAX];
};
void chart_bar(struct buffer *to, const struct chart_bar *bar);

/* Columns side by side, kinds on top of each other. */
struct chart_columns {
	const char *id;    /* of its title and description in the page */
	const char *title; /* HTML */
	const char *about; /* HTML */
	size_t n, kinds;
	enum chart_fill fills[CHART_KINDS_MAX];
	/* Of column i: values[i * stride + kind]. */
	const uint64_t *values;
	size_t stride;
	/* Appends what stands below column i, as HTML; and what a pointer on it is told. */
	void (*label)(void *userdata, size_t column, struct buffer *to);
	void (*tell)(void *userdata, size_t column, struct buffer *to);
	void *userdata;
	size_t labels; /* so many of them, the first at its left, the last at its right end; 0: one
			  below each column */
};
void chart_columns(struct buffer *to, const struct chart_columns *columns);

/* The least of 1, 2, 5, 10, 20 ... that is no less. */
uint64_t chart_round_up(uint64_t n);
