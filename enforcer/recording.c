/* SPDX-License-Identifier: Apache-2.0 */
/* Where the record of a run goes. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "enforcer/audit/audit-place.h"
#include "enforcer/audit/forwarder.h"
#include "enforcer/audit/ledger.h"
#include "enforcer/audit/record-event.h"
#include "enforcer/audit/tidy.h"
#include "enforcer/base/fd.h"
#include "enforcer/config/config.h"
#include "enforcer/launch/plan.h"
#include "enforcer/protect.h"
#include "enforcer/recording.h"
#include "enforcer/records/runs.h"
#include "enforcer/supervisor.h"

/* ---- parts ---- */

static int on_part_ends(void *userdata, unsigned number, struct buffer *ret_line)
{
	const struct recording *recording = userdata;
	struct supervisor *supervisor = recording->supervisor;
	struct record_context context;
	int r;

	/* Nothing stands between the end of a run and its signature. */
	if (supervisor->sealing.ending)
		return 1;
	supervisor_record_context(supervisor, &context);
	r = record_part(&context, number, ret_line);
	if (r == 0)
		supervisor->sequence++;
	return r;
}

/* The closed one is known by its name. Its number (the inode's) is free once it is compressed, and
 * goes to whatever the agent makes next. */
static void on_part_closed(void *userdata, unsigned number)
{
	const struct recording *recording = userdata;
	struct supervisor *supervisor = recording->supervisor;

	if (recording->zero)
		protect_renewed(recording->zero, recording->path, VERB_ALL);
	if (supervisor->outside)
		outside_tidy(supervisor->outside);
}

static void on_part_cannot(void *userdata, int error)
{
	const struct recording *recording = userdata;
	struct supervisor *supervisor = recording->supervisor;
	struct record_context context;
	struct buffer line = {};

	supervisor_record_context(supervisor, &context);
	if (record_fault(&context, "no other part of the record can be begun: this one grows",
			 error, &line) == 0)
		supervisor_append(supervisor, &line, 0);
	buffer_done(&line);
}

/* ---- where ---- */

/* What an option names. ret_file: given, or NULL where it says none. */
static int parse_option(const char *option, unsigned *ret_to, char **ret_file)
{
	static const char *const words[] = {"file", "journald", "syslog"};
	const char *end;

	*ret_to = 0;
	*ret_file = NULL;
	for (const char *at = option; at; at = *end ? end + 1 : NULL) {
		size_t i = 0, len;

		end = strchrnul(at, ',');
		len = (size_t)(end - at);
		while (i < ARRAY_LEN(words) &&
		       (strlen(words[i]) != len || strncmp(at, words[i], len) != 0))
			i++;
		if (i < ARRAY_LEN(words)) {
			*ret_to |= 1u << i;
			continue;
		}
		if (*ret_file || len == 0)
			return -EINVAL;
		*ret_to |= AUDIT_TO_FILE;
		*ret_file = strndup(at, len);
		if (!*ret_file)
			return -ENOMEM;
	}
	return 0;
}

static int open_file(struct recording *recording, const struct config *config, const char *file,
		     struct failure *reterr)
{
	struct supervisor *supervisor = recording->supervisor;
	const struct audit_log_parts parts = {
		.max = policy_settings(config->policy)->audit_part_size,
		.close = on_part_ends,
		.closed = on_part_closed,
		.cannot = on_part_cannot,
		.userdata = recording};
	struct buffer path = {};
	int r = 0;

	if (file)
		buffer_append_string(&path, file);
	else
		r = audit_default_path(getenv("XDG_STATE_HOME"), config->home, supervisor->run,
				       &path);
	if (r == 0)
		r = path.error;
	if (r == 0)
		r = audit_log_new(supervisor->loop, path.data, !file, &supervisor->log, reterr);
	if (r == 0) {
		recording->path = realpath(path.data, NULL);
		recording->name = strdup(recording->path ?: path.data);
		recording->elsewhere = file != NULL;
		audit_log_on_parts(supervisor->log, &parts);
		r = recording->name ? 0 : -ENOMEM;
	}
	buffer_done(&path);
	return r;
}

/* ---- the journal and syslog ---- */

static const char *name_of(enum audit_to to)
{
	return to == AUDIT_TO_JOURNALD ? "journald" : "syslog";
}

static uint64_t count_lines(const char *lines, size_t len)
{
	uint64_t n = 0;

	for (const char *at = lines; (at = memchr(at, '\n', (size_t)(lines + len - at))); at++)
		n++;
	return n;
}

static void on_tell(struct loop_source *source, int32_t result, bool more)
{
	struct recording *recording = container_of(source, struct recording, tell);
	struct supervisor *supervisor = recording->supervisor;
	struct record_context context;
	struct buffer line = {};

	if (!supervisor->log)
		return;
	supervisor_record_context(supervisor, &context);
	if (record_fault(&context,
			 "the copy of the record is not complete: lines were dropped, because the "
			 "journal or syslog takes them too slowly",
			 0, &line) == 0)
		supervisor_append(supervisor, &line, 0);
	buffer_done(&line);
}

/* Called from within the writing of the record: nothing is appended to it here. */
static void on_batch(void *userdata, const char *lines, size_t len)
{
	struct recording *recording = userdata;

	for (unsigned i = 0; i < recording->n_forwarded; i++) {
		struct forwarded *to = &recording->forwarded[i];
		uint64_t n = count_lines(lines, len);

		to->given += n;
		if (!to->log || audit_log_append(to->log, lines, len, 0) == 0)
			continue;
		if (!recording->told) {
			fprintf(stderr,
				"callgate: %s takes the record too slowly: lines are dropped, in "
				"the copy there alone\n",
				name_of(to->to));
			recording->told = true;
			if (!recording->tell.armed)
				loop_defer(&recording->tell);
		}
	}
}

/* The first is the record, where there is no file. */
static int open_forwarded(struct recording *recording, unsigned tos, struct failure *reterr)
{
	struct supervisor *supervisor = recording->supervisor;
	char pipe[32];
	int r = 0;

	for (unsigned bit = AUDIT_TO_JOURNALD; r == 0 && bit <= AUDIT_TO_SYSLOG; bit <<= 1) {
		struct forwarded *to = &recording->forwarded[recording->n_forwarded];

		if (!(tos & bit))
			continue;
		to->to = (enum audit_to)bit;
		r = forwarder_new(to->to, NULL, &to->forwarder, reterr);
		if (r < 0)
			return r;
		recording->n_forwarded++;
		snprintf(pipe, sizeof(pipe), "/dev/fd/%d", forwarder_fd(to->forwarder));
		r = audit_log_new(supervisor->loop, pipe, false,
				  supervisor->log ? &to->log : &supervisor->log, reterr);
		if (r == 0 && !recording->name) {
			recording->name = strdup(name_of(to->to));
			r = recording->name ? 0 : -ENOMEM;
		}
	}
	if (r == 0 && recording->n_forwarded > 0) {
		audit_log_on_copy(supervisor->log, on_batch, recording);
		r = loop_source_init(&recording->tell, supervisor->loop, on_tell);
	}
	return r;
}

/* Whoever looks for the run among all is told where its record is. */
static void enter_in_ledger(const struct recording *recording)
{
	struct ledger_entry entry = {};
	char path[PATH_MAX];
	struct timespec now;
	int fd;

	if (recording->path || recording->n_forwarded == 0 || !recording->runs)
		return;
	snprintf(path, sizeof(path), "%s/x", recording->runs);
	if (audit_make_parents(path, NULL) < 0)
		return;
	snprintf(path, sizeof(path), "%s/../" LEDGER_NAME, recording->runs);
	snprintf(entry.run, sizeof(entry.run), "%s", recording->supervisor->run);
	snprintf(entry.why, sizeof(entry.why), "%s", recording->name);
	fd = ledger_open(path, false);
	if (fd < 0)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	ledger_append(fd, (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec, &entry);
	fd_close(fd);
}

int recording_open(struct recording *recording, struct supervisor *supervisor,
		   const struct config *config, const char *option, struct failure *reterr)
{
	const struct policy_settings *settings = policy_settings(config->policy);
	_cleanup_free_ char *file = NULL;
	unsigned to = settings->audit_to;
	int r;

	recording->supervisor = supervisor;
	recording->keep = settings->audit_keep;
	recording->runs = runs_directory(getenv("XDG_STATE_HOME"), config->home);
	if (settings->audit_detail == AUDIT_DETAIL_NONE)
		return 0;
	r = option ? parse_option(option, &to, &file) : 0;
	if (r == -EINVAL)
		return failure_set(reterr, r,
				   "--audit %s: one FILE, \"file\", \"journald\", \"syslog\", or "
				   "several with \",\" between",
				   option);
	to |= settings->audit_to_managed;
	if (r == 0 && to & AUDIT_TO_FILE)
		r = open_file(recording, config, file, reterr);
	if (r == 0)
		r = open_forwarded(recording, to, reterr);
	if (r < 0)
		return r;
	enter_in_ledger(recording);
	return sealing_begin(supervisor, config);
}

int recording_check(const struct recording *recording, const struct plan *plan,
		    struct failure *reterr)
{
	const struct plan_mount *on = recording->path ? plan_mount_of(plan, recording->path) : NULL;

	if (!on || on->kind != PLAN_MOUNT_WRITABLE)
		return 0;
	failure_hint(reterr, "choose a place outside the workspace and of what --add-dir names");
	return failure_set(reterr, -EACCES, "the record %s lies where the agent may write",
			   recording->path);
}

int recording_protect(struct recording *recording, struct rule_zero *zero)
{
	int r;

	if (!recording->path)
		return 0;
	r = protect_file(zero, recording->path, VERB_ALL);
	if (r < 0)
		return r;
	rule_zero_add_parts(zero);
	recording->zero = zero;
	return 0;
}

int recording_tidy(const void *userdata)
{
	const struct recording *recording = userdata;
	struct audit_tidy tidy = {.directory = recording->runs,
				  .record = recording->elsewhere ? recording->path : NULL,
				  .run = recording->supervisor->run,
				  .keep = recording->keep};
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	tidy.now_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	return audit_tidy(&tidy, NULL);
}

/* stuck: the record itself could not be written to its end, if this is it. */
static void close_forwarded(struct forwarded *to, bool stuck)
{
	uint64_t delivered;

	/* Who does not even take what is on the way there was waited for. */
	if (to->log && audit_log_close(to->log) < 0)
		stuck = true;
	to->log = audit_log_free(to->log);
	delivered = forwarder_finish(to->forwarder, stuck ? 0 : FORWARDER_PATIENCE_NS);
	to->lost = to->given > delivered ? to->given - delivered : 0;
	if (to->lost)
		fprintf(stderr, "callgate: %llu lines of the record did not reach %s\n",
			(unsigned long long)to->lost, name_of(to->to));
}

void recording_close(struct recording *recording)
{
	struct supervisor *supervisor = recording->supervisor;

	bool stuck = audit_log_close(supervisor->log) < 0;

	if (stuck)
		fprintf(stderr, "callgate: the record %s is not complete\n", recording->name);
	supervisor->log = audit_log_free(supervisor->log);
	for (unsigned i = 0; i < recording->n_forwarded; i++)
		close_forwarded(&recording->forwarded[i], stuck && !recording->forwarded[i].log);
}

uint64_t recording_lost(const struct recording *recording)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < recording->n_forwarded; i++)
		if (recording->forwarded[i].lost > most)
			most = recording->forwarded[i].lost;
	return most;
}

void recording_done(struct recording *recording)
{
	loop_source_done(&recording->tell);
	for (unsigned i = 0; i < RECORDING_FORWARDED_MAX; i++) {
		audit_log_free(recording->forwarded[i].log);
		forwarder_free(recording->forwarded[i].forwarder);
		recording->forwarded[i] = (struct forwarded){};
	}
	free(recording->path);
	free(recording->name);
	free(recording->runs);
	recording->path = recording->name = recording->runs = NULL;
}
