/* SPDX-License-Identifier: Apache-2.0 */
/* The upstream proxy of a run. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforcer/base/error.h"
#include "enforcer/base/fd.h"
#include "enforcer/config/config.h"
#include "enforcer/protect.h"
#include "enforcer/run-proxy.h"

/* One line: what an editor puts behind it is no part of it. */
static int read_password(const char *path, char **ret_password, struct failure *reterr)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char text[UPSTREAM_WORD_MAX + 2];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	size_t len = n < 0 ? 0 : (size_t)n;

	if (n < 0)
		return failure_set(reterr, -errno, "cannot read the proxy's password from %s: %s",
				   path, strerror(errno));
	if (len > 0 && text[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20)
			len = 0;
	if (len == 0 || len > UPSTREAM_WORD_MAX) {
		failure_hint(reterr, "write the password, and nothing else, on its first line");
		return failure_set(reterr, -EINVAL, "%s holds no password of 1 to %d bytes", path,
				   UPSTREAM_WORD_MAX);
	}
	*ret_password = strndup(text, len);
	explicit_bzero(text, sizeof(text));
	return *ret_password ? 0 : -ENOMEM;
}

int run_proxy_init(const struct config *config, struct rule_zero *zero,
		   struct supervisor *supervisor, struct failure *reterr)
{
	const struct upstream_proxy *from = policy_settings(config->policy)->upstream_proxy;
	int r = 0;

	if (!from)
		return 0;
	if (from->password_file) {
		r = read_password(from->password_file, &supervisor->proxy_password, reterr);
		if (r == 0)
			r = protect_file(zero, from->password_file, VERB_ALL);
	}
	/* It stands in one of them. */
	for (size_t i = 0; r == 0 && from->password && config->policy_files[i]; i++)
		r = protect_file(zero, config->policy_files[i], VERB_READ);
	supervisor->proxy = (struct network_proxy){
		.socks = from->kind == UPSTREAM_SOCKS5,
		.host = from->host,
		.port = from->port,
		.user = from->user,
		.password =
			supervisor->proxy_password ? supervisor->proxy_password : from->password,
		.timeout_ns = from->timeout_ns,
	};
	return r;
}

void run_proxy_done(struct supervisor *supervisor)
{
	if (supervisor->proxy_password)
		explicit_bzero(supervisor->proxy_password, strlen(supervisor->proxy_password));
	free(supervisor->proxy_password);
	supervisor->proxy_password = NULL;
}
