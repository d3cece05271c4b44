/* SPDX-License-Identifier: Apache-2.0 */
/* The loopback of the sandbox's network namespace, by rtnetlink, and TCP on it, by
 * sysctl. */
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/launch/netns-link.h"
#include "enforcer/launch/netns.h"

struct message {
	struct nlmsghdr head;
	union {
		struct ifaddrmsg address;
		struct rtmsg route;
	} body;
	char attributes[128];
};

static void append(struct message *message, unsigned short type, const void *data, size_t len)
{
	struct rtattr *attribute =
		(struct rtattr *)((char *)message + NLMSG_ALIGN(message->head.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(len);
	memcpy(RTA_DATA(attribute), data, len);
	message->head.nlmsg_len = NLMSG_ALIGN(message->head.nlmsg_len) + RTA_ALIGN(RTA_LENGTH(len));
}

/* Sends, and waits for the acknowledgement. */
static int tell(int sock, struct message *message)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
	} answer;
	ssize_t n;

	message->head.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE;
	if (send(sock, message, message->head.nlmsg_len, 0) < 0)
		return -errno;
	n = recv(sock, &answer, sizeof(answer), MSG_TRUNC);
	if (n < (ssize_t)sizeof(answer) || answer.head.nlmsg_type != NLMSG_ERROR)
		return n < 0 ? -errno : -EPROTO;
	return answer.error.error;
}

static int add_address(int sock, unsigned lo, int family, const void *address, size_t len)
{
	struct message message = {
		.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
			 .nlmsg_type = RTM_NEWADDR},
		.body.address = {.ifa_family = (unsigned char)family,
				 .ifa_prefixlen = (unsigned char)(len * 8),
				 .ifa_flags =
					 IFA_F_PERMANENT | (family == AF_INET6 ? IFA_F_NODAD : 0),
				 .ifa_scope = RT_SCOPE_UNIVERSE,
				 .ifa_index = lo},
	};

	append(&message, IFA_LOCAL, address, len);
	append(&message, IFA_ADDRESS, address, len);
	return tell(sock, &message);
}

static int add_local(int sock, int family, const unsigned char *prefix, unsigned bits)
{
	static const unsigned char v4[4] = NETNS_ADDRESS_V4, v6[16] = NETNS_ADDRESS_V6;
	size_t len = family == AF_INET ? sizeof(v4) : sizeof(v6);
	unsigned lo = if_nametoindex("lo");
	int r;

	struct message message = {
		.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
			 .nlmsg_type = RTM_NEWROUTE},
		.body.route = {.rtm_family = (unsigned char)family,
			       .rtm_dst_len = (unsigned char)bits,
			       .rtm_table = RT_TABLE_LOCAL,
			       .rtm_protocol = RTPROT_STATIC,
			       .rtm_scope = RT_SCOPE_HOST,
			       .rtm_type = RTN_LOCAL},
	};

	append(&message, RTA_DST, prefix, len);
	append(&message, RTA_OIF, &lo, sizeof(lo));
	/* Without it the kernel takes the dialled address for the source as well. */
	append(&message, RTA_PREFSRC, family == AF_INET ? v4 : v6, len);
	r = tell(sock, &message);
	return r == -EEXIST ? 0 : r;
}

int netns_make_local(int family, const unsigned char *address)
{
	_cleanup_fd_ int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (sock < 0)
		return -errno;
	return add_local(sock, family, address, family == AF_INET ? 32 : 128);
}

int netns_prepare_loopback(void)
{
	static const unsigned char v4[4] = NETNS_ADDRESS_V4, v6[16] = NETNS_ADDRESS_V6;
	static const unsigned char v4_names[4] = {198, 18};
	static const unsigned char v6_names[16] = {0xfd, 0x63, 0x61, 0x6c, 0x6c, 0x67};
	_cleanup_fd_ int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	unsigned lo = if_nametoindex("lo");
	int r;

	if (sock < 0 || lo == 0)
		return -errno;
	r = add_address(sock, lo, AF_INET, v4, sizeof(v4));
	if (r == 0)
		r = add_local(sock, AF_INET, v4_names, 15);
	if (r < 0)
		return r;
	/* A kernel without IPv6 refuses both: names have no IPv6 address then. */
	if (add_address(sock, lo, AF_INET6, v6, sizeof(v6)) == 0)
		return add_local(sock, AF_INET6, v6_names, 48);
	return 0;
}

/* The kernel shows the namespace of who looks, and lets its administrator write. */
static void set(const char *name, const char *value)
{
	_cleanup_fd_ int net = open("/proc/sys/net/ipv4", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_fd_ int fd = net < 0 ? -1 : openat(net, name, O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		fd_write_all(fd, value, strlen(value));
}

void netns_tune_tcp(void)
{
	/* A new namespace has the host's choice, and BBR paces: between two ends in one kernel it
	 * only waits. */
	set("tcp_congestion_control", "reno");
	/* No segment is late here. Each that ended would be looked at by the next bind to its
	 * port, for a minute: the ten thousandth connection would cost several times the first. */
	set("tcp_max_tw_buckets", "0");
	/* A SYN that nobody hears comes again each second, and not ever more rarely (6.5): whoever
	 * waits for a person goes on within a second of the answer. */
	set("tcp_syn_linear_timeouts", "120");
}
