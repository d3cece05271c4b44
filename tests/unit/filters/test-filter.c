/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables against each other and against sources that are not ours (the build's headers,
 * libseccomp's names), and the program against plain restatements of its hardest rules.
 */
#include "filters/filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "filters/argument-rules.h"
#include "filters/syscalls.h"
#include "tests/support/bpf-simulator.h"
#include "tests/support/check.h"

static const struct {
	int number;
	const char *name;
	enum call_action action;
} calls[] = {
#define X(number, name, action) {number, #name, CALL_##action},
	SYSCALLS(X)
#undef X
};

#define N_CALLS (sizeof(calls) / sizeof(calls[0]))

static struct filter filter;

static struct bpf_result answer(int number, uint64_t a, uint64_t b, uint64_t c)
{
	struct seccomp_data data = {
		.nr = number,
		.arch = AUDIT_ARCH_X86_64,
		.args = {a, b, c},
	};

	return bpf_run(filter.program, &data);
}

static void test_numbers_ascend_and_leave_no_gap(void)
{
	for (size_t i = 1; i < N_CALLS; i++) {
		CHECK(calls[i].number > calls[i - 1].number);
		if (calls[i].number != calls[i - 1].number + 1) {
			/* 337 to 423 were never given out on x86-64. */
			CHECK_INT(calls[i - 1].number, 336);
			CHECK_INT(calls[i].number, 424);
		}
	}
	CHECK_INT(calls[0].number, 0);
	CHECK_INT(calls[N_CALLS - 1].number, CALL_NR_HIGHEST);
}

static void test_numbers_are_those_of_libseccomp(void)
{
	unsigned known = 0;

	for (size_t i = 0; i < N_CALLS; i++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, calls[i].number);

		if (name) {
			CHECK_STRING(name, calls[i].name);
			known++;
		}
		free(name);
	}
	/* 2.5.4 ends at 456; the rest, and the two of the tracers, are in numbers.cases. */
	CHECK(known >= 360);
}

static void test_every_entry_has_its_number(void)
{
	for (int call = MEDIATED_NONE + 1; call < MEDIATED_COUNT; call++) {
		int number = filter_number((enum mediated)call);

		CHECK_INT(filter_call(number), call);
		CHECK(number >= 0);
	}
	CHECK_INT(filter_number(MEDIATED_NONE), -1);
	CHECK_INT(filter_number(MEDIATED_COUNT), -1);
	CHECK_INT(filter_call(-1), MEDIATED_NONE);
	CHECK_INT(filter_call(CALL_NR_read), MEDIATED_NONE);
	CHECK_INT(filter_call(CALL_NR_HIGHEST + 1), MEDIATED_NONE);
	CHECK_INT(filter_call(CALL_NR_openat2), MEDIATED_openat2);
}

static void test_rules_notify_only_what_is_mediated(void)
{
	for (size_t i = 0; i < argument_rules_count; i++) {
		const struct argument_rules *rules = &argument_rules[i];
		bool notifies = false;

		for (size_t j = 0; j < rules->n_rules; j++)
			notifies |= rules->rules[j].action == SECCOMP_RET_USER_NOTIF;
		CHECK_INT(notifies, filter_call(rules->number) != MEDIATED_NONE);
		CHECK_INT(argument_rules_find(rules->number), i);
	}
	CHECK_INT(argument_rules_find(CALL_NR_read), -1);
}

static void test_rules_end_with_one_that_always_matches(void)
{
	for (size_t i = 0; i < argument_rules_count; i++) {
		const struct argument_rules *rules = &argument_rules[i];

		CHECK(rules->n_rules > 0);
		for (size_t j = 0; j < rules->n_rules; j++) {
			const struct argument_rule *rule = &rules->rules[j];
			bool always = rule->tests[0].mask == 0 && rule->option == OPTION_ALWAYS;

			CHECK_INT(always, j == rules->n_rules - 1);
			CHECK(rule->words != NULL);
			CHECK_INT(rule->tests[ARGUMENT_TESTS_MAX].mask, 0);
			for (size_t t = 0; t < ARGUMENT_TESTS_MAX; t++) {
				CHECK(rule->tests[t].argument < 6);
				/* A value outside its mask could never match. */
				CHECK_INT(rule->tests[t].value & ~rule->tests[t].mask, 0);
			}
		}
	}
}

static void test_what_is_allowed_by_number_is_decided_by_number(void)
{
	for (size_t i = 0; i < N_CALLS; i++) {
		struct bpf_result result = answer(calls[i].number, 1, 2, 3);

		if (calls[i].action != CALL_ARGS)
			CHECK(result.by_number_alone);
		if (calls[i].action == CALL_ALLOW)
			CHECK_INT(result.action, SECCOMP_RET_ALLOW);
	}
}

/* When the enforcer is gone these must still work, or the sandbox could not end. */
static void test_ending_never_stops_at_the_gate(void)
{
	static const int numbers[] = {
		CALL_NR_exit,  CALL_NR_exit_group, CALL_NR_rt_sigreturn, CALL_NR_restart_syscall,
		CALL_NR_futex, CALL_NR_write,      CALL_NR_read,         CALL_NR_close,
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		CHECK_INT(answer(numbers[i], 0, 0, 0).action, SECCOMP_RET_ALLOW);
}

static bool socket_is_allowed(int family, int type, int protocol)
{
	if (family == AF_UNIX)
		return (type == SOCK_STREAM || type == SOCK_SEQPACKET) && (protocol & ~1) == 0;
	if (family == AF_INET || family == AF_INET6)
		return (type == SOCK_STREAM && (protocol == 0 || protocol == 6)) ||
		       (type == SOCK_DGRAM && (protocol == 0 || protocol == 17 ||
					       protocol == (family == AF_INET ? 1 : 58)));
	return family == AF_NETLINK && (type == SOCK_RAW || type == SOCK_DGRAM) && protocol == 0;
}

static void test_sockets_are_exactly_those_of_the_list(void)
{
	static const uint64_t above[] = {0, 1ull << 32, 0xffffffffull << 32};
	unsigned wrong = 0;

	for (int family = 0; family < 64; family++)
		for (int type = 0; type < 16; type++)
			for (int protocol = 0; protocol < 300; protocol++)
				for (int i = 0; i < 3; i++) {
					uint64_t high = above[i];
					uint32_t action =
						answer(CALL_NR_socket, high | (uint64_t)family,
						       high | (uint64_t)(type | 0x80800),
						       high | (uint64_t)protocol)
							.action;
					bool allowed = action == SECCOMP_RET_ALLOW;

					wrong += allowed !=
						 socket_is_allowed(family, type, protocol);
					wrong += !allowed && (action & SECCOMP_RET_ACTION_FULL) !=
								     SECCOMP_RET_ERRNO;
				}
	CHECK_INT(wrong, 0);
}

static bool ioctl_is_allowed(uint32_t request)
{
	static const uint32_t good[] = {0x40049409, 0x4020940d, 0x80086601,
					0x80046601, 0xc020660b, 0x801c581f};
	static const uint32_t bad[] = {0x5412,     0x541c,     0x5423,    0x40087602,
				       0x40047602, 0x40047211, 0x40186f04};
	static const uint8_t families[] = {0x94, 'f', 'X', 0xf5, 0xbc, 0x83};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (request == good[i])
			return true;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (request == bad[i])
			return false;
	for (size_t i = 0; i < sizeof(families); i++)
		if ((request >> 8 & 0xff) == families[i])
			return false;
	return true;
}

static void test_ioctls_are_refused_by_their_low_half(void)
{
	/* Direction and size of those that are known, and none. */
	static const uint32_t shapes[] = {0,          0x40080000, 0x40040000, 0x80080000,
					  0x80040000, 0xc0200000, 0x401c0000, 0x801c0000,
					  0x40200000, 0x40180000, 0x50000000, 0xffff0000};
	unsigned wrong = 0;

	for (size_t s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++)
		for (uint32_t low = 0; low < 0x10000; low++) {
			uint32_t request = shapes[s] | low;
			uint32_t wanted = ioctl_is_allowed(request) ? SECCOMP_RET_ALLOW
								    : SECCOMP_RET_ERRNO | EPERM;

			wrong += answer(CALL_NR_ioctl, 3, request, 0).action != wanted;
			wrong += answer(CALL_NR_ioctl, 3, request | 0xdeadull << 32, 0).action !=
				 wanted;
		}
	CHECK_INT(wrong, 0);
}

static void test_clone_refuses_namespaces_and_tracing_alone(void)
{
	for (int bit = 0; bit < 32; bit++) {
		uint64_t flag = 1ull << bit;
		bool refused = (flag & 0x7e022000) != 0;
		uint32_t wanted = refused ? SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_ALLOW;

		CHECK_INT(answer(CALL_NR_clone, flag, 0, 0).action, wanted);
		CHECK_INT(answer(CALL_NR_clone, flag | 17, 0, 0).action, wanted);
		CHECK_INT(answer(CALL_NR_clone, flag | 1ull << 32, 0, 0).action, wanted);
		CHECK_INT(answer(CALL_NR_clone, flag << 32, 0, 0).action, SECCOMP_RET_ALLOW);
		CHECK_INT(answer(CALL_NR_unshare, flag << 32, 0, 0).action,
			  SECCOMP_RET_ERRNO | EPERM);
	}
}

static void test_program_can_be_loaded(void)
{
	CHECK_INT(bpf_check(filter.program, filter.length), 0);
	CHECK(filter.length <= BPF_MAXINSNS);
	/* Room to grow: a tenth of the kernel's total for all filters of a process (32768). */
	CHECK(filter.length < 3000);
}

static void test_done_filter_is_empty(void)
{
	struct filter other;

	CHECK_INT(filter_build(&(struct filter_options){true, true}, &other), 0);
	filter_done(&other);
	CHECK(other.program == NULL);
	CHECK_INT(other.length, 0);
	filter_done(&other);
}

int main(void)
{
	int r = filter_build(&(struct filter_options){0}, &filter);

	if (r < 0) {
		fprintf(stderr, "no filter: %s\n", strerror(-r));
		return 1;
	}
	RUN(test_numbers_ascend_and_leave_no_gap);
	RUN(test_numbers_are_those_of_libseccomp);
	RUN(test_every_entry_has_its_number);
	RUN(test_rules_notify_only_what_is_mediated);
	RUN(test_rules_end_with_one_that_always_matches);
	RUN(test_what_is_allowed_by_number_is_decided_by_number);
	RUN(test_ending_never_stops_at_the_gate);
	RUN(test_sockets_are_exactly_those_of_the_list);
	RUN(test_ioctls_are_refused_by_their_low_half);
	RUN(test_clone_refuses_namespaces_and_tracing_alone);
	RUN(test_program_can_be_loaded);
	RUN(test_done_filter_is_empty);
	filter_done(&filter);
	return check_summary();
}
