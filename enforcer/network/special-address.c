/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that a name of the network at large does not stand for. */
#include <string.h>
#include <unistd.h>

#include "enforcer/base/fd.h"
#include "enforcer/network/special-address.h"

struct range {
	uint8_t bits;
	uint8_t address[16];
	const char *what;
};

/* The registries of special-purpose addresses (RFC 6890 and its successors), and the metadata
 * services of providers. */
static const struct range v4[] = {
	{8, {0}, "this network"},
	{8, {10}, "a private network"},
	{10, {100, 64}, "a provider's shared network"},
	{8, {127}, "the host's own loopback"},
	{16, {169, 254}, "a link-local address, as of metadata services"},
	{12, {172, 16}, "a private network"},
	{24, {192, 0, 0}, "reserved for protocols"},
	{24, {192, 0, 2}, "reserved for documents"},
	{24, {192, 88, 99}, "a relay for 6to4"},
	{16, {192, 168}, "a private network"},
	{32, {168, 63, 129, 16}, "a provider's metadata service"},
	{15, {198, 18}, "reserved for tests"},
	{24, {198, 51, 100}, "reserved for documents"},
	{24, {203, 0, 113}, "reserved for documents"},
	{4, {224}, "a group of receivers"},
	{4, {240}, "reserved"},
};

static const struct range v6[] = {
	{96, {0}, "this network, or the host's own loopback"},
	{96, {[10] = 0xff, [11] = 0xff}, "IPv4 in another form"},
	{48, {0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, "a translator's own range"},
	{64, {0x01, 0x00}, "a range that discards"},
	{32, {0x20, 0x01, 0x00, 0x00}, "Teredo"},
	{23, {0x20, 0x01, 0x00}, "reserved for protocols"},
	{32, {0x20, 0x01, 0x0d, 0xb8}, "reserved for documents"},
	{16, {0x20, 0x02}, "6to4"},
	{20, {0x3f, 0xff, 0x00}, "reserved for documents"},
	{16, {0x5f, 0x00}, "reserved for routing"},
	{7, {0xfc}, "a private network"},
	{10, {0xfe, 0x80}, "a link-local address"},
	{10, {0xfe, 0xc0}, "a site's own address"},
	{8, {0xff}, "a group of receivers"},
};

static bool in_range(const struct range *range, const uint8_t *address)
{
	unsigned whole = range->bits / 8, rest = range->bits % 8;

	if (memcmp(range->address, address, whole) != 0)
		return false;
	return rest == 0 || ((range->address[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

void address_canonical(struct outside_address *address)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};

	if (address->family != AF_INET6 ||
	    (memcmp(address->bytes, mapped, 12) != 0 && memcmp(address->bytes, nat64, 12) != 0))
		return;
	memmove(address->bytes, address->bytes + 12, 4);
	memset(address->bytes + 4, 0, 12);
	address->family = AF_INET;
}

const char *special_address(const struct outside_address *given)
{
	struct outside_address address = *given;
	const struct range *ranges = v6;
	size_t n = ARRAY_LEN(v6);

	address_canonical(&address);
	if (address.family == AF_INET) {
		ranges = v4;
		n = ARRAY_LEN(v4);
	}
	for (size_t i = 0; i < n; i++)
		if (in_range(&ranges[i], address.bytes))
			return ranges[i].what;
	return NULL;
}

/* To the unspecified address the kernel connects as to its loopback. */
bool address_is_loopback(const struct outside_address *address)
{
	static const uint8_t any[16], one[16] = {[15] = 1};

	if (address->family == AF_INET)
		return address->bytes[0] == 127 || memcmp(address->bytes, any, 4) == 0;
	return memcmp(address->bytes, one, 16) == 0 || memcmp(address->bytes, any, 16) == 0;
}

bool own_address(const struct outside_address *address)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(9)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)};
	bool v6_family = address->family == AF_INET6;
	struct sockaddr *to = v6_family ? (struct sockaddr *)&in6 : (struct sockaddr *)&in;
	socklen_t len = v6_family ? sizeof(in6) : sizeof(in);
	struct sockaddr_storage from = {};
	_cleanup_fd_ int fd = socket(address->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(&in.sin_addr, address->bytes, 4);
	memcpy(&in6.sin6_addr, address->bytes, 16);
	/* A connected datagram socket sends nothing; to itself the kernel answers by the same
	 * address. */
	if (fd < 0 || connect(fd, to, len) < 0)
		return false;
	len = sizeof(from);
	if (getsockname(fd, (struct sockaddr *)&from, &len) < 0)
		return false;
	return v6_family
		       ? memcmp(&((struct sockaddr_in6 *)&from)->sin6_addr, address->bytes, 16) == 0
		       : memcmp(&((struct sockaddr_in *)&from)->sin_addr, address->bytes, 4) == 0;
}
