/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures as SVG. */
#include <stdbool.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/report/chart.h"
#include "enforcer/report/html.h"

#define BAR_HEIGHT 14
#define SLIVER     0.7 /* percent */
#define PLOT_TOP   18
#define PLOT       150
#define LABELS     22

const char *chart_class(enum chart_fill fill)
{
	static const char *const classes[] = {
		[CHART_DENIED] = "f-denied",     [CHART_ALLOWED] = "f-allowed",
		[CHART_APPROVED] = "f-approved", [CHART_REFUSED] = "f-refused",
		[CHART_NOBODY] = "f-nobody",     [CHART_SENT] = "f-sent",
		[CHART_RECEIVED] = "f-received",
	};
	_Static_assert(ARRAY_LEN(classes) == CHART_RECEIVED + 1, "a class for each fill");

	return classes[fill];
}

void chart_bar(struct buffer *to, const struct chart_bar *bar)
{
	double x = 0;

	buffer_printf(to,
		      "<svg class=\"bar\" width=\"100%%\" height=\"%d\" aria-hidden=\"true\" "
		      "focusable=\"false\">",
		      BAR_HEIGHT);
	for (size_t i = 0; i < bar->n; i++) {
		double width = bar->whole ? 100.0 * (double)bar->values[i] / (double)bar->whole : 0;

		if (bar->values[i] == 0)
			continue;
		width = width < SLIVER ? SLIVER : width > 100 ? 100 : width;
		/* Slivers must not push the rest out of sight. */
		if (x + width > 100)
			x = 100 - width;
		buffer_printf(to,
			      "<rect class=\"%s\" x=\"%.2f%%\" y=\"0\" width=\"%.2f%%\" "
			      "height=\"%d\"/>",
			      chart_class(bar->fills[i]), x, width, BAR_HEIGHT);
		x += width;
	}
	buffer_append_string(to, "</svg>");
}

uint64_t chart_round_up(uint64_t n)
{
	uint64_t scale = 1;

	while (scale <= UINT64_MAX / 100 && scale * 10 <= n)
		scale *= 10;
	for (uint64_t step = 1; step <= 10; step = step == 1 ? 2 : step == 2 ? 5 : step * 2)
		if (scale * step >= n)
			return scale * step;
	return n;
}

static uint64_t highest(const struct chart_columns *columns)
{
	uint64_t high = 1;

	for (size_t i = 0; i < columns->n; i++) {
		uint64_t sum = 0;

		for (size_t k = 0; k < columns->kinds; k++)
			sum += columns->values[i * columns->stride + k];
		high = sum > high ? sum : high;
	}
	return chart_round_up(high);
}

static void draw_grid(struct buffer *to, uint64_t high)
{
	/* Whole numbers only: there is no half a question. */
	uint64_t lines = high % 5 == 0 ? 5 : high % 4 == 0 ? 4 : high;

	for (uint64_t i = 0; i <= lines; i++) {
		double y = PLOT_TOP + PLOT - (double)PLOT * (double)i / (double)lines;

		buffer_printf(
			to, "<line class=\"grid\" x1=\"0\" y1=\"%.1f\" x2=\"100%%\" y2=\"%.1f\"/>",
			y, y);
		if (i == 0 || (i != lines && lines > 2))
			continue;
		buffer_printf(to, "<text class=\"tick\" x=\"0\" y=\"%.1f\">", y - 4);
		html_number(to, high / lines * i);
		buffer_append_string(to, "</text>");
	}
}

static void draw_column(struct buffer *to, const struct chart_columns *columns, size_t i,
			uint64_t high)
{
	double slot = 100.0 / (double)columns->n, y = PLOT_TOP + PLOT;
	const uint64_t *values = columns->values + i * columns->stride;
	bool any = false;

	for (size_t k = 0; k < columns->kinds; k++)
		any = any || values[k];
	if (!any)
		return;
	buffer_append_string(to, "<g><title>");
	columns->tell(columns->userdata, i, to);
	buffer_append_string(to, "</title>");
	for (size_t k = 0; k < columns->kinds; k++) {
		double height = (double)PLOT * (double)values[k] / (double)high;

		if (values[k] == 0)
			continue;
		height = height < 2 ? 2 : height;
		y -= height;
		buffer_printf(to,
			      "<rect class=\"%s\" x=\"%.2f%%\" y=\"%.1f\" width=\"%.2f%%\" "
			      "height=\"%.1f\"/>",
			      chart_class(columns->fills[k]), slot * ((double)i + 0.1), y,
			      slot * 0.8, height);
	}
	buffer_append_string(to, "</g>");
}

static void draw_label(struct buffer *to, const struct chart_columns *columns, size_t i, double x)
{
	const char *anchor = "middle";

	if (columns->labels && i == 0)
		anchor = "start";
	else if (columns->labels && i + 1 == columns->n)
		anchor = "end";
	buffer_printf(to, "<text class=\"tick\" x=\"%.2f%%\" y=\"%d\" text-anchor=\"%s\">", x,
		      PLOT_TOP + PLOT + LABELS - 6, anchor);
	columns->label(columns->userdata, i, to);
	buffer_append_string(to, "</text>");
}

static void draw_labels(struct buffer *to, const struct chart_columns *columns)
{
	size_t n = columns->n, labels = columns->labels < n ? columns->labels : n;
	double slot = 100.0 / (double)n;

	if (columns->labels == 0) {
		for (size_t i = 0; i < n; i++)
			draw_label(to, columns, i, slot * ((double)i + 0.5));
		return;
	}
	for (size_t l = 0; l < labels; l++) {
		size_t i = labels == 1 ? 0 : l * (n - 1) / (labels - 1);

		draw_label(to, columns, i,
			   i == 0       ? 0
			   : i + 1 == n ? 100
					: slot * ((double)i + 0.5));
	}
}

void chart_columns(struct buffer *to, const struct chart_columns *columns)
{
	uint64_t high = highest(columns);

	buffer_printf(to,
		      "<svg class=\"columns\" width=\"100%%\" height=\"%d\" role=\"img\" "
		      "aria-labelledby=\"%s-title %s-about\"><title id=\"%s-title\">%s</title>"
		      "<desc id=\"%s-about\">%s</desc>",
		      PLOT_TOP + PLOT + LABELS, columns->id, columns->id, columns->id,
		      columns->title, columns->id, columns->about);
	draw_grid(to, high);
	for (size_t i = 0; i < columns->n; i++)
		draw_column(to, columns, i, high);
	draw_labels(to, columns);
	buffer_append_string(to, "</svg>\n");
}
