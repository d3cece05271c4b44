/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redact-cost: nanoseconds that the record of one exec takes with redaction and without, for
 * vectors as agents execute them, and for the worst that an agent could make up, in two sizes:
 * what grows with the size alone has the same nanoseconds a byte in both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "enforcer/audit/record.h"
#include "enforcer/audit/redact.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"

#define ROUNDS    15
#define ROUND_NS  2000000.0
#define WORDS_MAX 48

static const struct {
	const char *what;
	const char *words[WORDS_MAX];
} usual[] = {
	{"git status", {"git", "status", "--porcelain"}},
	{"a compiler",
	 {"gcc",
	  "-Iinclude",
	  "-I.",
	  "-fdiagnostics-color=always",
	  "-D_FILE_OFFSET_BITS=64",
	  "-Wall",
	  "-Wextra",
	  "-std=gnu17",
	  "-O2",
	  "-g",
	  "-D_GNU_SOURCE",
	  "-fno-strict-aliasing",
	  "-fstack-protector-strong",
	  "-fPIC",
	  "-MD",
	  "-MQ",
	  "lib/audit.p/record.c.o",
	  "-MF",
	  "lib/audit.p/record.c.o.d",
	  "-o",
	  "lib/audit.p/record.c.o",
	  "-c",
	  "src/audit/record.c"}},
	{"a line of a shell",
	 {"/bin/bash", "-c",
	  "cd /home/ada/project && npm test -- --reporter=dot 2>&1 | tail -n 40 && git diff "
	  "--stat"}},
	{"a secret",
	 {"curl", "-H", "Authorization: Bearer abcdef0123456789", "https://h.example/"}},
};

/* Each piece, again and again, is the whole of each word. */
static const char *const worst[] = {
	"a_key=",      "a-key: ", "token=$", "\"token\":\"", "://a:b@", "eyJaaaaaaaaaa.",
	"sk-",         "&a",      "'a ",     "a=a=",         "sh -c '", "ghp_",
	"-----BEGIN ", "a b\"",   "tokena/", "= ",           ": ",      "\\\"token\\\":\\\"",
	"PRIVATE KEY", "(",
};

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void record(struct buffer *line, char **argv, const struct redact_rules *rules)
{
	const struct record_context context = {.run = "run", .redact = rules};
	const struct request request = {.pid = 1, .tid = 1, .call = MEDIATED_execve, .argv = argv};
	const struct decision decision = {.verdict = VERDICT_ALLOW};
	const struct outcome outcome = {.kind = OUTCOME_CONTINUED};

	line->len = 0;
	record_call(&context, &request, &decision, &outcome, line);
}

/* The least of the rounds: nothing but others' work makes a computation slower. */
static double record_ns(char **argv, bool redacts)
{
	const struct redact_rules rules = {.off = !redacts};
	_cleanup_(buffer_done) struct buffer line = {};
	double best = 1e18, began = now_ns();
	unsigned times;

	record(&line, argv, &rules);
	times = 1 + (unsigned)(ROUND_NS / (now_ns() - began + 1));
	for (int round = 0; round < ROUNDS; round++) {
		began = now_ns();
		for (unsigned i = 0; i < times; i++)
			record(&line, argv, &rules);
		began = now_ns() - began;
		if (began / times < best)
			best = began / times;
	}
	return best;
}

static double worst_ns(const char *piece, size_t size, unsigned words)
{
	char *argv[REQUEST_ARGV_MAX + 1] = {}, *word = malloc(size + 1);
	double ns;

	if (!word)
		return 0;
	for (size_t i = 0; i < size; i++)
		word[i] = piece[i % strlen(piece)];
	word[size] = '\0';
	for (unsigned i = 0; i < words; i++)
		argv[i] = word;
	ns = record_ns(argv, true);
	free(word);
	return ns;
}

int main(void)
{
	printf("%-20s %10s %10s\n", "ns a record of", "as it is", "redacted");
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		char *argv[WORDS_MAX];

		memcpy(argv, usual[i].words, sizeof(argv));
		printf("%-20s %10.0f %10.0f\n", usual[i].what, record_ns(argv, false),
		       record_ns(argv, true));
	}
	printf("\n%-20s %10s %10s\n", "ns a byte of", "1 x 512", "8 x 4095");
	for (size_t i = 0; i < ARRAY_LEN(worst); i++)
		printf("%-20s %10.1f %10.1f\n", worst[i], worst_ns(worst[i], 512, 1) / 512,
		       worst_ns(worst[i], 4095, 8) / (8 * 4095));
	return 0;
}
