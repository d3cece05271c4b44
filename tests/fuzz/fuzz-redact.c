/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random vectors with secrets in them: none is in what is recorded, wherever it stands and whatever
 * stands around it. JSON stays JSON; what is only noise does no harm.
 */
#include <jansson.h>
#include <string.h>

#include "enforcer/audit/redact.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/policy/glob.h"
#include "tests/fuzz/random.h"
#include "tests/support/check.h"

/* Words of a vector; @ is the secret. */
static const char *const places[][4] = {
	{"x", "--password=@"},
	{"x", "--db-password", "@"},
	{"env", "GITHUB_TOKEN=@", "make"},
	{"curl", "-u", "ada:@"},
	{"curl", "-uada:@"},
	{"curl", "-H", "Authorization: Bearer @"},
	{"curl", "-H", "X-Api-Key: @"},
	{"curl", "https://h.example/p?page=1&token=@&x=2"},
	{"git", "clone", "https://ada:@@h.example/x.git"},
	{"mysql", "-p@", "db"},
	{"sshpass", "-p", "@", "ssh"},
	{"docker", "login", "-p", "@"},
	{"curl", "-d", "{\"user\": \"a\", \"password\": \"@\"}"},
	{"sh", "-c", "cd x && API_TOKEN=@ make"},
	{"sh", "-c", "curl -sS -u ada:@ https://h.example/"},
	{"sh", "-c", "curl -H 'Authorization: Bearer @' https://h.example/"},
	{"sh", "-c", "echo \"{\\\"password\\\": \\\"@\\\"}\""},
	{"sh", "-c", "env \"PASSWORD=@ two\" make"},
	{"echo", "sk-A1@abcdefghijklmnop"},
	{"echo", "ghp_@abcdefghijklmnopqrstuvwxyz0123456789"},
	{"echo", "-----BEGIN PRIVATE KEY-----\n@\n-----END PRIVATE KEY-----\n"},
	{"acme-@"},
};

static const char *const noise[] = {
	"=",
	":",
	" ",
	"'",
	"\"",
	"\\",
	"&",
	";",
	"\n",
	"token",
	"password",
	"@",
	"$",
	"{",
	"}",
	"://",
	"/",
	"-p",
	"-u",
	"curl",
	"mysql",
	"--token",
	"?",
	"[",
	"]",
	"sk-",
	"eyJ",
	".",
	"ghp_",
	"AKIA",
	"-----BEGIN ",
	"PRIVATE KEY-----",
	",",
	"%",
	"\xff",
	"a",
	"0",
	"A",
	"-c",
	"set",
	"config",
	"\\n",
	"Authorization: ",
	"login",
	"docker",
	"<redacted>",
	"=\"",
	"\": \"",
	"&a=",
	"key",
	"_",
};

static const char *const globs[] = {"acme-*", "*zz*zz*zz*", NULL};
static const struct redact_rules rules = {.globs = globs, .matches = glob_matches};

static void random_secret(char *secret, size_t size)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t len = 8 + random_below((unsigned)size - 9);

	for (size_t i = 0; i < len; i++)
		secret[i] = letters[random_below(sizeof(letters) - 1)];
	secret[len] = '\0';
}

/* place, with the secret where @ stands; in a URL the second @ is itself. */
static void append_place(struct buffer *word, const char *place, const char *secret)
{
	const char *at = strchr(place, '@');

	if (!at) {
		buffer_append_string(word, place);
		return;
	}
	buffer_append(word, place, (size_t)(at - place));
	buffer_append_string(word, secret);
	buffer_append_string(word, at + 1);
}

static void append_noise(struct buffer *word, unsigned max)
{
	buffer_append_string(word, "");
	for (unsigned n = random_below(max); n > 0; n--)
		buffer_append_string(word, noise[random_below(ARRAY_LEN(noise))]);
}

/* Words of noise do no harm, and what they are recorded as is a text. */
static void feed_noise(struct redactor *redactor, unsigned n)
{
	while (n-- > 0) {
		_cleanup_(buffer_done) struct buffer word = {}, text = {};
		bool redacted;

		append_noise(&word, random_below(32) ? 12 : 600);
		redacted = redact_argument(redactor, word.data, random_below(8) == 0, &text);
		CHECK(redacted == (text.len > 0));
		CHECK(!redacted || strstr(text.data, REDACT_MARKER));
		CHECK(text.len <= word.len * strlen(REDACT_MARKER));
	}
}

static void check_secret(void)
{
	const char *const *place = places[random_below(ARRAY_LEN(places))];
	struct redactor redactor = {.rules = &rules};
	char secret[48];

	random_secret(secret, sizeof(secret));
	for (unsigned i = 0; i < 4 && place[i]; i++) {
		_cleanup_(buffer_done) struct buffer word = {}, text = {};
		bool redacted;

		append_place(&word, place[i], secret);
		redacted = redact_argument(&redactor, word.data, false, &text);
		if (!strchr(place[i], '@'))
			continue;
		CHECK(redacted && !strstr(text.data, secret));
		if (check_failures)
			fprintf(stderr, "%s: %s\n", word.data, redacted ? text.data : "as it was");
	}
	feed_noise(&redactor, random_below(4));
}

static json_t *random_json(unsigned depth)
{
	_cleanup_(buffer_done) struct buffer text = {};
	json_t *value;

	switch (depth == 0 ? 0 : random_below(4)) {
	case 1:
		value = json_array();
		for (unsigned n = random_below(5); n > 0; n--)
			json_array_append_new(value, random_json(depth - 1));
		return value;
	case 2:
		value = json_object();
		for (unsigned n = random_below(5); n > 0; n--)
			json_object_set_new(value, noise[random_below(38)], random_json(depth - 1));
		return value;
	}
	append_noise(&text, 10);
	value = json_string(text.data);
	return value ? value : json_string("no UTF-8");
}

static void check_json(void)
{
	json_t *value = random_json(4), *again;
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	_cleanup_(buffer_done) struct buffer redacted = {};

	CHECK(text != NULL);
	if (text && redact_json(&rules, text, strlen(text), &redacted)) {
		again = json_loadb(redacted.data, redacted.len, JSON_DECODE_ANY, NULL);
		CHECK(again != NULL);
		if (!again)
			fprintf(stderr, "%s\n%s\n", text, redacted.data);
		json_decref(again);
	}
	free(text);
	json_decref(value);
}

int main(int argc, char **argv)
{
	unsigned long rounds = random_rounds(argc, argv, 8000);

	while (rounds-- > 0 && !check_failures) {
		struct redactor redactor = {.rules = &rules};

		feed_noise(&redactor, 1 + random_below(6));
		check_secret();
		check_json();
	}
	return check_failures ? 1 : 0;
}
