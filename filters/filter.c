/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program is made in two parts. libseccomp makes the first: architecture, x32, and a tree over
 * the numbers, with no look at an argument, so that the kernel's bitmap of calls that are always
 * allowed (5.11) holds nearly all of them. For a call whose arguments decide it returns a mark, and
 * each mark is replaced by a jump to a part of our own behind it: libseccomp 2.5 cannot say "all
 * but", lets a plain rule swallow a conditional one, and may weaken 64-bit comparisons it merges.
 */
#include "filters/filter.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filters/argument-rules.h"
#include "filters/kernel-newer.h"
#include "filters/syscalls.h"

/* SECCOMP_RET_TRACE with a number of ours: an action that no part of the filter means. */
#define MARK(index) SCMP_ACT_TRACE((index) + 1)

struct assembly {
	struct sock_filter code[BPF_MAXINSNS];
	size_t length;
};

static const struct call {
	int number;
	enum call_action action;
} calls[] = {
#define X(number, name, action) {number, CALL_##action},
	SYSCALLS(X)
#undef X
};

static const int mediated_numbers[MEDIATED_COUNT] = {[MEDIATED_NONE] = -1,
#define X(name, family) [MEDIATED_##name] = CALL_NR_##name,
						     MEDIATED_SYSCALLS(X)
#undef X
};

static int add_call(scmp_filter_ctx context, const struct call *call)
{
	switch (call->action) {
	case CALL_ENOSYS: /* the default, which libseccomp refuses to add */
		return 0;
	case CALL_EPERM:
		return seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), call->number, 0);
	case CALL_ARGS: {
		int index = argument_rules_find(call->number);

		if (index < 0)
			return -EINVAL;
		return seccomp_rule_add(context, MARK(index), call->number, 0);
	}
	case CALL_NOTIFY:
		return seccomp_rule_add(context, SCMP_ACT_NOTIFY, call->number, 0);
	case CALL_ALLOW:
		return seccomp_rule_add(context, SCMP_ACT_ALLOW, call->number, 0);
	}
	return -EINVAL;
}

static int add_calls(scmp_filter_ctx context)
{
	int r;

	/* x32 shares the architecture's number: libseccomp treats it as another one. */
	r = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r < 0)
		return r;
	/* 2: a binary tree. In a list the last call would pay for some 400 comparisons. */
	r = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		r = add_call(context, &calls[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* libseccomp 2.5 exports to a descriptor only. */
static int read_export(scmp_filter_ctx context, int fd, struct assembly *assembly)
{
	struct stat st;
	int r;

	r = seccomp_export_bpf(context, fd);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size <= 0 || (size_t)st.st_size > sizeof(assembly->code) ||
	    (size_t)st.st_size % sizeof(assembly->code[0]) != 0)
		return -E2BIG;
	if (pread(fd, assembly->code, (size_t)st.st_size, 0) != st.st_size)
		return -EIO;
	assembly->length = (size_t)st.st_size / sizeof(assembly->code[0]);
	return 0;
}

static int assemble_numbers(struct assembly *assembly)
{
	scmp_filter_ctx context;
	int fd, r;

	context = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	if (!context)
		return -ENOMEM;
	r = add_calls(context);
	if (r < 0)
		goto out;
	fd = memfd_create("filter", MFD_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		goto out;
	}
	r = read_export(context, fd, assembly);
	close(fd);
out:
	seccomp_release(context);
	return r;
}

static int emit(struct assembly *assembly, struct sock_filter instruction)
{
	if (assembly->length >= BPF_MAXINSNS)
		return -E2BIG;
	assembly->code[assembly->length++] = instruction;
	return 0;
}

static uint32_t word_offset(const struct argument_test *test)
{
	uint32_t offset = offsetof(struct seccomp_data, args) + 8 * test->argument;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return offset + (test->word == WORD_HIGH ? 4 : 0);
#else
	return offset + (test->word == WORD_HIGH ? 0 : 4);
#endif
}

/* Three instructions always, so that the jump past the rule is known beforehand. */
#define TEST_LENGTH 3

static int emit_test(struct assembly *assembly, const struct argument_test *test, unsigned skip)
{
	int r;

	r = emit(assembly,
		 (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, word_offset(test)));
	if (r < 0)
		return r;
	r = emit(assembly, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, test->mask));
	if (r < 0)
		return r;
	return emit(assembly, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, test->value,
							   (__u8)(test->differs ? skip : 0),
							   (__u8)(test->differs ? 0 : skip)));
}

static int emit_rule(struct assembly *assembly, const struct argument_rule *rule)
{
	unsigned n = 0;
	int r;

	while (n < ARGUMENT_TESTS_MAX && rule->tests[n].mask)
		n++;
	for (unsigned i = 0; i < n; i++) {
		/* Past the tests that follow and the return. */
		r = emit_test(assembly, &rule->tests[i], (n - i - 1) * TEST_LENGTH + 1);
		if (r < 0)
			return r;
	}
	return emit(assembly, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, rule->action));
}

static int emit_rules(struct assembly *assembly, const struct argument_rules *rules,
		      const struct filter_options *options)
{
	for (size_t i = 0; i < rules->n_rules; i++) {
		int r;

		if (!argument_rule_holds(&rules->rules[i], options))
			continue;
		r = emit_rule(assembly, &rules->rules[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Replaces each return of a mark by a jump to what is emitted next; -EINVAL where there is none. */
static int jump_from_mark(struct assembly *assembly, size_t index, size_t numbers_length)
{
	bool found = false;

	for (size_t i = 0; i < numbers_length; i++) {
		struct sock_filter *code = &assembly->code[i];

		if (code->code != (BPF_RET | BPF_K) || code->k != MARK(index))
			continue;
		*code = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
						     (__u32)(assembly->length - i - 1));
		found = true;
	}
	return found ? 0 : -EINVAL;
}

static int assemble(struct assembly *assembly, const struct filter_options *options)
{
	size_t numbers_length;
	int r;

	r = assemble_numbers(assembly);
	if (r < 0)
		return r;
	numbers_length = assembly->length;
	for (size_t i = 0; i < argument_rules_count; i++) {
		r = jump_from_mark(assembly, i, numbers_length);
		if (r < 0)
			return r;
		r = emit_rules(assembly, &argument_rules[i], options);
		if (r < 0)
			return r;
	}
	return 0;
}

int filter_build(const struct filter_options *options, struct filter *ret_filter)
{
	struct assembly *assembly;
	struct sock_filter *program;
	size_t length;
	int r;

	assembly = calloc(1, sizeof(*assembly));
	if (!assembly)
		return -ENOMEM;
	r = assemble(assembly, options);
	length = assembly->length;
	program = r < 0 ? NULL : calloc(length, sizeof(*program));
	if (program)
		memcpy(program, assembly->code, length * sizeof(*program));
	free(assembly);
	if (r < 0)
		return r;
	if (!program)
		return -ENOMEM;
	*ret_filter = (struct filter){.program = program, .length = length};
	return 0;
}

void filter_done(struct filter *filter)
{
	free(filter->program);
	*filter = (struct filter){0};
}

enum mediated filter_call(int number)
{
	for (int call = MEDIATED_NONE + 1; call < MEDIATED_COUNT; call++)
		if (mediated_numbers[call] == number)
			return (enum mediated)call;
	return MEDIATED_NONE;
}

int filter_number(enum mediated call)
{
	return call > MEDIATED_NONE && call < MEDIATED_COUNT ? mediated_numbers[call] : -1;
}
