/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No answer means no: each call is made again and again, with a fault one step later each time,
 * until it gets through. Whatever goes wrong, it is answered at most once, with an error,
 * recorded, and nothing of it stays behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "tests/pipeline/calls.h"
#include "tests/support/allocations.h"
#include "tests/support/check.h"

#define STEPS_MAX 200

static struct gate gate;

/* A fresh target before the same tree. */
static void again(void)
{
	fake_listener_reset();
	fake_target.steps = fake_target.dies_at = 0;
	fake_target.on_step = NULL;
	gate_tree();
}

/* Ends what waits for a FIFO: a writer comes, and goes. */
static void open_the_other_end(const struct scripted_call *call)
{
	if (call->kind == FAKE_NOTHING && gate.supervisor.waiting) {
		int fd = -1;

		for (int i = 0; i < 1000 && fd < 0; i++) {
			fd = open(gate_path("fifo"), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
			if (fd < 0)
				loop_step(gate.supervisor.loop, false);
			if (fd < 0)
				usleep(100);
		}
		gate_settle(&gate);
		fd_close(fd);
	}
}

static bool make(const struct scripted_call *call, uint64_t *ret_cookie)
{
	*ret_cookie = scripted_make(&gate, call);
	if (call->waits && !fake_listener.dead)
		open_the_other_end(call);
	gate_settle(&gate);
	CHECK(gate.supervisor.waiting == NULL);
	return fake_listener.faulted;
}

/* What must hold of any answer. */
static void check_one(const struct scripted_call *call, const char *fault, unsigned n,
		      uint64_t cookie, size_t descriptors)
{
	const struct fake_answer *answer = fake_answer_of(cookie);
	int failures = check_failures;

	CHECK_INT(fake_answers_of(cookie), fake_listener.dead ? fake_answers_of(cookie) > 0 : 1);
	CHECK_INT(fake_listener.n_answers, fake_answers_of(cookie));
	CHECK(!answer || !answer->after_fault || answer->kind == FAKE_ERROR);
	/* What the loop keeps for a while after a cancelled operation is closed by then. */
	for (int i = 0; i < 100 && gate_descriptors() != descriptors; i++) {
		loop_step(gate.supervisor.loop, false);
		usleep(1000);
	}
	CHECK_INT(gate_descriptors(), descriptors);
	if (check_failures != failures)
		fprintf(stderr, "  in: %s, %s at %u, answered %d %lld\n", call->name, fault, n,
			answer ? (int)answer->kind : -1, answer ? (long long)answer->value : 0);
}

static void check_line(const struct scripted_call *call, const char *fault, unsigned n)
{
	json_t *line;
	size_t lines = gate_lines(&gate, &line);

	if (lines != 1)
		fprintf(stderr, "  in: %s, %s at %u\n", call->name, fault, n);
	CHECK_INT(lines, 1);
	json_decref(line);
}

static void test_each_call_is_answered_once_and_as_the_kernel_would(void)
{
	gate_init(&gate, GATE_ALLOW_ALL);
	for (size_t i = 0; i < n_scripted_calls; i++) {
		const struct scripted_call *call = &scripted_calls[i];
		const struct fake_answer *answer;
		size_t descriptors;
		uint64_t cookie;

		again();
		descriptors = gate_descriptors();
		make(call, &cookie);
		answer = fake_answer_of(cookie);
		CHECK(answer != NULL);
		if (answer && call->kind != FAKE_NOTHING &&
		    (answer->kind != call->kind ||
		     (call->kind != FAKE_FD && answer->value != call->value))) {
			fprintf(stderr, "%s: answered %d %lld\n", call->name, answer->kind,
				(long long)answer->value);
			CHECK(false);
		}
		/* A repository that was made is held until the end of the run. */
		if (call->call == MEDIATED_mkdirat)
			descriptors++;
		check_one(call, "nothing", 0, cookie, descriptors);
		check_line(call, "nothing", 0);
	}
	gate_done(&gate);
}

static void test_a_target_that_dies_at_any_step_is_answered_nothing_and_recorded(void)
{
	gate_init(&gate, GATE_ALLOW_ALL);
	for (size_t i = 0; i < n_scripted_calls; i++) {
		const struct scripted_call *call = &scripted_calls[i];
		unsigned n = 0;
		bool died = true;

		if (call->call == MEDIATED_mkdirat)
			continue;
		while (died && ++n < STEPS_MAX) {
			size_t descriptors;
			uint64_t cookie;

			again();
			descriptors = gate_descriptors();
			fake_target.dies_at = n;
			died = make(call, &cookie);
			check_one(call, "death", n, cookie, descriptors);
			check_line(call, "death", n);
		}
		CHECK(n < STEPS_MAX);
	}
	gate_done(&gate);
}

static void test_an_allocation_that_fails_at_any_step_never_allows(void)
{
	gate_init(&gate, GATE_ALLOW_ALL);
	for (size_t i = 0; i < n_scripted_calls; i++) {
		const struct scripted_call *call = &scripted_calls[i];
		unsigned n = 0;
		bool failed = true;

		if (call->call == MEDIATED_mkdirat)
			continue;
		while (failed && ++n < STEPS_MAX) {
			size_t descriptors;
			uint64_t cookie;
			json_t *line;

			again();
			descriptors = gate_descriptors();
			allocations_fail_at(n);
			make(call, &cookie);
			failed = allocations_failed();
			allocations_fail_at(0);
			check_one(call, "no memory", n, cookie, descriptors);
			/* What failed may be the line itself. */
			CHECK(gate_lines(&gate, &line) <= 1);
			json_decref(line);
		}
		CHECK(n < STEPS_MAX);
	}
	gate_done(&gate);
}

/* The table of our own descriptors is full at the 1st, 2nd, 3rd ... that is opened. */
static void test_a_full_table_of_ours_never_allows(void)
{
	struct rlimit old, limit;

	gate_init(&gate, GATE_ALLOW_ALL);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &old), 0);
	for (size_t i = 0; i < n_scripted_calls; i++) {
		const struct scripted_call *call = &scripted_calls[i];

		if (call->call == MEDIATED_mkdirat)
			continue;
		for (rlim_t n = 0; n < 8; n++) {
			size_t descriptors;
			uint64_t cookie;
			json_t *line;
			int next;

			again();
			descriptors = gate_descriptors();
			next = fcntl(0, F_DUPFD_CLOEXEC, 0);
			close(next);
			limit = old;
			limit.rlim_cur = (rlim_t)next + n;
			CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
			cookie = scripted_make(&gate, call);
			CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
			if (call->waits)
				open_the_other_end(call);
			gate_settle(&gate);
			check_one(call, "no descriptor", (unsigned)n, cookie, descriptors);
			CHECK_INT(gate_lines(&gate, &line), 1);
			json_decref(line);
		}
	}
	gate_done(&gate);
}

/* Nothing of the memory can be read. */
static void test_unreadable_memory_is_the_calls_own_failure(void)
{
	gate_init(&gate, GATE_ALLOW_ALL);
	for (size_t i = 0; i < n_scripted_calls; i++) {
		const struct scripted_call *call = &scripted_calls[i];
		uint64_t args[6], cookie;
		size_t descriptors;
		bool reads = false;

		again();
		descriptors = gate_descriptors();
		for (size_t k = 0; k < ARRAY_LEN(args); k++) {
			args[k] = call->args[k].data ? 4096 : call->args[k].number;
			reads |= call->args[k].data != NULL;
		}
		fake_target.n_memory = 0;
		if (!reads)
			continue;
		cookie = gate_call(&gate, call->call, args);
		check_one(call, "no memory to read", 0, cookie, descriptors);
		CHECK_INT(fake_answer_of(cookie)->kind, FAKE_ERROR);
		CHECK_INT(fake_answer_of(cookie)->value, EFAULT);
		check_line(call, "no memory to read", 0);
	}
	gate_done(&gate);
}

/* The kernel does not take the descriptor: the target's table is full, or something that no manual
 * names. */
static void test_a_descriptor_that_is_not_taken_is_an_error(void)
{
	static const int errors[] = {EMFILE, ENFILE, EBADF, EINPROGRESS, EINTR, ESRCH, ENOENT};

	gate_init(&gate, GATE_ALLOW_ALL);
	for (size_t e = 0; e < ARRAY_LEN(errors); e++) {
		for (size_t i = 0; i < n_scripted_calls; i++) {
			const struct scripted_call *call = &scripted_calls[i];
			const struct fake_answer *answer;
			size_t descriptors;
			uint64_t cookie;

			if (call->kind != FAKE_FD)
				continue;
			again();
			descriptors = gate_descriptors();
			fake_listener.give_error = -errors[e];
			fake_listener.faulted = true;
			make(call, &cookie);
			answer = fake_answer_of(cookie);
			check_one(call, "ADDFD", (unsigned)errors[e], cookie, descriptors);
			CHECK(answer && answer->kind == FAKE_ERROR);
			check_line(call, "ADDFD", (unsigned)errors[e]);
		}
	}
	gate_done(&gate);
}

int main(void)
{
	RUN(test_each_call_is_answered_once_and_as_the_kernel_would);
	RUN(test_a_target_that_dies_at_any_step_is_answered_nothing_and_recorded);
	RUN(test_an_allocation_that_fails_at_any_step_never_allows);
	RUN(test_a_full_table_of_ours_never_allows);
	RUN(test_unreadable_memory_is_the_calls_own_failure);
	RUN(test_a_descriptor_that_is_not_taken_is_an_error);
	return check_summary();
}
