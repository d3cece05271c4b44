/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of a call put together without a kernel. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "enforcer/asking.h"
#include "enforcer/base/fd.h"
#include "filters/filter.h"
#include "tests/pipeline/gate.h"
#include "tests/support/fake-view.h"
#include "tests/support/scratch.h"

static int tree_socket = -1, other_socket = -1;

static int scratch_empty_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return ftw->level == 0 ? 0 : remove(path);
}

void gate_tree(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (!scratch[0])
		scratch_make();
	tree_socket = fd_close(tree_socket);
	other_socket = fd_close(other_socket);
	nftw(scratch, scratch_empty_one, 16, FTW_DEPTH | FTW_PHYS);
	scratch_file("file", "what it says", 0600);
	scratch_directory("dir");
	scratch_file("dir/inner", "inner", 0600);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", scratch_path("socket"));
	tree_socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	other_socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (symlink("file", scratch_path("link")) < 0 ||
	    symlink("dir", scratch_path("dirlink")) < 0 ||
	    symlink("nothing", scratch_path("dangling")) < 0 ||
	    mkfifo(scratch_path("fifo"), 0600) < 0 || other_socket < 0 ||
	    bind(tree_socket, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(tree_socket, 64) < 0)
		abort();
	fake_target.n_fds = 0;
	fake_fd_add(9, other_socket);
}

const char *gate_path(const char *name)
{
	return scratch_path(name);
}

static int gate_show(struct prompter *prompter, const struct question *question, uint64_t now)
{
	struct gate *gate = container_of(prompter, struct gate, prompter);

	gate->question = question->id;
	gate->questions++;
	return 0;
}

static void gate_hide(struct prompter *prompter, const char *how)
{
	container_of(prompter, struct gate, prompter)->question = 0;
}

static struct policy *gate_policy(const char *text)
{
	const char *workspaces[] = {scratch, NULL};
	struct policy_context context = {
		.home = scratch, .workspaces = workspaces, .tmp = workspaces + 1};
	struct policy_part *part;
	struct policy *policy = NULL;
	struct policy_error error;

	if (policy_parse(text, strlen(text), "test.json", LAYER_USER, &part, &error) < 0 ||
	    policy_new(&part, 1, &context, &policy, &error) < 0) {
		fprintf(stderr, "%d:%d: %s\n", error.line, error.column, error.text);
		abort();
	}
	return policy;
}

static void gate_open_log(struct gate *gate)
{
	int fd;

	gate->log_path = strdup("/tmp/callgate-record-XXXXXX");
	fd = gate->log_path ? mkstemp(gate->log_path) : -1;
	if (fd < 0)
		abort();
	close(fd);
	if (audit_log_new(gate->supervisor.loop, gate->log_path, false, &gate->supervisor.log,
			  NULL) < 0)
		abort();
}

void gate_init(struct gate *gate, const char *policy)
{
	static const struct exec_owner owner = {.judge_again = pipeline_judge_image,
						.ended = pipeline_exec_ended};
	struct supervisor *supervisor = &gate->supervisor;
	struct approvals_config config = {.prompter = &gate->prompter, .timeout_ns = 1000000000u};

	*gate = (struct gate){.prompter = {.show = gate_show, .hide = gate_hide}};
	fake_listener_reset();
	fake_target_reset();
	gate_tree();
	fake_target.cwd = open(scratch, O_PATH | O_DIRECTORY | O_CLOEXEC);
	snprintf(supervisor->run, sizeof(supervisor->run), "test");
	supervisor->listener.fd = -1;
	supervisor->view = fake_view_new(scratch);
	supervisor->policy = gate_policy(policy);
	supervisor->zero = &gate->zero;
	if (loop_new(&supervisor->loop) < 0 || targets_new(&supervisor->targets) < 0 ||
	    repositories_new(&supervisor->repositories) < 0 ||
	    summary_new(&supervisor->summary) < 0)
		abort();
	supervisor->reply = (struct reply_context){.loop = supervisor->loop,
						   .listener = &supervisor->listener,
						   .view = supervisor->view,
						   .repositories = supervisor->repositories,
						   .n_later = &supervisor->n_later};
	asking_configure(supervisor, &config);
	if (exec_verifier_new(&supervisor->reply, &owner, &supervisor->verifier) < 0 ||
	    approvals_new(&config, &supervisor->approvals) < 0)
		abort();
	if (loop_source_init(&supervisor->watch, supervisor->loop, pipeline_on_watch) < 0)
		abort();
	gate_open_log(gate);
	asking_record(supervisor);
}

void gate_done(struct gate *gate)
{
	struct supervisor *supervisor = &gate->supervisor;

	loop_source_done(&supervisor->watch);
	approvals_free(supervisor->approvals);
	exec_verifier_free(supervisor->verifier);
	audit_log_close(supervisor->log);
	audit_log_free(supervisor->log);
	summary_free(supervisor->summary);
	repositories_free(supervisor->repositories);
	targets_free(supervisor->targets);
	policy_free(supervisor->policy);
	view_free(supervisor->view);
	loop_free(supervisor->loop);
	rule_zero_done(&gate->zero);
	fake_target.cwd = fd_close(fake_target.cwd);
	tree_socket = fd_close(tree_socket);
	other_socket = fd_close(other_socket);
	unlink(gate->log_path);
	free(gate->log_path);
}

uint64_t gate_call(struct gate *gate, enum mediated call, const uint64_t args[6])
{
	struct seccomp_notif notif = {.id = ++gate->last_cookie,
				      .pid = (uint32_t)fake_target.tid,
				      .data = {.nr = filter_number(call)}};
	struct pending *pending;

	memcpy(notif.data.args, args, sizeof(notif.data.args));
	pending = pending_new(&gate->supervisor, &notif);
	if (pending)
		pipeline_work(pending);
	else
		/* As supervisor_receive() does. */
		listener_send_error(&gate->supervisor.listener, notif.id, ENOMEM);
	return notif.id;
}

void gate_settle(struct gate *gate)
{
	uint64_t deadline = loop_now() + 1000000000u;

	while (gate->supervisor.waiting && loop_now() < deadline)
		if (loop_step(gate->supervisor.loop, true) < 0)
			abort();
}

void gate_answer(struct gate *gate, enum verdict verdict)
{
	const struct answer answer = {.verdict = verdict, .by = BY_PERSON, .via = "test"};

	assert(gate->question != 0);
	assert(approvals_answer(gate->supervisor.approvals, gate->question, &answer, loop_now(),
				NULL) == 0);
}

static bool is_event(json_t *line, const char *event)
{
	return strcmp(json_string_value(json_object_get(line, "event")), event) == 0;
}

/* Lines of this event; *ret_last is the last of them behind the first skip, or NULL. */
static size_t read_lines(struct gate *gate, const char *event, size_t skip, json_t **ret_last)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_fd_ int fd = -1;
	size_t len, n = 0;
	char *save = NULL;

	*ret_last = NULL;
	assert(audit_log_flush(gate->supervisor.log) == 0);
	fd = open(gate->log_path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fd_read_file(fd, 64 << 20, &text, &len) < 0)
		abort();
	assert(strlen(text) == len);
	for (char *word = strtok_r(text, "\n", &save); word; word = strtok_r(NULL, "\n", &save)) {
		json_t *line = json_loads(word, JSON_REJECT_DUPLICATES, NULL);

		assert(line != NULL);
		if (is_event(line, event) && n++ >= skip) {
			json_decref(*ret_last);
			*ret_last = json_incref(line);
		}
		json_decref(line);
	}
	return n;
}

size_t gate_lines(struct gate *gate, json_t **ret_last)
{
	size_t n = read_lines(gate, "call", gate->log_seen, ret_last), fresh = n - gate->log_seen;

	gate->log_seen = n;
	return fresh;
}

json_t *gate_event(struct gate *gate, const char *event)
{
	json_t *last;

	read_lines(gate, event, 0, &last);
	return last;
}

size_t gate_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	if (!dir)
		abort();
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}
