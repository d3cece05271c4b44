/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "tests/support/two-ptys.h"

static const bool all[3] = {true, true, true};

static void agent_raw(struct two_ptys *ptys)
{
	struct termios modes;

	CHECK_INT(tcgetattr(ptys->agent, &modes), 0);
	cfmakeraw(&modes);
	CHECK_INT(tcsetattr(ptys->agent, TCSANOW, &modes), 0);
}

static bool is_raw(int tty)
{
	struct termios modes;

	return tcgetattr(tty, &modes) == 0 && !(modes.c_lflag & (ICANON | ECHO | ISIG));
}

static void test_all_bytes_pass_both_ways(void)
{
	struct two_ptys ptys;
	char bytes[256], got[256];

	two_ptys_open(&ptys, all);
	agent_raw(&ptys);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	two_ptys_type(&ptys, bytes, sizeof(bytes));
	CHECK_INT(two_ptys_read(&ptys, ptys.agent, got, sizeof(got)), sizeof(got));
	CHECK(memcmp(bytes, got, sizeof(got)) == 0);
	CHECK_INT(write(ptys.agent, bytes, sizeof(bytes)), sizeof(bytes));
	CHECK_INT(two_ptys_read(&ptys, ptys.person, got, sizeof(got)), sizeof(got));
	CHECK(memcmp(bytes, got, sizeof(got)) == 0);
	two_ptys_close(&ptys);
}

static void test_modes_are_raw_during_the_run_and_restored(void)
{
	struct termios before, inside, after;
	struct two_ptys ptys;

	two_ptys_open(&ptys, all);
	CHECK(is_raw(ptys.tty));
	CHECK_INT(tcgetattr(ptys.agent, &inside), 0);
	CHECK(inside.c_lflag & ICANON);
	ptys.terminal = terminal_free(ptys.terminal);
	CHECK_INT(tcgetattr(ptys.tty, &after), 0);
	/* The agent's pty was given the modes that the person's had. */
	before = inside;
	CHECK_INT(before.c_iflag, after.c_iflag);
	CHECK_INT(before.c_oflag, after.c_oflag);
	CHECK_INT(before.c_lflag, after.c_lflag);
	CHECK(memcmp(before.c_cc, after.c_cc, NCCS) == 0);
	two_ptys_close(&ptys);
}

static void test_shared_description_stays_blocking(void)
{
	struct two_ptys ptys;

	two_ptys_open(&ptys, all);
	CHECK_INT(fcntl(ptys.tty, F_GETFL) & O_NONBLOCK, 0);
	two_ptys_close(&ptys);
}

static void test_window_size_follows(void)
{
	struct winsize size = {}, bigger = {.ws_row = 50, .ws_col = 200};
	struct two_ptys ptys;

	two_ptys_open(&ptys, all);
	CHECK_INT(ioctl(ptys.agent, TIOCGWINSZ, &size), 0);
	CHECK_INT(size.ws_row, 31);
	CHECK_INT(size.ws_col, 97);
	CHECK_INT(ioctl(ptys.person, TIOCSWINSZ, &bigger), 0);
	CHECK(terminal_signal(ptys.terminal, SIGWINCH, false));
	CHECK_INT(ioctl(ptys.agent, TIOCGWINSZ, &size), 0);
	CHECK_INT(size.ws_row, 50);
	CHECK_INT(size.ws_col, 200);
	two_ptys_close(&ptys);
}

/* The person's side reads nothing for a while: the loop must not stand, the agent must come to a
 * stop (bounded), and nothing may be lost. */
static void test_slow_person_holds_the_agent_and_not_the_loop(void)
{
	enum { TOTAL = 1 << 20 };
	struct two_ptys ptys;
	size_t sent = 0, got = 0;
	bool right = true, stalled = false;
	unsigned char byte;

	two_ptys_open(&ptys, all);
	agent_raw(&ptys);
	fcntl(ptys.agent, F_SETFL, fcntl(ptys.agent, F_GETFL) | O_NONBLOCK);
	while (got < TOTAL) {
		char data[512], back[512];
		ssize_t n = 0;

		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (char)((sent + i) % 251);
		if (sent < TOTAL)
			n = write(ptys.agent, data, sizeof(data));
		CHECK_INT(loop_step(ptys.loop, false), 0);
		if (n > 0) {
			sent += (size_t)n;
			continue;
		}
		two_ptys_settle(&ptys);
		stalled |= sent < TOTAL;
		CHECK(sent - got < 256 * 1024);
		n = (ssize_t)two_ptys_read(&ptys, ptys.person, back, 1);
		if (n != 1)
			break;
		n = read(ptys.person, back + 1, sizeof(back) - 1);
		n = n < 0 ? 1 : n + 1;
		for (ssize_t i = 0; i < n; i++) {
			byte = (unsigned char)back[i];
			right &= byte == (got + (size_t)i) % 251;
		}
		got += (size_t)n;
	}
	CHECK(stalled);
	CHECK(right);
	CHECK_INT(got, sent);
	two_ptys_close(&ptys);
}

static void test_slow_agent_holds_the_person_and_not_the_loop(void)
{
	struct two_ptys ptys;
	char data[512], got[512];
	size_t sent = 0, read_back = 0;
	int full = 0;

	two_ptys_open(&ptys, all);
	agent_raw(&ptys);
	memset(data, 'k', sizeof(data));
	while (sent < (1 << 20) && full < 50) {
		ssize_t n = write(ptys.person, data, sizeof(data));

		full = n > 0 ? 0 : full + 1;
		sent += n > 0 ? (size_t)n : 0;
		CHECK_INT(loop_step(ptys.loop, false), 0);
	}
	CHECK_INT(full, 50);
	while (read_back < sent) {
		size_t left = sent - read_back;
		size_t n = two_ptys_read(&ptys, ptys.agent, got, left < 512 ? left : 512);

		if (n == 0)
			break;
		read_back += n;
	}
	CHECK_INT(read_back, sent);
	two_ptys_close(&ptys);
}

static void on_finished(void *userdata)
{
	++*(int *)userdata;
}

static void test_rest_of_the_output_comes_before_the_end(void)
{
	struct two_ptys ptys;
	static char data[3000], got[3000];
	int finished = 0;

	two_ptys_open(&ptys, all);
	agent_raw(&ptys);
	memset(data, 'x', sizeof(data));
	CHECK_INT(write(ptys.agent, data, sizeof(data)), sizeof(data));
	terminal_finish(ptys.terminal, on_finished, &finished);
	CHECK_INT(two_ptys_read(&ptys, ptys.person, got, sizeof(got)), sizeof(got));
	while (finished == 0)
		CHECK_INT(loop_step(ptys.loop, true), 0);
	CHECK(!is_raw(ptys.tty));
	two_ptys_settle(&ptys);
	CHECK_INT(finished, 1);
	two_ptys_close(&ptys);
}

static void test_hangup_of_the_person_hangs_up_the_agent(void)
{
	struct two_ptys ptys;
	struct pollfd pollfd = {};
	int finished = 0;

	two_ptys_open(&ptys, all);
	ptys.person = fd_close(ptys.person);
	two_ptys_settle(&ptys);
	pollfd.fd = ptys.agent;
	poll(&pollfd, 1, 1000);
	CHECK(pollfd.revents & POLLHUP);
	CHECK(terminal_signal(ptys.terminal, SIGWINCH, false));
	terminal_finish(ptys.terminal, on_finished, &finished);
	two_ptys_settle(&ptys);
	CHECK_INT(finished, 1);
	two_ptys_close(&ptys);
}

static void test_without_stdin_nothing_is_read_and_nothing_raw(void)
{
	static const bool output[3] = {false, true, true};
	struct two_ptys ptys;
	char line[8] = {};

	two_ptys_open(&ptys, output);
	CHECK(!is_raw(ptys.tty));
	two_ptys_type(&ptys, "key\n", 4);
	CHECK_INT(read(ptys.tty, line, sizeof(line)), 4);
	CHECK_STRING(line, "key\n");
	CHECK_INT(write(ptys.agent, "one\ntwo\n", 8), 8);
	/* One \r each, by the person's own line discipline. */
	CHECK(two_ptys_expect(&ptys, ptys.person, "one\r\ntwo\r\n"));
	two_ptys_close(&ptys);
}

static void test_in_a_pipeline_the_terminal_is_taken_on_first_use(void)
{
	static const bool input[3] = {true, false, true};
	struct two_ptys ptys;
	char line[8] = {};

	two_ptys_open(&ptys, input);
	CHECK(!is_raw(ptys.tty));
	two_ptys_type(&ptys, "key\n", 4);
	CHECK_INT(two_ptys_read(&ptys, ptys.agent, line, 4), 4);
	CHECK_STRING(line, "key\n");
	CHECK(is_raw(ptys.tty));
	two_ptys_close(&ptys);
}

/* What was typed before the terminal was taken has been echoed by it, and is not shown again; what
 * the agent writes is. */
static void test_in_a_pipeline_the_first_line_is_echoed_once(void)
{
	static const bool input[3] = {true, false, true};
	char seen[64] = {}, line[16] = {};
	struct two_ptys ptys;

	two_ptys_open(&ptys, input);
	two_ptys_type(&ptys, "a\tb\n", 4);
	CHECK_INT(two_ptys_read(&ptys, ptys.agent, line, 4), 4);
	CHECK_INT(write(ptys.agent, "a warning\n", 10), 10);
	two_ptys_type(&ptys, "two\n", 4);
	two_ptys_read(&ptys, ptys.person, seen, sizeof(seen) - 1);
	CHECK_STRING(seen, "a\tb\r\na warning\r\ntwo\r\n");
	two_ptys_close(&ptys);
}

static void test_in_a_pipeline_what_is_no_echo_is_shown(void)
{
	static const bool input[3] = {true, false, true};
	char seen[64] = {}, line[16] = {};
	struct two_ptys ptys;
	struct termios modes;

	two_ptys_open(&ptys, input);
	/* It comes before the echo, and begins as that does. */
	CHECK_INT(write(ptys.agent, "ab? ", 4), 4);
	CHECK_INT(write(ptys.person, "abc\n", 4), 4);
	CHECK_INT(two_ptys_read(&ptys, ptys.agent, line, 4), 4);
	two_ptys_read(&ptys, ptys.person, seen, sizeof(seen) - 1);
	CHECK(strstr(seen, "ab? "));
	two_ptys_close(&ptys);
	/* An agent that echoes nothing, and then writes the same. */
	memset(seen, 0, sizeof(seen));
	two_ptys_open(&ptys, input);
	CHECK_INT(tcgetattr(ptys.agent, &modes), 0);
	modes.c_lflag &= ~(tcflag_t)ECHO;
	CHECK_INT(tcsetattr(ptys.agent, TCSANOW, &modes), 0);
	two_ptys_type(&ptys, "abc\n", 4);
	CHECK_INT(two_ptys_read(&ptys, ptys.agent, line, 4), 4);
	CHECK_INT(write(ptys.agent, "abc\n", 4), 4);
	two_ptys_read(&ptys, ptys.person, seen, sizeof(seen) - 1);
	CHECK_STRING(seen, "abc\r\nabc\r\n");
	two_ptys_close(&ptys);
}

static void test_in_a_pipeline_another_reader_of_the_terminal_is_left_alone(void)
{
	static const bool input[3] = {true, false, true};
	struct two_ptys ptys;
	struct termios modes;
	char key = 0;

	two_ptys_open(&ptys, input);
	CHECK_INT(tcgetattr(ptys.tty, &modes), 0);
	modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	CHECK_INT(tcsetattr(ptys.tty, TCSANOW, &modes), 0);
	two_ptys_type(&ptys, "q", 1);
	CHECK_INT(read(ptys.tty, &key, 1), 1);
	CHECK_INT(key, 'q');
	CHECK_INT(write(ptys.agent, "warning\n", 8), 8);
	CHECK(two_ptys_expect(&ptys, ptys.person, "warning\r\n"));
	ptys.terminal = terminal_free(ptys.terminal);
	CHECK_INT(tcgetattr(ptys.tty, &modes), 0);
	CHECK(!(modes.c_lflag & ICANON));
	two_ptys_close(&ptys);
}

static void test_in_a_pipeline_a_password_prompt_takes_the_terminal(void)
{
	static const bool input[3] = {true, false, true};
	struct two_ptys ptys;
	struct termios modes;

	two_ptys_open(&ptys, input);
	CHECK_INT(tcgetattr(ptys.agent, &modes), 0);
	modes.c_lflag &= ~(tcflag_t)ECHO;
	CHECK_INT(tcsetattr(ptys.agent, TCSANOW, &modes), 0);
	CHECK_INT(write(ptys.agent, "Password: ", 10), 10);
	CHECK(two_ptys_expect(&ptys, ptys.person, "Password: "));
	CHECK(is_raw(ptys.tty));
	two_ptys_close(&ptys);
}

int main(void)
{
	RUN(test_all_bytes_pass_both_ways);
	RUN(test_modes_are_raw_during_the_run_and_restored);
	RUN(test_shared_description_stays_blocking);
	RUN(test_window_size_follows);
	RUN(test_slow_person_holds_the_agent_and_not_the_loop);
	RUN(test_slow_agent_holds_the_person_and_not_the_loop);
	RUN(test_rest_of_the_output_comes_before_the_end);
	RUN(test_hangup_of_the_person_hangs_up_the_agent);
	RUN(test_without_stdin_nothing_is_read_and_nothing_raw);
	RUN(test_in_a_pipeline_the_terminal_is_taken_on_first_use);
	RUN(test_in_a_pipeline_the_first_line_is_echoed_once);
	RUN(test_in_a_pipeline_what_is_no_echo_is_shown);
	RUN(test_in_a_pipeline_another_reader_of_the_terminal_is_left_alone);
	RUN(test_in_a_pipeline_a_password_prompt_takes_the_terminal);
	return check_summary();
}
