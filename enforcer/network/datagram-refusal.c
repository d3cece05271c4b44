/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Port unreachable", from the outlet to the agent's socket, which then sees ECONNREFUSED as it
 * would bare. The kernel says it for a port that nobody has; the outlet's is ours, so we say it.
 */
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <string.h>

#include "enforcer/network/datagram.h"

static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* The head of the datagram that is refused, as the agent sent it. */
static struct udphdr udp_head(uint16_t source, uint16_t port)
{
	return (struct udphdr){
		.source = source, .dest = htons(port), .len = htons(sizeof(struct udphdr))};
}

static void refuse_v4(int fd, const struct sockaddr_in *agent, const struct endpoint *endpoint)
{
	struct {
		struct icmphdr icmp;
		struct iphdr ip;
		struct udphdr udp;
	} packet = {.icmp = {.type = ICMP_DEST_UNREACH, .code = ICMP_PORT_UNREACH},
		    .ip = {.version = 4,
			   .ihl = 5,
			   .tot_len = htons(sizeof(struct iphdr) + sizeof(struct udphdr)),
			   .ttl = 64,
			   .protocol = IPPROTO_UDP,
			   .saddr = agent->sin_addr.s_addr},
		    .udp = udp_head(agent->sin_port, endpoint->port)};
	struct sockaddr_in to = *agent;

	memcpy(&packet.ip.daddr, endpoint->address, 4);
	packet.ip.check = checksum(&packet.ip, sizeof(packet.ip));
	packet.icmp.checksum = checksum(&packet, sizeof(packet));
	to.sin_port = 0;
	sendto(fd, &packet, sizeof(packet), MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to,
	       sizeof(to));
}

/* The kernel fills in the checksum. */
static void refuse_v6(int fd, const struct sockaddr_in6 *agent, const struct endpoint *endpoint)
{
	struct {
		struct icmp6_hdr icmp;
		struct ip6_hdr ip;
		struct udphdr udp;
	} packet = {
		.icmp = {.icmp6_type = ICMP6_DST_UNREACH, .icmp6_code = ICMP6_DST_UNREACH_NOPORT},
		.ip = {.ip6_src = agent->sin6_addr},
		.udp = udp_head(agent->sin6_port, endpoint->port)};
	struct sockaddr_in6 to = *agent;

	packet.ip.ip6_vfc = 6 << 4;
	packet.ip.ip6_plen = htons(sizeof(struct udphdr));
	packet.ip.ip6_nxt = IPPROTO_UDP;
	packet.ip.ip6_hlim = 64;
	memcpy(&packet.ip.ip6_dst, endpoint->address, 16);
	to.sin6_port = 0;
	sendto(fd, &packet, sizeof(packet), MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to,
	       sizeof(to));
}

void datagram_refuse(const struct exchange *exchange)
{
	const struct endpoint *endpoint = &exchange->outlet->endpoint;
	const int *fds = exchange->outlet->network->refusals;

	if (exchange->agent.ss_family == AF_INET && fds[0] >= 0)
		refuse_v4(fds[0], (const struct sockaddr_in *)&exchange->agent, endpoint);
	else if (exchange->agent.ss_family == AF_INET6 && fds[1] >= 0)
		refuse_v6(fds[1], (const struct sockaddr_in6 *)&exchange->agent, endpoint);
}

void network_refuse_datagrams_by(struct network *network, const int fds[static 2])
{
	memcpy(network->refusals, fds, sizeof(network->refusals));
}
