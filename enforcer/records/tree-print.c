/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a run's processes as text. */
#include "enforcer/records/tree.h"

#define NAMES_SHOWN 6

struct printing {
	const struct show *show;
	bool verbose;
	FILE *to;
};

static void print_indent(const struct printing *printing, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		fputs("  ", printing->to);
}

static void flush(const struct printing *printing, struct buffer *text)
{
	if (text->len)
		fwrite(text->data, 1, text->len, printing->to);
	buffer_done(text);
}

/* The names of a group, a line each or in one. */
static void print_names(const struct printing *printing, const struct tree_process *process,
			enum tree_group group, unsigned depth)
{
	static const char *const words[TREE_GROUPS] = {"denied", "connect", "listen",
						       "write",  "read",    "read"};
	const struct table *names = &process->touched[group];
	size_t shown = printing->verbose ? names->n : NAMES_SHOWN;

	for (size_t i = 0; i < names->n && i < shown; i++) {
		const struct tree_touch *touched = names->rows[i].value;
		struct buffer text = {};

		print_indent(printing, depth + 1);
		show_text(printing->show, &text, group == TREE_DENIED ? SHOW_RED : SHOW_DIM,
			  words[group], 0);
		if (group == TREE_DENIED)
			for (unsigned v = 0; v < VERB_COUNT; v++)
				if (touched->verbs & 1u << v)
					buffer_printf(&text, " %s",
						      verb_name((enum verb)(1u << v)));
		buffer_append_string(&text, " ");
		show_path(printing->show, &text, names->rows[i].key);
		if (touched->n > 1)
			buffer_printf(&text, " (%llu times)", (unsigned long long)touched->n);
		if (touched->rule[0]) {
			buffer_append_string(&text, " by ");
			show_text(printing->show, &text, SHOW_PLAIN, touched->rule, 0);
		}
		buffer_append_string(&text, "\n");
		flush(printing, &text);
	}
	if (names->n > shown || process->beyond[group]) {
		print_indent(printing, depth + 1);
		fprintf(printing->to, "%s %zu more%s\n", words[group],
			names->n > shown ? names->n - shown : 0,
			process->beyond[group] ? ", and others that are only in the record" : "");
	}
}

static void print_process(void *userdata, const struct tree_process *process, unsigned depth)
{
	const struct printing *printing = userdata;
	const struct table *system = &process->touched[TREE_READ];
	struct buffer text = {};

	depth++;
	print_indent(printing, depth);
	buffer_printf(&text, "%d ", (int)process->pid);
	/* Escaped already, so that a width could be kept to. */
	if (printing->show->colour)
		buffer_append_string(&text, "\x1b[1m");
	buffer_append(&text, process->command.data, process->command.len);
	if (printing->show->colour)
		buffer_append_string(&text, "\x1b[0m");
	buffer_append_string(&text, process->executed ? "\n" : " (forked)\n");
	flush(printing, &text);
	for (enum tree_group g = TREE_DENIED; g < TREE_READ; g++)
		print_names(printing, process, g, depth);
	if (printing->verbose) {
		print_names(printing, process, TREE_READ, depth);
	} else if (system->n > 0) {
		print_indent(printing, depth + 1);
		fprintf(printing->to, "read %zu%s file%s elsewhere\n", system->n,
			process->beyond[TREE_READ] ? " or more" : "", system->n == 1 ? "" : "s");
	}
}

void tree_print(struct tree *tree, const struct show *show, bool verbose, FILE *to)
{
	struct printing printing = {show, verbose, to};
	uint64_t omitted = tree_walk(tree, print_process, &printing);

	if (omitted)
		fprintf(to, "  and %llu calls of further processes\n", (unsigned long long)omitted);
}
