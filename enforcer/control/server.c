/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket's server. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/control/channel.h"
#include "enforcer/control/peer.h"
#include "enforcer/control/rpc.h"
#include "enforcer/control/server.h"
#include "enforcer/loop/loop.h"

#define RETRY_NS 100000000u

struct control_reply {
	struct control_reply *next;    /* of the same client */
	struct control_client *client; /* NULL: gone */
	json_t *id;                    /* NULL: a notification */
};

struct control_client {
	struct control_server *server;
	struct channel channel;
	struct loop_source in, out, farewell;
	const struct rpc_request *asks; /* what is being answered now */
	struct control_reply *replies;  /* that are to come; each owned by whoever sends it */
	unsigned wants;
	uint64_t dropped; /* calls that it was not told of */
	bool ended;       /* nothing more is read, and it goes once it was told why */
};

struct control_server {
	struct control_server_config config;
	struct loop_source arrivals, retry, flush;
	struct control_client *clients[CONTROL_CLIENTS_MAX];
};

/* ---- a client's end */

static void client_free(struct control_client *client)
{
	struct control_server *server = client->server;

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (server->clients[i] == client)
			server->clients[i] = NULL;
	loop_source_done(&client->in);
	loop_source_done(&client->out);
	loop_source_done(&client->farewell);
	channel_done(&client->channel);
	for (struct control_reply *one = client->replies; one; one = one->next)
		one->client = NULL;
	control_client_set_wants(client, 0);
	free(client);
}

static void put_line(struct control_client *client, char *line);

/* Its end is told in the next round: whoever tells it an event may stand anywhere. */
static void client_end(struct control_client *client, const char *why)
{
	if (client->ended)
		return;
	client->ended = true;
	put_line(client, rpc_event_line("closing", json_pack("{s:s}", "reason", why)));
	loop_timeout(&client->farewell, CONTROL_FAREWELL_NS);
}

/* The same, with room for the reason made first. */
static void client_cut(struct control_client *client, const char *why)
{
	if (client->ended)
		return;
	channel_drop(&client->channel);
	client_end(client, why);
}

static void on_farewell(struct loop_source *source, int32_t result, bool more)
{
	client_free(container_of(source, struct control_client, farewell));
}

/* ---- what it is told */

/* line: taken; NULL where memory is short, and then who waits for it must not wait for ever. */
static void put_line(struct control_client *client, char *line)
{
	struct control_server *server = client->server;

	if (!line || channel_put(&client->channel, line, strlen(line)) < 0)
		client_cut(client, line ? "it does not read what it is told" : "out of memory");
	free(line);
	if (!server->flush.armed)
		loop_defer(&server->flush);
}

static void tell_dropped(struct control_client *client)
{
	json_int_t count = (json_int_t)client->dropped;

	if (count == 0 || client->ended)
		return;
	client->dropped = 0;
	put_line(client, rpc_event_line("calls.dropped", json_pack("{s:I}", "count", count)));
}

/* False where the client is no more. */
static bool client_send(struct control_client *client)
{
	int r;

	if (client->out.armed)
		return true;
	r = channel_send(&client->channel);
	if (r == 0 && client->dropped) {
		tell_dropped(client);
		r = channel_send(&client->channel);
	}
	if (r == -EAGAIN)
		r = loop_poll(&client->out, client->channel.fd, POLLOUT, false);
	else if (r == 0 && client->ended)
		r = -EPIPE;
	if (r < 0)
		client_free(client);
	return r >= 0;
}

static void on_flush(struct loop_source *source, int32_t result, bool more)
{
	struct control_server *server = container_of(source, struct control_server, flush);

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (server->clients[i])
			client_send(server->clients[i]);
}

/* ---- what it asks for */

static const struct control_method *find_method(const struct control_server *server,
						const char *name)
{
	const struct control_method *method = server->config.methods;

	while (method->name && strcmp(method->name, name) != 0)
		method++;
	return method->name ? method : NULL;
}

static void answer_line(struct control_client *client, const char *line, size_t len)
{
	const struct control_server *server = client->server;
	struct failure failure = {};
	struct rpc_request request;
	const struct control_method *method = NULL;
	json_t *result = NULL;
	int code = rpc_parse(line, len, &request, &failure);
	bool notification = code == 0 && !request.id;

	if (code == 0)
		method = find_method(server, request.method);
	if (code == 0 && !method) {
		failure_hint(&failure, "\"hello\" names the methods of this version");
		failure_set(&failure, -ENOENT, "there is no such method");
		code = RPC_METHOD_NOT_FOUND;
	}
	client->asks = &request;
	if (code == 0)
		code = method->call(server->config.userdata, client, request.params, &result,
				    &failure);
	client->asks = NULL;
	if (code == CONTROL_LATER) {
		rpc_request_done(&request);
		return;
	}
	if (notification)
		json_decref(result);
	else
		put_line(client, code == 0 ? rpc_result_line(request.id, result)
					   : rpc_error_line(request.id, code, &failure));
	rpc_request_done(&request);
}

struct control_reply *control_client_defer(struct control_client *client)
{
	struct control_reply *reply = calloc(1, sizeof(*reply));

	if (!reply)
		return NULL;
	*reply = (struct control_reply){.next = client->replies, .client = client};
	if (client->asks->id)
		reply->id = json_deep_copy(client->asks->id);
	client->replies = reply;
	return reply;
}

void control_reply_send(struct control_reply *reply, int code, json_t *result,
			const struct failure *failure)
{
	struct control_client *client = reply ? reply->client : NULL;

	if (client) {
		struct control_reply **at = &client->replies;

		while (*at != reply)
			at = &(*at)->next;
		*at = reply->next;
	}
	if (client && reply->id && !client->ended)
		put_line(client, code == 0 ? rpc_result_line(reply->id, json_incref(result))
					   : rpc_error_line(reply->id, code, failure));
	json_decref(result);
	if (reply)
		json_decref(reply->id);
	free(reply);
}

/* Whoever does not read its answers gets no more of them. */
static bool is_behind(const struct control_client *client)
{
	return channel_waiting(&client->channel) > CONTROL_OUT_MAX / 2;
}

static void refuse(struct control_client *client, enum rpc_error code, const char *text)
{
	struct failure failure = {};

	failure_set(&failure, -EPERM, "%s", text);
	put_line(client, rpc_error_line(NULL, code, &failure));
	client_end(client, text);
}

/* False where the client is no more. */
static bool client_work(struct control_client *client)
{
	char *line;
	size_t len;

	while (!client->ended && !is_behind(client) && channel_next(&client->channel, &line, &len))
		answer_line(client, line, len);
	if (!client->ended && !is_behind(client) && channel_is_overlong(&client->channel))
		refuse(client, RPC_INVALID_REQUEST, "a line may have 65536 bytes");
	if (!client_send(client))
		return false;
	if (client->ended || is_behind(client) || client->in.armed)
		return true;
	if (loop_poll(&client->in, client->channel.fd, POLLIN, false) < 0) {
		client_free(client);
		return false;
	}
	return true;
}

static void on_out(struct loop_source *source, int32_t result, bool more)
{
	client_work(container_of(source, struct control_client, out));
}

static void on_in(struct loop_source *source, int32_t result, bool more)
{
	struct control_client *client = container_of(source, struct control_client, in);
	bool (*is_outside)(pid_t) = client->server->config.is_outside;
	pid_t sender = 0;
	ssize_t n;

	if (client->ended)
		return;
	n = channel_receive(&client->channel, &sender);
	if (n == 0 || (n < 0 && n != -EAGAIN)) {
		client_free(client);
		return;
	}
	if (n > 0 && !(is_outside ? is_outside : peer_is_outside)(sender))
		refuse(client, RPC_REFUSED, "nobody inside of a sandbox may ask here");
	client_work(client);
}

/* ---- arrivals */

static void turn_away(int fd, const char *why)
{
	char *line = rpc_event_line("closing", json_pack("{s:s}", "reason", why));

	if (line && send(fd, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		send(fd, "\n", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	free(line);
	close(fd);
}

static void client_begin(struct control_server *server, size_t place, int fd)
{
	struct control_client *client = calloc(1, sizeof(*client));
	int r;

	if (!client) {
		turn_away(fd, "out of memory");
		return;
	}
	client->server = server;
	channel_init(&client->channel, fd, CONTROL_LINE_MAX, CONTROL_OUT_MAX);
	server->clients[place] = client;
	r = loop_source_init(&client->in, server->config.loop, on_in);
	if (r == 0)
		r = loop_source_init(&client->out, server->config.loop, on_out);
	if (r == 0)
		r = loop_source_init(&client->farewell, server->config.loop, on_farewell);
	if (r == 0)
		r = loop_poll(&client->in, fd, POLLIN, false);
	if (r < 0)
		client_free(client);
}

static void on_retry(struct loop_source *source, int32_t result, bool more)
{
	struct control_server *server = container_of(source, struct control_server, retry);

	loop_poll(&server->arrivals, server->config.fd, POLLIN, false);
}

static void on_arrival(struct loop_source *source, int32_t result, bool more)
{
	struct control_server *server = container_of(source, struct control_server, arrivals);

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		int fd = accept4(server->config.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		size_t place = 0;

		/* No descriptor free, and whoever waits goes on to: not in a circle. */
		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
			loop_timeout(&server->retry, RETRY_NS);
			return;
		}
		if (fd < 0)
			break;
		while (place < CONTROL_CLIENTS_MAX && server->clients[place])
			place++;
		if (!peer_is_ours(fd))
			turn_away(fd, "it is not yours");
		else if (place == CONTROL_CLIENTS_MAX)
			turn_away(fd, "too many clients");
		else
			client_begin(server, place, fd);
	}
	/* One shot each: what was left by the bound above rings again. */
	loop_poll(source, server->config.fd, POLLIN, false);
}

int control_server_new(const struct control_server_config *config,
		       struct control_server **ret_server)
{
	struct control_server *server = calloc(1, sizeof(*server));
	int r;

	if (!server) {
		fd_close(config->fd);
		return -ENOMEM;
	}
	server->config = *config;
	r = loop_source_init(&server->arrivals, config->loop, on_arrival);
	if (r == 0)
		r = loop_source_init(&server->retry, config->loop, on_retry);
	if (r == 0)
		r = loop_source_init(&server->flush, config->loop, on_flush);
	if (r == 0)
		r = loop_poll(&server->arrivals, config->fd, POLLIN, false);
	if (r < 0) {
		control_server_free(server, "");
		return r;
	}
	*ret_server = server;
	return 0;
}

struct control_server *control_server_free(struct control_server *server, const char *why)
{
	if (!server)
		return NULL;
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct control_client *client = server->clients[i];

		if (!client)
			continue;
		if (!client->ended)
			put_line(client,
				 rpc_event_line("closing", json_pack("{s:s}", "reason", why)));
		channel_send(&client->channel);
		client_free(client);
	}
	loop_source_done(&server->arrivals);
	loop_source_done(&server->retry);
	loop_source_done(&server->flush);
	fd_close(server->config.fd);
	free(server);
	return NULL;
}

/* ---- events */

unsigned control_client_wants(const struct control_client *client)
{
	return client->wants;
}

void control_client_set_wants(struct control_client *client, unsigned wants)
{
	unsigned before = client->wants;

	client->wants = wants;
	if (before != wants && client->server->config.changed)
		client->server->config.changed(client->server->config.userdata, before, wants);
}

bool control_server_wanted(const struct control_server *server, unsigned wants)
{
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (server->clients[i] && server->clients[i]->wants & wants)
			return true;
	return false;
}

void control_server_event(struct control_server *server, unsigned wants, const char *method,
			  json_t *params)
{
	char *line = control_server_wanted(server, wants)
			     ? rpc_event_line(method, json_incref(params))
			     : NULL;

	json_decref(params);
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct control_client *client = server->clients[i];

		if (client && !client->ended && client->wants & wants)
			put_line(client, line ? strdup(line) : NULL);
	}
	free(line);
}

void control_server_call(struct control_server *server, const char *record, size_t len)
{
	static const char head[] = "{\"jsonrpc\":\"2.0\",\"method\":\"call\",\"params\":";

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct control_client *client = server->clients[i];
		char *line = NULL;

		if (!client || client->ended || !(client->wants & WANTS_CALLS))
			continue;
		if (channel_waiting(&client->channel) + len > CONTROL_CALLS_ROOM ||
		    asprintf(&line, "%s%.*s}", head, (int)len, record) < 0) {
			client->dropped++;
			continue;
		}
		tell_dropped(client);
		if (client->ended)
			free(line);
		else
			put_line(client, line);
	}
}

size_t control_server_count(const struct control_server *server)
{
	size_t n = 0;

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		n += server->clients[i] != NULL;
	return n;
}
