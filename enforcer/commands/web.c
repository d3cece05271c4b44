/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callgate web: all runs of the user on a page of this machine's loopback. A client of the control
 * sockets that attends, with a server (web/) on the other side; when it goes, in whatever way,
 * nothing has been answered that nobody clicked.
 *
 * The port is no agent's to reach: own-port.h has the order in which that is made sure of. The
 * token is made here, and is nowhere but in this process and in what it prints.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/base/fd.h"
#include "enforcer/commands/commands.h"
#include "enforcer/commands/options.h"
#include "enforcer/commands/user-runs.h"
#include "enforcer/control/client-runs.h"
#include "enforcer/control/own-port.h"
#include "enforcer/web/web-model.h"
#include "enforcer/web/web-server.h"
#include "enforcer/web/web-words.h"

#define BACKLOG 32

const char web_help[] =
	"Serves a page on this machine's loopback: the runs of this user, what they ask, with\n"
	"buttons, what they remember, and their calls as they come. While it is there, questions\n"
	"wait for it, also those of runs without a terminal. The address that it prints holds a\n"
	"token: whoever has it can answer. No agent can reach the port, whatever its policy says.\n"
	"\n"
	"  --port PORT      listen on that port, else on a free one\n"
	"\n"
	"From another machine, for instance a phone: ssh -L PORT:127.0.0.1:PORT HOST there, and "
	"the\n"
	"same address. Ctrl-C ends it.\n"
	"\n"
	"Exit status: 0; 1 it failed; 2 called wrongly.\n";

struct web {
	struct web_model *model;
	struct web_server *server;
	struct control_runs *runs;
	struct control_places places;
	int port_held, signals;
	uint16_t port;
	char token[WEB_TOKEN_LEN + 1];
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the runs */

static void on_granted(void *userdata, struct control_run *run, const json_t *grants)
{
	struct web *web = userdata;

	web_model_granted(web->model, run->id, grants, now_ms());
}

static void on_opened(void *userdata, struct control_run *run)
{
	struct web *web = userdata;

	run->userdata = web;
	if (web_model_opened(web->model, run->id, run, run->status) < 0)
		fprintf(stderr, "callgate web: out of memory: a run is not shown\n");
}

static void on_event(void *userdata, struct control_run *run, const char *method, json_t *params)
{
	struct web *web = userdata;

	web_model_event(web->model, run->id, method, params, now_ms());
}

static void on_closed(void *userdata, struct control_run *run, const char *reason)
{
	struct web *web = userdata;

	web_model_closed(web->model, run->id, reason);
}

/* ---- the page */

static void on_tell(void *userdata, const char *line, size_t len)
{
	struct web *web = userdata;

	if (web->server)
		web_server_tell(web->server, line, len);
}

/* What a run did do is told by its events. */
static void on_replied(void *userdata, json_t *result, int code, const struct failure *failure)
{
	const struct control_run *run = userdata;
	struct web *web = run->userdata;

	if (!result)
		web_model_refused(web->model, run->id, failure->text);
}

static unsigned refuse(unsigned status, const char **ret_why, const char *why)
{
	*ret_why = why;
	return status;
}

static unsigned send_words(struct web *web, const char *method, struct web_words *words,
			   const char **ret_why)
{
	struct control_run *run = web_model_link(web->model, words->run);

	if (!run) {
		json_decref(words->params);
		return refuse(404, ret_why, "that run has ended");
	}
	if (control_link_call(run->link, method, words->params, on_replied, run) < 0)
		return refuse(503, ret_why, "the run cannot be told");
	return 200;
}

static unsigned on_answer(struct web *web, const struct buffer *body, const char **ret_why)
{
	struct web_words words = {};
	int r = web_words_answer(body->data, body->len, &words, ret_why);

	if (r < 0)
		return r == -ENOMEM ? 503 : 400;
	r = web_model_question(web->model, words.run, words.id, now_ms());
	if (r == 0)
		return send_words(web, "answer", &words, ret_why);
	json_decref(words.params);
	return r == -EAGAIN ? refuse(409, ret_why, "the question has only just come: look at it")
			    : refuse(404, ret_why, "there is no such question any more");
}

static unsigned on_post(void *userdata, enum web_action action, const struct buffer *body,
			const char **ret_why)
{
	struct web *web = userdata;
	struct web_words words = {};
	int r;

	if (action == WEB_ANSWER)
		return on_answer(web, body, ret_why);
	r = web_words_revoke(body->data, body->len, &words, ret_why);
	if (r < 0)
		return r == -ENOMEM ? 503 : 400;
	return send_words(web, "revoke", &words, ret_why);
}

/* ---- the port */

static int explain_port(int error, uint16_t port, struct failure *reterr)
{
	if (error == -EADDRINUSE)
		failure_hint(reterr, "another program listens there; without --port a free one is "
				     "taken");
	else if (error == -EACCES)
		failure_hint(reterr, "ports below 1024 are root's");
	return failure_set(reterr, error, "cannot listen on port %u of this machine: %s", port,
			   strerror(-error));
}

/* Bound, claimed, and only then listened on. */
static int listen_on(struct web *web, int *ret_fd, struct failure *reterr)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons(web->port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	_cleanup_fd_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(address);
	int one = 1, r;

	if (fd < 0)
		return failure_set(reterr, -errno, "cannot make a socket: %s", strerror(errno));
	/* Of one before, connections may still linger. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		return explain_port(-errno, web->port, reterr);
	web->port = ntohs(address.sin_port);
	r = own_port_claim(&web->places, web->port, &web->port_held, reterr);
	if (r < 0)
		return r;
	if (listen(fd, BACKLOG) < 0)
		return explain_port(-errno, web->port, reterr);
	*ret_fd = steal_fd(fd);
	return 0;
}

static int make_token(struct web *web, struct failure *reterr)
{
	unsigned char bytes[WEB_TOKEN_LEN / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return failure_set(reterr, -EIO, "no random numbers can be had");
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(web->token + 2 * i, 3, "%02x", bytes[i]);
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

/* Nobody reads the token in our memory. */
static void keep_to_ourselves(void)
{
	const struct rlimit none = {};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int say_where(const struct web *web, struct failure *reterr)
{
	printf("callgate web: http://127.0.0.1:%u/#%s\n", web->port, web->token);
	printf("  Whoever has this address can answer for you: do not pass it on.\n"
	       "  From another machine: ssh -L %u:127.0.0.1:%u HOST, then the same address "
	       "there.\n",
	       web->port, web->port);
	if (fflush(stdout) != 0)
		return failure_set(reterr, -EIO, "the address cannot be written");
	return 0;
}

/* ---- the loop */

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int loop(struct web *web, struct failure *reterr)
{
	struct pollfd fds[] = {{.fd = web->signals, .events = POLLIN},
			       {.fd = control_runs_fd(web->runs), .events = POLLIN},
			       {.fd = web_server_fd(web->server), .events = POLLIN}};

	while (!(fds[0].revents & POLLIN)) {
		if (poll(fds, ARRAY_LEN(fds), web_server_timeout(web->server)) < 0 &&
		    errno != EINTR)
			return failure_set(reterr, -errno, "cannot wait: %s", strerror(errno));
		/* Clicks before events: what was clicked was meant for what stood there. */
		web_server_work(web->server, now_ms());
		control_runs_work(web->runs);
		web_server_work(web->server, now_ms());
	}
	return 0;
}

static int open_all(struct web *web, struct failure *reterr)
{
	const struct control_runs_config runs = {
		.answers = true,
		.calls = true,
		.opened = on_opened,
		.event = on_event,
		.granted = on_granted,
		.closed = on_closed,
		.userdata = web,
	};
	struct web_server_config server = {.version = CALLGATE_VERSION, .post = on_post};
	int r = control_places_find(&web->places, reterr);

	if (r == 0)
		r = make_token(web, reterr);
	if (r == 0)
		r = listen_on(web, &server.fd, reterr);
	if (r < 0)
		return r;
	r = web_model_new(on_tell, web, &web->model);
	if (r == 0)
		r = control_runs_new(&web->places, &runs, &web->runs);
	if (r < 0) {
		fd_close(server.fd);
		return failure_set(reterr, r, "cannot begin: %s", strerror(-r));
	}
	server.guard = (struct web_guard){web->port, web->token};
	server.model = web->model;
	server.userdata = web;
	return web_server_new(&server, &web->server, reterr);
}

static int serve(uint16_t port, struct failure *reterr)
{
	struct web web = {.port = port, .port_held = -1};
	int r;

	keep_to_ourselves();
	web.signals = open_signals();
	r = open_all(&web, reterr);
	if (r == 0)
		r = say_where(&web, reterr);
	if (r == 0)
		r = loop(&web, reterr);
	control_runs_free(web.runs);
	web.server = web_server_free(web.server);
	own_port_release(&web.places, web.port, web.port_held);
	web_model_free(web.model);
	fd_close(web.signals);
	explicit_bzero(web.token, sizeof(web.token));
	return r;
}

static int parse_port(const char *text, uint16_t *ret_port, struct failure *reterr)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long port =
		digits && digits < 6 && !text[digits] ? strtoul(text, NULL, 10) : 65536;

	if (port > 65535)
		return failure_set(reterr, -EINVAL,
				   "--port takes a number from 0 (a free one) to "
				   "65535");
	*ret_port = (uint16_t)port;
	return 0;
}

int command_web(int argc, char **argv)
{
	const char *port_text = NULL;
	const struct option_spec specs[] = {{"--port", OPTION_VALUE, &port_text}};
	struct user_runs runs = {};
	struct failure failure = {};
	uint16_t port = 0;
	int rest = 0, r;

	r = options_parse(specs, ARRAY_LEN(specs), argc, argv, &rest, &failure);
	if (r > 0)
		return command_print_help("web");
	if (r == 0 && rest < argc)
		r = failure_set(&failure, -EINVAL, "takes no arguments");
	if (r == 0 && port_text)
		r = parse_port(port_text, &port, &failure);
	if (r < 0)
		return command_usage_error("web", &failure);
	/* Refused inside of a run, as by all who look at runs. */
	r = user_runs_open(&runs, NULL, &failure);
	user_runs_done(&runs);
	if (r == 0)
		r = serve(port, &failure);
	if (r < 0)
		failure_print(&failure);
	return r < 0 ? 1 : 0;
}
