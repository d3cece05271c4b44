/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcer/approval/prompt-keys.h"
#include "enforcer/base/cleanup.h"
#include "tests/support/check.h"

#define MS 1000000u

/* Feeds text in pieces of `piece` bytes, long after the quiet time and far apart; the first key. */
static unsigned char feed_in_pieces(const char *text, size_t len, size_t piece)
{
	struct prompt_keys keys;
	uint64_t now = 0;

	prompt_keys_init(&keys, 300 * MS, now);
	for (size_t i = 0; i < len; i += piece) {
		size_t n = len - i < piece ? len - i : piece;
		unsigned char key;

		now += 1000 * MS;
		key = prompt_keys_feed(&keys, (const unsigned char *)text + i, n, now);
		if (key)
			return key;
	}
	return 0;
}

static void test_a_key_that_comes_alone_after_the_quiet_time_counts(void)
{
	struct prompt_keys keys;

	prompt_keys_init(&keys, 300 * MS, 1000 * MS);
	CHECK_INT(prompt_keys_feed(&keys, (const unsigned char *)"a", 1, 1300 * MS), 'a');
}

static void test_a_key_within_the_quiet_time_is_dropped_and_prolongs_it(void)
{
	struct prompt_keys keys;

	prompt_keys_init(&keys, 300 * MS, 1000 * MS);
	CHECK_INT(prompt_keys_feed(&keys, (const unsigned char *)"a", 1, 1299 * MS), 0);
	CHECK_INT(prompt_keys_feed(&keys, (const unsigned char *)"a", 1, 1598 * MS), 0);
	CHECK_INT(prompt_keys_feed(&keys, (const unsigned char *)"a", 1, 1898 * MS), 'a');
}

static void test_keys_that_come_together_are_dropped(void)
{
	CHECK_INT(feed_in_pieces("aa", 2, 2), 0);
	CHECK_INT(feed_in_pieces("a\r", 2, 2), 0);
}

static void test_ctrl_c_counts_always(void)
{
	struct prompt_keys keys;

	prompt_keys_init(&keys, 300 * MS, 1000 * MS);
	CHECK_INT(prompt_keys_feed(&keys, (const unsigned char *)"x\x03", 2, 1000 * MS), 0x03);
	CHECK_INT(feed_in_pieces("\x1b]\x03", 3, 1), 0x03);
}

/* Each holds letters that would be answers, and none may count, however the reads cut it. */
static void test_sequences_of_the_terminal_are_no_keys(void)
{
#define SEQUENCE(text)                                                                             \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		SEQUENCE("\x1b[a"), /* rxvt: shift-up */
		SEQUENCE("\x1b[D"), /* left */
		SEQUENCE("\x1bOa"), /* rxvt: ctrl-up */
		SEQUENCE("\x1bOD"), /* left, application mode */
		SEQUENCE("\x1b"
			 "a"),          /* Alt-a */
		SEQUENCE("\x1b\x1b[a"), /* Alt and shift-up */
		SEQUENCE("\x1b[[D"),    /* Linux' console: F4 */
		SEQUENCE("\x1b[1;2D"),
		SEQUENCE("\x1b[?62;1;4c"),                  /* device attributes */
		SEQUENCE("\x1b[24;80R"),                    /* cursor position */
		SEQUENCE("\x1b[I"),                         /* focus */
		SEQUENCE("\x1b[Mada"),                      /* mouse, X10 */
		SEQUENCE("\x1b[<0;10;10M"),                 /* mouse, SGR */
		SEQUENCE("\x1b]11;rgb:aaaa/dddd/aaaa\x07"), /* colour query */
		SEQUENCE("\x1b]11;rgb:aaaa/dddd/aaaa\x1b\\"),
		SEQUENCE("\x1b]laard\x1b\\"),    /* title report */
		SEQUENCE("\x1bP>|rad(1)\x1b\\"), /* XTVERSION */
		SEQUENCE("\x1b_Gi=1;ard\x1b\\"),
		SEQUENCE("\x9b"
			 "a"), /* CSI in eight bits */
		SEQUENCE("\x8f"
			 "D"), /* SS3 in eight bits */
		SEQUENCE("\x90"
			 "ard\x9c"),
		SEQUENCE("\x1b[200~ard\ra\x1b[201~"), /* a bracketed paste */
		SEQUENCE("\x1b[200~\x1b[a\x1b]a\x07"
			 "a\x1b[201~"),
		SEQUENCE("\xc3\xa1"),     /* a letter, not ours */
		SEQUENCE("\xe1\x9b\x9b"), /* 0x9b as a continuation is no CSI */
		SEQUENCE("\xe1"),         /* Alt-a in eight bits */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t piece = 1; piece <= cases[i].len; piece++) {
			unsigned char key = feed_in_pieces(cases[i].text, cases[i].len, piece);

			if (key)
				fprintf(stderr, "case %zu in pieces of %zu\n", i, piece);
			CHECK_INT(key, 0);
		}
	}
}

static void test_a_key_after_each_sequence_counts_again(void)
{
	CHECK_INT(feed_in_pieces("\x1b[200~a\x1b[201~d", 14, 1), 'd');
	CHECK_INT(feed_in_pieces("\x1b[Mdddr", 7, 1), 'r');
	CHECK_INT(feed_in_pieces("\x1b]a\x07"
				 "d",
				 5, 1),
		  'd');
	CHECK_INT(feed_in_pieces("\x1b]a\x1b\\d", 6, 1), 'd');
	CHECK_INT(feed_in_pieces("\x1b[Dr", 4, 1), 'r');
	CHECK_INT(feed_in_pieces("\xc3\xa1"
				 "a",
				 3, 1),
		  'a');
}

int main(void)
{
	RUN(test_a_key_that_comes_alone_after_the_quiet_time_counts);
	RUN(test_a_key_within_the_quiet_time_is_dropped_and_prolongs_it);
	RUN(test_keys_that_come_together_are_dropped);
	RUN(test_ctrl_c_counts_always);
	RUN(test_sequences_of_the_terminal_are_no_keys);
	RUN(test_a_key_after_each_sequence_counts_again);
	return check_summary();
}
