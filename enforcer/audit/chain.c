/* SPDX-License-Identifier: Apache-2.0 */
/* The hash chain over the lines of a run. */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/chain.h"
#include "enforcer/audit/record-line.h"
#include "enforcer/audit/record.h"
#include "enforcer/base/buffer.h"

#define HEAD      "{\"v\":1,\"event\":\"chain\","
#define LINES     ",\"lines\":"
#define CHECKS    ",\"checks\":\""
#define CHECK     "\",\"check\":\""
#define HASH      "\",\"hash\":\"sha256:"
#define SIGNATURE "\",\"signature\":\"ed25519:"

struct chain {
	EVP_MD *sha256;
	EVP_MD_CTX *batch, *line;
	uint8_t hash[CHAIN_DIGEST]; /* of the last chain line; at first, of the run's id */
	uint64_t lines;
	struct buffer checks;
	char run[RECORD_ID_MAX + 1];
};

struct chain *chain_free(struct chain *chain)
{
	if (!chain)
		return NULL;
	EVP_MD_CTX_free(chain->batch);
	EVP_MD_CTX_free(chain->line);
	EVP_MD_free(chain->sha256);
	buffer_done(&chain->checks);
	free(chain);
	return NULL;
}

static int digest(struct chain *chain, const char *text, size_t len, uint8_t *ret_digest)
{
	return EVP_DigestInit_ex2(chain->line, chain->sha256, NULL) &&
			       EVP_DigestUpdate(chain->line, text, len) &&
			       EVP_DigestFinal_ex(chain->line, ret_digest, NULL)
		       ? 0
		       : -EIO;
}

/* A batch begins with the hash of the last. */
static int begin(struct chain *chain)
{
	chain->lines = 0;
	chain->checks.len = 0;
	return EVP_DigestInit_ex2(chain->batch, chain->sha256, NULL) &&
			       EVP_DigestUpdate(chain->batch, chain->hash, CHAIN_DIGEST)
		       ? 0
		       : -EIO;
}

int chain_new(const char *run, struct chain **ret_chain)
{
	_cleanup_(chain_freep) struct chain *chain = calloc(1, sizeof(*chain));
	int r;

	if (!chain)
		return -ENOMEM;
	if (strlen(run) > RECORD_ID_MAX)
		return -EINVAL;
	strcpy(chain->run, run);
	chain->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	chain->batch = EVP_MD_CTX_new();
	chain->line = EVP_MD_CTX_new();
	if (!chain->sha256 || !chain->batch || !chain->line)
		return -EIO;
	r = digest(chain, run, strlen(run), chain->hash);
	if (r == 0)
		r = begin(chain);
	if (r < 0)
		return r;
	*ret_chain = steal_pointer(chain);
	return 0;
}

void chain_hex_write(const uint8_t *bytes, size_t len, char *ret_hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		ret_hex[2 * i] = digits[bytes[i] >> 4];
		ret_hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret_hex[2 * len] = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool chain_hex_read(const char *hex, uint8_t *ret_bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(hex[2 * i]), low = high < 0 ? -1 : hex_digit(hex[2 * i + 1]);

		if (low < 0)
			return false;
		ret_bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

int chain_add(struct chain *chain, const char *line, size_t len, uint8_t *ret_check)
{
	uint8_t of_line[CHAIN_DIGEST];
	char hex[CHAIN_LINE_EACH + 1];
	int r = digest(chain, line, len, of_line);

	if (r < 0 || !EVP_DigestUpdate(chain->batch, of_line, sizeof(of_line)))
		return -EIO;
	chain_hex_write(of_line, CHAIN_CHECK, hex);
	if (ret_check)
		memcpy(ret_check, of_line, CHAIN_CHECK);
	else
		buffer_append(&chain->checks, hex, CHAIN_LINE_EACH);
	chain->lines++;
	return chain->checks.error;
}

uint64_t chain_lines(const struct chain *chain)
{
	return chain->lines;
}

/* Closes the batch by the part of the chain line that is covered. */
static int finish(struct chain *chain, const char *text, size_t covered, uint8_t *ret_hash)
{
	uint8_t of_line[CHAIN_DIGEST];
	int r = digest(chain, text, covered, of_line);

	if (r < 0 || !EVP_DigestUpdate(chain->batch, of_line, sizeof(of_line)) ||
	    !EVP_DigestFinal_ex(chain->batch, ret_hash, NULL))
		return -EIO;
	return 0;
}

size_t chain_signed_text(const struct chain *chain, char ret_text[static CHAIN_SIGNED_MAX])
{
	char hex[2 * CHAIN_DIGEST + 1];

	chain_hex_write(chain->hash, CHAIN_DIGEST, hex);
	return (size_t)snprintf(ret_text, CHAIN_SIGNED_MAX, "callgate record\n%s\nsha256:%s\n",
				chain->run, hex);
}

static int append_signature(const struct chain *chain, const struct chain_signer *signer,
			    struct buffer *line)
{
	uint8_t signature[CHAIN_SIGNATURE];
	char text[CHAIN_SIGNED_MAX], hex[2 * CHAIN_SIGNATURE + 1];
	size_t len = chain_signed_text(chain, text);
	int r = signer->sign(signer->userdata, text, len, signature);

	if (r < 0)
		return r;
	chain_hex_write(signature, sizeof(signature), hex);
	buffer_append_string(line, SIGNATURE);
	buffer_append_string(line, hex);
	return 0;
}

int chain_close(struct chain *chain, const struct record_context *context,
		const struct chain_signer *signer, struct buffer *ret_line)
{
	size_t start = ret_line->len;
	uint8_t own[CHAIN_DIGEST];
	char hex[2 * CHAIN_DIGEST + 1];
	int r;

	record_line_begin(ret_line, "chain", context);
	buffer_printf(ret_line, LINES "%llu" CHECKS, (unsigned long long)chain->lines);
	buffer_append(ret_line, chain->checks.data, chain->checks.len);
	if (ret_line->error)
		return ret_line->error;
	r = digest(chain, ret_line->data + start, ret_line->len - start, own);
	if (r < 0)
		return r;
	chain_hex_write(own, CHAIN_CHECK, hex);
	buffer_append_string(ret_line, CHECK);
	buffer_append_string(ret_line, hex);
	if (ret_line->error)
		return ret_line->error;
	r = finish(chain, ret_line->data + start, ret_line->len - start, chain->hash);
	if (r < 0)
		return r;
	chain_hex_write(chain->hash, CHAIN_DIGEST, hex);
	buffer_append_string(ret_line, HASH);
	buffer_append_string(ret_line, hex);
	if (signer)
		r = append_signature(chain, signer, ret_line);
	buffer_append_string(ret_line, "\"}\n");
	if (r == 0)
		r = begin(chain);
	return r < 0 ? r : ret_line->error;
}

/* ---- reading ---- */

bool chain_is_line(const char *text, size_t len)
{
	return len > strlen(HEAD) && memcmp(text, HEAD, strlen(HEAD)) == 0;
}

/* What stands behind word at *at. */
static bool skip(const char **at, const char *word)
{
	if (strncmp(*at, word, strlen(word)) != 0)
		return false;
	*at += strlen(word);
	return true;
}

static bool take_hex(const char **at, uint8_t *ret_bytes, size_t len)
{
	if (!chain_hex_read(*at, ret_bytes, len))
		return false;
	*at += 2 * len;
	return true;
}

int chain_read(struct chain *chain, const char *text, size_t len, struct chain_line *ret_line)
{
	uint8_t own[CHAIN_DIGEST], check[CHAIN_CHECK];
	struct chain_line line = {};
	const char *at = strstr(text, LINES), *own_end;
	size_t digits;

	if (!at || !skip(&at, LINES))
		return -EINVAL;
	digits = strspn(at, "0123456789");
	if (digits == 0 || digits > 9)
		return -EINVAL;
	line.lines = strtoull(at, NULL, 10);
	at += digits;
	if (!skip(&at, CHECKS))
		return -EINVAL;
	line.checks = at;
	if ((size_t)(text + len - at) < line.lines * CHAIN_LINE_EACH)
		return -EINVAL;
	at += line.lines * CHAIN_LINE_EACH;
	own_end = at;
	if (!skip(&at, CHECK) || !take_hex(&at, check, sizeof(check)))
		return -EINVAL;
	line.covered = (size_t)(at - text);
	if (!skip(&at, HASH) || !take_hex(&at, line.hash, sizeof(line.hash)))
		return -EINVAL;
	line.is_signed = skip(&at, SIGNATURE);
	if (line.is_signed && !take_hex(&at, line.signature, sizeof(line.signature)))
		return -EINVAL;
	if (!skip(&at, "\"}") || at != text + len)
		return -EINVAL;
	if (digest(chain, text, (size_t)(own_end - text), own) < 0)
		return -EIO;
	line.whole = memcmp(own, check, sizeof(check)) == 0;
	*ret_line = line;
	return 0;
}

int chain_verify(struct chain *chain, const char *text, const struct chain_line *line)
{
	uint8_t hash[CHAIN_DIGEST];
	int r = finish(chain, text, line->covered, hash);

	if (r < 0)
		return r;
	if (memcmp(hash, line->hash, sizeof(hash)) != 0)
		return 0;
	memcpy(chain->hash, hash, sizeof(hash));
	r = begin(chain);
	return r < 0 ? r : 1;
}

bool chain_check_is(const struct chain_line *line, uint64_t i, const uint8_t *check)
{
	uint8_t there[CHAIN_CHECK];

	return i < line->lines &&
	       chain_hex_read(line->checks + i * CHAIN_LINE_EACH, there, CHAIN_CHECK) &&
	       memcmp(there, check, CHAIN_CHECK) == 0;
}
