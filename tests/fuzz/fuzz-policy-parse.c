/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of policies against texts that nobody would write: a corpus of good ones, bytes of
 * which are changed, doubled, cut and swapped, from a fixed seed. What is taken is joined and
 * asked; sanitizers say when that goes wrong, and each refusal must carry a place.
 *
 * fuzz-policy-parse [ITERATIONS [SEED]]
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/policy/policy-fixture.h"

#define TEXT_SIZE 4096

static const char *const corpus[] = {
	"{\"version\": 1, \"extends\": \"agent\", \"rules\": ["
	"{\"deny\": \"read\", \"path\": \"~/.ssh\", \"reason\": \"keys\"},"
	"{\"ask\": [\"read\", \"write\"], \"path\": [\"deploy/**/*.env\", \"[a-z]?\\\\*x\"]},"
	"{\"allow\": \"read\", \"path\": \"${workspace}/a\", \"existed\": true, \"exact\": true},"
	"{\"allow\": \"read\", \"path\": \"${tmp}\", \"unprotect\": true}]}",
	"{\"version\": 1, \"rules\": ["
	"{\"allow\": \"connect\", \"host\": [\"*.a.example\", \"b\"], \"port\": [443, "
	"\"8000-8100\"]},"
	"{\"deny\": \"connect\", \"address\": [\"10.0.0.0/8\", \"2001:db8::/32\"], \"protocol\": "
	"\"udp\"},"
	"{\"allow\": [\"connect\", \"listen\"], \"loopback\": 8080},"
	"{\"allow\": \"connect\", \"host_loopback\": [5432, \"6000-6003\"]},"
	"{\"allow\": \"connect\", \"unix\": \"/run/x\"}, {\"ask\": \"connect\", \"abstract\": "
	"\"a*\"}]}",
	"{\"version\": 1, \"rules\": ["
	"{\"ask\": \"exec\", \"program\": [\"git\", \"/opt/*/x\"], \"args\": [\"push\", \"**\", "
	"\"-?\"]},"
	"{\"deny\": \"exec\", \"memory\": true}, {\"allow\": [\"read\", \"exec\"]}],"
	"\"otherwise\": {\"read\": \"ask\", \"write\": \"deny\"}, \"view\": \"hidden\", \"aio\": "
	"true}",
	"{\"version\": 1, \"guards\": [{\"deny\": \"write\", \"path\": \"/**/.git/hooks\"}],"
	"\"state\": [\"~/.x\", \"/y\"], \"approval\": {\"timeout\": \"90s\", \"unattended\": "
	"\"deny\"},"
	"\"audit\": {\"detail\": \"changes\", \"perform_all\": false},"
	"\"hooks\": [{\"on\": [\"exec\"], \"command\": [\"/x\", \"y\"]}],"
	"\"environment\": {\"pass\": [\"A*\"], \"drop\": [\"B?\"], \"set\": {\"C\": \"d\"}}}",
	"{\"version\": 1, \"upstream_proxy\": {\"url\": \"http://u%40:p@proxy.example:3128/\", "
	"\"timeout\": \"5s\"}}",
	"{\"version\": 1, \"upstream_proxy\": {\"url\": \"socks5://[::1]:1080\", \"user\": \"u\", "
	"\"password_file\": \"/p\"}}",
};

static const char *const pieces[] = {
	"\"",
	"{",
	"}",
	"[",
	"]",
	":",
	",",
	"\\",
	"**",
	"/../",
	"${",
	"~",
	"*",
	"[",
	"\\u0000",
	"\xff",
	"\xc3\xbc",
	"\"allow\"",
	"\"x\":1,",
	"65536",
	"-1",
	"1e9",
	"null",
	"true",
	"\n",
	"\"version\": 1",
	"99999999999999999999",
	"/",
};

static uint64_t state;

static unsigned draw(size_t below)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((state >> 33) % below);
}

struct text {
	char data[TEXT_SIZE];
	size_t len;
};

/* The piece in the place of cut bytes. */
static void put(struct text *text, size_t at, size_t cut, const char *piece, size_t n)
{
	if (cut > text->len - at)
		cut = text->len - at;
	if (text->len - cut + n > TEXT_SIZE)
		return;
	memmove(text->data + at + n, text->data + at + cut, text->len - at - cut);
	memcpy(text->data + at, piece, n);
	text->len += n - cut;
}

static void mutate(struct text *text)
{
	size_t at = draw(text->len + 1), n;
	const char *piece;
	char some[64];

	switch (draw(5)) {
	case 0: /* one byte */
		some[0] = (char)draw(256);
		put(text, at, 1, some, 1);
		break;
	case 1: /* a piece of syntax */
		piece = pieces[draw(ARRAY_LEN(pieces))];
		put(text, at, draw(2) * draw(8), piece, strlen(piece));
		break;
	case 2: /* less */
		put(text, at, draw(16), "", 0);
		break;
	case 3: /* twice */
		n = draw(sizeof(some));
		n = n > text->len - at ? text->len - at : n;
		memcpy(some, text->data + at, n);
		put(text, draw(text->len + 1), 0, some, n);
		break;
	case 4: /* two bytes swapped */
		if (text->len < 2 || at + 2 > text->len)
			break;
		memcpy(some, text->data + at, 2);
		text->data[at] = some[1];
		text->data[at + 1] = some[0];
		break;
	}
}

static void use(struct policy_part *part)
{
	struct object from = {.kind = OBJECT_PATH,
			      .path = (char *)"/home/u/w/a",
			      .exists = true,
			      .directory = true},
		      to = {.kind = OBJECT_PATH,
			    .path = (char *)"/home/u/w/b/c",
			    .directory = true};
	struct policy_context context = fixture_context();
	struct tree_verdict tree;
	struct policy_error error;
	struct policy *policy;

	if (policy_new(&part, 1, &context, &policy, &error) < 0)
		return;
	for (unsigned v = 0; v < VERB_COUNT; v++) {
		fixture_judge(policy, (enum verb)(1u << v), "/home/u/w/deploy/x/a.env");
		policy_judge_tree(policy, (enum verb)(1u << v), "/home/u", &tree);
	}
	policy_moves_no_laxer(policy, &from, &to);
	policy_free(policy);
}

static void fuzz_one(void)
{
	static const enum layer layers[] = {LAYER_MANAGED, LAYER_PROJECT, LAYER_USER,
					    LAYER_BUILTIN};
	const char *seed_text = corpus[draw(ARRAY_LEN(corpus))];
	struct policy_part *part = NULL;
	struct policy_error error;
	struct text text = {.len = strlen(seed_text)};
	char *exact;
	int r;

	memcpy(text.data, seed_text, text.len);
	for (unsigned n = draw(6); n > 0; n--)
		mutate(&text);
	/* In a block of its own length, so that a read behind the end is seen. */
	exact = malloc(text.len ? text.len : 1);
	if (!exact)
		return;
	memcpy(exact, text.data, text.len);
	r = policy_parse(exact, text.len, "fuzz.json", layers[draw(ARRAY_LEN(layers))], &part,
			 &error);
	free(exact);
	if (r == 0)
		use(part);
	else
		CHECK(r == -EINVAL && error.line >= 1 && error.column >= 1 && error.text[0]);
}

int main(int argc, char **argv)
{
	unsigned long iterations = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;

	state = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	for (unsigned long i = 0; i < iterations && check_failures == 0; i++)
		fuzz_one();
	printf("%lu texts\n", iterations);
	return check_failures ? 1 : 0;
}
