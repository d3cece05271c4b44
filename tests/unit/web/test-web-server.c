/* SPDX-License-Identifier: Apache-2.0 */
/* The page's server by its socket: what it answers, and whom it cuts. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/web/web-server.h"
#include "tests/support/check.h"

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct web_model *model;
static struct web_server *server;
static struct sockaddr_in address = {.sin_family = AF_INET};
static unsigned posted;
static int64_t clock_ms;

static unsigned on_post(void *userdata, enum web_action action, const struct buffer *body,
			const char **ret_why)
{
	posted++;
	*ret_why = action == WEB_ANSWER && body->len == 2 ? "done" : "odd";
	return 200;
}

static void on_tell(void *userdata, const char *line, size_t len)
{
	web_server_tell(server, line, len);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void setup(void)
{
	struct web_server_config config = {.version = "1", .post = on_post};
	socklen_t len = sizeof(address);

	address.sin_port = 0;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	posted = 0;
	clock_ms = 1;
	config.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (bind(config.fd, (struct sockaddr *)&address, len) < 0 || listen(config.fd, 64) < 0 ||
	    getsockname(config.fd, (struct sockaddr *)&address, &len) < 0 ||
	    web_model_new(on_tell, NULL, &model) < 0)
		abort();
	config.model = model;
	config.guard = (struct web_guard){ntohs(address.sin_port), TOKEN};
	if (web_server_new(&config, &server, NULL) < 0)
		abort();
}

static void teardown(void)
{
	server = web_server_free(server);
	model = web_model_free(model);
}

static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		abort();
	return fd;
}

/* "PORT" in it is the server's. */
static void say(int fd, const char *text)
{
	struct buffer request = {};

	while (*text) {
		const char *place = strstr(text, "PORT");

		if (place == text) {
			buffer_printf(&request, "%u", ntohs(address.sin_port));
			text += 4;
			continue;
		}
		place = place ? place : text + strlen(text);
		buffer_append(&request, text, (size_t)(place - text));
		text = place;
	}
	if (write(fd, request.data, request.len) != (ssize_t)request.len)
		abort();
	buffer_done(&request);
}

#define POST(path, rest)                                                                           \
	"POST " path " HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT\r\n"      \
	"Content-Type: application/json\r\nX-Callgate-Token: " TOKEN "\r\n" rest
#define GET(path, host) "GET " path " HTTP/1.1\r\nHost: " host ":PORT\r\n\r\n"

/* The server goes on until word was read from fd, or the connection has ended (false), or a minute
 * is over. */
static bool until(int fd, const char *word, struct buffer *to)
{
	int64_t end = now_ms() + 60000;

	while (now_ms() < end) {
		struct pollfd fds[] = {{fd, POLLIN, 0}, {web_server_fd(server), POLLIN, 0}};
		char data[4096];
		ssize_t n;

		if (to->len && strstr(to->data, word))
			return true;
		poll(fds, 2, 20);
		/* Faster than time goes by. */
		clock_ms += 1000;
		web_server_work(server, clock_ms);
		if (!(fds[0].revents))
			continue;
		n = recv(fd, data, sizeof(data), MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return false;
		if (n > 0)
			buffer_append(to, data, (size_t)n);
	}
	return false;
}

static void expect(const char *text, const char *word)
{
	_cleanup_fd_ int fd = dial();
	struct buffer to = {};

	say(fd, text);
	if (!until(fd, word, &to))
		fprintf(stderr, "not %s but: %.200s\n", word, to.len ? to.data : "(nothing)");
	CHECK(to.len && strstr(to.data, word));
	buffer_done(&to);
}

static void test_what_is_right_is_passed_on_once(void)
{
	setup();
	expect(POST("/api/answer", "Content-Length: 2\r\n\r\n{}"), "done");
	CHECK_INT(posted, 1);
	expect(POST("/api/revoke", "Content-Length: 2\r\n\r\n{}"), "odd");
	CHECK_INT(posted, 2);
	expect(GET("/", "localhost"), "</html>");
	teardown();
}

static void test_what_is_wrong_is_answered_before_it_is_whole(void)
{
	static const struct {
		const char *text, *word;
	} cases[] = {
		{POST("/api/answer", "Content-Length: 5000\r\n\r\n"), " 413 "},
		{POST("/api/answer", "Transfer-Encoding: chunked\r\n\r\n"), " 411 "},
		{POST("/api/answer", "Origin: http://a\r\nContent-Length: 2\r\n\r\n"), " 400 "},
		{POST("/api/answer", "Sec-Fetch-Site: cross-site\r\nContent-Length: 2\r\n\r\n"),
		 " 403 "},
		{POST("/api/answer", "X-Callgate-Token: 0\r\nContent-Length: 2\r\n\r\n"), " 401 "},
		{POST("/api/answer?a=b", "Content-Length: 2\r\n\r\n"), " 404 "},
		{POST("/api/answe%72", "Content-Length: 2\r\n\r\n"), " 404 "},
		{GET("/", "evil.example"), " 421 "},
		{GET("/page%2ejs", "127.0.0.1"), " 404 "},
		{"OPTIONS /api/answer HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", " 405 "},
	};

	setup();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(cases[i].text, cases[i].word);
	CHECK_INT(posted, 0);
	teardown();
}

static void test_heads_are_bounded(void)
{
	_cleanup_fd_ int fd = -1;
	struct buffer to = {}, head = {};

	setup();
	fd = dial();
	buffer_append_string(&head, "GET / HTTP/1.1\r\nX: ");
	while (head.len < 60000)
		buffer_append_string(&head, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	CHECK(write(fd, head.data, head.len) > 0);
	until(fd, " 431 ", &to);
	CHECK(to.len == 0 || strstr(to.data, " 431 "));
	CHECK_INT(posted, 0);
	buffer_done(&to);
	buffer_done(&head);
	teardown();
}

static int listen_there(struct buffer *to)
{
	int fd = dial();

	say(fd, POST("/api/events", "Content-Length: 2\r\n\r\n{}"));
	CHECK(until(fd, "\"ready\"", to));
	return fd;
}

static void test_who_listens_hears_what_comes(void)
{
	struct buffer to = {};
	int fd;

	setup();
	fd = listen_there(&to);
	web_server_tell(server, "{\"event\":\"new\"}\n", 16);
	CHECK(until(fd, "\"event\":\"new\"", &to));
	CHECK(until(fd, "\"event\":\"ping\"", &to));
	fd = fd_close(fd);
	/* Nobody hears, and nothing happens. */
	for (int i = 0; i < 10; i++) {
		web_server_tell(server, "{\"event\":\"new\"}\n", 16);
		web_server_work(server, clock_ms += 1000);
	}
	buffer_done(&to);
	teardown();
}

static void test_the_newest_pages_are_told(void)
{
	struct buffer to[WEB_STREAMS_MAX + 1] = {};
	int fds[WEB_STREAMS_MAX + 1];

	setup();
	for (int i = 0; i <= WEB_STREAMS_MAX; i++)
		fds[i] = listen_there(&to[i]);
	CHECK(until(fds[0], "\"closing\"", &to[0]));
	CHECK(until(fds[0], "\r\n0\r\n\r\n", &to[0]));
	web_server_tell(server, "{\"event\":\"new\"}\n", 16);
	for (int i = 1; i <= WEB_STREAMS_MAX; i++) {
		CHECK(until(fds[i], "\"event\":\"new\"", &to[i]));
		CHECK(strstr(to[i].data, "closing") == NULL);
	}
	for (int i = 0; i <= WEB_STREAMS_MAX; i++) {
		close(fds[i]);
		buffer_done(&to[i]);
	}
	teardown();
}

/* As many questions as hostile runs can have: who comes then is told all, and the news. */
static void test_what_is_told_at_first_does_not_count(void)
{
	static char text[16384];
	struct buffer to = {};
	json_t *status = json_pack("{s:[]}", "command"), *question;
	int fd;

	setup();
	memset(text, 'a', sizeof(text) - 1);
	CHECK_INT(web_model_opened(model, "x-one", NULL, status), 0);
	for (int i = 1; i <= 128; i++) {
		question = json_pack("{s:i, s:s}", "id", i, "text", text);
		web_model_event(model, "x-one", "question.opened", question, 1);
		json_decref(question);
	}
	json_decref(status);
	fd = listen_there(&to);
	CHECK(to.len > WEB_STREAM_MAX);
	buffer_done(&to);
	web_server_tell(server, "{\"event\":\"new\"}\n", 16);
	CHECK(until(fd, "\"event\":\"new\"", &to));
	close(fd);
	buffer_done(&to);
	teardown();
}

static void test_who_does_not_read_is_cut_and_nobody_waits(void)
{
	static char line[32768];
	struct buffer lazy_to = {}, to = {};
	int lazy, fd;

	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	setup();
	lazy = listen_there(&lazy_to);
	fd = listen_there(&to);
	/* More than sockets hold, while the other reads. */
	for (int i = 0; i < 512; i++) {
		web_server_tell(server, line, sizeof(line));
		if (i % 8 == 0) {
			web_server_tell(server, "{\"event\":\"mark\"}\n", 17);
			CHECK(until(fd, "mark", &to));
			buffer_done(&to);
		}
	}
	/* What the sockets hold can be read, and then it has ended. */
	CHECK(!until(lazy, "no such word", &lazy_to));
	CHECK(lazy_to.len < sizeof(line) * 512);
	web_server_tell(server, "{\"event\":\"last\"}\n", 17);
	CHECK(until(fd, "last", &to));
	close(lazy);
	close(fd);
	buffer_done(&lazy_to);
	buffer_done(&to);
	teardown();
}

int main(void)
{
	RUN(test_what_is_right_is_passed_on_once);
	RUN(test_what_is_wrong_is_answered_before_it_is_whole);
	RUN(test_heads_are_bounded);
	RUN(test_who_listens_hears_what_comes);
	RUN(test_the_newest_pages_are_told);
	RUN(test_what_is_told_at_first_does_not_count);
	RUN(test_who_does_not_read_is_cut_and_nobody_waits);
	return check_summary();
}
