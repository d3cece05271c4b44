/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ownership by scope, containers, arrays: the only macros of the project besides tables.
 */
#pragma once

#include <stddef.h>
#include <stdlib.h>

#define _cleanup_(f)                    __attribute__((cleanup(f)))
#define ARRAY_LEN(a)                    (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

static inline void freep(void *p)
{
	free(*(void **)p);
}

#define _cleanup_free_ _cleanup_(freep)

/* Defines free_typep() for a type whose function TYPE_free() takes and returns NULL. */
#define DEFINE_CLEANUP(type, func)                                                                 \
	static inline void func##p(type *p)                                                        \
	{                                                                                          \
		if (*p)                                                                            \
			*p = func(*p);                                                             \
	}

#define steal_pointer(p)                                                                           \
	({                                                                                         \
		__typeof__(p) _taken = (p);                                                        \
		(p) = NULL;                                                                        \
		_taken;                                                                            \
	})

#define steal_fd(fd)                                                                               \
	({                                                                                         \
		int _taken = (fd);                                                                 \
		(fd) = -1;                                                                         \
		_taken;                                                                            \
	})
