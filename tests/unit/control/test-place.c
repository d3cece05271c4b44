/* SPDX-License-Identifier: Apache-2.0 */
/* Where control sockets are: which directories, whose, and names of any length. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "enforcer/control/place.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

#define THE_RUN "20261121-231917-1fdd7951"

static void test_places_are_the_login_s_and_the_state_s(void)
{
	static const struct {
		const char *runtime, *state, *home, *first, *second;
	} cases[] = {
		{NULL, NULL, "/home/a", "/home/a/.local/state/callgate/run", NULL},
		{"/run/user/1", NULL, "/home/a", "/run/user/1/callgate",
		 "/home/a/.local/state/callgate/run"},
		{NULL, "/state", "/home/a", "/state/callgate/run", NULL},
		/* What is relative is to be ignored. */
		{"run", "state", "/home/a", "/home/a/.local/state/callgate/run", NULL},
		{NULL, NULL, "/", "/.local/state/callgate/run", NULL},
		{"", NULL, NULL, NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct control_places places;

		control_places_of(cases[i].runtime, cases[i].state, cases[i].home, &places);
		CHECK_INT(places.n, !!cases[i].first + !!cases[i].second);
		if (cases[i].first)
			CHECK_STRING(places.path[0], cases[i].first);
		if (cases[i].second)
			CHECK_STRING(places.path[1], cases[i].second);
	}
}

static void test_only_a_directory_that_nobody_else_enters_is_one(void)
{
	struct failure failure = {};
	int fd = -1;

	CHECK_INT(control_place_open(scratch_path("none/x"), false, &fd, &failure), -ENOENT);
	CHECK_INT(failure.text[0], 0);
	CHECK_INT(control_place_open(scratch_path("made/of/three"), true, &fd, &failure), 0);
	fd = fd_close(fd);
	CHECK_INT(chmod(scratch_path("made/of/three"), 0710), 0);
	CHECK_INT(control_place_open(scratch_path("made/of/three"), true, &fd, &failure), -EPERM);
	CHECK(strstr(failure.text, "open to others") != NULL);
	CHECK_INT(chmod(scratch_path("made/of/three"), 0700), 0);
	CHECK_INT(symlink("made/of/three", scratch_path("link")), 0);
	CHECK_INT(control_place_open(scratch_path("link"), true, &fd, NULL), -EPERM);
	scratch_file("file", "", 0600);
	CHECK(control_place_open(scratch_path("file"), true, &fd, NULL) < 0);
	CHECK_INT(fd, -1);
	if (geteuid() == 0) {
		scratch_directory("other");
		CHECK_INT(chown(scratch_path("other"), 1, 1), 0);
		CHECK_INT(control_place_open(scratch_path("other"), true, &fd, NULL), -EPERM);
	}
}

static void test_a_login_s_directory_that_is_another_s_is_passed_over(void)
{
	_cleanup_fd_ int fd = -1;
	struct control_places places;
	const char *path = NULL;

	control_places_of("/", scratch_path("fallback"), NULL, &places);
	if (geteuid() == 0)
		control_places_of(scratch_path("theirs"), scratch_path("fallback"), NULL, &places);
	scratch_directory("theirs");
	CHECK(geteuid() != 0 || chown(scratch_path("theirs"), 1, 1) == 0);
	CHECK_INT(control_places_make(&places, &fd, &path, NULL), 0);
	CHECK_STRING(path, scratch_path("fallback/callgate/run"));
	places.n = 0;
	CHECK_INT(control_places_make(&places, &fd, &path, NULL), -ENOENT);
}

static void test_names_of_sockets(void)
{
	static const char *const no[] = {".sock",    "a.sock.sock", "a.new",  "a",
					 "a/b.sock", "a b.sock",    "..sock", ""};
	char run[CONTROL_RUN_MAX], longest[CONTROL_RUN_MAX + 16];

	CHECK(control_run_of(THE_RUN ".sock", run));
	CHECK_STRING(run, THE_RUN);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		CHECK(!control_run_of(no[i], run));
	memset(longest, 'x', sizeof(longest));
	strcpy(longest + CONTROL_RUN_MAX - 1, ".sock");
	CHECK(control_run_of(longest, run));
	memset(longest, 'x', sizeof(longest));
	strcpy(longest + CONTROL_RUN_MAX, ".sock");
	CHECK(!control_run_of(longest, run));
}

static void test_a_directory_may_have_a_long_name(void)
{
	_cleanup_fd_ int dir = -1, server = -1, client = -1, peer = -1;
	char name[300] = "";
	char **runs = NULL;

	for (int i = 0; i < 14; i++)
		strcat(name, i % 2 ? "/" : "a-directory-with-a-name-of-some-length");
	CHECK_INT(control_place_open(scratch_path(name), true, &dir, NULL), 0);
	CHECK_INT(control_place_listen(dir, THE_RUN, &server), 0);
	CHECK_INT(control_place_connect(dir, THE_RUN, &client), 0);
	peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	CHECK(peer >= 0);
	CHECK_INT(control_place_listen(dir, THE_RUN, &peer), -EEXIST);
	CHECK_INT(control_place_list(dir, &runs), 0);
	CHECK_STRING(runs[0], THE_RUN);
	CHECK(!runs[1]);
	free(runs[0]);
	free(runs);
	control_place_remove(dir, THE_RUN);
	CHECK_INT(control_place_connect(dir, THE_RUN, &client), -ENOENT);
}

static void test_what_is_left_of_a_run_is_known(void)
{
	_cleanup_fd_ int dir = -1;
	int server = -1, client = -1;
	char **runs = NULL;

	CHECK_INT(control_place_open(scratch_path("left"), true, &dir, NULL), 0);
	CHECK_INT(control_place_listen(dir, THE_RUN, &server), 0);
	CHECK_INT(control_place_listen(dir, "b", &server), 0);
	CHECK_INT(control_place_list(dir, &runs), 0);
	CHECK_STRING(runs[0], THE_RUN);
	CHECK_STRING(runs[1], "b");
	for (size_t i = 0; runs[i]; i++)
		free(runs[i]);
	free(runs);
	fd_close(server);
	CHECK_INT(control_place_connect(dir, "b", &client), -ECONNREFUSED);
	CHECK_INT(control_place_connect(dir, "../left/b", &client), -EINVAL);
	CHECK_INT(client, -1);
}

int main(void)
{
	scratch_make();
	RUN(test_places_are_the_login_s_and_the_state_s);
	RUN(test_only_a_directory_that_nobody_else_enters_is_one);
	RUN(test_a_login_s_directory_that_is_another_s_is_passed_over);
	RUN(test_names_of_sockets);
	RUN(test_a_directory_may_have_a_long_name);
	RUN(test_what_is_left_of_a_run_is_known);
	return check_summary();
}
