/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket, wired. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/base/text.h"
#include "enforcer/reload.h"
#include "enforcer/remote.h"
#include "enforcer/supervisor.h"

#define COMMAND_SHOWN_MAX 512

/* Of sockets, by inode: what rule zero has room for. */
#define PROTECTED_MAX 64

struct remote {
	struct supervisor *supervisor;
	struct remote_facts facts;
	struct approvals_observer observer;
	time_t began;
	bool told; /* how questions are answered */
};

void remote_places(bool make, struct control_places *ret_places)
{
	_cleanup_fd_ int dirfd = -1;
	const char *path;

	ret_places->n = 0;
	if (control_places_find(ret_places, NULL) == 0 && make)
		control_places_make(ret_places, &dirfd, &path, NULL);
}

static json_t *escaped(const char *text)
{
	struct buffer line = {};
	json_t *string;

	if (!text)
		return json_null();
	text_append_escaped(&line, text, strlen(text), COMMAND_SHOWN_MAX);
	string = json_string(line.error || !line.data ? "" : line.data);
	buffer_done(&line);
	return string ? string : json_string("?");
}

static json_t *remote_status(void *userdata)
{
	const struct remote *remote = userdata;
	struct supervisor *supervisor = remote->supervisor;
	struct summary_counts counts;
	json_t *command = json_array();

	summary_counts(supervisor->summary, &counts);
	for (size_t i = 0; remote->facts.command && remote->facts.command[i]; i++)
		json_array_append_new(command, escaped(remote->facts.command[i]));
	return json_pack("{s:i, s:I, s:o, s:o, s:o, s:b, s:{s:I, s:I, s:I}}", "pid", (int)getpid(),
			 "started", (json_int_t)remote->began, "directory",
			 escaped(remote->facts.directory), "command", command, "audit",
			 escaped(remote->facts.audit), "terminal", supervisor->prompt != NULL,
			 "calls", "allowed", (json_int_t)counts.allowed, "denied",
			 (json_int_t)counts.denied, "asked", (json_int_t)counts.asked);
}

/* Nobody reads it, or a pipe is full: then it is not said, for the loop waits for nobody. */
static void say(const struct buffer *text)
{
	if (!text->error)
		fd_say(STDERR_FILENO, text->data, text->len);
}

static void on_opened(struct approvals_observer *observer, const struct question *question)
{
	struct remote *remote = container_of(observer, struct remote, observer);
	struct buffer text = {};

	/* Asked on this terminal, or on somebody's screen. */
	if (remote->supervisor->prompt || control_attended(remote->supervisor->control))
		return;
	buffer_printf(&text, "callgate: question %llu waits:\n", (unsigned long long)question->id);
	buffer_append(&text, question->text.data, question->text.len);
	if (!remote->told)
		buffer_printf(&text,
			      "  answer it from another terminal: callgate allow %llu, or "
			      "callgate deny %llu\n",
			      (unsigned long long)question->id, (unsigned long long)question->id);
	remote->told = true;
	say(&text);
	buffer_done(&text);
}

static void on_policy_done(void *userdata, json_t *outcome, int error,
			   const struct failure *failure)
{
	control_policy_done(userdata, outcome, error, failure);
}

static int remote_policy(void *userdata, const struct control_policy *wanted,
			 struct control_reply *reply, struct failure *reterr)
{
	static const enum reload_kind kinds[] = {
		[CONTROL_POLICY_RELOAD] = RELOAD_READ,
		[CONTROL_POLICY_ADD] = RELOAD_ADD,
		[CONTROL_POLICY_REMOVE] = RELOAD_REMOVE,
	};
	const struct remote *remote = userdata;
	const struct reload_wanted reload = {.kind = kinds[wanted->kind],
					     .rule = wanted->rule,
					     .id = wanted->id,
					     .done = on_policy_done,
					     .userdata = reply};

	return reload_begin(remote->supervisor->reloads, &reload, reterr);
}

static json_t *remote_added(void *userdata)
{
	const struct remote *remote = userdata;

	return reload_list_added(remote->supervisor->reloads);
}

static int open_socket(struct remote *remote, struct failure *reterr)
{
	struct supervisor *supervisor = remote->supervisor;
	const struct control_config config = {.loop = supervisor->loop,
					      .approvals = supervisor->approvals,
					      .places = remote->facts.places,
					      .run = supervisor->run,
					      .version = CALLGATE_VERSION,
					      .status = remote_status,
					      .policy = remote_policy,
					      .added = remote_added,
					      .userdata = remote};

	return control_new(&config, &supervisor->control, reterr);
}

/* The newest first: this run's own. What rule zero has no room for it has by its directory. */
static void protect_place(const char *path, struct rule_zero *zero)
{
	_cleanup_fd_ int dirfd = -1;
	char **runs = NULL;
	size_t n = 0;

	if (control_place_open(path, false, &dirfd, NULL) < 0 ||
	    control_place_list(dirfd, &runs) < 0)
		return;
	while (runs[n])
		n++;
	for (size_t k = 0; k < n; k++) {
		char name[NAME_MAX], whole[PATH_MAX + NAME_MAX];
		struct stat st;

		snprintf(name, sizeof(name), "%s" CONTROL_SUFFIX, runs[n - 1 - k]);
		snprintf(whole, sizeof(whole), "%s/%s", path, name);
		if (k < PROTECTED_MAX && fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			rule_zero_add(zero, whole, st.st_dev, st.st_ino, VERB_ALL);
	}
	while (n > 0)
		free(runs[--n]);
	free(runs);
}

int remote_new(struct supervisor *supervisor, const struct remote_facts *facts,
	       struct remote **ret_remote, struct failure *reterr)
{
	struct remote *remote = calloc(1, sizeof(*remote));
	struct failure failure = {};
	int r;

	if (!remote)
		return failure_set(reterr, -ENOMEM, "out of memory");
	remote->supervisor = supervisor;
	remote->facts = *facts;
	remote->began = time(NULL);
	r = open_socket(remote, &failure);
	for (int i = 0; i < facts->places->n; i++)
		protect_place(facts->places->path[i], facts->zero);
	if (r < 0 && facts->attended) {
		free(remote);
		failure_hint(reterr, "%s", failure.hint);
		return failure_set(reterr, r, "%s", failure.text);
	}
	if (r < 0) {
		failure_print(&failure);
	} else {
		remote->observer.opened = on_opened;
		approvals_observe(supervisor->approvals, &remote->observer);
	}
	*ret_remote = remote;
	return 0;
}

struct remote *remote_free(struct remote *remote)
{
	if (!remote)
		return NULL;
	if (remote->observer.opened)
		approvals_unobserve(remote->supervisor->approvals, &remote->observer);
	remote->supervisor->control = control_free(remote->supervisor->control);
	free(remote);
	return NULL;
}
