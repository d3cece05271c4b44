/* SPDX-License-Identifier: Apache-2.0 */
/* What approval is told of the policy and of processes. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/asking.h"
#include "enforcer/base/fd.h"
#include "enforcer/base/text.h"
#include "enforcer/keeping.h"
#include "enforcer/supervisor.h"

static size_t asking_judge(void *userdata, const struct request *request,
			   struct asked_part *ret_parts, size_t max)
{
	struct supervisor *supervisor = userdata;
	struct decision decision;
	size_t n = 0;

	if (rule_zero_judge(supervisor->zero, request, &decision))
		return 0;
	for (size_t i = 0; i < request->n_objects * VERB_COUNT; i++) {
		size_t object = i / VERB_COUNT;
		enum verb verb = (enum verb)(1u << i % VERB_COUNT);

		if (!(request->objects[object].verbs & verb))
			continue;
		policy_judge_one(supervisor->policy, request, object, verb, &decision);
		if (decision.verdict == VERDICT_DENY || n == max)
			return 0;
		if (decision.verdict == VERDICT_ASK)
			ret_parts[n++] = (struct asked_part){
				.object = object, .verb = verb, .rule = decision.rule};
	}
	return n;
}

/* The name of the program's file, not the one that the process gives itself. 0 or -1. */
static int describe_process(pid_t pid, struct question_process *ret_step, pid_t *ret_parent)
{
	_cleanup_(buffer_done) struct buffer name = {};
	char path[32], exe[PATH_MAX], stat[1024];
	_cleanup_fd_ int fd = -1;
	const char *end, *shown;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, stat, sizeof(stat) - 1);
	if (n <= 0)
		return -1;
	stat[n] = '\0';
	/* The second field is the program's own name and may hold anything, ")" too. */
	end = strrchr(stat, ')');
	if (!end || sscanf(end + 1, " %*c %d", ret_parent) != 1)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	n = readlink(path, exe, sizeof(exe) - 1);
	exe[n < 0 ? 0 : n] = '\0';
	shown = strrchr(exe, '/') ? strrchr(exe, '/') + 1 : exe;
	text_append_escaped(&name, shown, strlen(shown), sizeof(ret_step->name) - 4);
	*ret_step = (struct question_process){.pid = pid};
	snprintf(ret_step->name, sizeof(ret_step->name), "%s",
		 name.data && *name.data ? name.data : "?");
	return 0;
}

/* For a person's eyes: processes may end and numbers be used again while we look. */
static size_t asking_ancestry(void *userdata, pid_t pid, struct question_process *ret_steps,
			      size_t max)
{
	const struct supervisor *supervisor = userdata;
	pid_t last = supervisor->sandbox.agent, parent = 0;
	size_t n = 0;

	while (n < max && pid > 1 && describe_process(pid, &ret_steps[n], &parent) == 0) {
		n++;
		if (pid == last)
			break;
		pid = parent;
	}
	return n;
}

static bool asking_keepable(void *userdata, const struct request *request,
			    const struct asked_part *parts, size_t n_parts,
			    const struct grant *grant)
{
	const struct supervisor *supervisor = userdata;

	return keeping_possible(supervisor->policy, request, parts, n_parts, grant);
}

static int asking_keep(void *userdata, const struct grant *grant)
{
	struct supervisor *supervisor = userdata;

	return supervisor->outside ? keeping_begin(supervisor, grant) : -ENOTSUP;
}

void asking_configure(struct supervisor *supervisor, struct approvals_config *config)
{
	config->judge = asking_judge;
	config->ancestry = asking_ancestry;
	config->keepable = asking_keepable;
	config->keep = asking_keep;
	config->userdata = supervisor;
}
