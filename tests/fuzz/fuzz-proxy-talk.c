/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hostile proxies: random answers, in random pieces. Nothing outside of the piece is read, what was
 * taken is never more than there was, and a talk ends: by an answer, or by its bound.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/network/proxy-talk.h"
#include "tests/fuzz/random.h"
#include "tests/support/check.h"

static const char *const pieces[] = {
	"HTTP/1.1 ",
	"200",
	" ok",
	"\r\n",
	"\n",
	"\r\n\r\n",
	"HTTP/1.0 407 x\r\n",
	"A: b",
	"100 ",
	"\5",
	"\5\2",
	"\1",
	"\1\377",
	"\3\377",
	"\377",
	"\5\1",
	"\3\2ab",
	"HTTP/1.1 200 ok\r\n\r\n",
	"\4",
};

/* A piece of an answer in memory of just its size. */
static size_t random_piece(char **ret_piece)
{
	const char *text = pieces[random_below(ARRAY_LEN(pieces))];
	size_t len = strlen(text);

	if (random_below(8) == 0) {
		len = random_below(600) + 1;
		text = NULL;
	}
	*ret_piece = malloc(len);
	for (size_t i = 0; *ret_piece && i < len; i++)
		(*ret_piece)[i] = text ? text[i] : (char)random_below(random_below(2) ? 8 : 256);
	return len;
}

static void talk_once(void)
{
	static char host[254];
	struct network_proxy proxy = {.host = "proxy",
				      .socks = random_below(2),
				      .user = random_below(2) ? "user" : NULL,
				      .password = random_below(2) ? "password" : NULL};
	struct proxy_target target = {.address = {.family = random_below(2) ? AF_INET : AF_INET6},
				      .port = (uint16_t)random_below(65536)};
	struct proxy_talk talk;
	size_t taken = 0;
	int r;

	memset(host, 'h', random_below(254));
	target.host = random_below(3) ? host : NULL;
	CHECK_INT(proxy_talk_begin(&talk, &proxy, &target), 0);
	do {
		char *piece;
		size_t used, len = random_piece(&piece);

		r = proxy_talk_hear(&talk, piece, len, &used);
		free(piece);
		CHECK(used > 0 && used <= len);
		CHECK(r == 1 || r == 0 || (r < 0 && r >= -200));
		CHECK(talk.say_len <= sizeof(talk.say));
		CHECK(used == len || r != 0 || talk.say_len > 0);
		taken += used;
	} while (r == 0 && !check_failures);
	CHECK(taken <= PROXY_HEAD_MAX + 1);
}

int main(int argc, char **argv)
{
	unsigned long rounds = random_rounds(argc, argv, 20000);

	while (rounds-- > 0 && !check_failures)
		talk_once();
	return check_failures ? 1 : 0;
}
