/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash chain over the lines of a run. PURE. A chain line closes each batch: it holds the
 * beginning of each line's digest, by which the first line that was changed is found, and a hash
 * over the last one, all the digests and itself. docs/audit.md specifies it. Whoever writes a
 * record uses this, and whoever verifies one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforcer/base/cleanup.h"

struct buffer;
struct record_context;

#define CHAIN_DIGEST    32
#define CHAIN_CHECK     4 /* bytes of a line's digest that stand in the chain line */
#define CHAIN_SIGNATURE 64
/* A chain line without its checks, and what each line adds to it. */
#define CHAIN_LINE_MAX  640
#define CHAIN_LINE_EACH (2 * CHAIN_CHECK)

struct chain;

/* run: its id, by which the chain begins. 0, -ENOMEM, -EIO where libcrypto fails. */
int chain_new(const char *run, struct chain **ret_chain);
struct chain *chain_free(struct chain *chain);
DEFINE_CLEANUP(struct chain *, chain_free)

/* The next line, without its newline. ret_check: what the chain line will say of it; or NULL. */
int chain_add(struct chain *chain, const char *line, size_t len, uint8_t *ret_check);
/* How many since the last chain line. */
uint64_t chain_lines(const struct chain *chain);

/* Signs text. 0 or a negative errno. */
typedef int (*chain_sign)(void *userdata, const char *text, size_t len,
			  uint8_t ret_signature[static CHAIN_SIGNATURE]);
/* Appends the line that closes the batch. sign: for the last one of a run, or NULL. */
struct chain_signer {
	chain_sign sign;
	void *userdata;
};
int chain_close(struct chain *chain, const struct record_context *context,
		const struct chain_signer *signer, struct buffer *ret_line);

/* What is signed at the end: given, with the run's id and the chain's last hash in it. */
#define CHAIN_SIGNED_MAX 256
size_t chain_signed_text(const struct chain *chain, char ret_text[static CHAIN_SIGNED_MAX]);

/* A chain line, read. The text may be anybody's. */
struct chain_line {
	uint64_t lines;
	const char *checks; /* hexadecimal, CHAIN_LINE_EACH each; borrowed from the text */
	bool whole;         /* its check of itself holds */
	size_t covered;     /* bytes of it that the hash covers */
	uint8_t hash[CHAIN_DIGEST];
	bool is_signed;
	uint8_t signature[CHAIN_SIGNATURE];
};
bool chain_is_line(const char *text, size_t len);
/* text: NUL-ended. 0 or -EINVAL. */
int chain_read(struct chain *chain, const char *text, size_t len, struct chain_line *ret_line);
/* Closes the batch by a line that was read: 1 where its hash is that of all that was added, 0 where
 * it is not, or a negative errno. */
int chain_verify(struct chain *chain, const char *text, const struct chain_line *line);
/* Whether check number i of it is that one. */
bool chain_check_is(const struct chain_line *line, uint64_t i, const uint8_t *check);

/* Exactly len bytes of lower-case hexadecimal; false where it is none. */
bool chain_hex_read(const char *hex, uint8_t *ret_bytes, size_t len);
void chain_hex_write(const uint8_t *bytes, size_t len, char *ret_hex);
