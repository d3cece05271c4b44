/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and the addresses that stand for them inside: 198.18.0.0/15 and a prefix of unique local
 * addresses. An address is given to one name and to no other in the run; when they are spent, new
 * names get none. PURE but for memory, which the number of addresses bounds.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"

#define NAME_MAX_LEN 253
#define NAMES_FIRST  256        /* those before are callgate's own: the loopback's address */
#define NAMES_MAX    (1u << 17) /* addresses of a /15 */

struct names;

/* limit: how many names at most, NAMES_MAX - NAMES_FIRST at the most; seed: so that nobody
 * chooses names that all fall together. */
int names_new(uint32_t limit, uint64_t seed, struct names **ret_names);
struct names *names_free(struct names *names);
DEFINE_CLEANUP(struct names *, names_free)

/* Lower case, without the dot at the end, into ret_name[NAME_MAX_LEN + 1]. False where it is no
 * host name. */
bool name_canonical(const char *text, size_t len, char *ret_name);

/* The number of a canonical name, a new one where it has none; or -ENOSPC, -ENOMEM. */
int64_t names_number(struct names *names, const char *name);
/* family: AF_INET or AF_INET6; 4 or 16 bytes, network order. */
void names_address(uint32_t number, int family, uint8_t *ret_address);
/* True where the address lies in the ranges that stand for names. */
bool names_cover(int family, const uint8_t *address);
/* True where the address could stand for a name; ret_name is NULL where it stands for none
 * (borrowed). */
bool names_find(const struct names *names, int family, const uint8_t *address,
		const char **ret_name);
