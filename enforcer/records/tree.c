/* SPDX-License-Identifier: Apache-2.0 */
/* A run as the tree of its processes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/text.h"
#include "enforcer/records/table.h"
#include "enforcer/records/tree.h"

#define NAMES_SHOWN   6
#define COMMAND_SHOWN 160
#define DEPTH_MAX     200

/* Kinds of access, in the order in which they are shown. */
enum group {
	GROUP_DENIED = 0,
	GROUP_CONNECT,
	GROUP_LISTEN,
	GROUP_WRITE,
	GROUP_READ_HERE, /* in the run's own directory, or the home */
	GROUP_READ,
	GROUP_COUNT,
};

struct touch {
	uint64_t n;
	unsigned verb;
	char rule[64];
};

struct process {
	bool known; /* the rest is set up */
	pid_t pid, ppid;
	struct buffer command; /* escaped: the last that it executed, or its program */
	bool executed;
	struct table touched[GROUP_COUNT]; /* by name, of struct touch */
	uint64_t beyond[GROUP_COUNT];      /* names that found no place */
	uint64_t calls, failed;
	size_t index;             /* in the table */
	size_t first_child, next; /* index and 1; 0: none */
	bool shown;
};

struct tree {
	struct table processes; /* by pid, of struct process */
	char *directory;
	uint64_t omitted; /* calls of processes that found no place */
};

struct tree *tree_new(void)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (tree)
		table_init(&tree->processes, sizeof(struct process), TREE_PROCESSES_MAX);
	return tree;
}

static struct process *process_at(const struct tree *tree, size_t index)
{
	return tree->processes.rows[index].value;
}

struct tree *tree_free(struct tree *tree)
{
	if (!tree)
		return NULL;
	for (size_t i = 0; i < tree->processes.n; i++) {
		struct process *process = process_at(tree, i);

		buffer_done(&process->command);
		for (size_t g = 0; g < GROUP_COUNT; g++)
			table_done(&process->touched[g]);
	}
	table_done(&tree->processes);
	free(tree->directory);
	free(tree);
	return NULL;
}

bool tree_is_empty(const struct tree *tree)
{
	return tree->processes.n == 0;
}

static struct process *tree_process(struct tree *tree, const struct entry *entry)
{
	pid_t pid = entry->request.pid;
	struct process *process = table_get(&tree->processes, &pid, sizeof(pid));

	if (process && !process->known) {
		process->known = true;
		process->pid = pid;
		process->index = tree->processes.n - 1;
		for (size_t g = 0; g < GROUP_COUNT; g++)
			table_init(&process->touched[g], sizeof(struct touch), TREE_NAMES_MAX);
	}
	if (process && process->ppid == 0)
		process->ppid = entry->request.ppid;
	return process;
}

static void name_process(struct process *process, const struct entry *entry)
{
	const struct request *request = &entry->request;
	bool executes = request->argv && entry->verdict == VERDICT_ALLOW && !entry->error;

	if (executes) {
		process->command.len = 0;
		for (size_t i = 0; request->argv[i] && process->command.len < COMMAND_SHOWN; i++) {
			if (i > 0)
				buffer_append_string(&process->command, " ");
			text_append_escaped(&process->command, request->argv[i],
					    strlen(request->argv[i]), COMMAND_SHOWN);
		}
		process->executed = true;
	} else if (process->command.len == 0) {
		const char *name = show_program_name(request->program);

		text_append_escaped(&process->command, name, strlen(name), COMMAND_SHOWN);
	}
}

static bool is_below(const char *root, const char *path)
{
	size_t len = root ? strlen(root) : 0;

	return len > 1 && strncmp(path, root, len) == 0 && (path[len] == '/' || !path[len]);
}

static enum group group_of(const struct tree *tree, const struct entry *entry, unsigned verb,
			   const char *name)
{
	if (entry->verdict != VERDICT_ALLOW)
		return GROUP_DENIED;
	if (verb == VERB_CONNECT)
		return GROUP_CONNECT;
	if (verb == VERB_LISTEN)
		return GROUP_LISTEN;
	if (verb == VERB_WRITE)
		return GROUP_WRITE;
	return is_below(tree->directory, name) ? GROUP_READ_HERE : GROUP_READ;
}

static void touch(struct process *process, enum group group, unsigned verb, const char *name,
		  const char *rule)
{
	struct touch *touched = table_get(&process->touched[group], name, strlen(name));

	if (!touched) {
		process->beyond[group]++;
		return;
	}
	touched->n++;
	touched->verb |= verb;
	if (rule)
		strncpy(touched->rule, rule, sizeof(touched->rule) - 1);
}

static void touch_object(const struct tree *tree, struct process *process,
			 const struct entry *entry, const struct object *object)
{
	char text[ENTRY_NAME_SIZE];
	const char *name = entry_object_name(object, text);

	if (!name || !object->verbs)
		return;
	if (entry->verdict != VERDICT_ALLOW) {
		touch(process, GROUP_DENIED, object->verbs, name, entry->rule);
		return;
	}
	for (unsigned i = 0; i < VERB_COUNT; i++) {
		unsigned verb = 1u << i;

		/* What it executed is its name. */
		if (object->verbs & verb && verb != VERB_EXEC)
			touch(process, group_of(tree, entry, verb, name), verb, name, NULL);
	}
}

int tree_add(struct tree *tree, const struct entry *entry)
{
	const char *directory;
	struct process *process;

	if (entry->event == ENTRY_RUN_START) {
		directory = entry_string(entry, "directory");
		free(tree->directory);
		tree->directory = directory ? strdup(directory) : NULL;
		return !directory || tree->directory ? 0 : -ENOMEM;
	}
	if (entry->event != ENTRY_CALL)
		return 0;
	process = tree_process(tree, entry);
	if (!process) {
		tree->omitted++;
		return 0;
	}
	process->calls++;
	process->failed += entry_failed_by_itself(entry);
	name_process(process, entry);
	for (size_t i = 0; i < entry->request.n_objects; i++)
		touch_object(tree, process, entry, &entry->request.objects[i]);
	return 0;
}

/* ---- printing ---- */

struct printing {
	const struct tree *tree;
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
static void print_names(const struct printing *printing, const struct process *process,
			enum group group, unsigned depth)
{
	static const char *const words[GROUP_COUNT] = {"denied", "connect", "listen",
						       "write",  "read",    "read"};
	const struct table *names = &process->touched[group];
	size_t shown = printing->verbose ? names->n : NAMES_SHOWN;

	for (size_t i = 0; i < names->n && i < shown; i++) {
		const struct touch *touched = names->rows[i].value;
		struct buffer text = {};

		print_indent(printing, depth + 1);
		show_text(printing->show, &text, group == GROUP_DENIED ? SHOW_RED : SHOW_DIM,
			  words[group], 0);
		if (group == GROUP_DENIED)
			for (unsigned v = 0; v < VERB_COUNT; v++)
				if (touched->verb & 1u << v)
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

static void print_process(const struct printing *printing, const struct process *process,
			  unsigned depth)
{
	const struct table *system = &process->touched[GROUP_READ];
	struct buffer text = {};

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
	for (enum group g = GROUP_DENIED; g < GROUP_READ; g++)
		print_names(printing, process, g, depth);
	if (printing->verbose) {
		print_names(printing, process, GROUP_READ, depth);
	} else if (system->n > 0) {
		print_indent(printing, depth + 1);
		fprintf(printing->to, "read %zu%s file%s elsewhere\n", system->n,
			process->beyond[GROUP_READ] ? " or more" : "", system->n == 1 ? "" : "s");
	}
}

static void print_below(const struct printing *printing, size_t index, unsigned depth)
{
	struct process *process = process_at(printing->tree, index);

	/* Parents that go round in a circle are a forged file's. */
	if (process->shown || depth > DEPTH_MAX)
		return;
	process->shown = true;
	print_process(printing, process, depth);
	for (size_t child = process->first_child; child;
	     child = process_at(printing->tree, child - 1)->next)
		print_below(printing, child - 1, depth + 1);
}

/* Index and 1 of a process' parent among those on record; 0: none. */
static size_t parent_of(const struct tree *tree, const struct process *process)
{
	const struct process *parent =
		process->ppid ? table_find(&tree->processes, &process->ppid, sizeof(pid_t)) : NULL;

	return parent && parent != process ? parent->index + 1 : 0;
}

void tree_print(const struct tree *tree, const struct show *show, bool verbose, FILE *to)
{
	const struct printing printing = {tree, show, verbose, to};

	for (size_t i = tree->processes.n; i > 0; i--) {
		struct process *process = process_at(tree, i - 1);
		size_t parent = parent_of(tree, process);

		if (!parent)
			continue;
		process->next = process_at(tree, parent - 1)->first_child;
		process_at(tree, parent - 1)->first_child = i;
	}
	for (size_t i = 0; i < tree->processes.n; i++)
		if (!parent_of(tree, process_at(tree, i)))
			print_below(&printing, i, 1);
	for (size_t i = 0; i < tree->processes.n; i++)
		print_below(&printing, i, 1);
	if (tree->omitted)
		fprintf(to, "  and %llu calls of further processes\n",
			(unsigned long long)tree->omitted);
}
