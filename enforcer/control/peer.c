/* SPDX-License-Identifier: Apache-2.0 */
/* Who is at the other end of a control socket. */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/control/peer.h"

#define STATUS_MAX 16384

bool peer_is_ours(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       (peer.uid == geteuid() || peer.uid == 0);
}

/* "NSpid:" has a number for each namespace from procfs' own to the process' innermost. A name may
 * hold anything but a newline ("Name:", escaped by the kernel), so the line is the real one. */
bool peer_status_is_outside(const char *status, pid_t pid)
{
	const char *line = strstr(status, "\nNSpid:");
	char *end;

	if (!line)
		return false;
	line += strlen("\nNSpid:");
	if (strtol(line, &end, 10) != pid)
		return false;
	while (*end == ' ' || *end == '\t')
		end++;
	return *end == '\n';
}

bool peer_is_outside(pid_t pid)
{
	char path[64], status[STATUS_MAX];
	_cleanup_fd_ int fd = -1;
	ssize_t n;

	if (pid <= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);
	if (n <= 0)
		return false;
	status[n] = '\0';
	return peer_status_is_outside(status, pid);
}
