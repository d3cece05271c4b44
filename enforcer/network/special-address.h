/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses that a name of the network at large does not stand for: this machine, its networks,
 * what its provider answers on, and what is reserved. A name that resolves to one is refused unless
 * a rule for the address says otherwise (DNS rebinding).
 */
#pragma once

#include "enforcer/network/network.h"

/* What it is ("a private network"), or NULL. PURE. */
const char *special_address(const struct outside_address *address);
/* 127.0.0.0/8 or ::1, or what leads there: 0.0.0.0 and ::. PURE. */
bool address_is_loopback(const struct outside_address *address);
/* True where this machine has the address itself. Asks the kernel; nothing is sent. */
bool own_address(const struct outside_address *address);
/* IPv4 in its IPv6 forms (mapped, NAT64) is made IPv4. */
void address_canonical(struct outside_address *address);
