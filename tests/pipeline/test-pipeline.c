/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of a call: what comes before what, who is asked, what is acted upon. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "tests/pipeline/calls.h"
#include "tests/support/check.h"

static struct gate gate;

/* ---- order of the stages */

static void test_what_fails_by_itself_fails_before_it_is_judged(void)
{
	/* Under a policy that denies everything and one that asks for everything alike. */
	static const char *const policies[] = {GATE_DENY_ALL, GATE_ASK_ALL};
	static const struct {
		const char *name;
		int error;
	} cases[] = {
		{"read nothing", ENOENT},     {"create again", EEXIST},
		{"mkdir again", EEXIST},      {"unlink a directory", EISDIR},
		{"fchmod of nothing", EBADF}, {"bind again", EADDRINUSE},
	};

	for (size_t p = 0; p < ARRAY_LEN(policies); p++) {
		gate_init(&gate, policies[p]);
		for (size_t i = 0; i < ARRAY_LEN(cases); i++)
			CHECK_ERROR(made(&gate, cases[i].name), cases[i].error);
		CHECK_INT(gate.questions, 0);
		gate_done(&gate);
	}
}

static void test_what_is_denied_leaves_the_tree_alone(void)
{
	ino_t file, inner;

	gate_init(&gate, GATE_DENY_ALL);
	file = inode("file");
	inner = inode("dir/inner");
	for (size_t i = 0; i < n_scripted_calls; i++) {
		struct fake_answer answer = made(&gate, scripted_calls[i].name);
		json_t *line;

		/* Its own socket and memory no rule could name. */
		if (strcmp(scripted_calls[i].name, "fchmod") != 0 &&
		    strcmp(scripted_calls[i].name, "memfd_create") != 0)
			CHECK_INT(answer.kind, FAKE_ERROR);
		CHECK_INT(gate_lines(&gate, &line), 1);
		CHECK_STRING(word(line, "call"), mediated_name(scripted_calls[i].call));
		json_decref(line);
		/* Under no right it may have changed. */
		CHECK(file == inode("file") && inner == inode("dir/inner"));
		CHECK(!inode("new") && !inode("made") && !inode("second") && !inode("third"));
	}
	gate_done(&gate);
}

static void test_rule_zero_comes_before_policy(void)
{
	struct stat st;
	json_t *line;

	gate_init(&gate, GATE_ALLOW_ALL);
	CHECK_INT(stat(gate_path("file"), &st), 0);
	CHECK_INT(
		rule_zero_add(&gate.zero, gate_path("elsewhere"), st.st_dev, st.st_ino, VERB_WRITE),
		0);
	CHECK_INT(made(&gate, "read").kind, FAKE_FD);
	CHECK_ERROR(made(&gate, "write"), EACCES);
	gate_lines(&gate, &line);
	CHECK_STRING(word(line, "by"), "rule-zero");
	json_decref(line);
	CHECK_ERROR(made(&gate, "rename"), EACCES);
	CHECK_ERROR(made(&gate, "unlink"), EACCES);
	CHECK_ERROR(made(&gate, "link"), EACCES);
	CHECK_ERROR(made(&gate, "truncate"), EACCES);
	CHECK(inode("file") == st.st_ino);
	gate_done(&gate);
}

static void test_zero_is_no(void)
{
	struct decision decision = {};
	struct call call = {};
	struct object object = {};
	struct place place = PLACE_NONE;
	struct outcome outcome = {};

	CHECK_INT(decision.verdict, VERDICT_DENY);
	CHECK_INT(decision.by, BY_NOTHING);
	CHECK_INT(call.kind, CALL_NONE);
	CHECK_INT(object.kind, OBJECT_UNKNOWN);
	CHECK_INT(place.kind, PLACE_REFUSED);
	CHECK_INT(outcome.kind, OUTCOME_NONE);
	CHECK_INT((enum view_mount_kind)0, VIEW_MOUNT_REFUSED);
	CHECK_INT((struct answer){}.verdict, VERDICT_DENY);
	CHECK_INT((enum exec_end)0, EXEC_GONE);
	CHECK_INT(mediated_family((enum mediated)0), FAMILY_NONE);
}

static void test_a_call_that_no_table_knows_is_refused(void)
{
	struct seccomp_notif notif = {.id = 77, .pid = (uint32_t)getpid(), .data.nr = 100000};
	struct pending *pending;

	gate_init(&gate, GATE_ALLOW_ALL);
	pending = pending_new(&gate.supervisor, &notif);
	CHECK(pending != NULL);
	pipeline_work(pending);
	CHECK_ERROR(answered(77), ENOSYS);
	gate_done(&gate);
}

static void test_a_call_freed_on_its_way_is_denied(void)
{
	struct seccomp_notif notif = {.id = 78, .pid = (uint32_t)getpid()};

	gate_init(&gate, GATE_ALLOW_ALL);
	pending_free(pending_new(&gate.supervisor, &notif));
	CHECK_ERROR(answered(78), EACCES);
	gate_done(&gate);
}

static void test_a_connection_that_leaves_the_machine_is_unreachable(void)
{
	static const struct sockaddr_in outside = {
		.sin_family = AF_INET, .sin_port = 0x5000, .sin_addr.s_addr = 0x010200c0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	gate_init(&gate, GATE_ALLOW_ALL);
	fake_fd_add(12, fd);
	CHECK_ERROR(answered(gate_call(&gate, MEDIATED_connect,
				       (uint64_t[6]){12, fake_memory_add(&outside, sizeof(outside)),
						     sizeof(outside)})),
		    ENETUNREACH);
	close(fd);
	gate_done(&gate);
}

/* ---- moving is not laundering */

static void test_a_name_that_would_allow_more_is_another_device(void)
{
	gate_init(&gate,
		  "{\"version\": 1, \"rules\": ["
		  "{\"deny\": \"exec\", \"path\": \"${workspace}/file\"},"
		  "{\"allow\": [\"read\", \"write\", \"exec\"], \"path\": \"${workspace}\"}]}");
	CHECK_ERROR(made(&gate, "rename"), EXDEV);
	CHECK_ERROR(made(&gate, "link"), EXDEV);
	CHECK(inode("file") && !inode("dir/file") && !inode("second"));
	gate_done(&gate);
}

/* ---- the record */

static void test_without_room_for_its_record_nothing_is_allowed(void)
{
	gate_init(&gate, GATE_ALLOW_ALL);
	CHECK_INT(made(&gate, "read").kind, FAKE_FD);
	/* Everything that can be promised is promised. */
	for (size_t step = 1 << 20; step > 0; step /= 2)
		while (audit_log_reserve(gate.supervisor.log, step) == 0)
			;
	for (size_t i = 0; i < n_scripted_calls; i++) {
		struct fake_answer answer = made(&gate, scripted_calls[i].name);

		CHECK_INT(answer.kind, FAKE_ERROR);
	}
	CHECK(gate.supervisor.unrecorded > 10);
	CHECK(inode("file") && !inode("new") && !inode("made"));
	gate_done(&gate);
}

static void test_numbers_on_record_have_no_gaps(void)
{
	json_t *line;

	gate_init(&gate, GATE_DENY_ALL);
	for (int i = 1; i <= 5; i++) {
		made(&gate, "read");
		CHECK_INT(gate_lines(&gate, &line), 1);
		CHECK_INT(json_integer_value(json_object_get(line, "seq")), i);
		json_decref(line);
	}
	gate_done(&gate);
}

static void test_details_that_nobody_wants_are_not_recorded(void)
{
	json_t *line;

	gate_init(&gate, "{\"version\": 1, \"audit\": {\"detail\": \"denials\"},"
			 "\"rules\": [{\"allow\": \"read\"}]}");
	made(&gate, "read");
	CHECK_INT(gate_lines(&gate, &line), 0);
	made(&gate, "write");
	CHECK_INT(gate_lines(&gate, &line), 1);
	json_decref(line);
	gate_done(&gate);
}

/* ---- performing */

static void test_a_new_file_has_the_targets_umask_and_no_special_bits(void)
{
	mode_t ours = umask(0);
	struct stat st;

	umask(ours);
	gate_init(&gate, GATE_ALLOW_ALL);
	fake_target.umask = 027;
	gate_call(&gate, MEDIATED_creat, (uint64_t[6]){fake_string("special"), 06777});
	CHECK_INT(stat(gate_path("special"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0750);
	gate_call(&gate, MEDIATED_mkdir, (uint64_t[6]){fake_string("newdir"), 01777});
	CHECK_INT(stat(gate_path("newdir"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 01750);
	gate_call(&gate, MEDIATED_chmod, (uint64_t[6]){fake_string("special"), 06755});
	CHECK_INT(stat(gate_path("special"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0755);
	CHECK_INT(umask(ours), ours);
	gate_done(&gate);
}

static void test_cloexec_is_the_targets_wish_alone(void)
{
	uint64_t cookie;

	gate_init(&gate, GATE_ALLOW_ALL);
	cookie = gate_call(&gate, MEDIATED_open, (uint64_t[6]){fake_string("file"), O_RDONLY});
	CHECK_INT(answered(cookie).fd_flags, 0);
	cookie = gate_call(&gate, MEDIATED_open,
			   (uint64_t[6]){fake_string("file"), O_RDWR | O_APPEND | O_CLOEXEC});
	CHECK_INT(answered(cookie).fd_flags, O_CLOEXEC);
	CHECK_INT(answered(cookie).flags & (O_ACCMODE | O_APPEND), O_RDWR | O_APPEND);
	gate_done(&gate);
}

static void test_a_file_that_could_not_be_handed_over_is_not_left_behind(void)
{
	gate_init(&gate, GATE_ALLOW_ALL);
	fake_listener.give_error = -EMFILE;
	CHECK_ERROR(made(&gate, "create"), EMFILE);
	CHECK(inode("new") == 0);
	gate_done(&gate);
}

int main(void)
{
	RUN(test_what_fails_by_itself_fails_before_it_is_judged);
	RUN(test_what_is_denied_leaves_the_tree_alone);
	RUN(test_rule_zero_comes_before_policy);
	RUN(test_zero_is_no);
	RUN(test_a_call_that_no_table_knows_is_refused);
	RUN(test_a_call_freed_on_its_way_is_denied);
	RUN(test_a_connection_that_leaves_the_machine_is_unreachable);
	RUN(test_a_name_that_would_allow_more_is_another_device);
	RUN(test_without_room_for_its_record_nothing_is_allowed);
	RUN(test_numbers_on_record_have_no_gaps);
	RUN(test_details_that_nobody_wants_are_not_recorded);
	RUN(test_a_new_file_has_the_targets_umask_and_no_special_bits);
	RUN(test_cloexec_is_the_targets_wish_alone);
	RUN(test_a_file_that_could_not_be_handed_over_is_not_left_behind);
	return check_summary();
}
