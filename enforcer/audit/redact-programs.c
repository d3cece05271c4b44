/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that take secrets as arguments. */
#include <string.h>

#include "enforcer/audit/redact-programs.h"
#include "enforcer/base/cleanup.h"

enum {
	ATTACHED = 1 << 0, /* -pSECRET as well as -p SECRET */
	ONLY = 1 << 1,     /* -pSECRET; behind -p alone stands something else */
	CLUSTER = 1 << 2,  /* -sSu SECRET, too */
};

enum when {
	ALWAYS = 0,
	LOGGED_IN,
	ONCE,
};

struct option {
	const char *name;
	enum redact_value value;
	unsigned flags;
};

#define OPTIONS_MAX 8

struct redact_program {
	const char *const *names;
	enum when when;
	struct option options[OPTIONS_MAX]; /* ends at the first without a name */
};

#define NAMES(...)                                                                                 \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static const struct redact_program programs[] = {
	{NAMES("curl"),
	 ALWAYS,
	 {{"-u", REDACT_BEHIND_COLON, ATTACHED | CLUSTER},
	  {"--user", REDACT_BEHIND_COLON, 0},
	  {"-U", REDACT_BEHIND_COLON, ATTACHED | CLUSTER},
	  {"--proxy-user", REDACT_BEHIND_COLON, 0},
	  {"-E", REDACT_BEHIND_COLON, ATTACHED},
	  {"--cert", REDACT_BEHIND_COLON, 0},
	  {"--oauth2-bearer", REDACT_WHOLE, 0},
	  {"--pass", REDACT_WHOLE, 0}}},
	{NAMES("http", "https", "xh"),
	 ALWAYS,
	 {{"-a", REDACT_BEHIND_COLON, ATTACHED}, {"--auth", REDACT_BEHIND_COLON, 0}}},
	/* Without a value the option asks for one, and a name of a database may follow. */
	{NAMES("mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlshow", "mysqlcheck",
	       "mysqlslap", "mysqlbinlog", "mysqlpump", "mariadb", "mariadb-dump", "mariadb-admin",
	       "mariadb-import", "mariadb-show", "mariadb-check"),
	 ALWAYS,
	 {{"-p", REDACT_WHOLE, ONLY}}},
	{NAMES("sshpass"), ONCE, {{"-p", REDACT_WHOLE, ATTACHED}}},
	{NAMES("redis-cli"), ALWAYS, {{"-a", REDACT_WHOLE, 0}, {"--pass", REDACT_WHOLE, 0}}},
	{NAMES("mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport"),
	 ALWAYS,
	 {{"-p", REDACT_WHOLE, ATTACHED}}},
	{NAMES("ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami", "ldapcompare",
	       "ldapmodrdn", "ldappasswd"),
	 ALWAYS,
	 {{"-w", REDACT_WHOLE, ATTACHED}, {"-a", REDACT_NOTHING, 0}, {"-s", REDACT_NOTHING, 0}}},
	{NAMES("openssl"),
	 ALWAYS,
	 {{"-passin", REDACT_BEHIND_PASS, 0},
	  {"-passout", REDACT_BEHIND_PASS, 0},
	  {"-pass", REDACT_BEHIND_PASS, 0},
	  {"-k", REDACT_WHOLE, 0},
	  {"-K", REDACT_WHOLE, 0}}},
	{NAMES("zip", "unzip"), ALWAYS, {{"-P", REDACT_WHOLE, ATTACHED}}},
	{NAMES("7z", "7za", "7zz", "7zr", "rar", "unrar"),
	 ALWAYS,
	 {{"-p", REDACT_WHOLE, ONLY}, {"-hp", REDACT_WHOLE, ONLY}}},
	{NAMES("smbclient", "rpcclient", "smbget"),
	 ALWAYS,
	 {{"-U", REDACT_BEHIND_PERCENT, ATTACHED}, {"--user", REDACT_BEHIND_PERCENT, 0}}},
	{NAMES("sqlcmd", "bcp", "mosquitto_pub", "mosquitto_sub"),
	 ALWAYS,
	 {{"-P", REDACT_WHOLE, ATTACHED}}},
	{NAMES("ssh-keygen"), ALWAYS, {{"-N", REDACT_WHOLE, 0}, {"-P", REDACT_WHOLE, 0}}},
	{NAMES("lftp"), ALWAYS, {{"-u", REDACT_BEHIND_COMMA, ATTACHED}}},
	{NAMES("etcdctl"), ALWAYS, {{"--user", REDACT_BEHIND_COLON, 0}}},
	{NAMES("docker", "podman", "nerdctl", "buildah", "skopeo", "helm", "oras", "crane", "oc",
	       "az"),
	 LOGGED_IN,
	 {{"-p", REDACT_WHOLE, ATTACHED}}},
};

const struct redact_program *redact_program_find(const char *path, size_t len)
{
	const char *slash = memrchr(path, '/', len), *name = slash ? slash + 1 : path;
	size_t n = len - (size_t)(name - path);

	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		for (const char *const *known = programs[i].names; *known; known++)
			if ((*known)[0] == name[0] && strlen(*known) == n &&
			    memcmp(*known, name, n) == 0)
				return &programs[i];
	return NULL;
}

bool redact_program_must_log_in(const struct redact_program *program)
{
	return program->when == LOGGED_IN;
}

bool redact_program_is_over(const struct redact_program *program)
{
	return program->when == ONCE;
}

static bool is_cluster(const char *word, size_t len, char last)
{
	if (len < 3 || word[0] != '-' || word[len - 1] != last)
		return false;
	for (size_t i = 1; i < len; i++)
		if (!((word[i] | 0x20) >= 'a' && (word[i] | 0x20) <= 'z'))
			return false;
	return true;
}

enum redact_value redact_program_option(const struct redact_program *program, const char *word,
					size_t len, size_t *ret_at)
{
	for (size_t i = 0; i < OPTIONS_MAX && program->options[i].name; i++) {
		const struct option *option = &program->options[i];
		size_t n = strlen(option->name);
		bool begins = len >= n && memcmp(word, option->name, n) == 0;

		*ret_at = len;
		if (begins && len == n && !(option->flags & ONLY))
			return option->value;
		if (begins && len > n && (option->flags & (ATTACHED | ONLY)))
			*ret_at = n;
		else if (begins && len > n && word[n] == '=')
			*ret_at = n + 1;
		if (*ret_at < len)
			return option->value;
		if ((option->flags & CLUSTER) && is_cluster(word, len, option->name[1]))
			return option->value;
	}
	return REDACT_NOTHING;
}
