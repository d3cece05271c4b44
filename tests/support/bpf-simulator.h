/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classic BPF as the kernel's seccomp takes it, over one struct seccomp_data. What seccomp would
 * refuse to load is an error here, too, so that a program that passes can be loaded.
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_result {
	uint32_t action;      /* what the program returned */
	bool by_number_alone; /* no argument and no instruction pointer was loaded on the way */
	size_t steps;         /* instructions executed */
};

/* 0, or -EINVAL for a program that seccomp would not load. */
int bpf_check(const struct sock_filter *program, size_t length);
/* The program must have passed bpf_check(). */
struct bpf_result bpf_run(const struct sock_filter *program, const struct seccomp_data *data);
