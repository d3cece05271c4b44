/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is at the other end of a control socket. SO_PEERCRED says who connected, and for an agent
 * that is its enforcer; so each piece of what is sent is asked for its sender too (SO_PASSCRED),
 * and who sends from inside of a sandbox is known by its pid namespace. Rule zero and the wall keep
 * agents away; this is what holds where both failed.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* True where the socket's other end was connected by this user or by root. */
bool peer_is_ours(int fd);
/* True where pid, as our pid namespace has it, runs in that namespace and not in one below: not in
 * any sandbox that was made from here. A process that is gone is nobody. */
bool peer_is_outside(pid_t pid);
/* The same of the text of /proc/PID/status. PURE. */
bool peer_status_is_outside(const char *status, pid_t pid);
