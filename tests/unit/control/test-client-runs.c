/* SPDX-License-Identifier: Apache-2.0 */
/* The client of all runs, with a run in a process of its own. */
#include <signal.h>
#include <sys/wait.h>

#include "enforcer/control/client-runs.h"
#include "enforcer/control/rpc.h"
#include "tests/unit/control/control-stage.h"

static struct control_places places;

/* A run that asks for two files and answers its clients until it is killed. */
static pid_t begin_run(void)
{
	int dirfd = -1;
	pid_t pid;

	CHECK_INT(control_place_open(places.path[0], true, &dirfd, NULL), 0);
	control_place_remove(dirfd, STAGE_RUN);
	fd_close(dirfd);
	pid = fork();
	if (pid == 0) {
		static struct stage stage;
		static struct stage_asker askers[2];

		stage_init(&stage, ATTENDED_ALWAYS);
		stage_ask(&stage, &askers[0], "/home/a/file");
		stage_ask(&stage, &askers[1], "/home/a/second");
		loop_run(stage.loop);
		_exit(1);
	}
	return pid;
}

static void end_run(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* The run's socket is there. */
static int open_dir(void)
{
	char path[PATH_MAX + 64];
	int dirfd = -1;

	snprintf(path, sizeof(path), "%s/" STAGE_RUN CONTROL_SUFFIX, places.path[0]);
	for (int i = 0; i < STAGE_TURNS && access(path, F_OK) < 0; i++)
		poll(NULL, 0, 10);
	CHECK_INT(control_place_open(places.path[0], false, &dirfd, NULL), 0);
	return dirfd;
}

/* ---- one link */

static void test_a_question_is_asked_and_answered(void)
{
	_cleanup_(control_link_freep) struct control_link *link = NULL;
	struct failure failure = {};
	json_t *result = NULL;
	pid_t pid = begin_run();
	int dirfd = open_dir();

	CHECK_INT(control_link_open(dirfd, STAGE_RUN, NULL, NULL, &link), 0);
	CHECK_STRING(control_link_run(link), STAGE_RUN);
	CHECK_INT(control_link_ask(link, "list", NULL, 5000, &result, &failure), 0);
	CHECK_INT(json_array_size(json_object_get(result, "questions")), 2);
	json_decref(result);
	CHECK_INT(control_link_ask(link, "answer",
				   json_pack("{s:i, s:s}", "id", 7, "verdict", "allow"), 5000,
				   &result, &failure),
		  -EREMOTEIO);
	CHECK(strstr(failure.text, "question 7") && failure.hint[0]);
	end_run(pid);
	failure = (struct failure){};
	CHECK_INT(control_link_ask(link, "list", NULL, 5000, &result, &failure), -EPIPE);
	CHECK(strstr(failure.text, "has ended") != NULL);
	fd_close(dirfd);
}

static void test_a_run_that_does_not_answer_is_not_waited_for_for_ever(void)
{
	_cleanup_(control_link_freep) struct control_link *link = NULL;
	struct failure failure = {};
	json_t *result = NULL;
	pid_t pid = begin_run();
	int dirfd = open_dir();

	kill(pid, SIGSTOP);
	CHECK_INT(control_link_open(dirfd, STAGE_RUN, NULL, NULL, &link), 0);
	CHECK_INT(control_link_ask(link, "list", NULL, 20, &result, &failure), -ETIMEDOUT);
	kill(pid, SIGCONT);
	/* Its late reply is nobody's, and the next one is ours. */
	CHECK_INT(control_link_ask(link, "hello", NULL, 5000, &result, &failure), 0);
	CHECK_INT(stage_number(result, "protocol"), CONTROL_PROTOCOL);
	json_decref(result);
	end_run(pid);
	fd_close(dirfd);
}

/* ---- all runs */

struct seen {
	int opened, closed, questions, answered;
	struct control_run *run;
};

static void on_opened(void *userdata, struct control_run *run)
{
	struct seen *seen = userdata;

	seen->opened++;
	seen->run = run;
	CHECK_STRING(stage_word(run->status, "directory"), "/work");
}

static void on_event(void *userdata, struct control_run *run, const char *method, json_t *params)
{
	struct seen *seen = userdata;

	if (strcmp(method, "question.opened") == 0) {
		seen->questions++;
		CHECK_INT(stage_number(params, "id"), seen->questions);
		CHECK_INT(control_link_call(
				  run->link, "answer",
				  json_pack("{s:i, s:s}", "id", seen->questions, "verdict", "deny"),
				  NULL, NULL),
			  0);
	} else if (strcmp(method, "question.closed") == 0) {
		seen->answered++;
	}
}

static void on_closed(void *userdata, struct control_run *run, const char *reason)
{
	struct seen *seen = userdata;

	seen->closed++;
	CHECK(seen->run == run);
	CHECK_STRING(reason, "the run has ended");
}

static void work_until(struct control_runs *runs, const int *count, int wanted)
{
	for (int i = 0; i < STAGE_TURNS && *count < wanted; i++) {
		struct pollfd one = {control_runs_fd(runs), POLLIN, 0};

		poll(&one, 1, 100);
		control_runs_work(runs);
	}
	CHECK_INT(*count, wanted);
}

static void test_runs_come_and_go(void)
{
	struct seen seen = {};
	const struct control_runs_config config = {.answers = true,
						   .opened = on_opened,
						   .event = on_event,
						   .closed = on_closed,
						   .userdata = &seen};
	struct control_runs *runs = NULL;
	pid_t pid;

	CHECK_INT(control_runs_new(&places, &config, &runs), 0);
	control_runs_work(runs);
	CHECK_INT(seen.opened, 0);
	for (int i = 1; i <= 2; i++) {
		seen.questions = 0;
		pid = begin_run();
		work_until(runs, &seen.opened, i);
		work_until(runs, &seen.answered, 2 * i);
		end_run(pid);
		work_until(runs, &seen.closed, i);
	}
	CHECK_INT(control_runs_free(runs) == NULL, 1);
}

static void test_what_is_left_of_runs_is_removed(void)
{
	struct control_link *links[4];
	pid_t pid = begin_run();
	int dirfd = open_dir(), n;
	char **list = NULL;

	n = control_links_open(&places, links, 4);
	CHECK_INT(n, 1);
	control_link_free(links[0]);
	end_run(pid);
	/* The kernel closes what the ring held a moment later. */
	for (int i = 0; i < STAGE_TURNS; i++) {
		n = control_links_open(&places, links, 4);
		if (n == 0)
			break;
		control_link_free(links[0]);
		poll(NULL, 0, 10);
	}
	CHECK_INT(n, 0);
	CHECK_INT(control_place_list(dirfd, &list), 0);
	CHECK(!list[0]);
	free(list);
	fd_close(dirfd);
}

static void test_names_of_runs(void)
{
	CHECK_STRING(control_run_short(STAGE_RUN), "1fdd7951");
	CHECK_STRING(control_run_short("plain"), "plain");
	CHECK(control_run_matches(STAGE_RUN, "1fdd"));
	CHECK(control_run_matches(STAGE_RUN, STAGE_RUN));
	CHECK(control_run_matches(STAGE_RUN, "20261121-23"));
	CHECK(!control_run_matches(STAGE_RUN, "7951"));
	CHECK(!control_run_matches(STAGE_RUN, ""));
}

int main(void)
{
	scratch_make();
	control_places_of(scratch, NULL, NULL, &places);
	RUN(test_a_question_is_asked_and_answered);
	RUN(test_what_is_left_of_runs_is_removed);
	RUN(test_a_run_that_does_not_answer_is_not_waited_for_for_ever);
	RUN(test_what_is_left_of_runs_is_removed);
	RUN(test_runs_come_and_go);
	RUN(test_names_of_runs);
	return check_summary();
}
