/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of calls of the architecture that we are built for. For the filters alone (and their
 * tests): everything else asks filter_call() and filter_number().
 */
#pragma once

#if defined(__x86_64__) && defined(__LP64__)
#include "filters/syscalls-x86_64.h"
#else
#error "no table of system calls for this architecture yet"
#endif
