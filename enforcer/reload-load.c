/* SPDX-License-Identifier: Apache-2.0 */
/* The helper's half of reading the policy again: files in, lines out. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/audit/redact.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "enforcer/config/config.h"
#include "enforcer/follow.h"
#include "enforcer/reload-parts.h"
#include "enforcer/run-record.h"
#include "enforcer/supervisor.h"

static int write_all(int fd, const struct buffer *text)
{
	for (size_t done = 0; done < text->len;) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Their numbers are the enforcer's to give. */
static int append_lines(const struct config *config, const char *run,
			const struct redact_rules *redact, struct buffer *lines)
{
	struct record_context context = {.run = run, .redact = redact};
	const struct record_start start = {.workspaces = config->workspaces};
	struct timespec now;
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	context.time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	r = record_run_start(&context, &start, lines);

	return r < 0 ? r : run_record_policy_lines(&context, config, lines);
}

/* Twice, each with a start of its own: for the record, and for whoever builds the policy anew,
 * which must be what was written. The later start is the one that counts there. */
static int append_both(const struct config *config, const char *run, struct buffer *lines)
{
	static const struct redact_rules verbatim = {.off = true};
	struct redact_rules redact;
	int r;

	supervisor_redact_rules(config->policy, &redact);
	r = append_lines(config, run, &redact, lines);
	return r < 0 ? r : append_lines(config, run, &verbatim, lines);
}

/* A file that the agent has opened for writing while it was no policy would be its own to write;
 * and one that an editor is writing is half of one. */
static int check_writers(const struct config *config, struct failure *reterr)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < config->n_files; i++)
		r = follow_check_writers(config->files[i].path, reterr);
	if (r < 0)
		failure_hint(reterr, "try again when it is written");
	return r;
}

int reload_load(const void *userdata, const char *added, int *ret_fd, struct failure *reterr)
{
	const struct reload_source *source = userdata;
	struct config_options options = *source->options;
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(buffer_done) struct buffer lines = {};
	_cleanup_fd_ int fd = -1;
	int r;

	options.added = added[0] ? added : NULL;
	r = config_load(&options, &config, reterr);
	if (r == 0)
		r = check_writers(config, reterr);
	if (r < 0)
		return r;
	r = reload_own_append(config, &lines);
	if (r == 0)
		r = append_both(config, source->run, &lines);
	fd = memfd_create("callgate-policy", MFD_CLOEXEC);
	if (r == 0 && fd < 0)
		r = -errno;
	if (r == 0)
		r = write_all(fd, &lines);
	if (r < 0)
		return failure_set(reterr, r, "cannot hand over the policy: %s", strerror(-r));
	atomic_fetch_add(source->loads, 1);
	*ret_fd = steal_fd(fd);
	return 0;
}
