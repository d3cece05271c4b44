/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as events of the loop. They are blocked for the whole process; children unblock them. */
#pragma once

#include <stdbool.h>

struct loop;
struct signals;

/* from_keyboard: the kernel sent it (a key on the terminal), not a process. */
typedef void (*signal_handler)(void *userdata, int signo, bool from_keyboard);

/* signos ends with 0. */
int signals_new(struct loop *loop, const int *signos, signal_handler handler, void *userdata,
		struct signals **ret_signals);
struct signals *signals_free(struct signals *signals);
