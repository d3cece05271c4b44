/* SPDX-License-Identifier: Apache-2.0 */
/* What a run came to: the hosts that it spoke to, or would have. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/summary-data.h"

/* As in DNS: longer ones are no hosts, and all of one are one. */
#define HOST_SHOWN 253

/* The entry for that end, or NULL where it is one too many. */
static struct summary_host *find(struct summary *summary, const struct endpoint *endpoint)
{
	struct summary_host wanted = {.port = endpoint->port,
				      .protocol = endpoint->protocol,
				      .by_name = endpoint->host != NULL};
	char address[RECORD_ADDRESS_MAX];
	struct summary_host *known;
	size_t slot, len;

	record_address(endpoint, address);
	wanted.name = endpoint->host ? endpoint->host : address;
	len = strnlen(wanted.name, HOST_SHOWN);
	wanted.hash = summary_hash(summary_hash(len, wanted.name, len), &wanted.port,
				   sizeof(wanted.port));
	slot = wanted.hash % ARRAY_LEN(summary->host_table);
	while (summary->host_table[slot]) {
		known = summary->hosts[summary->host_table[slot] - 1];
		if (known->hash == wanted.hash && known->port == wanted.port &&
		    known->protocol == wanted.protocol && known->by_name == wanted.by_name &&
		    strncmp(known->name, wanted.name, HOST_SHOWN) == 0)
			return known;
		slot = (slot + 1) % ARRAY_LEN(summary->host_table);
	}
	known = summary->n_hosts < SUMMARY_HOSTS_MAX ? malloc(sizeof(*known) + len + 1) : NULL;
	if (!known) {
		summary->hosts_omitted++;
		return NULL;
	}
	memcpy(known + 1, wanted.name, len);
	((char *)(known + 1))[len] = '\0';
	*known = wanted;
	known->name = (char *)(known + 1);
	summary->hosts[summary->n_hosts] = known;
	summary->host_table[slot] = (uint16_t)++summary->n_hosts;
	return known;
}

void summary_add_connection(struct summary *summary, const struct endpoint *endpoint, uint64_t sent,
			    uint64_t received)
{
	struct summary_host *host = find(summary, endpoint);

	if (!host)
		return;
	host->connections++;
	host->sent += sent;
	host->received += received;
}

void summary_deny_host(struct summary *summary, const struct endpoint *endpoint)
{
	struct summary_host *host = find(summary, endpoint);

	if (host)
		host->denied++;
}
