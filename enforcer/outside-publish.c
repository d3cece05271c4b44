/* SPDX-License-Identifier: Apache-2.0 */
/* Published ports: their listeners on the host's loopback, and the records of who connects. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/base/fd.h"
#include "enforcer/outside-parts.h"

#define BACKLOG 512

/* The room for a line, which the log keeps while it is written. */
#define LINE_BOUND 1024

static int listen_on(int family, uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
				   .sin6_port = htons(port),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	bool v6 = family == AF_INET6;
	_cleanup_fd_ int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1;

	if (fd < 0)
		return -errno;
	/* Of a run before, connections may still linger. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in,
		 v6 ? sizeof(in6) : sizeof(in)) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return -errno;
	return steal_fd(fd);
}

static int explain(int error, const struct publish_setting *setting, struct failure *reterr)
{
	if (error == -EADDRINUSE)
		failure_hint(reterr,
			     "another program listens there; for another port: --publish "
			     "%u:%u",
			     setting->port, setting->on < 65535 ? setting->on + 1 : 8080);
	else if (error == -EACCES)
		failure_hint(reterr,
			     "ports below 1024 are root's; for another one: --publish "
			     "%u:%u",
			     setting->port, setting->on + 8000);
	return failure_set(reterr, error, "cannot publish on port %u of this machine: %s",
			   setting->on, strerror(-error));
}

int published_open(const struct policy *policy, struct rule_zero *zero,
		   struct published *ret_published, struct failure *reterr)
{
	const struct publish_settings *settings = &policy_settings(policy)->publish;
	int r = 0;

	for (size_t i = 0; i < settings->n && r == 0; i++) {
		const struct publish_setting *setting = &settings->items[i];
		int *fds = ret_published->fds[ret_published->n++];

		ret_published->settings[i] = *setting;
		fds[1] = -1;
		fds[0] = r = listen_on(AF_INET, setting->on);
		if (r >= 0)
			fds[1] = r = listen_on(AF_INET6, setting->on);
		/* A machine without IPv6. */
		if (fds[0] >= 0 && (r == -EAFNOSUPPORT || r == -EADDRNOTAVAIL))
			r = 0;
		if (r < 0)
			return explain(r, setting, reterr);
		if (policy_gives_host_port(policy, IPPROTO_TCP, setting->port)) {
			failure_hint(reterr, "a port is the sandbox's own or the host's");
			return failure_set(reterr, -EINVAL,
					   "port %u is published, and given to the host's "
					   "loopback by a rule",
					   setting->port);
		}
		/* The agent does not come back in by its own door. */
		r = rule_zero_add_port(zero, setting->on);
	}
	return r;
}

void published_done(struct published *published)
{
	for (size_t i = 0; i < published->n; i++)
		for (int k = 0; k < 2; k++)
			published->fds[i][k] = fd_close(published->fds[i][k]);
	published->n = 0;
}

int outside_publish(struct outside *outside, struct published *published)
{
	int r = 0;

	for (size_t i = 0; i < published->n; i++)
		for (int k = 0; k < 2 && r == 0; k++)
			if (published->fds[i][k] >= 0)
				r = network_publish(
					outside->network, steal_fd(published->fds[i][k]),
					published->settings[i].port, published->settings[i].on);
	return r;
}

static bool is_recorded(const struct supervisor *supervisor)
{
	return supervisor->log &&
	       policy_settings(supervisor->policy)->audit_detail != AUDIT_DETAIL_DENIALS;
}

static void append(struct outside *outside, const struct guest_end *guest, size_t reserved)
{
	struct supervisor *supervisor = outside->supervisor;
	const struct record_guest record = {.port = guest->port,
					    .on = guest->on,
					    .from = guest->from,
					    .sent = guest->sent,
					    .received = guest->received,
					    .how = guest->how};
	struct record_context context;
	struct buffer line = {};

	supervisor_record_context(supervisor, &context);
	context.duration_ns = guest->duration_ns;
	if (record_guest(&context, &record, &line) == 0)
		supervisor_append(supervisor, &line, reserved);
	else if (reserved)
		audit_log_release(supervisor->log, reserved);
	buffer_done(&line);
}

bool outside_guest_begins(void *userdata, const struct guest_end *begin)
{
	struct outside *outside = userdata;
	struct supervisor *supervisor = outside->supervisor;
	int r;

	if (!is_recorded(supervisor))
		return true;
	r = audit_log_reserve(supervisor->log, LINE_BOUND);
	supervisor_tell_room(supervisor, r);
	if (r < 0)
		return false;
	append(outside, begin, LINE_BOUND);
	return true;
}

void outside_guest_ended(void *userdata, const struct guest_end *end)
{
	struct outside *outside = userdata;

	if (is_recorded(outside->supervisor))
		append(outside, end, 0);
}
