/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the lines of a record are those that were written. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/records/lines.h"
#include "enforcer/records/verify.h"

/* A line that waits for its chain line. */
struct waiting {
	struct line_place place;
	uint64_t seq;
	uint8_t check[CHAIN_CHECK];
};
/* More lines than any batch has; beyond, somebody feeds us lines. */
#define WAITING_MAX (4u << 20)

struct checking {
	const struct verify *verify;
	struct lines *lines;
	struct verified at; /* the run that is being looked at */
	struct chain *chain;
	struct waiting *waiting;
	size_t n_waiting, size;
	uint64_t seq;       /* of the last line */
	bool within;        /* a run has begun */
	bool chained;       /* a chain line was met, or promised */
	bool run_end;       /* the last line was it */
	bool ended, failed; /* its last chain line was met; something is wrong */
	bool settled;       /* nothing of this run is looked at any more: what is wrong is known */
	bool told;          /* of lines that belong to no run */
	unsigned torn;      /* parts without an end, so far */
	unsigned closed;    /* the last line but a chain line ended the part of that number; 0: it
			     * did not */
	bool all_good;
	unsigned runs;
};

/* The head of a line, as callgate writes it. */
struct head {
	char event[32], run[RECORD_ID_MAX + 1];
	uint64_t seq;
};

static bool read_word(const char **at, const char *before, char *ret_word, size_t size)
{
	size_t len;

	if (strncmp(*at, before, strlen(before)) != 0)
		return false;
	*at += strlen(before);
	len = strcspn(*at, "\"\\");
	if (len >= size || (*at)[len] != '"')
		return false;
	memcpy(ret_word, *at, len);
	ret_word[len] = '\0';
	*at += len + 1;
	return true;
}

static bool read_head(const char *line, size_t len, struct head *ret_head)
{
	const char *at = line;
	char time[64], *end;

	if (!read_word(&at, "{\"v\":1,\"event\":\"", ret_head->event, sizeof(ret_head->event)) ||
	    !read_word(&at, ",\"time\":\"", time, sizeof(time)) ||
	    !read_word(&at, ",\"run\":\"", ret_head->run, sizeof(ret_head->run)) ||
	    strncmp(at, ",\"seq\":", 7) != 0 || at[7] < '1' || at[7] > '9')
		return false;
	for (const char *p = ret_head->run; *p; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	ret_head->seq = strtoull(at + 7, &end, 10);
	return (*end == ',' || *end == '}') && line[len - 1] == '}' && strlen(line) == len;
}

static struct line_place here(const struct checking *checking)
{
	return (struct line_place){.file = lines_file(checking->lines),
				   .line = lines_number(checking->lines),
				   .part = lines_part(checking->lines)};
}

static bool is_before(const struct line_place *a, const struct line_place *b)
{
	return a->part != b->part ? a->part < b->part : a->line < b->line;
}

/* The first line that is wrong counts; of two reasons, that of the earlier line. */
__attribute__((format(printf, 3, 4))) static void wrong(struct checking *checking,
							const struct line_place *place,
							const char *format, ...)
{
	struct verified *at = &checking->at;
	va_list args;

	if (checking->failed && (!place || (at->wrong.line && !is_before(place, &at->wrong))))
		return;
	checking->failed = true;
	at->wrong = place ? *place : (struct line_place){};
	va_start(args, format);
	vsnprintf(at->words, sizeof(at->words), format, args);
	va_end(args);
}

static void tell(struct checking *checking)
{
	checking->at.good = !checking->failed;
	checking->all_good = checking->all_good && checking->at.good;
	checking->runs++;
	checking->verify->tell(checking->verify->userdata, &checking->at);
}

/* A run is over: by its end, by another's beginning, or by the end of the file. */
static void finish_run(struct checking *checking)
{
	if (!checking->within)
		return;
	if (!checking->chained && !checking->failed)
		wrong(checking, NULL, "not chained: nothing to verify");
	else if (!checking->ended && checking->closed)
		wrong(checking, NULL,
		      "ends with part %u, which says that another follows: that is missing, or "
		      "the run was killed just then",
		      checking->closed);
	else if (!checking->ended)
		wrong(checking, NULL,
		      "ends without its end: the run was killed, or the record cut "
		      "off, or the run goes on");
	tell(checking);
	checking->within = false;
	checking->chain = chain_free(checking->chain);
}

static void start_nothing(struct checking *checking, const char *run)
{
	checking->at = (struct verified){.first = here(checking)};
	snprintf(checking->at.run, sizeof(checking->at.run), "%s", run);
	checking->n_waiting = 0;
	checking->seq = 0;
	checking->chained = checking->run_end = checking->ended = checking->failed = false;
	checking->settled = false;
	checking->closed = 0;
}

static int start_run(struct checking *checking, const struct head *head, const char *line)
{
	finish_run(checking);
	start_nothing(checking, head->run);
	checking->told = false;
	checking->within = true;
	/* In text that came from elsewhere the quotes are escaped. */
	checking->chained = strstr(line, ",\"chain\":\"sha256\"") != NULL;
	return chain_new(head->run, &checking->chain);
}

/* Lines that belong to no run that has begun here: told once. */
static void stray(struct checking *checking, const char *run, const char *words)
{
	struct line_place place = here(checking);

	finish_run(checking);
	if (checking->told)
		return;
	start_nothing(checking, run);
	checking->at.last = place;
	wrong(checking, &place, "%s", words);
	tell(checking);
	checking->told = true;
}

static int wait_for_chain(struct checking *checking, const char *line, size_t len, uint64_t seq)
{
	struct line_place place = here(checking);
	struct waiting *waiting;

	if (checking->n_waiting == WAITING_MAX) {
		wrong(checking, &place, "too many lines without a chain line");
		return 0;
	}
	if (checking->n_waiting == checking->size) {
		size_t size = checking->size ? 2 * checking->size : 1024;

		waiting = reallocarray(checking->waiting, size, sizeof(*waiting));
		if (!waiting)
			return -ENOMEM;
		checking->waiting = waiting;
		checking->size = size;
	}
	waiting = &checking->waiting[checking->n_waiting++];
	waiting->place = place;
	waiting->seq = seq;
	return chain_add(checking->chain, line, len, waiting->check);
}

/* By the checks: which of the lines before is the first that is another. */
static void compare(struct checking *checking, const struct chain_line *line, uint64_t seq)
{
	struct line_place place = here(checking);
	uint64_t first = seq > line->lines ? seq - line->lines : 0;

	for (size_t i = 0; i < checking->n_waiting; i++) {
		const struct waiting *waiting = &checking->waiting[i];

		if (waiting->seq >= first && waiting->seq < seq &&
		    !chain_check_is(line, waiting->seq - first, waiting->check)) {
			wrong(checking, &waiting->place, "was changed");
			return;
		}
		/* Covered by no chain line, so the last of those was one. */
		if (waiting->seq + 1 == first && !checking->failed)
			wrong(checking, &waiting->place, "was changed: it was a chain line");
	}
	if (!checking->failed && checking->n_waiting != line->lines)
		wrong(checking, &place, "is about %llu lines, where %zu are",
		      (unsigned long long)line->lines, checking->n_waiting);
}

static void check_signature(struct checking *checking, const struct chain_line *line)
{
	struct line_place place = here(checking);
	char text[CHAIN_SIGNED_MAX];
	size_t len = chain_signed_text(checking->chain, text);

	if (!line->is_signed)
		wrong(checking, &place, "whole, but not signed");
	else if (!checking->verify->public)
		wrong(checking, &place,
		      "whole, but by whom it is signed is not known here: --key "
		      "FILE names the public key");
	else if (!audit_public_verify(checking->verify->public, text, len, line->signature))
		wrong(checking, &place, "the signature is not by that key");
}

static int take_chain_line(struct checking *checking, const char *text, size_t len, uint64_t seq)
{
	struct line_place place = here(checking);
	struct chain_line line;
	int r = chain_read(checking->chain, text, len, &line);

	checking->chained = true;
	if (r == -EINVAL || (r == 0 && !line.whole)) {
		wrong(checking, &place, "was changed: it is no chain line that callgate wrote");
		return 0;
	}
	if (r < 0)
		return r;
	compare(checking, &line, seq);
	if (checking->failed)
		return 0;
	r = chain_verify(checking->chain, text, &line);
	if (r < 0)
		return r;
	if (r == 0) {
		wrong(checking, &place,
		      "its hash is not that of the lines from %llu on: it or "
		      "they were changed, and what stands here of them",
		      (unsigned long long)(checking->n_waiting ? checking->waiting[0].place.line
							       : place.line));
		return 0;
	}
	checking->at.proven = place;
	checking->n_waiting = 0;
	checking->ended = checking->run_end;
	if (checking->ended)
		check_signature(checking, &line);
	else if (line.is_signed)
		wrong(checking, &place, "was changed: it is signed, and not the last");
	return 0;
}

/* The number in a line that ends a part. */
static unsigned read_part(const char *text)
{
	const char *at = strstr(text, ",\"part\":");

	return at ? (unsigned)strtoul(at + strlen(",\"part\":"), NULL, 10) : 0;
}

/* Why lines are missing before the first of a part. */
static const char *what_is_missing(const struct checking *checking, const struct line_place *place)
{
	if (place->part == checking->at.last.part)
		return "";
	return checking->closed ? ": a part is missing" : ": the end of the part before is missing";
}

/* A line of the run that has begun. */
static int take_line(struct checking *checking, const char *text, size_t len,
		     const struct head *head)
{
	struct line_place place = here(checking);
	uint64_t expected = checking->seq + 1;
	int r;

	if (checking->ended)
		wrong(checking, &place, "stands behind the end of its run");
	else if (head->seq > expected)
		wrong(checking, &place, "%llu line%s missing before it%s",
		      (unsigned long long)(head->seq - expected),
		      head->seq - expected == 1 ? " is" : "s are",
		      what_is_missing(checking, &place));
	else if (head->seq < expected)
		wrong(checking, &place, "is out of order, or there twice%s",
		      place.part != checking->at.last.part ? ": a part that was moved" : "");
	checking->at.last = place;
	checking->seq = head->seq;
	if (chain_is_line(text, len)) {
		r = take_chain_line(checking, text, len, head->seq);
		checking->settled = checking->failed;
		checking->run_end = false;
	} else {
		r = wait_for_chain(checking, text, len, head->seq);
		checking->run_end = strcmp(head->event, "run-end") == 0;
		checking->closed = 0;
		if (strcmp(head->event, "part") == 0)
			checking->closed = read_part(text);
	}
	return r;
}

static int take(struct checking *checking, const char *text, size_t len)
{
	struct line_place place = here(checking);
	struct head head;
	int r;

	if (!read_head(text, len, &head)) {
		if (!checking->within || checking->ended)
			stray(checking, "", "is no line of a record");
		else
			wrong(checking, &place, "is not whole, or no line that callgate wrote");
		return 0;
	}
	if (strcmp(head.event, "run-start") == 0 && head.seq == 1 &&
	    (!checking->within || strcmp(head.run, checking->at.run) != 0)) {
		r = start_run(checking, &head, text);
		return r < 0 ? r : take_line(checking, text, len, &head);
	}
	if (checking->within && strcmp(head.run, checking->at.run) == 0)
		return checking->settled ? 0 : take_line(checking, text, len, &head);
	if (checking->within && !checking->ended)
		wrong(checking, &place, "is of another run");
	else
		stray(checking, head.run, "is of a run whose start is missing");
	return 0;
}

/* What follows the last whole line. */
static void take_torn(struct checking *checking)
{
	size_t torn = lines_torn(checking->lines);
	struct line_place place = here(checking);

	place.line++;
	if (torn == 0)
		return;
	if (!checking->within || checking->ended) {
		finish_run(checking);
		start_nothing(checking, "");
	}
	wrong(checking, &place,
	      "is not whole (%zu bytes): the run was killed, or the record cut off", torn);
	if (!checking->within)
		tell(checking);
}

/* What a line tells of those before it that were left out. */
static void take_left_out(struct checking *checking, uint64_t *overlong)
{
	struct line_place place = here(checking);

	if (lines_torn_parts(checking->lines) > checking->torn) {
		checking->torn = lines_torn_parts(checking->lines);
		if (checking->within)
			wrong(checking, &place,
			      "stands behind a part that does not end with a line");
		else
			stray(checking, "", "stands behind a part that does not end with a line");
	}
	if (lines_overlong(checking->lines) == *overlong)
		return;
	*overlong = lines_overlong(checking->lines);
	place.line -= place.line > 1;
	if (checking->within)
		wrong(checking, &place, "is too long for a line of ours");
	else
		stray(checking, "", "stands behind a line that is too long to be ours");
}

static int take_all(struct checking *checking, struct failure *reterr)
{
	struct line_place place;
	uint64_t overlong = 0;
	size_t len;
	char *text;
	int r;

	while ((r = lines_next(checking->lines, &text, &len, reterr)) > 0) {
		take_left_out(checking, &overlong);
		r = take(checking, text, len);
		if (r < 0)
			return failure_set(reterr, r, "%s", strerror(-r));
	}
	place = here(checking);
	if (r == 0 && lines_overlong(checking->lines) > overlong)
		wrong(checking, &place, "is too long for a line of ours");
	if (r == 0)
		take_torn(checking);
	/* What a damaged part held is lost; what is before it is not. */
	if (r == -EBADMSG) {
		place.line++;
		if (!checking->within || checking->ended) {
			finish_run(checking);
			start_nothing(checking, "");
		}
		wrong(checking, &place,
		      "cannot be read: the compressed file is damaged or cut off");
		if (!checking->within)
			tell(checking);
		r = 0;
	}
	if (r == 0)
		finish_run(checking);
	return r;
}

int verify_record(const char *path, const struct verify *verify, struct failure *reterr)
{
	_cleanup_(lines_freep) struct lines *lines = NULL;
	struct checking checking = {.verify = verify, .all_good = true};
	int r = lines_open(path, &lines, reterr);

	checking.lines = lines;
	if (r == 0)
		r = take_all(&checking, reterr);
	free(checking.waiting);
	chain_free(checking.chain);
	return r < 0 ? r : checking.all_good && checking.runs > 0;
}
