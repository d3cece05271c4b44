/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instructions are those of seccomp_check_filter() in kernel/seccomp.c that a filter of ours
 * can have; jumps go forward only (bpf_check_classic() in net/core/filter.c), so a run ends.
 */
#include "tests/support/bpf-simulator.h"

#include <errno.h>
#include <string.h>

static bool jump_fits(size_t at, uint32_t distance, size_t length)
{
	return distance < length - at - 1;
}

static bool instruction_fits(const struct sock_filter *code, size_t at, size_t length)
{
	switch (code->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return code->k < sizeof(struct seccomp_data) && code->k % 4 == 0;
	case BPF_ALU | BPF_AND | BPF_K:
	case BPF_RET | BPF_K:
		return true;
	case BPF_JMP | BPF_JA:
		return jump_fits(at, code->k, length);
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_K:
		return jump_fits(at, code->jt, length) && jump_fits(at, code->jf, length);
	default:
		return false;
	}
}

int bpf_check(const struct sock_filter *program, size_t length)
{
	if (length == 0 || length > BPF_MAXINSNS)
		return -EINVAL;
	for (size_t i = 0; i < length; i++)
		if (!instruction_fits(&program[i], i, length))
			return -EINVAL;
	return program[length - 1].code == (BPF_RET | BPF_K) ? 0 : -EINVAL;
}

static bool jump_taken(const struct sock_filter *code, uint32_t a)
{
	switch (BPF_OP(code->code)) {
	case BPF_JEQ:
		return a == code->k;
	case BPF_JGE:
		return a >= code->k;
	case BPF_JGT:
		return a > code->k;
	default: /* BPF_JSET: the check let nothing else through */
		return (a & code->k) != 0;
	}
}

struct bpf_result bpf_run(const struct sock_filter *program, const struct seccomp_data *data)
{
	struct bpf_result result = {.by_number_alone = true};
	uint32_t a = 0;

	for (size_t pc = 0;; pc++) {
		const struct sock_filter *code = &program[pc];

		result.steps++;
		switch (BPF_CLASS(code->code)) {
		case BPF_LD:
			memcpy(&a, (const char *)data + code->k, sizeof(a));
			if (code->k >= offsetof(struct seccomp_data, instruction_pointer))
				result.by_number_alone = false;
			break;
		case BPF_ALU:
			a &= code->k;
			break;
		case BPF_JMP:
			if (BPF_OP(code->code) == BPF_JA)
				pc += code->k;
			else
				pc += jump_taken(code, a) ? code->jt : code->jf;
			break;
		default:
			result.action = code->k;
			return result;
		}
	}
}
