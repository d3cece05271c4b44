/* SPDX-License-Identifier: Apache-2.0 */
/* The hooks of the run, wired. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/record.h"
#include "enforcer/base/text.h"
#include "enforcer/hooked.h"
#include "enforcer/supervisor.h"

/* Lines that wait for the runner's socket. */
#define UNSENT_MAX 4096
/* How often a person is told that a hook fails. */
#define TOLD_EVERY_NS (10 * UINT64_C(1000000000))

struct unsent {
	struct unsent *next;
	uint64_t id;
	size_t hook, len;
	char line[];
};

struct hooked {
	struct supervisor *supervisor;
	const struct policy *policy; /* of the start: a reload changes no hook */
	struct hooks *hooks;
	const char *directory;
	struct loop_source answered, writable;
	struct unsent *first, **end;
	size_t n_unsent;
	uint64_t *told_at; /* by hook; 0: never */
	bool sending;      /* send_all() is at it: an answer may cause another call */
	bool gone;         /* the runner has ended: every call of a hook fails */
};

static void tell_failure(struct hooked *hooked, const struct policy_hook *hook,
			 const struct hook_answer *answer)
{
	static const char *const what[] = {
		[HOOK_FAILURE_DENY] = "the call was denied",
		[HOOK_FAILURE_ASK] = "a person is asked instead",
		[HOOK_FAILURE_IGNORE] = "the call goes on without it",
	};
	uint64_t now = loop_now(), *told = &hooked->told_at[answer->hook];
	struct buffer text = {};

	if (*told && now - *told < TOLD_EVERY_NS)
		return;
	*told = now;
	text_append_escaped(&text, hook->command[0], strlen(hook->command[0]), 256);
	buffer_append_string(&text, " failed: ");
	text_append_escaped(&text, answer->reason, strlen(answer->reason), 0);
	if (!text.error)
		fprintf(stderr, "callgate: hook %s: %s\n", text.data,
			hook->when == HOOK_AFTER ? "it was not told of a call"
			: answer->id == 0        ? "it is started again for the next call"
						 : what[hook->on_failure]);
	buffer_done(&text);
}

static void settle(struct hooked *hooked, struct hook_answer *answer)
{
	const struct policy_hook *hook = policy_hook(hooked->policy, answer->hook);

	if (!hook)
		return;
	if (answer->opinion == HOOK_OPINION_FAILED) {
		tell_failure(hooked, hook, answer);
		switch (hook->on_failure) {
		case HOOK_FAILURE_DENY:
			answer->opinion = HOOK_OPINION_DENY;
			break;
		case HOOK_FAILURE_ASK:
			answer->opinion = HOOK_OPINION_ASK;
			break;
		case HOOK_FAILURE_IGNORE:
			answer->opinion = HOOK_OPINION_NONE;
			break;
		}
	}
	if (hook->when == HOOK_BEFORE)
		pipeline_hooked(hooked->supervisor, hook, answer);
}

static void fail(struct hooked *hooked, uint64_t id, size_t hook, const char *reason)
{
	struct hook_answer answer = {
		.id = id, .hook = (uint32_t)hook, .opinion = HOOK_OPINION_FAILED};

	snprintf(answer.reason, sizeof(answer.reason), "%s", reason);
	settle(hooked, &answer);
}

static struct unsent *take_unsent(struct hooked *hooked)
{
	struct unsent *unsent = hooked->first;

	if (!unsent)
		return NULL;
	hooked->first = unsent->next;
	if (!hooked->first)
		hooked->end = &hooked->first;
	hooked->n_unsent--;
	return unsent;
}

static void send_all(struct hooked *hooked)
{
	if (hooked->sending)
		return;
	hooked->sending = true;
	while (hooked->first && !hooked->gone) {
		struct unsent *unsent = hooked->first;
		int r = hooks_call(hooked->hooks, unsent->id, unsent->hook, unsent->line,
				   unsent->len);

		if (r == -EAGAIN && !hooked->writable.armed)
			r = loop_poll(&hooked->writable, hooks_fd(hooked->hooks), POLLOUT, false);
		if (r == -EAGAIN || hooked->writable.armed)
			break;
		unsent = take_unsent(hooked);
		if (r < 0)
			fail(hooked, unsent->id, unsent->hook, strerror(-r));
		free(unsent);
	}
	hooked->sending = false;
}

static void on_writable(struct loop_source *source, int32_t result, bool more)
{
	send_all(container_of(source, struct hooked, writable));
}

static void runner_gone(struct hooked *hooked)
{
	struct unsent *unsent;

	hooked->gone = true;
	fprintf(stderr, "callgate: the process that runs the hooks has ended: every call that a "
			"hook wants to see is denied\n");
	while ((unsent = take_unsent(hooked)))
		free(unsent);
	pipeline_hooks_gone(hooked->supervisor);
}

static void on_answered(struct loop_source *source, int32_t result, bool more)
{
	struct hooked *hooked = container_of(source, struct hooked, answered);
	struct hook_answer answer;
	int r;

	while ((r = hooks_receive(hooked->hooks, &answer)) == 1)
		settle(hooked, &answer);
	if (r < 0) {
		loop_source_cancel(source);
		if (!hooked->gone)
			runner_gone(hooked);
	} else if (!more) {
		loop_poll(source, hooks_fd(hooked->hooks), POLLIN, true);
	}
}

int hooked_start(const struct policy *policy, struct hooks **ret_hooks)
{
	size_t n = policy_hook_count(policy);
	_cleanup_free_ const struct policy_hook **hooks = calloc(n + 1, sizeof(*hooks));
	const struct hook_list list = {hooks, n};

	if (!hooks)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		hooks[i] = policy_hook(policy, i);
	return n ? hooks_new(&list, ret_hooks) : 0;
}

int hooked_new(struct supervisor *supervisor, struct hooks *hooks, const char *directory,
	       struct hooked **ret_hooked)
{
	struct hooked *hooked = calloc(1, sizeof(*hooked));
	int r = 0;

	if (!hooked) {
		hooks_free(hooks);
		return -ENOMEM;
	}
	hooked->supervisor = supervisor;
	hooked->policy = supervisor->policy;
	hooked->hooks = hooks;
	hooked->directory = directory;
	hooked->end = &hooked->first;
	hooked->told_at = calloc(policy_hook_count(supervisor->policy) + 1, sizeof(uint64_t));
	if (!hooked->told_at)
		r = -ENOMEM;
	if (r == 0)
		r = loop_source_init(&hooked->answered, supervisor->loop, on_answered);
	if (r == 0)
		r = loop_source_init(&hooked->writable, supervisor->loop, on_writable);
	if (r == 0)
		r = loop_poll(&hooked->answered, hooks_fd(hooks), POLLIN, true);
	if (r < 0) {
		hooked_free(hooked);
		return r;
	}
	*ret_hooked = hooked;
	return 0;
}

struct hooked *hooked_free(struct hooked *hooked)
{
	struct unsent *unsent;

	if (!hooked)
		return NULL;
	while ((unsent = take_unsent(hooked)))
		free(unsent);
	loop_source_done(&hooked->answered);
	loop_source_done(&hooked->writable);
	hooks_free(hooked->hooks);
	free(hooked->told_at);
	free(hooked);
	return NULL;
}

void hooked_finish(struct hooked *hooked)
{
	if (!hooked)
		return;
	loop_source_done(&hooked->answered);
	hooks_finish(hooked->hooks);
}

bool hooked_wants(const struct hooked *hooked, const struct request *request, enum hook_when when)
{
	const struct policy *policy = hooked ? hooked->policy : NULL;

	for (size_t i = 0; policy && i < policy_hook_count(policy); i++)
		if (policy_hook(policy, i)->when == when && policy_hook_wants(policy, i, request))
			return true;
	return false;
}

static void hooked_send(struct hooked *hooked, uint64_t id, size_t hook, const struct buffer *line)
{
	struct unsent *unsent = NULL;

	if (hooked->n_unsent < UNSENT_MAX && !hooked->gone && !line->error)
		unsent = malloc(sizeof(*unsent) + line->len);
	if (!unsent) {
		fail(hooked, id, hook, "it cannot be called");
		return;
	}
	*unsent = (struct unsent){.id = id, .hook = hook, .len = line->len};
	memcpy(unsent->line, line->data, line->len);
	*hooked->end = unsent;
	hooked->end = &unsent->next;
	hooked->n_unsent++;
}

/* count: of those that want to see it, each counted before it can answer. */
static void hooked_call(struct hooked *hooked, uint64_t id, const struct pending *pending,
			enum hook_when when, unsigned *count)
{
	const struct policy *policy = hooked->policy;
	const struct record_hook told = {.directory = hooked->directory,
					 .request = &pending->request,
					 .decision = &pending->decision,
					 .outcome = when == HOOK_AFTER ? &pending->outcome : NULL,
					 .id = id};
	struct record_context context;
	struct buffer line = {};
	bool made = false;

	for (size_t i = 0; i < policy_hook_count(policy); i++) {
		if (policy_hook(policy, i)->when != when ||
		    !policy_hook_wants(policy, i, &pending->request))
			continue;
		if (!made) {
			supervisor_record_context(hooked->supervisor, &context);
			record_hook_input(&context, &told, &line);
			made = true;
		}
		(*count)++;
		hooked_send(hooked, id, i, &line);
	}
	buffer_done(&line);
	send_all(hooked);
}

void hooked_ask(struct hooked *hooked, uint64_t id, const struct pending *pending, unsigned *count)
{
	hooked_call(hooked, id, pending, HOOK_BEFORE, count);
}

void hooked_tell(struct hooked *hooked, const struct pending *pending)
{
	unsigned count = 0;

	if (hooked)
		hooked_call(hooked, 0, pending, HOOK_AFTER, &count);
}
