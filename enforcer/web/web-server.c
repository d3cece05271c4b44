/* SPDX-License-Identifier: Apache-2.0 */
/* The page's server. */
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "enforcer/base/fd.h"
#include "enforcer/web/pages.h"
#include "enforcer/web/web-server.h"

#define CONNECTION_MEMORY  (32u << 10)
#define CONNECTION_SECONDS 30u
#define BLOCK              (8u << 10)
/* Of calls, for a page that comes. */
#define FIRST_CALLS 200

struct stream {
	struct web_server *server;
	struct MHD_Connection *connection;
	struct buffer out;
	size_t told;     /* at its beginning: as much as the runs have, and no news yet */
	uint64_t cursor; /* the last call that it was told */
	bool suspended;
	bool ended; /* when it has all that was said */
	bool cut;   /* at once */
	struct stream *next;
};

struct web_server {
	struct web_server_config config;
	struct MHD_Daemon *daemon;
	int epoll;
	struct stream *streams; /* the newest first */
	int64_t ticked, pinged, now;
};

/* A request whose body may be coming. */
struct exchange {
	enum web_action action;
	const struct web_page *page; /* that is asked for */
	bool answered;
	struct buffer body;
};

/* ---- responses */

static const char *const headers[][2] = {
	{"Content-Security-Policy",
	 "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
	 "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
	 "require-trusted-types-for 'script'; trusted-types 'none'"},
	{"Cache-Control", "no-store"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
	{"Referrer-Policy", "no-referrer"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
};

/* response: taken; NULL: there was no memory. */
static enum MHD_Result queue(struct MHD_Connection *connection, unsigned status, const char *type,
			     struct MHD_Response *response)
{
	enum MHD_Result queued = MHD_NO;

	if (!response)
		return MHD_NO;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		MHD_add_response_header(response, headers[i][0], headers[i][1]);
	if (MHD_add_response_header(response, "Content-Type", type) == MHD_YES)
		queued = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return queued;
}

static enum MHD_Result queue_text(struct MHD_Connection *connection, unsigned status,
				  const char *text)
{
	return queue(connection, status, "text/plain; charset=utf-8",
		     MHD_create_response_from_buffer(strlen(text), (void *)text,
						     MHD_RESPMEM_PERSISTENT));
}

static enum MHD_Result queue_page(struct MHD_Connection *connection, const struct web_page *page)
{
	if (!page)
		return MHD_NO;
	return queue(connection, MHD_HTTP_OK, page->type,
		     MHD_create_response_from_buffer(page->len, (void *)page->data,
						     MHD_RESPMEM_PERSISTENT));
}

/* ---- streams */

static void wake(struct stream *stream)
{
	if (!stream->suspended)
		return;
	stream->suspended = false;
	MHD_resume_connection(stream->connection);
}

static void say(struct stream *stream, const char *line, size_t len)
{
	if (stream->ended || stream->cut)
		return;
	buffer_append(&stream->out, line, len);
	if (stream->out.error || stream->out.len > stream->told + WEB_STREAM_MAX) {
		stream->cut = true;
		buffer_done(&stream->out);
	}
	wake(stream);
}

/* Asked by the daemon whenever the socket takes more. */
static ssize_t on_room(void *userdata, uint64_t at, char *to, size_t max)
{
	struct stream *stream = userdata;
	size_t n = stream->out.len < max ? stream->out.len : max;

	if (stream->cut)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n == 0 && stream->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n == 0) {
		/* Else it would ask again at once, and forever. */
		stream->suspended = true;
		MHD_suspend_connection(stream->connection);
		return 0;
	}
	memcpy(to, stream->out.data, n);
	buffer_consume(&stream->out, n);
	return (ssize_t)n;
}

static void on_stream_gone(void *userdata)
{
	struct stream *stream = userdata, **place = &stream->server->streams;

	while (*place != stream)
		place = &(*place)->next;
	*place = stream->next;
	buffer_done(&stream->out);
	free(stream);
}

static void make_room(struct web_server *server)
{
	static const char words[] =
		"{\"event\":\"closing\",\"reason\":\"another page has taken its place\"}\n";
	struct stream *oldest = NULL;
	unsigned n = 0;

	for (struct stream *stream = server->streams; stream; stream = stream->next) {
		if (stream->ended || stream->cut)
			continue;
		oldest = stream;
		n++;
	}
	if (n < WEB_STREAMS_MAX)
		return;
	say(oldest, words, sizeof(words) - 1);
	oldest->ended = true;
}

static void say_all(struct web_server *server, struct stream *stream)
{
	static const char ready[] = "{\"event\":\"ready\"}\n";

	buffer_printf(&stream->out, "{\"event\":\"begin\",\"callgate\":\"%s\"}\n",
		      server->config.version);
	web_model_all(server->config.model, server->now, &stream->out);
	web_model_calls(server->config.model, &stream->cursor, FIRST_CALLS, &stream->out);
	buffer_append(&stream->out, ready, sizeof(ready) - 1);
	stream->told = stream->out.len;
}

static enum MHD_Result begin_stream(struct web_server *server, struct MHD_Connection *connection)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	struct MHD_Response *response;

	if (!stream)
		return MHD_NO;
	stream->server = server;
	stream->connection = connection;
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, on_room, stream,
						     on_stream_gone);
	if (!response) {
		free(stream);
		return MHD_NO;
	}
	make_room(server);
	stream->next = server->streams;
	server->streams = stream;
	say_all(server, stream);
	return queue(connection, MHD_HTTP_OK, "application/x-ndjson; charset=utf-8", response);
}

/* ---- requests */

static enum MHD_Result add_header(void *userdata, enum MHD_ValueKind kind, const char *name,
				  const char *value)
{
	struct web_request *request = userdata;
	const struct {
		const char *name;
		struct web_header *header;
	} known[] = {
		{"Host", &request->host},
		{"Origin", &request->origin},
		{"Sec-Fetch-Site", &request->site},
		{"Sec-Fetch-Mode", &request->mode},
		{WEB_TOKEN_HEADER, &request->token},
		{"Content-Type", &request->type},
		{"Content-Length", &request->length},
		{"Transfer-Encoding", &request->encoding},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (strcasecmp(name, known[i].name) != 0)
			continue;
		known[i].header->value = value ? value : "";
		known[i].header->count++;
	}
	return MHD_YES;
}

static enum MHD_Result begin(struct web_server *server, struct MHD_Connection *connection,
			     struct web_request *request, struct exchange *exchange)
{
	const char *why = "";
	unsigned status;

	MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header, request);
	request->query =
		MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, NULL, NULL) > 0;
	status = web_request_check(&server->config.guard, request, &exchange->action, &why);
	exchange->page = web_page_find(request->path);
	if (status == MHD_HTTP_OK)
		return MHD_YES;
	/* Without waiting for what it wants to send. */
	exchange->answered = true;
	return queue_text(connection, status, why);
}

static enum MHD_Result finish(struct web_server *server, struct MHD_Connection *connection,
			      struct exchange *exchange)
{
	const char *why = "";
	unsigned status;

	if (exchange->answered)
		return MHD_YES;
	exchange->answered = true;
	if (exchange->body.error)
		return queue_text(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "out of memory");
	if (exchange->action == WEB_PAGE)
		return queue_page(connection, exchange->page);
	if (exchange->action == WEB_EVENTS)
		return begin_stream(server, connection);
	status = server->config.post(server->config.userdata, exchange->action, &exchange->body,
				     &why);
	return queue_text(connection, status, why);
}

/* Called when the head is there, for each piece of the body, and at its end. */
static enum MHD_Result on_request(void *userdata, struct MHD_Connection *connection,
				  const char *path, const char *method, const char *version,
				  const char *data, size_t *len, void **state)
{
	struct web_server *server = userdata;
	struct exchange *exchange = *state;

	if (!exchange) {
		struct web_request request = {.method = method, .path = path};

		*state = exchange = calloc(1, sizeof(*exchange));
		return exchange ? begin(server, connection, &request, exchange) : MHD_NO;
	}
	if (*len == 0)
		return finish(server, connection, exchange);
	if (exchange->body.len + *len > WEB_BODY_MAX)
		return MHD_NO;
	buffer_append(&exchange->body, data, *len);
	*len = 0;
	return MHD_YES;
}

static void on_completed(void *userdata, struct MHD_Connection *connection, void **state,
			 enum MHD_RequestTerminationCode how)
{
	struct exchange *exchange = *state;

	if (!exchange)
		return;
	buffer_done(&exchange->body);
	free(exchange);
	*state = NULL;
}

/* Each thing here has one name. */
static size_t leave_escapes(void *userdata, struct MHD_Connection *connection, char *text)
{
	return strlen(text);
}

/* ---- the server */

int web_server_new(const struct web_server_config *config, struct web_server **ret_server,
		   struct failure *reterr)
{
	struct web_server *server = calloc(1, sizeof(*server));
	const union MHD_DaemonInfo *info;

	if (!server) {
		fd_close(config->fd);
		return failure_set(reterr, -ENOMEM, "out of memory");
	}
	server->config = *config;
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, server,
		MHD_OPTION_LISTEN_SOCKET, config->fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
		server, MHD_OPTION_CONNECTION_LIMIT, WEB_CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, CONNECTION_SECONDS, MHD_OPTION_UNESCAPE_CALLBACK,
		leave_escapes, NULL, MHD_OPTION_END);
	info = server->daemon ? MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)
			      : NULL;
	if (!info) {
		if (!server->daemon)
			fd_close(config->fd);
		web_server_free(server);
		return failure_set(reterr, -EIO, "the web server does not start");
	}
	server->epoll = info->epoll_fd;
	*ret_server = server;
	return 0;
}

struct web_server *web_server_free(struct web_server *server)
{
	if (!server)
		return NULL;
	/* Those that sleep would keep it from stopping. */
	for (struct stream *stream = server->streams; stream; stream = stream->next) {
		stream->cut = true;
		wake(stream);
	}
	if (server->daemon) {
		MHD_run(server->daemon);
		MHD_stop_daemon(server->daemon);
	}
	free(server);
	return NULL;
}

int web_server_fd(const struct web_server *server)
{
	return server->epoll;
}

int web_server_timeout(const struct web_server *server)
{
	MHD_UNSIGNED_LONG_LONG own = 0;
	int ms = server->streams ? WEB_TICK_MS : -1;

	if (MHD_get_timeout(server->daemon, &own) == MHD_YES && (ms < 0 || own < (unsigned)ms))
		ms = own < CONNECTION_SECONDS * 1000 ? (int)own : (int)CONNECTION_SECONDS * 1000;
	return ms;
}

static void say_calls(struct web_server *server)
{
	for (struct stream *stream = server->streams; stream; stream = stream->next) {
		if (stream->ended || stream->cut || stream->out.len > WEB_CALLS_ROOM ||
		    !web_model_has_calls(server->config.model, stream->cursor))
			continue;
		web_model_calls(server->config.model, &stream->cursor, WEB_AT_ONCE, &stream->out);
		say(stream, "", 0);
	}
}

void web_server_work(struct web_server *server, int64_t now)
{
	static const char ping[] = "{\"event\":\"ping\"}\n";

	server->now = now;
	if (now - server->ticked >= WEB_TICK_MS) {
		server->ticked = now;
		say_calls(server);
	}
	if (now - server->pinged >= WEB_PING_MS) {
		server->pinged = now;
		web_server_tell(server, ping, sizeof(ping) - 1);
	}
	MHD_run(server->daemon);
}

void web_server_tell(struct web_server *server, const char *line, size_t len)
{
	for (struct stream *stream = server->streams; stream; stream = stream->next)
		say(stream, line, len);
}
