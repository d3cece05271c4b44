/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken for a secret, and what is not: tables of vectors and what becomes of them. */
#include <stdlib.h>

#include "enforcer/audit/redact.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/policy/glob.h"
#include "tests/support/check.h"

#define WORDS_MAX 8
#define R         REDACT_MARKER

/* No real ones, and cut in two: whoever looks for secrets in source code finds none here. */
#define GITHUB                                                                                     \
	"ghp_"                                                                                     \
	"16C7e42F292c6912E7710c838347Ae178B4a"
#define AWS_ID                                                                                     \
	"AKIA"                                                                                     \
	"IOSFODNN7EXAMPLE"
#define AWS_40                                                                                     \
	"wJalrXUtnFEMI/K7MDENG/"                                                                   \
	"bPxRfiCYEXAMPLEKEY"
#define OPENAI                                                                                     \
	"sk-"                                                                                      \
	"proj-T3BlbkFJabcdefABCDEF0123456789"
#define SLACK                                                                                      \
	"xoxb-"                                                                                    \
	"123456789012-abcdefABCDEF"
#define GITLAB                                                                                     \
	"glpat-"                                                                                   \
	"AbCdEf0123456789xyzW"
#define GOOGLE                                                                                     \
	"AIza"                                                                                     \
	"SyA1234567890abcdefghijklmnopqrstuv"
#define JWT                                                                                        \
	"eyJhbGciOiJIUzI1NiJ9."                                                                    \
	"eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N"

/* An integrity of npm's: none. */
#define SHA512                                                                                     \
	"sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6"  \
	"+SfaPg=="

struct vector {
	const char *words[WORDS_MAX], *expected[WORDS_MAX];
};

static void check_vector(const struct redact_rules *rules, const char *const *words,
			 const char *const *expected)
{
	struct redactor redactor = {.rules = rules};

	for (size_t i = 0; i < WORDS_MAX && words[i]; i++) {
		_cleanup_(buffer_done) struct buffer text = {};
		bool redacted = redact_argument(&redactor, words[i], false, &text);

		CHECK(redacted == (strcmp(words[i], expected[i]) != 0));
		CHECK_STRING(redacted ? text.data : words[i], expected[i]);
	}
}

static void check_vectors(const struct vector *vectors, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_vector(NULL, vectors[i].words, vectors[i].expected);
}

static void test_keys_are_known_by_their_look(void)
{
	static const struct vector vectors[] = {
		{{GITHUB}, {"ghp_" R}},
		{{"echo", "x=" GITHUB ",y"}, {"echo", "x=ghp_" R ",y"}},
		{{"github_pat_"
		  "11AAAAAAA0123456789abc_def"},
		 {"github_pat_" R}},
		{{AWS_ID}, {"AKIA" R}},
		{{"aws", AWS_40}, {"aws", R}},
		{{"printf", "%s\n" AWS_40 "\n"}, {"printf", "%s\n" R "\n"}},
		{{OPENAI}, {"sk-" R}},
		{{SLACK}, {"xoxb-" R}},
		{{GITLAB}, {"glpat-" R}},
		{{GOOGLE}, {"AIza" R}},
		{{JWT}, {"eyJ" R}},
		{{"a " GITHUB " b " AWS_ID}, {"a ghp_" R " b AKIA" R}},
		{{"-----BEGIN RSA PRIVATE KEY-----\nMIIE\nAbc=\n-----END RSA PRIVATE KEY-----\nx"},
		 {"-----BEGIN RSA PRIVATE KEY-----" R "-----END RSA PRIVATE KEY-----\nx"}},
		{{"-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNz"},
		 {"-----BEGIN OPENSSH PRIVATE KEY-----" R}},
		{{"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ"},
		 {"-----BEGIN PGP PRIVATE KEY BLOCK-----" R}},
	};

	check_vectors(vectors, ARRAY_LEN(vectors));
}

static void test_options_name_their_values(void)
{
	static const struct vector vectors[] = {
		{{"x", "--password=hunter2"}, {"x", "--password=" R}},
		{{"x", "--password", "hunter2", "db"}, {"x", "--password", R, "db"}},
		{{"x", "--password=a b&c;d"}, {"x", "--password=" R}},
		{{"x", "--password", "a=b"}, {"x", "--password", R}},
		{{"x", "-password", "hunter2"}, {"x", "-password", R}},
		{{"x", "--api-key", "abc", "y"}, {"x", "--api-key", R, "y"}},
		{{"x", "--token", "--verbose"}, {"x", "--token", "--verbose"}},
		{{"x", "--env=TOKEN=abc"}, {"x", "--env=TOKEN=" R}},
		{{"docker", "run", "-e", "DB_PASS=hunter2"}, {"docker", "run", "-e", "DB_PASS=" R}},
		{{"aws", "configure", "set", "aws_secret_access_key", "abc"},
		 {"aws", "configure", "set", "aws_secret_access_key", R}},
		{{"git", "config", "github.token", "abc"}, {"git", "config", "github.token", R}},
		{{"npm", "config", "set", "//r.example/:_authToken=abc"},
		 {"npm", "config", "set", "//r.example/:_authToken=" R}},
		{{"psql", "host=db password=hunter2"}, {"psql", "host=db password=" R}},
	};

	check_vectors(vectors, ARRAY_LEN(vectors));
}

static void test_programs_are_known(void)
{
	static const struct vector vectors[] = {
		{{"curl", "-u", "ada:hunter2", "h"}, {"curl", "-u", "ada:" R, "h"}},
		{{"curl", "-uada:hunter2"}, {"curl", "-uada:" R}},
		{{"curl", "-sSu", "ada:hunter2"}, {"curl", "-sSu", "ada:" R}},
		{{"/usr/bin/curl", "--user=ada:x"}, {"/usr/bin/curl", "--user=ada:" R}},
		{{"mysql", "-phunter2", "db"}, {"mysql", "-p" R, "db"}},
		{{"mysql", "-p", "db"}, {"mysql", "-p", "db"}},
		{{"sudo", "mysqldump", "-phunter2"}, {"sudo", "mysqldump", "-p" R}},
		{{"sshpass", "-p", "hunter2", "ssh", "-p", "22", "h"},
		 {"sshpass", "-p", R, "ssh", "-p", "22", "h"}},
		{{"docker", "login", "-u", "ada", "-p", "hunter2"},
		 {"docker", "login", "-u", "ada", "-p", R}},
		{{"openssl", "enc", "-pass", "pass:hunter2"},
		 {"openssl", "enc", "-pass", "pass:" R}},
		{{"openssl", "enc", "-pass", "file:key"}, {"openssl", "enc", "-pass", "file:key"}},
		{{"7z", "a", "-phunter2", "x.7z"}, {"7z", "a", "-p" R, "x.7z"}},
		{{"redis-cli", "-a", "hunter2"}, {"redis-cli", "-a", R}},
		{{"smbclient", "-U", "ada%hunter2"}, {"smbclient", "-U", "ada%" R}},
	};

	check_vectors(vectors, ARRAY_LEN(vectors));
}

static void test_urls_and_headers(void)
{
	static const struct vector vectors[] = {
		{{"git", "clone", "https://ada:hunter2@h/x"},
		 {"git", "clone", "https://ada:" R "@h/x"}},
		{{"redis://:p@ss@h:1/0"}, {"redis://:" R "@h:1/0"}},
		{{"https://0123456789abcdef0123456789abcdef01234567@h/x"}, {"https://" R "@h/x"}},
		{{"curl", "https://h/?token=abc&page=2"},
		 {"curl", "https://h/?token=" R "&page=2"}},
		{{"curl", "https://h/?a=1&api_key=abc#x"}, {"curl", "https://h/?a=1&api_key=" R}},
		{{"curl", "-H", "Authorization: Bearer abc.def"},
		 {"curl", "-H", "Authorization: Bearer " R}},
		{{"curl", "-H", "authorization:abc"}, {"curl", "-H", "authorization:" R}},
		{{"curl", "-H", "X-Api-Key: abc"}, {"curl", "-H", "X-Api-Key: " R}},
		{{"curl", "-H", "PRIVATE-TOKEN:abc"}, {"curl", "-H", "PRIVATE-TOKEN:" R}},
		{{"curl", "-b", "x", "-H", "Cookie: sid=1"},
		 {"curl", "-b", "x", "-H", "Cookie: " R}},
		{{"curl", "-d", "{\"user\": \"ada\", \"password\": \"hunter two\"}"},
		 {"curl", "-d", "{\"user\": \"ada\", \"password\": \"" R "\"}"}},
		{{"curl", "-d", "user=ada&password=hunter2"},
		 {"curl", "-d", "user=ada&password=" R}},
	};

	check_vectors(vectors, ARRAY_LEN(vectors));
}

static void test_words_of_a_shell(void)
{
	static const struct vector vectors[] = {
		{{"env", "GITHUB_TOKEN=abc", "make"}, {"env", "GITHUB_TOKEN=" R, "make"}},
		{{"env", "PASSWORD=two words", "make"}, {"env", "PASSWORD=" R, "make"}},
		{{"sh", "-c", "PASSWORD=hunter2 make all"},
		 {"sh", "-c", "PASSWORD=" R " make all"}},
		{{"sh", "-c", "TOKEN='two words' make"}, {"sh", "-c", "TOKEN=" R " make"}},
		{{"sh", "-c", "env \"PASSWORD=two words\" make"},
		 {"sh", "-c", "env \"PASSWORD=" R "\" make"}},
		{{"sh", "-c", "mysql -phunter2 db; psql -p 5432"},
		 {"sh", "-c", "mysql -p" R " db; psql -p 5432"}},
		{{"bash", "-lc", "curl -u ada:hunter2 https://h/"},
		 {"bash", "-lc", "curl -u ada:" R " https://h/"}},
		{{"bash", "-c", "TOKEN=abc;make"}, {"bash", "-c", "TOKEN=" R ";make"}},
		{{"sh", "-c", "curl -H 'Authorization: Bearer abc' h"},
		 {"sh", "-c", "curl -H 'Authorization: Bearer " R "' h"}},
		{{"sh", "-c", "sh -c 'mysql -phunter2'"}, {"sh", "-c", "sh -c 'mysql -p" R "'"}},
		{{"sh", "-c", "x --password hunter2 y"}, {"sh", "-c", "x --password " R " y"}},
		{{"sh", "-c", "curl -d \"{\\\"password\\\": \\\"hunter2\\\"}\" h"},
		 {"sh", "-c", "curl -d \"{\\\"password\\\": \\\"" R "\\\"}\" h"}},
		{{"python3", "-c", "password = \"hunter2\"; f()"},
		 {"python3", "-c", "password = \"" R "\"; f()"}},
		{{"ssh", "h", "export TOKEN=abc && make"},
		 {"ssh", "h", "export TOKEN=" R " && make"}},
	};

	check_vectors(vectors, ARRAY_LEN(vectors));
}

/* Each a word as it may stand behind "x"; none of them is a secret. */
static void test_what_is_no_secret(void)
{
	static const char *const words[] = {
		"da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"550e8400-e29b-41d4-a716-446655440000",
		SHA512,
		"sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"-buildid=kZ8mJ1yQ5tX2vB7nR4wL/9pQ3sT6uV1xY8zA2bC5d",
		"--key-file=/etc/ssl/private/server1.key",
		"--key=server-2024.pem",
		"--token-file=/run/secrets/token",
		"--password-file=/run/secrets/db",
		"--password-stdin",
		"--no-password",
		"--with-token",
		"--max-tokens=4096",
		"--tokens=100",
		"--tokenizer=bert-base-uncased-v2",
		"--sort-key=name",
		"PRIMARY_KEY=id",
		"SSH_KEY=/home/ada/.ssh/id_ed25519",
		"SSH_AUTH_SOCK=/tmp/ssh-XXXXcYw0Nq/agent.4711",
		"PWD=/home/ada/project",
		"OLDPWD=/home/ada",
		"8080:80",
		"ada@host:22",
		"git@github.com:ada/project.git",
		"ssh://git@github.com/ada/project.git",
		"https://ada@host/x",
		"http://[::1]:8080/",
		"https://h/a:b@c",
		"TOKEN=$TOKEN",
		"TOKEN=${GITHUB_TOKEN}",
		"TOKEN=$(pass show github)",
		"PASSWORD=",
		"--password=***",
		"Authorization: Bearer $TOKEN",
		"token=true",
		"monkey=banana2024server",
		"keyboard=qwertz",
		"src/components/SecretList.tsx",
		"node_modules/jsonwebtoken/index.js",
		"-j8",
		"-DCMAKE_BUILD_TYPE=Release",
		"-DWITH_PASSWORD=ON",
		"sk-estimator-with-a-long-name",
		"skeleton",
		"eyJ",
		"AKIA",
		"ghp_short",
		"token: the parser takes it",
		"parser: count tokens, not bytes",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
		"https://example.com/?key=name&sort=asc",
		"refs/heads/feature/Token2024Rotation/AbcDef01",
		"a.out:12:34: error: expected ';'",
		"SecretKeyFactory.getInstance",
		"<redacted>",
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const char *const vector[] = {"x", words[i], "y", NULL};

		check_vector(NULL, vector, vector);
	}
}

static void test_vectors_without_a_secret(void)
{
	static const struct vector vectors[] = {
		{{"docker", "run", "-p", "8080:80", "x"}, {"docker", "run", "-p", "8080:80", "x"}},
		{{"ssh", "-p", "22", "h"}, {"ssh", "-p", "22", "h"}},
		{{"psql", "-p", "5432", "-U", "ada"}, {"psql", "-p", "5432", "-U", "ada"}},
		{{"make", "-j8", "-u"}, {"make", "-j8", "-u"}},
		{{"git", "push", "-u", "origin:x", "y"}, {"git", "push", "-u", "origin:x", "y"}},
		{{"curl", "-u", "ada", "h"}, {"curl", "-u", "ada", "h"}},
		{{"curl", "-u", "ada:$PASSWORD"}, {"curl", "-u", "ada:$PASSWORD"}},
		{{"mkdir", "-p", "secret"}, {"mkdir", "-p", "secret"}},
		{{"cp", "-pr", "a", "b"}, {"cp", "-pr", "a", "b"}},
		{{"docker", "build", "--secret", "id=npm,src=x"},
		 {"docker", "build", "--secret", "id=npm,src=x"}},
		{{"git", "commit", "-m", "set password rules for the login"},
		 {"git", "commit", "-m", "set password rules for the login"}},
		{{"grep", "-rn", "password", "src"}, {"grep", "-rn", "password", "src"}},
		{{"sh", "-c", "test \"$TOKEN\" = x && echo token"},
		 {"sh", "-c", "test \"$TOKEN\" = x && echo token"}},
	};

	check_vectors(vectors, ARRAY_LEN(vectors));
}

static void test_the_users_own_globs(void)
{
	static const char *const globs[] = {"acme-*", "[0-9][0-9][0-9]-pin", NULL};
	const struct redact_rules rules = {.globs = globs, .matches = glob_matches};
	static const struct vector vectors[] = {
		{{"x", "acme-1", "--to=acme-2", "y acme-3 z"}, {"x", R, "--to=" R, "y " R " z"}},
		{{"x", "123-pin", "1234-pin", "an-acme-1"}, {"x", R, "1234-pin", "an-acme-1"}},
	};

	for (size_t i = 0; i < ARRAY_LEN(vectors); i++)
		check_vector(&rules, vectors[i].words, vectors[i].expected);
}

static void test_nothing_is_redacted_where_the_user_said_so(void)
{
	const struct redact_rules rules = {.off = true};
	static const char *const words[] = {"x", "--password=hunter2", GITHUB, NULL};

	check_vector(&rules, words, words);
}

/* A secret that the reader of arguments has cut is one still. */
static void test_a_cut_key_is_a_key(void)
{
	_cleanup_(buffer_done) struct buffer text = {}, whole = {};
	struct redactor redactor = {};

	CHECK(redact_argument(&redactor, "a ghp_16C7e42F29", true, &text));
	CHECK_STRING(text.data, "a ghp_" R);
	CHECK(!redact_argument(&redactor, "a ghp_16C7e42F29", false, &whole));
}

static void test_json_stays_json(void)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{"{\"environment\": {\"set\": {\"API_TOKEN\": \"abc\", \"LANG\": \"C\"}}}",
		 "{\"environment\": {\"set\": {\"API_TOKEN\": \"" R "\", \"LANG\": \"C\"}}}"},
		{"{\"args\": [\"login\", \"--password\", \"hunter2\", \"x\"]}",
		 "{\"args\": [\"login\", \"--password\", \"" R "\", \"x\"]}"},
		{"{\"args\": [\"--password\"]}, {\"reason\": \"x\"}", NULL},
		{"{\"args\": [\"--password\", \"*\"]}", NULL},
		{"{\"upstream\": \"http://ada:hunter2@proxy:3128\"}",
		 "{\"upstream\": \"http://ada:" R "@proxy:3128\"}"},
		{"{\"program\": \"/usr/bin/mysql\", \"args\": [\"-phunter2\", \"**\"]}",
		 "{\"program\": \"/usr/bin/mysql\", \"args\": [\"-p" R "\", \"**\"]}"},
		{"{\"command\": [\"/usr/bin/mysql\", \"-phunter2\"]}",
		 "{\"command\": [\"/usr/bin/mysql\", \"-p" R "\"]}"},
		{"{\"deny\": \"read\", \"path\": \"~/.netrc\", \"reason\": \"holds a token\"}",
		 NULL},
		{"{\"set\": {\"TOKEN\": \"a\\\"b\", \"X\": \"y\"}}",
		 "{\"set\": {\"TOKEN\": \"" R "\", \"X\": \"y\"}}"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(buffer_done) struct buffer text = {};
		bool redacted = redact_json(NULL, cases[i].text, strlen(cases[i].text), &text);

		CHECK(redacted == (cases[i].expected != NULL));
		if (redacted)
			CHECK_STRING(text.data, cases[i].expected);
	}
}

/* Beyond what is remembered of one word, the rest goes whole. */
static void test_too_many_secrets_are_all_gone(void)
{
	_cleanup_(buffer_done) struct buffer word = {}, text = {};
	struct redactor redactor = {};

	for (unsigned i = 0; i < 2000; i++)
		buffer_append_string(&word, "token=hunter2&");
	CHECK(redact_argument(&redactor, word.data, false, &text));
	CHECK(strstr(text.data, "hunter2") == NULL);
}

int main(void)
{
	RUN(test_keys_are_known_by_their_look);
	RUN(test_options_name_their_values);
	RUN(test_programs_are_known);
	RUN(test_urls_and_headers);
	RUN(test_words_of_a_shell);
	RUN(test_what_is_no_secret);
	RUN(test_vectors_without_a_secret);
	RUN(test_the_users_own_globs);
	RUN(test_nothing_is_redacted_where_the_user_said_so);
	RUN(test_a_cut_key_is_a_key);
	RUN(test_json_stays_json);
	RUN(test_too_many_secrets_are_all_gone);
	return check_summary();
}
