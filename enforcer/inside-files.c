/* SPDX-License-Identifier: Apache-2.0 */
/* The files that tell the programs inside how names are looked up. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/fd.h"
#include "enforcer/inside-files.h"

#define NSSWITCH_MAX 65536

/* Takes text. */
static void add(struct inside_files *files, size_t n, const char *path, char *text)
{
	char *real = text ? realpath(path, NULL) : NULL;
	size_t at = 0;

	files->owned[2 * n] = real;
	files->owned[2 * n + 1] = text;
	if (!real)
		return;
	while (files->files[at].path)
		at++;
	files->files[at] = (struct plan_file){real, text};
}

static char *hosts_text(void)
{
	char name[HOST_NAME_MAX + 1] = "";
	struct buffer text = {};

	buffer_append_string(&text,
			     "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
	gethostname(name, sizeof(name) - 1);
	if (name[0] && strcmp(name, "localhost") != 0)
		buffer_printf(&text, "127.0.1.1 %s\n", name);
	return text.error ? NULL : text.data;
}

/* The host's, but for hosts: modules such as "resolve" ask services that are not the sandbox's. */
static char *nsswitch_text(void)
{
	_cleanup_fd_ int fd = open("/etc/nsswitch.conf", O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *host = NULL;
	struct buffer text = {};
	char *save = NULL;
	size_t len;

	if (fd < 0 || fd_read_file(fd, NSSWITCH_MAX, &host, &len) < 0)
		return NULL;
	buffer_append_string(&text, "hosts: files dns\n");
	for (char *line = strtok_r(host, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strncmp(line + strspn(line, " \t"), "hosts:", 6) != 0)
			buffer_printf(&text, "%s\n", line);
	return text.error ? NULL : text.data;
}

void inside_files_make(struct inside_files *files)
{
	*files = (struct inside_files){};
	/* No search list: the name that is asked for is the one that is judged. The host's applies
	 * when the name is looked up outside. */
	add(files, 0, "/etc/resolv.conf", strdup("nameserver 127.0.0.53\noptions timeout:2\n"));
	add(files, 1, "/etc/hosts", hosts_text());
	add(files, 2, "/etc/nsswitch.conf", nsswitch_text());
}

void inside_files_done(struct inside_files *files)
{
	for (size_t i = 0; i < ARRAY_LEN(files->owned); i++)
		free(files->owned[i]);
	*files = (struct inside_files){};
}
