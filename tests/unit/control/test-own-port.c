/* SPDX-License-Identifier: Apache-2.0 */
/* Ports that no agent may reach: held while their program lives, by every run's places. */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "enforcer/control/own-port.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static void test_a_port_is_taken_while_it_is_held(void)
{
	struct control_places places;
	int fd = -1, other = -1;

	control_places_of(NULL, scratch_path("state"), "/", &places);
	CHECK(!own_port_taken(&places, 8443));
	CHECK_INT(own_port_claim(&places, 8443, &fd, NULL), 0);
	CHECK(own_port_taken(&places, 8443));
	CHECK_INT(own_port_claim(&places, 8443, &other, NULL), -EADDRINUSE);
	CHECK(own_port_taken(&places, 8443));
	CHECK(!own_port_taken(&places, 844));
	CHECK(!own_port_taken(&places, 8444));
	CHECK_INT(own_port_claim(&places, 8444, &other, NULL), 0);
	fd = own_port_release(&places, 8443, fd);
	CHECK_INT(fd, -1);
	CHECK(!own_port_taken(&places, 8443));
	CHECK(own_port_taken(&places, 8444));
	CHECK(access(scratch_path("state/callgate/run/8443.port"), F_OK) < 0);
	own_port_release(&places, 8444, other);
}

static void test_runs_with_and_without_a_login_see_it(void)
{
	struct control_places login, cron;
	int fd = -1;

	scratch_directory("login");
	control_places_of(scratch_path("login"), scratch_path("both"), "/", &login);
	control_places_of(NULL, scratch_path("both"), "/", &cron);
	CHECK_INT(own_port_claim(&login, 1, &fd, NULL), 0);
	CHECK(own_port_taken(&cron, 1));
	CHECK(own_port_taken(&login, 1));
	own_port_release(&login, 1, fd);
	CHECK_INT(own_port_claim(&cron, 65535, &fd, NULL), 0);
	CHECK(own_port_taken(&login, 65535));
	own_port_release(&cron, 65535, fd);
}

static void test_what_was_killed_holds_nothing_and_is_swept(void)
{
	struct control_places places;
	int fd = -1, status = -1;
	pid_t child;

	control_places_of(NULL, scratch_path("killed"), "/", &places);
	child = fork();
	if (child == 0) {
		own_port_claim(&places, 9000, &fd, NULL);
		_exit(own_port_taken(&places, 9000) ? 0 : 1);
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_INT(status, 0);
	CHECK_INT(access(scratch_path("killed/callgate/run/9000.port"), F_OK), 0);
	CHECK(!own_port_taken(&places, 9000));
	CHECK_INT(own_port_claim(&places, 9001, &fd, NULL), 0);
	CHECK(access(scratch_path("killed/callgate/run/9000.port"), F_OK) < 0);
	CHECK(own_port_taken(&places, 9001));
	own_port_release(&places, 9001, fd);
}

static void test_what_cannot_be_told_is_taken(void)
{
	struct control_places places;

	control_places_of(NULL, scratch_path("odd"), "/", &places);
	CHECK_INT(mkdir(scratch_path("odd"), 0700), 0);
	CHECK_INT(mkdir(scratch_path("odd/callgate"), 0700), 0);
	CHECK_INT(mkdir(scratch_path("odd/callgate/run"), 0700), 0);
	CHECK_INT(symlink("nowhere", scratch_path("odd/callgate/run/80.port")), 0);
	CHECK(own_port_taken(&places, 80));
	CHECK(!own_port_taken(&places, 81));
}

int main(void)
{
	scratch_make();
	RUN(test_a_port_is_taken_while_it_is_held);
	RUN(test_runs_with_and_without_a_login_see_it);
	RUN(test_what_was_killed_holds_nothing_and_is_swept);
	RUN(test_what_cannot_be_told_is_taken);
	return check_summary();
}
