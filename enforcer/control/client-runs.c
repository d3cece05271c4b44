/* SPDX-License-Identifier: Apache-2.0 */
/* All runs of the user. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/control/client-runs.h"

struct member {
	struct control_run run;
	struct control_runs *runs;
	short events; /* that the descriptor is watched for */
	bool opened;  /* the handlers know it */
	bool ended;
	struct member *next;
};

struct control_runs {
	struct control_places places;
	struct control_runs_config config;
	struct member *members;
	int epoll, timer;
};

const char *control_run_short(const char *run)
{
	const char *dash = strrchr(run, '-');

	return dash && dash[1] ? dash + 1 : run;
}

bool control_run_matches(const char *run, const char *word)
{
	size_t len = strlen(word);

	return len > 0 &&
	       (strncmp(run, word, len) == 0 || strncmp(control_run_short(run), word, len) == 0);
}

static void list_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

/* Calls open() with each run of each place. */
static int each_socket(const struct control_places *places,
		       bool (*open)(void *userdata, int dirfd, const char *run), void *userdata)
{
	for (int i = 0; i < places->n; i++) {
		_cleanup_fd_ int dirfd = -1;
		char **list = NULL;
		bool more = true;
		int r;

		/* One that is missing or another's has none of our runs. */
		if (control_place_open(places->path[i], false, &dirfd, NULL) < 0)
			continue;
		r = control_place_list(dirfd, &list);
		if (r < 0)
			return r;
		for (size_t k = 0; more && list[k]; k++)
			more = open(userdata, dirfd, list[k]);
		list_free(list);
	}
	return 0;
}

/* ---- once */

struct links {
	struct control_link **links;
	int n, max;
};

static bool open_link(void *userdata, int dirfd, const char *run)
{
	struct links *links = userdata;
	int r;

	if (links->n == links->max)
		return false;
	r = control_link_open(dirfd, run, NULL, NULL, &links->links[links->n]);
	if (r == 0)
		links->n++;
	else if (r == -ECONNREFUSED)
		control_place_remove(dirfd, run);
	return true;
}

int control_links_open(const struct control_places *places, struct control_link **ret_links,
		       int max)
{
	struct links links = {.links = ret_links, .max = max};
	int r = each_socket(places, open_link, &links);

	if (r < 0 && links.n == 0)
		return r;
	return links.n;
}

/* ---- always */

static void on_event(void *userdata, const char *method, json_t *params)
{
	struct member *member = userdata;
	const struct control_runs_config *config = &member->runs->config;

	if (member->opened && config->event)
		config->event(config->userdata, &member->run, method, params);
}

static void on_closed(void *userdata, const char *reason)
{
	struct member *member = userdata;
	const struct control_runs_config *config = &member->runs->config;

	member->ended = true;
	if (member->opened && config->closed)
		config->closed(config->userdata, &member->run, reason);
}

static void on_grants(void *userdata, json_t *result, int code, const struct failure *failure);

static void ask_grants(struct member *member, json_int_t after)
{
	json_t *params = after ? json_pack("{s:I}", "after", after) : NULL;

	control_link_call(member->run.link, "grants", params, on_grants, member);
}

static void on_grants(void *userdata, json_t *result, int code, const struct failure *failure)
{
	struct member *member = userdata;
	const struct control_runs_config *config = &member->runs->config;
	const json_t *grants = json_object_get(result, "grants");
	const json_t *last = json_array_get(grants, json_array_size(grants) - 1);

	config->granted(config->userdata, &member->run, grants);
	if (last && json_is_true(json_object_get(result, "more")))
		ask_grants(member, json_integer_value(json_object_get(last, "id")));
}

static void on_subscribed(void *userdata, json_t *result, int code, const struct failure *failure)
{
	struct member *member = userdata;
	const struct control_runs_config *config = &member->runs->config;
	json_t *question;
	size_t i;

	if (!result || !member->run.status) {
		member->ended = true;
		return;
	}
	member->opened = true;
	if (config->opened)
		config->opened(config->userdata, &member->run);
	json_array_foreach(json_object_get(result, "questions"), i, question)
		on_event(member, "question.opened", question);
	if (config->granted)
		ask_grants(member, 0);
}

static void on_status(void *userdata, json_t *result, int code, const struct failure *failure)
{
	struct member *member = userdata;

	member->run.status = json_incref(result);
}

static const struct control_link_handlers handlers = {.event = on_event, .closed = on_closed};

static struct member *member_free(struct member *member)
{
	if (member->run.link)
		epoll_ctl(member->runs->epoll, EPOLL_CTL_DEL, control_link_fd(member->run.link),
			  NULL);
	control_link_free(member->run.link);
	json_decref(member->run.status);
	free(member);
	return NULL;
}

static int member_begin(struct member *member)
{
	const struct control_runs_config *config = &member->runs->config;
	struct control_link *link = member->run.link;
	struct epoll_event event = {.events = EPOLLIN};
	int r = control_link_call(link, "status", NULL, on_status, member);

	if (r == 0)
		r = control_link_call(
			link, "subscribe",
			json_pack("{s:b, s:b}", "answers", config->answers, "calls", config->calls),
			on_subscribed, member);
	member->events = POLLIN;
	if (r == 0 &&
	    epoll_ctl(member->runs->epoll, EPOLL_CTL_ADD, control_link_fd(link), &event) < 0)
		r = -errno;
	return r;
}

static bool find_run(void *userdata, int dirfd, const char *run)
{
	struct control_runs *runs = userdata;
	struct member **last = &runs->members, *member;
	int r;

	for (; *last; last = &(*last)->next)
		if (strcmp((*last)->run.id, run) == 0)
			return true;
	member = calloc(1, sizeof(*member));
	if (!member)
		return false;
	member->runs = runs;
	r = control_link_open(dirfd, run, &handlers, member, &member->run.link);
	if (r == 0) {
		member->run.id = control_link_run(member->run.link);
		r = member_begin(member);
	}
	if (r < 0) {
		if (r == -ECONNREFUSED)
			control_place_remove(dirfd, run);
		member_free(member);
		return true;
	}
	*last = member;
	return true;
}

int control_runs_new(const struct control_places *places, const struct control_runs_config *config,
		     struct control_runs **ret_runs)
{
	const struct itimerspec often = {
		.it_interval.tv_nsec = CONTROL_SCAN_MS * 1000000l,
		.it_value.tv_nsec = 1,
	};
	struct epoll_event event = {.events = EPOLLIN};
	struct control_runs *runs = calloc(1, sizeof(*runs));

	if (!runs)
		return -ENOMEM;
	runs->places = *places;
	runs->config = *config;
	runs->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	runs->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (runs->timer < 0 || runs->epoll < 0 ||
	    timerfd_settime(runs->timer, 0, &often, NULL) < 0 ||
	    epoll_ctl(runs->epoll, EPOLL_CTL_ADD, runs->timer, &event) < 0) {
		int error = -errno;

		control_runs_free(runs);
		return error;
	}
	*ret_runs = runs;
	return 0;
}

struct control_runs *control_runs_free(struct control_runs *runs)
{
	if (!runs)
		return NULL;
	while (runs->members) {
		struct member *member = runs->members;

		runs->members = member->next;
		member_free(member);
	}
	fd_close(runs->timer);
	fd_close(runs->epoll);
	free(runs);
	return NULL;
}

int control_runs_fd(const struct control_runs *runs)
{
	return runs->epoll;
}

static void watch(struct member *member)
{
	short wanted = control_link_events(member->run.link);
	struct epoll_event event = {.events = (uint32_t)wanted};

	if (wanted == member->events)
		return;
	member->events = wanted;
	epoll_ctl(member->runs->epoll, EPOLL_CTL_MOD, control_link_fd(member->run.link), &event);
}

void control_runs_work(struct control_runs *runs)
{
	uint64_t rings;

	if (read(runs->timer, &rings, sizeof(rings)) == sizeof(rings))
		each_socket(&runs->places, find_run, runs);
	for (struct member **place = &runs->members, *member; (member = *place);) {
		if (!member->ended)
			control_link_work(member->run.link);
		if (member->ended) {
			*place = member->next;
			member_free(member);
			continue;
		}
		watch(member);
		place = &member->next;
	}
}
