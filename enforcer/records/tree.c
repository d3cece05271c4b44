/* SPDX-License-Identifier: Apache-2.0 */
/* A run as the tree of its processes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/text.h"
#include "enforcer/records/table.h"
#include "enforcer/records/tree.h"

#define COMMAND_SHOWN 160
#define DEPTH_MAX     200

struct tree {
	size_t names;           /* of one process and kind of access */
	struct table processes; /* by pid, of struct tree_process */
	char *directory;
	uint64_t omitted; /* calls of processes that found no place */
};

struct tree *tree_new_limited(size_t processes, size_t names)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return NULL;
	table_init(&tree->processes, sizeof(struct tree_process), processes);
	tree->names = names;
	return tree;
}

struct tree *tree_new(void)
{
	return tree_new_limited(TREE_PROCESSES_MAX, TREE_NAMES_MAX);
}

static struct tree_process *process_at(const struct tree *tree, size_t index)
{
	return tree->processes.rows[index].value;
}

struct tree *tree_free(struct tree *tree)
{
	if (!tree)
		return NULL;
	for (size_t i = 0; i < tree->processes.n; i++) {
		struct tree_process *process = process_at(tree, i);

		buffer_done(&process->command);
		for (size_t g = 0; g < TREE_GROUPS; g++)
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

static struct tree_process *tree_process(struct tree *tree, const struct entry *entry)
{
	pid_t pid = entry->request.pid;
	struct tree_process *process = table_get(&tree->processes, &pid, sizeof(pid));

	if (process && !process->known) {
		process->known = true;
		process->pid = pid;
		process->index = tree->processes.n - 1;
		for (size_t g = 0; g < TREE_GROUPS; g++)
			table_init(&process->touched[g], sizeof(struct tree_touch), tree->names);
	}
	if (process && process->ppid == 0)
		process->ppid = entry->request.ppid;
	return process;
}

static void name_process(struct tree_process *process, const struct entry *entry)
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

static enum tree_group group_of(const struct tree *tree, const struct entry *entry, unsigned verb,
				const char *name)
{
	if (entry->verdict != VERDICT_ALLOW)
		return TREE_DENIED;
	if (verb == VERB_CONNECT)
		return TREE_CONNECT;
	if (verb == VERB_LISTEN)
		return TREE_LISTEN;
	if (verb == VERB_WRITE)
		return TREE_WRITE;
	return is_below(tree->directory, name) ? TREE_READ_HERE : TREE_READ;
}

static void touch(struct tree_process *process, enum tree_group group, unsigned verb,
		  const char *name, const char *rule)
{
	struct tree_touch *touched = table_get(&process->touched[group], name, strlen(name));

	if (!touched) {
		process->beyond[group]++;
		return;
	}
	touched->n++;
	touched->verbs |= verb;
	if (rule)
		strncpy(touched->rule, rule, sizeof(touched->rule) - 1);
}

static void touch_object(const struct tree *tree, struct tree_process *process,
			 const struct entry *entry, const struct object *object)
{
	char text[ENTRY_NAME_SIZE];
	const char *name = entry_object_name(object, text);

	if (!name || !object->verbs)
		return;
	if (entry->verdict != VERDICT_ALLOW) {
		touch(process, TREE_DENIED, object->verbs, name, entry->rule);
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
	struct tree_process *process;

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

/* ---- walking ---- */

struct walking {
	struct tree *tree;
	void (*visit)(void *userdata, const struct tree_process *process, unsigned depth);
	void *userdata;
};

static void walk_below(const struct walking *walking, size_t index, unsigned depth)
{
	struct tree_process *process = process_at(walking->tree, index);

	/* Parents that go round in a circle are a forged file's. */
	if (process->visited || depth > DEPTH_MAX)
		return;
	process->visited = true;
	walking->visit(walking->userdata, process, depth);
	for (size_t child = process->first_child; child;
	     child = process_at(walking->tree, child - 1)->next)
		walk_below(walking, child - 1, depth + 1);
}

/* Index and 1 of a process' parent among those on record; 0: none. */
static size_t parent_of(const struct tree *tree, const struct tree_process *process)
{
	const struct tree_process *parent =
		process->ppid ? table_find(&tree->processes, &process->ppid, sizeof(pid_t)) : NULL;

	return parent && parent != process ? parent->index + 1 : 0;
}

static void link_children(struct tree *tree)
{
	for (size_t i = 0; i < tree->processes.n; i++) {
		struct tree_process *process = process_at(tree, i);

		process->first_child = process->next = 0;
		process->visited = false;
	}
	for (size_t i = tree->processes.n; i > 0; i--) {
		struct tree_process *process = process_at(tree, i - 1);
		size_t parent = parent_of(tree, process);

		if (!parent)
			continue;
		process->next = process_at(tree, parent - 1)->first_child;
		process_at(tree, parent - 1)->first_child = i;
	}
}

uint64_t tree_walk(struct tree *tree,
		   void (*visit)(void *userdata, const struct tree_process *process,
				 unsigned depth),
		   void *userdata)
{
	const struct walking walking = {tree, visit, userdata};

	link_children(tree);
	for (size_t i = 0; i < tree->processes.n; i++)
		if (!parent_of(tree, process_at(tree, i)))
			walk_below(&walking, i, 0);
	for (size_t i = 0; i < tree->processes.n; i++)
		walk_below(&walking, i, 0);
	return tree->omitted;
}
