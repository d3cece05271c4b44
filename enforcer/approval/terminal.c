/* SPDX-License-Identifier: Apache-2.0 */
/* Between the person's terminal and the agent's pty. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/approval/terminal-state.h"
#include "enforcer/base/fd.h"

/* Of the agent's output, in one round of the loop; each has at most 4095 bytes. */
#define READS_MAX 16

void terminal_wanted(struct terminal_wanted *ret_wanted)
{
	*ret_wanted = (struct terminal_wanted){};
	for (int fd = 0; fd < 3; fd++) {
		ret_wanted->tty[fd] = isatty(fd);
		if (!ret_wanted->tty[fd])
			continue;
		if (!ret_wanted->pty)
			ioctl(fd, TIOCGWINSZ, &ret_wanted->size);
		ret_wanted->pty = true;
	}
}

static size_t flow_room(struct flow *flow)
{
	if (flow->start == flow->end)
		flow->start = flow->end = 0;
	if (flow->end == FLOW_MAX && flow->start > 0) {
		memmove(flow->data, flow->data + flow->start, flow->end - flow->start);
		flow->end -= flow->start;
		flow->start = 0;
	}
	return FLOW_MAX - flow->end;
}

static size_t flow_len(const struct flow *flow)
{
	return flow->end - flow->start;
}

/* Where the terminal is not raw its own line discipline makes "\r\n"; the agent's must not do it a
 * second time. */
static void terminal_agent_modes(struct terminal *terminal, bool raw)
{
	struct termios modes;

	if (tcgetattr(terminal->peer, &modes) < 0)
		return;
	if (raw)
		modes.c_oflag |= OPOST;
	else
		modes.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(terminal->peer, TCSANOW, &modes);
}

void terminal_copy_size(struct terminal *terminal)
{
	struct winsize size;

	if (terminal->master >= 0 && person_window_size(&terminal->person, &size) == 0)
		ioctl(terminal->master, TIOCSWINSZ, &size);
}

/* The agent does something with its terminal that a cooked one of the person's would spoil. */
static bool terminal_agent_changed_modes(const struct terminal *terminal)
{
	struct termios now;

	return tcgetattr(terminal->peer, &now) == 0 && now.c_lflag != terminal->initial.c_lflag;
}

static void terminal_unlazy(struct terminal *terminal)
{
	terminal->lazy = false;
	terminal_agent_modes(terminal, true);
}

static bool terminal_wants_raw(const struct terminal *terminal)
{
	return !terminal->hung_up &&
	       (terminal->asking || (terminal->relays_input && !terminal->lazy));
}

static bool terminal_reads_person(struct terminal *terminal)
{
	if (terminal->asking)
		return true;
	return terminal->relays_input && !terminal->finishing && !terminal->master_ended &&
	       flow_room(&terminal->to_agent) > 0 && (terminal->lazy || terminal->person.raw);
}

static bool terminal_reads_agent(struct terminal *terminal)
{
	return terminal->master >= 0 && !terminal->master_ended && !terminal->asking &&
	       flow_room(&terminal->to_person) > 0;
}

static bool terminal_writes_person(const struct terminal *terminal)
{
	return terminal->said.len > 0 || (!terminal->asking && flow_len(&terminal->to_person) > 0);
}

static void terminal_want(struct loop_source *source, int fd, unsigned events, bool wanted)
{
	/* Level-triggered and single: what is armed and no longer wanted fires once, for
	 * nothing. */
	if (wanted && !source->armed && source->slot)
		loop_poll(source, fd, events, false);
}

static void terminal_finish_if_drained(struct terminal *terminal)
{
	if (!terminal->finishing || terminal->done.armed || !terminal->finished)
		return;
	if (!terminal->hung_up && ((terminal->master >= 0 && !terminal->master_ended) ||
				   terminal->said.len > 0 || flow_len(&terminal->to_person) > 0))
		return;
	person_restore(&terminal->person);
	loop_defer(&terminal->done);
}

/* Brings modes and polls to what the state asks for. Each handler ends here. */
void terminal_update(struct terminal *terminal)
{
	bool reads, raw = terminal_wants_raw(terminal);

	if (terminal->hung_up) {
		terminal_finish_if_drained(terminal);
		return;
	}
	if (raw && !terminal->finishing)
		person_take(&terminal->person);
	else if (!raw)
		person_restore(&terminal->person);
	reads = terminal_reads_person(terminal);
	if (reads && !person_is_foreground(&terminal->person))
		reads = false;
	/* The foreground comes back without a signal when a shell's fg meets a job that runs. */
	if (!terminal->look.armed && (terminal->waiting || (raw && !terminal->person.raw)))
		loop_timeout(&terminal->look, LOOK_EVERY_NS);
	terminal_want(&terminal->person_in, terminal->person.in, POLLIN,
		      reads && !terminal->look.armed);
	terminal_want(&terminal->person_out, terminal->person.out, POLLOUT,
		      terminal_writes_person(terminal));
	terminal_want(&terminal->master_in, terminal->master, POLLIN,
		      terminal_reads_agent(terminal));
	terminal_want(&terminal->master_out, terminal->master, POLLOUT,
		      terminal->master >= 0 && !terminal->master_ended &&
			      flow_len(&terminal->to_agent) > 0);
	terminal_finish_if_drained(terminal);
}

static void terminal_hang_up(struct terminal *terminal)
{
	if (terminal->hung_up)
		return;
	terminal->hung_up = true;
	terminal->asking = terminal->waiting = false;
	loop_source_done(&terminal->person_in);
	loop_source_done(&terminal->person_out);
	loop_source_done(&terminal->master_in);
	loop_source_done(&terminal->master_out);
	person_done(&terminal->person);
	/* The kernel hangs the other end up, with SIGHUP for the agent, when the master is
	 * closed. */
	terminal->peer = fd_close(terminal->peer);
	terminal->master = fd_close(terminal->master);
	if (terminal->asker)
		terminal->asker->gone(terminal->asker);
}

/* Writes to the person: first what we say, then what the agent wrote. */
void terminal_flush_person(struct terminal *terminal)
{
	while (terminal_writes_person(terminal)) {
		bool saying = terminal->said.len > 0;
		struct flow *flow = &terminal->to_person;
		ssize_t n = saying ? person_write(&terminal->person, terminal->said.data,
						  terminal->said.len)
				   : person_write(&terminal->person, flow->data + flow->start,
						  flow_len(flow));

		if (n == -EAGAIN || n == 0)
			return;
		if (n < 0) {
			terminal_hang_up(terminal);
			return;
		}
		if (!saying) {
			if (terminal->screen)
				screen_feed(terminal->screen,
					    (const char *)flow->data + flow->start, (size_t)n);
			flow->start += (size_t)n;
			continue;
		}
		buffer_consume(&terminal->said, (size_t)n);
		if (terminal->said.len == 0 && terminal->asking)
			terminal->asker->said(terminal->asker, loop_now());
	}
}

static void terminal_flush_agent(struct terminal *terminal)
{
	struct flow *flow = &terminal->to_agent;

	while (terminal->master >= 0 && flow_len(flow) > 0) {
		ssize_t n = write(terminal->master, flow->data + flow->start, flow_len(flow));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			/* Nobody will read it any more. Output may still be there. */
			flow->start = flow->end;
			return;
		}
		if (n == 0)
			return;
		flow->start += (size_t)n;
	}
}

/* One read from the person. n: what it returned. */
static void terminal_person_typed(struct terminal *terminal, const unsigned char *data, size_t len)
{
	struct flow *flow = &terminal->to_agent;

	if (terminal->asking) {
		terminal->asker->input(terminal->asker, data, len, loop_now());
		return;
	}
	if (len > flow_room(flow))
		len = flow_room(flow);
	memcpy(flow->data + flow->end, data, len);
	flow->end += len;
	terminal_flush_agent(terminal);
}

static void terminal_read_person(struct terminal *terminal)
{
	unsigned char data[COOKED_MAX];
	size_t room = terminal->asking ? sizeof(data) : flow_room(&terminal->to_agent);
	bool cooked = terminal->lazy && !terminal->person.raw;
	ssize_t n;

	if (cooked && !person_modes_are(&terminal->person, &terminal->found)) {
		/* Somebody else in the pipeline uses the terminal, and the key is theirs. Looked at
		 * again later, lest we spin on what is not ours to read. */
		if (!terminal->look.armed)
			loop_timeout(&terminal->look, LOOK_EVERY_NS);
		return;
	}
	n = person_read(&terminal->person, data, room < sizeof(data) ? room : sizeof(data));
	if (n == -EAGAIN)
		return;
	/* With SIGTTIN blocked a read from the background is EIO, as is one after a hangup. */
	if (n < 0 && !person_is_foreground(&terminal->person))
		return;
	if (n < 0 || (n == 0 && !cooked)) {
		terminal_hang_up(terminal);
		return;
	}
	if (n == 0) {
		terminal_person_typed(terminal, (const unsigned char *)"\x04", 1);
		return;
	}
	/* First: the agent's line discipline echoes what we write, and that is shown raw. */
	if (cooked) {
		terminal_unlazy(terminal);
		terminal_expect_echo(terminal, data, (size_t)n);
	}
	terminal_person_typed(terminal, data, (size_t)n);
}

static void on_person_in(struct loop_source *source, int32_t result, bool more)
{
	struct terminal *terminal = container_of(source, struct terminal, person_in);

	if (terminal_reads_person(terminal))
		terminal_read_person(terminal);
	terminal_update(terminal);
}

static void on_person_out(struct loop_source *source, int32_t result, bool more)
{
	struct terminal *terminal = container_of(source, struct terminal, person_out);

	terminal_flush_person(terminal);
	terminal_update(terminal);
}

void terminal_read_agent(struct terminal *terminal)
{
	struct flow *flow = &terminal->to_person;
	bool any = false;

	/* The agent may write as fast as we read, and there is more to do than this. */
	for (int reads = 0;
	     terminal_reads_agent(terminal) && (reads < READS_MAX || terminal->finishing);
	     reads++) {
		ssize_t n = read(terminal->master, flow->data + flow->end, flow_room(flow));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			/* A nonblocking read has waited for the line discipline's own queue, so
			 * with the agent gone nothing can follow. */
			terminal->master_ended = terminal->finishing;
			break;
		}
		if (n <= 0) {
			terminal->master_ended = true;
			break;
		}
		flow->end += (size_t)n;
		if (terminal->echo_len)
			terminal_drop_echo(terminal, (size_t)n);
		any = true;
		terminal_flush_person(terminal);
	}
	if (any && terminal->lazy && terminal_agent_changed_modes(terminal) &&
	    person_modes_are(&terminal->person, &terminal->found))
		terminal_unlazy(terminal);
}

static void on_master_in(struct loop_source *source, int32_t result, bool more)
{
	struct terminal *terminal = container_of(source, struct terminal, master_in);

	terminal_read_agent(terminal);
	terminal_update(terminal);
}

static void on_master_out(struct loop_source *source, int32_t result, bool more)
{
	struct terminal *terminal = container_of(source, struct terminal, master_out);

	terminal_flush_agent(terminal);
	terminal_update(terminal);
}

void terminal_tell_foreground(struct terminal *terminal)
{
	if (!terminal->waiting || !person_is_foreground(&terminal->person))
		return;
	terminal->waiting = false;
	if (terminal->asker)
		terminal->asker->foreground(terminal->asker, true);
}

static void on_look(struct loop_source *source, int32_t result, bool more)
{
	struct terminal *terminal = container_of(source, struct terminal, look);

	if (!terminal->hung_up)
		terminal_tell_foreground(terminal);
	terminal_update(terminal);
}

static void on_done(struct loop_source *source, int32_t result, bool more)
{
	struct terminal *terminal = container_of(source, struct terminal, done);
	void (*finished)(void *userdata) = terminal->finished;

	terminal->finished = NULL;
	if (finished)
		finished(terminal->userdata);
}

/* The agent's pty starts as the person's terminal is: erase character, UTF-8, size. */
static int terminal_init_agent(struct terminal *terminal, struct failure *reterr)
{
	struct termios modes;
	int flags;

	terminal->peer = ioctl(terminal->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal->peer < 0)
		return failure_set(reterr, -errno, "cannot open the agent's terminal: %s",
				   strerror(errno));
	flags = fcntl(terminal->master, F_GETFL);
	if (flags < 0 || fcntl(terminal->master, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    tcgetattr(terminal->person.in, &modes) < 0 ||
	    tcsetattr(terminal->peer, TCSANOW, &modes) < 0)
		return failure_set(reterr, -errno, "cannot set up the agent's terminal: %s",
				   strerror(errno));
	if (!terminal->relays_input || terminal->lazy)
		terminal_agent_modes(terminal, false);
	terminal->found = modes;
	tcgetattr(terminal->peer, &terminal->initial);
	terminal_copy_size(terminal);
	return 0;
}

static int terminal_init_sources(struct terminal *terminal)
{
	const struct {
		struct loop_source *source;
		loop_handler handler;
	} sources[] = {
		{&terminal->person_in, on_person_in}, {&terminal->person_out, on_person_out},
		{&terminal->master_in, on_master_in}, {&terminal->master_out, on_master_out},
		{&terminal->look, on_look},           {&terminal->done, on_done},
	};

	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		int r = loop_source_init(sources[i].source, terminal->loop, sources[i].handler);

		if (r < 0)
			return r;
	}
	return 0;
}

int terminal_new(struct loop *loop, int master, const struct terminal_wanted *wanted,
		 struct terminal **ret_terminal, struct failure *reterr)
{
	const bool *tty = wanted->tty;
	_cleanup_(terminal_freep) struct terminal *terminal = calloc(1, sizeof(*terminal));
	int r;

	if (!terminal) {
		fd_close(master);
		return -ENOMEM;
	}
	*terminal = (struct terminal){
		.loop = loop, .master = master, .peer = -1, .person = PERSON_NONE};
	if (master < 0) {
		r = person_open_controlling(&terminal->person);
	} else {
		terminal->relays_input = tty[0];
		terminal->lazy = tty[0] && !tty[1];
		r = person_open(&terminal->person,
				tty[0]   ? 0
				: tty[1] ? 1
					 : 2,
				tty[1]   ? 1
				: tty[2] ? 2
					 : 0,
				reterr);
	}
	if (r < 0)
		return r;
	terminal->person.guard = wanted->guard;
	if (master >= 0) {
		r = terminal_init_agent(terminal, reterr);
		if (r < 0)
			return r;
	}
	r = terminal_init_sources(terminal);
	if (r < 0)
		return r;
	if (master >= 0 && tty[0] && tty[1])
		terminal_init_screen(terminal);
	terminal_update(terminal);
	*ret_terminal = steal_pointer(terminal);
	return 0;
}

struct terminal *terminal_free(struct terminal *terminal)
{
	if (!terminal)
		return NULL;
	loop_source_done(&terminal->person_in);
	loop_source_done(&terminal->person_out);
	loop_source_done(&terminal->master_in);
	loop_source_done(&terminal->master_out);
	loop_source_done(&terminal->look);
	loop_source_done(&terminal->done);
	person_done(&terminal->person);
	fd_close(terminal->peer);
	fd_close(terminal->master);
	buffer_done(&terminal->said);
	screen_free(terminal->screen);
	free(terminal);
	return NULL;
}
