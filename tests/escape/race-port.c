/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends datagrams while another thread dissolves the socket's association, which takes its port:
 * now and then one leaves with the source port 0. Who hears it is seen outside.
 *
 *   race-port TRIES SECONDS PORT ADDRESS
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/support/race.h"

/* Read by the kernel between the look at the port and its use. */
#define NOTES 400

static int sender;

static void *dissolve(void *argument)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	for (;;)
		connect(sender, &nobody, sizeof(nobody));
	return argument;
}

static void add_note(struct msghdr *message, const void *ttl, size_t len)
{
	struct cmsghdr *note =
		(struct cmsghdr *)((char *)message->msg_control + message->msg_controllen);

	note->cmsg_level = IPPROTO_IP;
	note->cmsg_type = IP_TTL;
	note->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(note), ttl, len);
	message->msg_controllen += CMSG_SPACE(len);
}

int main(int argc, char **argv)
{
	static char notes[NOTES * CMSG_SPACE(sizeof(int))]
		__attribute__((aligned(sizeof(struct cmsghdr))));
	struct sockaddr_in to = {.sin_family = AF_INET};
	static char evil[] = "evil";
	struct iovec part = {.iov_base = evil, .iov_len = sizeof(evil) - 1};
	struct msghdr message = {.msg_name = &to,
				 .msg_namelen = sizeof(to),
				 .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = notes};
	const int ttl = 64;
	struct race race;

	race_begin(&race, argc, argv);
	race_check(argc == 5 && inet_pton(AF_INET, argv[4], &to.sin_addr) == 1, "ADDRESS");
	to.sin_port = htons((uint16_t)atoi(argv[3]));
	for (int i = 0; i < NOTES; i++)
		add_note(&message, &ttl, sizeof(ttl));
	sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	race_check(sender >= 0, "socket");
	race_thread(dissolve, NULL);
	while (race_goes_on(&race)) {
		if (sendmsg(sender, &message, 0) < 0)
			race.refused++;
		else
			race.allowed++;
	}
	return race_report(&race);
}
