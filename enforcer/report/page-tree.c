/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of a run, and what each of them touched. */
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/report/html.h"
#include "enforcer/report/page-parts.h"

#define PROCESSES_SHOWN 24 /* from the start, and as many more of those with something to tell */
#define NAMES_SHOWN     5
#define DEPTH_SHOWN     10

struct drawing {
	struct buffer *to;
	const char *home;
	unsigned depth; /* of lists that are open */
	size_t seen, telling, skipped;
	uint64_t weight;
};

/* ---- lists in lists ---- */

static void close_to(struct drawing *drawing, unsigned depth)
{
	while (drawing->depth > depth) {
		buffer_append_string(drawing->to, "</li></ul>\n");
		drawing->depth--;
	}
}

/* An item at the depth, at most one deeper than the last. */
static void open_item(struct drawing *drawing, unsigned depth, const char *class)
{
	unsigned wanted = (depth < DEPTH_SHOWN ? depth : DEPTH_SHOWN) + 1;

	if (wanted > drawing->depth) {
		buffer_append_string(drawing->to, "<ul>");
		drawing->depth++;
	} else {
		close_to(drawing, wanted);
		buffer_append_string(drawing->to, "</li>\n");
	}
	buffer_printf(drawing->to, "<li%s%s%s>", class[0] ? " class=\"" : "", class,
		      class[0] ? "\"" : "");
}

static void tell_skipped(struct drawing *drawing)
{
	if (drawing->skipped == 0)
		return;
	open_item(drawing, drawing->depth > 0 ? drawing->depth - 1 : 0, "more");
	html_number(drawing->to, drawing->skipped);
	buffer_append_string(drawing->to,
			     drawing->skipped == 1 ? " quiet process" : " quiet processes");
	drawing->skipped = 0;
}

/* ---- a process ---- */

static void draw_names(struct drawing *drawing, const struct tree_process *process,
		       enum tree_group group)
{
	static const char *const words[TREE_GROUPS] = {"denied",  "connected to", "listened on",
						       "changed", "read",         "read"};
	const struct table *names = &process->touched[group];
	struct buffer *to = drawing->to;

	if (names->n == 0)
		return;
	buffer_printf(to, "<div class=\"g%d\"><span>%s</span>", (int)group, words[group]);
	for (size_t i = 0; i < names->n && i < NAMES_SHOWN; i++) {
		const struct tree_touch *touched = names->rows[i].value;
		const char *separator = " ";

		for (unsigned v = 0; group == TREE_DENIED && v < VERB_COUNT; v++) {
			if (!(touched->verbs & 1u << v))
				continue;
			buffer_printf(to, "%s%s", separator, verb_name((enum verb)(1u << v)));
			separator = ",";
		}
		buffer_append_string(to, " <code>");
		html_path(to, drawing->home, names->rows[i].key);
		buffer_append_string(to, "</code>");
		if (touched->n > 1) {
			buffer_append_string(to, " &#215;");
			html_number(to, touched->n);
		}
	}
	if (names->n > NAMES_SHOWN || process->beyond[group]) {
		buffer_append_string(to, " and ");
		html_number(to, names->n > NAMES_SHOWN ? names->n - NAMES_SHOWN : 1);
		buffer_append_string(to, process->beyond[group] ? " or more others" : " more");
	}
	buffer_append_string(to, "</div>");
}

static void draw_process(struct drawing *drawing, const struct tree_process *process,
			 unsigned depth)
{
	const struct table *elsewhere = &process->touched[TREE_READ];
	struct buffer *to = drawing->to;

	open_item(drawing, depth, process->touched[TREE_DENIED].n ? "denied" : "");
	buffer_append_string(to, "<code>");
	html_shown(to, process->command.data, 160);
	buffer_printf(to, "</code> <small>%d%s", (int)process->pid,
		      process->executed ? "" : ", forked");
	if (elsewhere->n > 0) {
		buffer_append_string(to, ", read ");
		html_number(to, elsewhere->n);
		buffer_printf(to, "%s elsewhere", process->beyond[TREE_READ] ? " or more" : "");
	}
	buffer_append_string(to, "</small>");
	for (enum tree_group g = TREE_DENIED; g < TREE_READ; g++)
		draw_names(drawing, process, g);
}

static void visit(void *userdata, const struct tree_process *process, unsigned depth)
{
	struct drawing *drawing = userdata;
	size_t denied = process->touched[TREE_DENIED].n;
	bool tells = denied || process->touched[TREE_CONNECT].n || process->touched[TREE_LISTEN].n;

	drawing->weight += 1000 * denied + process->touched[TREE_CONNECT].n;
	drawing->telling += tells;
	if (drawing->seen++ >= PROCESSES_SHOWN && (!tells || drawing->telling > PROCESSES_SHOWN)) {
		drawing->skipped++;
		return;
	}
	tell_skipped(drawing);
	draw_process(drawing, process, depth);
}

char *page_tree(struct tree *tree, const struct report_run *run, const char *home,
		uint64_t *ret_weight)
{
	struct buffer to = {};
	struct drawing drawing = {.to = &to, .home = home};
	uint64_t omitted;

	if (tree_is_empty(tree) || !run)
		return NULL;
	buffer_append_string(&to, "<section class=\"tree\"><h3><code>");
	html_shown(&to, run->command, 160);
	buffer_append_string(&to, "</code> <small>");
	html_text(&to, run->id, 64);
	buffer_append_string(&to, "</small></h3>\n");
	omitted = tree_walk(tree, visit, &drawing);
	tell_skipped(&drawing);
	close_to(&drawing, 0);
	if (omitted) {
		buffer_append_string(&to, "<p class=\"more\">and ");
		html_count(&to, omitted, "call");
		buffer_append_string(&to, " of further processes</p>\n");
	}
	buffer_append_string(&to, "</section>\n");
	*ret_weight = drawing.weight;
	if (to.error)
		buffer_done(&to);
	return to.data;
}

/* ---- those of all runs ---- */

static int by_weight(const void *a, const void *b)
{
	const struct report_tree *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return (x->order < y->order) - (x->order > y->order);
}

void page_trees(const struct page *page, struct buffer *to)
{
	struct report_tree trees[REPORT_TREES_MAX];
	size_t shown = 0;

	memcpy(trees, page->report->trees, sizeof(trees));
	qsort(trees, REPORT_TREES_MAX, sizeof(*trees), by_weight);
	for (size_t i = 0; i < REPORT_TREES_MAX; i++) {
		if (!trees[i].html)
			continue;
		buffer_append_string(to, trees[i].html);
		shown++;
	}
	if (shown == 0)
		page_nothing(to, "No process made a call.");
	page_more(to, shown, page->report->n_trees, "runs, with less to tell");
}
