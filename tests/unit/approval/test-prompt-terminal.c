/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "enforcer/approval/pending.h"
#include "enforcer/approval/prompt-keys.h"
#include "enforcer/approval/prompt-terminal.h"
#include "enforcer/approval/screen.h"
#include "tests/support/two-ptys.h"

struct asker {
	struct waiter waiter;
	int calls;
	struct decision answer;
};

struct stage {
	struct two_ptys ptys;
	struct prompt_terminal *prompt;
	struct approvals *approvals;
};

static const bool all[3] = {true, true, true};
static const struct rule_info rule = {.id = "user:1", .effect = VERDICT_ASK};
static const struct decision asked = {
	.verdict = VERDICT_ASK, .by = BY_RULE, .rule = &rule, .verb = VERB_READ};

static void on_answer(struct waiter *waiter, const struct decision *answer)
{
	struct asker *asker = container_of(waiter, struct asker, waiter);

	asker->calls++;
	asker->answer = *answer;
}
#define ASKER                                                                                      \
	{                                                                                          \
		.waiter = {.answered = on_answer }                                                 \
	}

static void stage_open(struct stage *stage, const bool tty[static 3], uint64_t quiet_ns)
{
	struct approvals_config config = {.timeout_ns = 60000000000u};

	two_ptys_open(&stage->ptys, tty);
	CHECK_INT(prompt_terminal_new(stage->ptys.terminal, quiet_ns, &stage->prompt), 0);
	config.loop = stage->ptys.loop;
	config.prompter = prompt_terminal_prompter(stage->prompt);
	CHECK_INT(approvals_new(&config, &stage->approvals), 0);
	prompt_terminal_set_approvals(stage->prompt, stage->approvals);
}

static void stage_close(struct stage *stage)
{
	stage->approvals = approvals_free(stage->approvals);
	stage->prompt = prompt_terminal_free(stage->prompt);
	two_ptys_close(&stage->ptys);
}

static void ask(struct stage *stage, struct asker *asker, const char *path)
{
	struct request request = {.pid = 1,
				  .call = MEDIATED_openat,
				  .program = (char *)"/usr/bin/cat",
				  .n_objects = 1,
				  .objects = {{.kind = OBJECT_PATH,
					       .verbs = VERB_READ,
					       .path = (char *)path,
					       .exists = true}}};

	approval_ask(stage->approvals, &request, &asked, &asker->waiter, loop_now());
}

static void test_each_key_answers(void)
{
	static const struct {
		const char *key, *how;
		enum verdict verdict;
	} cases[] = {
		{"a", "allowed once\r\n", VERDICT_ALLOW},
		{"r", "allowed for this run\r\n", VERDICT_ALLOW},
		{"d", "denied\r\n", VERDICT_DENY},
		{"D", "denied for this run\r\n", VERDICT_DENY},
		{"\x03", "denied\r\n", VERDICT_DENY},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct asker asker = ASKER;
		struct stage stage;

		stage_open(&stage, all, 0);
		ask(&stage, &asker, "/secret");
		CHECK(two_ptys_expect(&stage.ptys, stage.ptys.person, "read  /secret\r\n"));
		CHECK(two_ptys_expect(&stage.ptys, stage.ptys.person, "no answer within 60s: "));
		two_ptys_type(&stage.ptys, "x", 1);
		two_ptys_type(&stage.ptys, "A", 1);
		two_ptys_type(&stage.ptys, "\r", 1);
		CHECK_INT(asker.calls, 0);
		two_ptys_type(&stage.ptys, cases[i].key, 1);
		CHECK_INT(asker.calls, 1);
		CHECK_INT(asker.answer.verdict, cases[i].verdict);
		CHECK(two_ptys_expect(&stage.ptys, stage.ptys.person, cases[i].how));
		stage_close(&stage);
	}
}

static void test_what_was_typed_before_the_question_does_not_answer(void)
{
	struct asker asker = ASKER;
	struct stage stage;

	stage_open(&stage, all, 0);
	/* Typed, and not yet read by us. */
	CHECK_INT(write(stage.ptys.person, "a", 1), 1);
	ask(&stage, &asker, "/secret");
	two_ptys_settle(&stage.ptys);
	CHECK_INT(asker.calls, 0);
	stage_close(&stage);
}

static void test_keys_in_the_quiet_time_do_not_answer(void)
{
	struct asker asker = ASKER;
	struct stage stage;

	stage_open(&stage, all, 3600000000000u);
	ask(&stage, &asker, "/secret");
	two_ptys_type(&stage.ptys, "a", 1);
	CHECK_INT(asker.calls, 0);
	/* Denying needs no care. */
	two_ptys_type(&stage.ptys, "\x03", 1);
	CHECK_INT(asker.calls, 1);
	stage_close(&stage);
}

static void test_output_of_the_agent_waits_for_the_answer(void)
{
	struct asker asker = ASKER;
	struct stage stage;
	char seen[4096];
	size_t len;

	stage_open(&stage, all, 0);
	ask(&stage, &asker, "/secret");
	CHECK(two_ptys_expect(&stage.ptys, stage.ptys.person, "no answer within 60s: "));
	CHECK_INT(write(stage.ptys.agent, "FAKE\x1b[6n", 8), 8);
	two_ptys_settle(&stage.ptys);
	len = (size_t)read(stage.ptys.person, seen, sizeof(seen));
	CHECK_INT((ssize_t)len, -1);
	two_ptys_type(&stage.ptys, "d", 1);
	CHECK(two_ptys_expect(&stage.ptys, stage.ptys.person, "denied\r\nFAKE"));
	stage_close(&stage);
}

static void test_input_goes_to_the_agent_again_after_the_answer(void)
{
	struct asker asker = ASKER;
	struct stage stage;
	char line[3] = {};

	stage_open(&stage, all, 0);
	ask(&stage, &asker, "/secret");
	two_ptys_type(&stage.ptys, "d", 1);
	two_ptys_type(&stage.ptys, "x\r", 2);
	CHECK_INT(two_ptys_read(&stage.ptys, stage.ptys.agent, line, 2), 2);
	CHECK_STRING(line, "x\n");
	stage_close(&stage);
}

static void test_replies_of_the_terminal_do_not_answer(void)
{
	static const char *const replies[] = {"\x1b[a", "\x1b]11;rgb:aa/dd/aa\x07", "\x1bOD",
					      "\x1b[200~a\x1b[201~", "\x1b[Mada"};
	struct asker asker = ASKER;
	struct stage stage;

	stage_open(&stage, all, 0);
	ask(&stage, &asker, "/secret");
	for (size_t i = 0; i < ARRAY_LEN(replies); i++)
		for (const char *p = replies[i]; *p; p++)
			two_ptys_type(&stage.ptys, p, 1);
	CHECK_INT(asker.calls, 0);
	two_ptys_type(&stage.ptys, "a", 1);
	CHECK_INT(asker.calls, 1);
	stage_close(&stage);
}

static void test_question_without_relayed_input_gives_the_modes_back(void)
{
	static const bool output[3] = {false, true, true};
	struct asker asker = ASKER;
	struct termios modes;
	struct stage stage;

	stage_open(&stage, output, 0);
	ask(&stage, &asker, "/secret");
	CHECK_INT(tcgetattr(stage.ptys.tty, &modes), 0);
	CHECK(!(modes.c_lflag & ICANON));
	two_ptys_type(&stage.ptys, "a", 1);
	CHECK_INT(asker.answer.verdict, VERDICT_ALLOW);
	CHECK_INT(tcgetattr(stage.ptys.tty, &modes), 0);
	CHECK(modes.c_lflag & ICANON);
	stage_close(&stage);
}

static void test_hangup_denies_what_waits(void)
{
	struct asker asker = ASKER, later = ASKER;
	struct stage stage;

	stage_open(&stage, all, 0);
	ask(&stage, &asker, "/secret");
	stage.ptys.person = fd_close(stage.ptys.person);
	two_ptys_settle(&stage.ptys);
	CHECK_INT(asker.calls, 1);
	CHECK_INT(asker.answer.verdict, VERDICT_DENY);
	CHECK_INT(asker.answer.by, BY_UNATTENDED);
	ask(&stage, &later, "/secret");
	CHECK_INT(later.calls, 1);
	stage_close(&stage);
}

static void test_a_stalled_screen_answers_nothing(void)
{
	struct asker asker = ASKER;
	struct stage stage;
	int stopped = 0;

	stage_open(&stage, all, 0);
	/* The agent writes until the person's terminal takes no more, and then its question
	 * comes. */
	fcntl(stage.ptys.agent, F_SETFL, fcntl(stage.ptys.agent, F_GETFL) | O_NONBLOCK);
	while (stopped < 50) {
		stopped = write(stage.ptys.agent, "xxxxxxxxxxxxxxxx", 16) > 0 ? 0 : stopped + 1;
		CHECK_INT(loop_step(stage.ptys.loop, false), 0);
	}
	ask(&stage, &asker, "/secret");
	CHECK(terminal_is_saying(stage.ptys.terminal));
	two_ptys_settle(&stage.ptys);
	stage_close(&stage);
}

/* Reads what was drawn into a screen of the person's. */
static void look(struct stage *stage, struct screen *screen)
{
	char data[4096];
	ssize_t n;

	two_ptys_settle(&stage->ptys);
	while ((n = read(stage->ptys.person, data, sizeof(data))) > 0)
		screen_feed(screen, data, (size_t)n);
}

static bool shows(const struct screen *screen, const char *wanted)
{
	const struct grid *grid = screen_grid(screen);
	_cleanup_(buffer_done) struct buffer text = {};

	for (int row = 0; row < grid->rows; row++)
		for (int col = 0; col < grid->cols; col++)
			buffer_append(&text, &(char){(char)grid->lines[row][col].characters[0]}, 1);
	for (size_t i = 0; i < text.len; i++)
		text.data[i] = text.data[i] ? text.data[i] : ' ';
	return strstr(text.data, wanted);
}

static struct screen *stage_open_boxed(struct stage *stage, uint64_t quiet_ns)
{
	struct screen *screen = NULL;

	setenv("TERM", "xterm", 1);
	stage_open(stage, all, quiet_ns);
	setenv("TERM", "dumb", 1);
	CHECK_INT(screen_new(31, 97, &screen), 0);
	CHECK_INT(write(stage->ptys.agent, "the agent's words", 17), 17);
	look(stage, screen);
	CHECK(shows(screen, "the agent's words"));
	return screen;
}

static void test_a_box_is_drawn_and_taken_away(void)
{
	struct asker asker = ASKER;
	struct stage stage;
	struct screen *screen = stage_open_boxed(&stage, 0);

	ask(&stage, &asker, "/secret");
	look(&stage, screen);
	CHECK(screen_state(screen)->alternate);
	CHECK(shows(screen, "callgate asks"));
	CHECK(shows(screen, "/usr/bin/cat wants to read"));
	CHECK(shows(screen, "the agent's words"));
	two_ptys_type(&stage.ptys, "a", 1);
	CHECK_INT(asker.answer.verdict, VERDICT_ALLOW);
	look(&stage, screen);
	CHECK(!screen_state(screen)->alternate);
	CHECK(!shows(screen, "callgate asks"));
	CHECK(shows(screen, "the agent's words"));
	CHECK_INT(screen_state(screen)->cursor.col, 17);
	CHECK_INT(screen_state(screen)->modes, 0);
	screen_free(screen);
	stage_close(&stage);
}

static void test_keys_of_the_box(void)
{
	static const struct {
		const char *keys;
		enum verdict verdict;
		const char *reason;
	} cases[] = {
		{"xma", VERDICT_ALLOW, "allowed once"},
		{"mmr", VERDICT_ALLOW, "allowed for this run"},
		{"msesed", VERDICT_DENY, "denied"},
		{"m D", VERDICT_DENY, "denied for this run"},
		{"m\x03", VERDICT_DENY, "denied"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct asker asker = ASKER;
		struct stage stage;
		struct screen *screen = stage_open_boxed(&stage, 0);

		ask(&stage, &asker, "/secret");
		for (const char *key = cases[i].keys; *key; key++) {
			CHECK_INT(asker.calls, 0);
			two_ptys_type(&stage.ptys, key, 1);
		}
		CHECK_INT(asker.calls, 1);
		CHECK_INT(asker.answer.verdict, cases[i].verdict);
		screen_free(screen);
		stage_close(&stage);
	}
}

static void test_more_shows_the_call_and_the_scopes(void)
{
	struct asker asker = ASKER;
	struct stage stage;
	struct screen *screen = stage_open_boxed(&stage, 0);

	ask(&stage, &asker, "/secret");
	two_ptys_type(&stage.ptys, "m", 1);
	look(&stage, screen);
	CHECK(shows(screen, "by the call openat"));
	CHECK(shows(screen, "m  back"));
	two_ptys_type(&stage.ptys, "m", 1);
	look(&stage, screen);
	CHECK(!shows(screen, "by the call openat"));
	two_ptys_type(&stage.ptys, "d", 1);
	screen_free(screen);
	stage_close(&stage);
}

static void test_the_box_says_that_keys_do_not_count_yet(void)
{
	struct asker asker = ASKER;
	struct stage stage;
	struct screen *screen = stage_open_boxed(&stage, 3600000000000u);

	ask(&stage, &asker, "/secret");
	look(&stage, screen);
	CHECK(shows(screen, "wait..."));
	two_ptys_type(&stage.ptys, "a", 1);
	CHECK_INT(asker.calls, 0);
	screen_free(screen);
	stage_close(&stage);
}

/* A question that was answered elsewhere goes, and says nothing. */
static void test_an_answer_from_elsewhere_takes_the_box_away(void)
{
	const struct answer yes = {.verdict = VERDICT_ALLOW, .by = BY_PERSON, .via = "socket"};
	struct asker asker = ASKER;
	struct stage stage;
	struct screen *screen = stage_open_boxed(&stage, 0);

	ask(&stage, &asker, "/secret");
	look(&stage, screen);
	CHECK_INT(approvals_answer(stage.approvals, 1, &yes, loop_now(), NULL), 0);
	look(&stage, screen);
	CHECK(!shows(screen, "callgate"));
	CHECK(!shows(screen, "allowed"));
	CHECK(shows(screen, "the agent's words"));
	screen_free(screen);
	stage_close(&stage);
}

static void stage_resize(struct stage *stage, struct screen *screen, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	CHECK_INT(ioctl(stage->ptys.person, TIOCSWINSZ, &size), 0);
	CHECK_INT(screen_resize(screen, rows, cols), 0);
	terminal_signal(stage->ptys.terminal, SIGWINCH, false);
	look(stage, screen);
}

static void test_the_box_follows_the_window(void)
{
	struct asker asker = ASKER;
	struct stage stage;
	struct screen *screen = stage_open_boxed(&stage, 0);

	ask(&stage, &asker, "/secret");
	look(&stage, screen);
	stage_resize(&stage, screen, 50, 120);
	CHECK(shows(screen, "callgate asks"));
	CHECK(shows(screen, "the agent's words"));
	stage_resize(&stage, screen, 10, 40);
	CHECK(shows(screen, "callgate asks"));
	/* Too small for a box: lines, without the box's traces. */
	stage_resize(&stage, screen, 9, 39);
	CHECK(!shows(screen, "callgate asks"));
	CHECK(shows(screen, "no answer within"));
	two_ptys_type(&stage.ptys, "a", 1);
	CHECK_INT(asker.answer.verdict, VERDICT_ALLOW);
	look(&stage, screen);
	CHECK(!screen_state(screen)->alternate);
	screen_free(screen);
	stage_close(&stage);
}

/* Nothing is allowed for longer than once that was not seen to its end. */
static void test_what_is_cut_is_seen_before_it_is_allowed_for_the_run(void)
{
	static char path[700] = "/";
	struct asker asker = ASKER;
	struct stage stage;
	struct screen *screen = stage_open_boxed(&stage, 0);

	memset(path + 1, 'x', sizeof(path) - 2);
	ask(&stage, &asker, path);
	look(&stage, screen);
	CHECK(shows(screen, "more: see all of it"));
	CHECK(!shows(screen, "r  allow for this run"));
	two_ptys_type(&stage.ptys, "r", 1);
	CHECK_INT(asker.calls, 0);
	two_ptys_type(&stage.ptys, "m", 1);
	two_ptys_type(&stage.ptys, "r", 1);
	CHECK_INT(asker.calls, 1);
	CHECK_INT(asker.answer.verdict, VERDICT_ALLOW);
	screen_free(screen);
	stage_close(&stage);
}

static void on_finished(void *userdata)
{
	++*(int *)userdata;
}

static void test_the_end_comes_while_a_question_is_open(void)
{
	struct asker asker = ASKER;
	struct stage stage;
	int finished = 0;

	stage_open(&stage, all, 0);
	ask(&stage, &asker, "/secret");
	terminal_finish(stage.ptys.terminal, on_finished, &finished);
	two_ptys_settle(&stage.ptys);
	approval_withdraw(stage.approvals, &asker.waiter, loop_now());
	CHECK(two_ptys_expect(&stage.ptys, stage.ptys.person, "withdrawn"));
	two_ptys_settle(&stage.ptys);
	CHECK_INT(finished, 1);
	stage_close(&stage);
}

int main(void)
{
	setenv("TERM", "dumb", 1);
	RUN(test_a_box_is_drawn_and_taken_away);
	RUN(test_keys_of_the_box);
	RUN(test_more_shows_the_call_and_the_scopes);
	RUN(test_the_box_says_that_keys_do_not_count_yet);
	RUN(test_an_answer_from_elsewhere_takes_the_box_away);
	RUN(test_the_box_follows_the_window);
	RUN(test_what_is_cut_is_seen_before_it_is_allowed_for_the_run);
	RUN(test_each_key_answers);
	RUN(test_what_was_typed_before_the_question_does_not_answer);
	RUN(test_keys_in_the_quiet_time_do_not_answer);
	RUN(test_output_of_the_agent_waits_for_the_answer);
	RUN(test_input_goes_to_the_agent_again_after_the_answer);
	RUN(test_replies_of_the_terminal_do_not_answer);
	RUN(test_question_without_relayed_input_gives_the_modes_back);
	RUN(test_hangup_denies_what_waits);
	RUN(test_a_stalled_screen_answers_nothing);
	RUN(test_the_end_comes_while_a_question_is_open);
	return check_summary();
}
