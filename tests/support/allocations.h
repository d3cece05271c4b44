/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocations that fail when the test says so: for programs that are linked with
 * -Wl,--wrap=malloc,... (tests/support/meson.build). What libraries allocate is theirs.
 */
#pragma once

#include <stdbool.h>

/* The n-th allocation from now on fails (from 1), once; 0: none. */
void allocations_fail_at(unsigned n);
/* True where that allocation came, and failed. */
bool allocations_failed(void);
