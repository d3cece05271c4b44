/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callgate watch: all runs of the user on a full screen. A client of the control sockets that
 * attends; when it goes, in whatever way, nothing has been answered that no key answered.
 */
#include <errno.h>
#include <ncurses.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/commands/user-runs.h"
#include "enforcer/commands/watch-screen.h"
#include "enforcer/control/client-runs.h"

#define DRAW_MS 50  /* not more often */
#define IDLE_MS 200 /* times that go by are shown, too */
#define ESCAPE  27
#define CLEAR   21 /* Ctrl-U */

struct watch {
	struct watch_model *model;
	struct control_runs *runs;
	struct watch_view view;
	char line[WATCH_WORDS_MAX];
	bool searches; /* what is typed: else a filter */
	struct {
		const struct watch_run *run;
		json_int_t id;
	} confirms;
	bool quit;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the runs */

static void on_replied(void *userdata, json_t *result, int code, const struct failure *failure)
{
	struct watch *watch = userdata;

	if (!result)
		watch_model_say(watch->model, "%s%s%s", failure->text, failure->hint[0] ? "; " : "",
				failure->hint);
}

static void on_granted(void *userdata, struct control_run *run, const json_t *grants)
{
	struct watch *watch = userdata;

	watch_model_granted(watch->model, run->id, grants);
}

static void on_opened(void *userdata, struct control_run *run)
{
	struct watch *watch = userdata;

	if (watch_model_opened(watch->model, run->id, run->link, run->status) < 0)
		watch_model_say(watch->model, "out of memory: a run is not shown");
}

static void on_event(void *userdata, struct control_run *run, const char *method, json_t *params)
{
	struct watch *watch = userdata;

	watch_model_event(watch->model, run->id, method, params, now_ms());
}

static void on_closed(void *userdata, struct control_run *run, const char *reason)
{
	struct watch *watch = userdata;

	watch_model_closed(watch->model, run->id);
	watch_model_say(watch->model, "run %s is over: %s", control_run_short(run->id), reason);
}

static void send_request(struct watch *watch, const struct watch_request *request)
{
	int r = control_link_call(request->link, request->method, request->params, on_replied,
				  watch);

	if (r < 0)
		watch_model_say(watch->model, "the run cannot be told: %s", strerror(-r));
}

/* ---- keys */

static void answer(struct watch *watch, enum watch_answer answer)
{
	struct watch_request request;
	int64_t now = now_ms();

	/* What will be written is said first; the next key is the answer. */
	if (answer == WATCH_ALLOW_ALWAYS && !watch->view.confirm && watch->model->whole &&
	    watch_model_settled(watch->model, now) &&
	    watch->model->selected->offers & 1u << WATCH_ALLOW_ALWAYS) {
		watch->view.confirm = true;
		watch->confirms.run = watch->model->selected->run;
		watch->confirms.id = watch->model->selected->id;
		return;
	}
	if (watch_model_answer(watch->model, answer, now, &request) == 0)
		send_request(watch, &request);
}

/* Only of the question that was selected when it began. */
static void on_confirm_key(struct watch *watch, int key)
{
	const struct watch_question *question = watch->model->selected;
	bool same = question && question->run == watch->confirms.run &&
		    question->id == watch->confirms.id;

	if (key == 'y' && same)
		answer(watch, WATCH_ALLOW_ALWAYS);
	watch->view.confirm = false;
}

static void on_line_key(struct watch *watch, int key)
{
	struct watch_calls *calls = watch->model->calls;
	size_t len = strlen(watch->line);

	if (key == ESCAPE) {
		watch->view.ask = NULL;
	} else if (key == '\n' || key == '\r' || key == KEY_ENTER) {
		watch->view.ask = NULL;
		if (!watch->searches) {
			watch_calls_filter(calls, watch->line);
			return;
		}
		watch_calls_search(calls, watch->line);
		if (watch->line[0] && !watch_calls_find(calls, true))
			watch_model_say(watch->model, "no call holds that");
	} else if (key == CLEAR) {
		watch->line[0] = '\0';
	} else if (key == KEY_BACKSPACE || key == 127 || key == '\b') {
		while (len > 0 && (watch->line[len - 1] & 0xc0) == 0x80)
			len--;
		watch->line[len > 0 ? len - 1 : 0] = '\0';
	} else if (key >= ' ' && key < 256 && len + 1 < sizeof(watch->line)) {
		watch->line[len] = (char)key;
		watch->line[len + 1] = '\0';
	}
}

static void begin_line(struct watch *watch, bool searches)
{
	const struct watch_calls *calls = watch->model->calls;

	watch->searches = searches;
	watch->view.ask = searches ? "search: " : "filter: ";
	snprintf(watch->line, sizeof(watch->line), "%s",
		 searches ? "" : watch_calls_filtered(calls));
}

static void on_grants_key(struct watch *watch, int key)
{
	struct watch_request request;

	if (key == 'j' || key == KEY_DOWN)
		watch_model_select_grant(watch->model, 1);
	else if (key == 'k' || key == KEY_UP)
		watch_model_select_grant(watch->model, -1);
	else if (key == 'x' && watch_model_revoke(watch->model, &request) == 0)
		send_request(watch, &request);
	else if (key == 'g' || key == ESCAPE)
		watch->view.mode = WATCH_MAIN;
	else if (key == 'q')
		watch->quit = true;
}

static void move_by(struct watch *watch, int by)
{
	if (watch->model->questions && !watch->view.on_calls)
		watch_model_select(watch->model, by);
	else
		watch_calls_scroll(watch->model->calls, by);
}

static void find(struct watch *watch, bool older)
{
	if (!watch_calls_find(watch->model->calls, older))
		watch_model_say(watch->model, "no %s call holds that", older ? "older" : "newer");
}

/* True where the key was one of these. */
static bool on_calls_key(struct watch *watch, int key)
{
	struct watch_calls *calls = watch->model->calls;
	int page = watch_screen_page() > 1 ? watch_screen_page() - 1 : 1;

	switch (key) {
	case KEY_PPAGE:
		watch_calls_scroll(calls, -page);
		return true;
	case KEY_NPAGE:
		watch_calls_scroll(calls, page);
		return true;
	case KEY_HOME:
		watch_calls_scroll(calls, -WATCH_CALLS_MAX);
		return true;
	case KEY_END:
		watch_calls_scroll(calls, WATCH_CALLS_MAX);
		return true;
	case ' ':
		watch_calls_pause(calls);
		return true;
	case '/':
	case 'f':
		begin_line(watch, key == '/');
		return true;
	case 'n':
	case 'N':
		find(watch, key == 'n');
		return true;
	default:
		return false;
	}
}

static void on_other_key(struct watch *watch, int key)
{
	switch (key) {
	case 'j':
	case KEY_DOWN:
		move_by(watch, 1);
		break;
	case 'k':
	case KEY_UP:
		move_by(watch, -1);
		break;
	case '\t':
		watch->view.on_calls = !watch->view.on_calls;
		break;
	case 'g':
		watch->view.mode = WATCH_GRANTS;
		break;
	case 's':
		if (watch->model->selected)
			watch_reach_next_scope(&watch->model->selected->reach);
		break;
	case 't':
		if (watch->model->selected)
			watch_reach_next_time(&watch->model->selected->reach);
		break;
	case '?':
		watch->view.mode = WATCH_HELP;
		break;
	case 'q':
		watch->quit = true;
		break;
	default:
		break;
	}
}

static void on_main_key(struct watch *watch, int key)
{
	static const struct {
		int key;
		enum watch_answer answer;
	} answers[] = {{'a', WATCH_ALLOW_ONCE},  {'\n', WATCH_ALLOW_ONCE},
		       {'\r', WATCH_ALLOW_ONCE}, {KEY_ENTER, WATCH_ALLOW_ONCE},
		       {'r', WATCH_ALLOW_RUN},   {'A', WATCH_ALLOW_ALWAYS},
		       {'d', WATCH_DENY_ONCE},   {'D', WATCH_DENY_RUN}};

	watch->model->message[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		if (answers[i].key != key)
			continue;
		answer(watch, answers[i].answer);
		return;
	}
	if (!on_calls_key(watch, key))
		on_other_key(watch, key);
}

static void on_key(struct watch *watch, int key)
{
	if (key == KEY_RESIZE)
		return;
	if (watch->view.ask)
		on_line_key(watch, key);
	else if (watch->view.confirm)
		on_confirm_key(watch, key);
	else if (watch->view.mode == WATCH_GRANTS)
		on_grants_key(watch, key);
	else if (watch->view.mode == WATCH_HELP)
		watch->view.mode = WATCH_MAIN;
	else
		on_main_key(watch, key);
}

/* ---- the loop */

/* Keys before events: what was typed was meant for what stood there. 0, or -EIO: the terminal is
 * gone. */
static int work(struct watch *watch, int timeout_ms)
{
	struct pollfd fds[] = {{.fd = 0, .events = POLLIN},
			       {.fd = control_runs_fd(watch->runs), .events = POLLIN}};

	if (poll(fds, ARRAY_LEN(fds), timeout_ms) < 0 && errno != EINTR)
		return -errno;
	for (int key; (key = watch_screen_key()) >= 0;)
		on_key(watch, key);
	if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		return -EIO;
	control_runs_work(watch->runs);
	if (watch->view.confirm && (!watch->model->selected || watch->model->shown == 0))
		watch->view.confirm = false;
	return 0;
}

static int loop(struct watch *watch)
{
	int64_t drawn = 0;
	int r = 0;

	watch->view.line = watch->line;
	while (r == 0 && !watch->quit) {
		int64_t since = now_ms() - drawn;

		if (since >= DRAW_MS) {
			watch_screen_draw(watch->model, &watch->view, now_ms());
			drawn = now_ms();
			since = 0;
		}
		r = work(watch, since > 0 ? (int)(DRAW_MS - since) : IDLE_MS);
	}
	return r;
}

static int watch_runs(struct failure *reterr)
{
	struct watch watch = {};
	const struct control_runs_config config = {
		.answers = true,
		.calls = true,
		.opened = on_opened,
		.event = on_event,
		.granted = on_granted,
		.closed = on_closed,
		.userdata = &watch,
	};
	struct control_places places;
	int r = control_places_find(&places, reterr);

	if (r < 0)
		return r;
	if (watch_model_new(&watch.model) < 0 ||
	    control_runs_new(&places, &config, &watch.runs) < 0)
		r = failure_set(reterr, -ENOMEM, "out of memory");
	if (r == 0)
		r = watch_screen_open(reterr);
	if (r == 0) {
		r = loop(&watch);
		watch_screen_close();
		if (r < 0)
			failure_set(reterr, r, "the terminal is gone: %s", strerror(-r));
	}
	control_runs_free(watch.runs);
	watch_model_free(watch.model);
	return r;
}

int command_watch(int argc, char **argv)
{
	struct user_runs runs = {};
	struct failure failure = {};
	int rest = 0, r;

	r = options_parse(NULL, 0, argc, argv, &rest, &failure);
	if (r > 0)
		return command_print_help("watch");
	if (r == 0 && rest < argc)
		r = failure_set(&failure, -EINVAL, "takes no arguments");
	if (r < 0)
		return command_usage_error("watch", &failure);
	/* Refused inside of a run, as by all who look at runs. */
	r = user_runs_open(&runs, NULL, &failure);
	user_runs_done(&runs);
	if (r == 0)
		r = watch_runs(&failure);
	if (r < 0)
		failure_print(&failure);
	return r < 0 ? 1 : 0;
}
