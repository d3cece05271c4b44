/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to one DNS query. */
#include <ldns/ldns.h>
#include <string.h>

#include "enforcer/network/answer.h"

#define TTL 60

/* The name as text, without ldns's escapes: what needs one is no host name. */
static bool name_of(const ldns_rr *question, char *ret_name)
{
	const ldns_rdf *owner = ldns_rr_owner(question);
	const uint8_t *wire = ldns_rdf_data(owner);
	size_t size = ldns_rdf_size(owner), at = 0, len = 0;
	char text[256];

	while (at < size && wire[at] != 0) {
		size_t label = wire[at++];

		if (label > 63 || at + label > size || len + label + 1 > sizeof(text) ||
		    memchr(wire + at, '.', label))
			return false;
		memcpy(text + len, wire + at, label);
		len += label;
		text[len++] = '.';
		at += label;
	}
	return name_canonical(text, len, ret_name);
}

/* What inet_aton() takes for an address, and so do getaddrinfo() and a proxy: its last part is a
 * number. Who is let to a name would be let to any address. */
static bool is_number(const char *name)
{
	const char *dot = strrchr(name, '.'), *last = dot ? dot + 1 : name;

	if (last[0] == '0' && last[1] == 'x')
		return strspn(last + 2, "0123456789abcdef") == strlen(last + 2);
	return strspn(last, "0123456789") == strlen(last);
}

static bool is_localhost(const char *name)
{
	size_t len = strlen(name);

	return strcmp(name, "localhost") == 0 ||
	       (len > 10 && strcmp(name + len - 10, ".localhost") == 0);
}

static ldns_rr *address_record(const ldns_rr *question, const uint8_t *address)
{
	bool v6 = ldns_rr_get_type(question) == LDNS_RR_TYPE_AAAA;
	ldns_rr *record = ldns_rr_new();
	ldns_rdf *data = ldns_rdf_new_frm_data(v6 ? LDNS_RDF_TYPE_AAAA : LDNS_RDF_TYPE_A,
					       v6 ? 16 : 4, address);

	if (!record || !data) {
		ldns_rr_free(record);
		ldns_rdf_deep_free(data);
		return NULL;
	}
	ldns_rr_set_owner(record, ldns_rdf_clone(ldns_rr_owner(question)));
	ldns_rr_set_type(record, ldns_rr_get_type(question));
	ldns_rr_set_class(record, LDNS_RR_CLASS_IN);
	ldns_rr_set_ttl(record, TTL);
	ldns_rr_push_rdf(record, data);
	return record;
}

/* The question's answer; a record is added to the packet where there is one. */
static ldns_pkt_rcode answer_question(const struct answer_context *context, const ldns_rr *question,
				      ldns_pkt *packet)
{
	static const uint8_t loopback_v4[4] = {127, 0, 0, 1}, loopback_v6[16] = {[15] = 1};
	ldns_rr_type type = ldns_rr_get_type(question);
	bool v4 = type == LDNS_RR_TYPE_A, v6 = type == LDNS_RR_TYPE_AAAA, local;
	char name[NAME_MAX_LEN + 1];
	uint8_t address[16];
	ldns_rr *record;
	int64_t number;

	if (ldns_rr_get_class(question) != LDNS_RR_CLASS_IN)
		return LDNS_RCODE_REFUSED;
	if (!name_of(question, name) || is_number(name))
		return LDNS_RCODE_NXDOMAIN;
	local = is_localhost(name);
	if (!local && !context->allowed(context->userdata, name))
		return LDNS_RCODE_NXDOMAIN;
	if (!v4 && !v6)
		return LDNS_RCODE_NOERROR;
	if (local) {
		memcpy(address, v4 ? loopback_v4 : loopback_v6, v4 ? 4 : 16);
	} else {
		number = names_number(context->names, name);
		if (number < 0)
			return LDNS_RCODE_SERVFAIL;
		names_address((uint32_t)number, v4 ? AF_INET : AF_INET6, address);
	}
	record = address_record(question, address);
	if (!record || !ldns_pkt_push_rr(packet, LDNS_SECTION_ANSWER, record))
		return LDNS_RCODE_SERVFAIL;
	return LDNS_RCODE_NOERROR;
}

static ldns_pkt *make_answer(const struct answer_context *context, ldns_pkt *query)
{
	ldns_rr_list *questions = ldns_pkt_question(query);
	ldns_pkt *packet = ldns_pkt_new();
	ldns_rr *question;

	if (!packet)
		return NULL;
	ldns_pkt_set_id(packet, ldns_pkt_id(query));
	ldns_pkt_set_qr(packet, true);
	ldns_pkt_set_ra(packet, true);
	ldns_pkt_set_rd(packet, ldns_pkt_rd(query));
	ldns_pkt_set_opcode(packet, ldns_pkt_get_opcode(query));
	if (ldns_pkt_get_opcode(query) != LDNS_PACKET_QUERY) {
		ldns_pkt_set_rcode(packet, LDNS_RCODE_NOTIMPL);
		return packet;
	}
	if (ldns_rr_list_rr_count(questions) != 1) {
		ldns_pkt_set_rcode(packet, LDNS_RCODE_FORMERR);
		return packet;
	}
	question = ldns_rr_list_rr(questions, 0);
	ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION, ldns_rr_clone(question));
	ldns_pkt_set_rcode(packet, (uint8_t)answer_question(context, question, packet));
	return packet;
}

size_t answer_query(const struct answer_context *context, const uint8_t *query, size_t len,
		    uint8_t *ret_answer)
{
	ldns_pkt *asked = NULL, *packet = NULL;
	uint8_t *wire = NULL;
	size_t size = 0;

	/* An answer is never answered: two resolvers would not stop. */
	if (ldns_wire2pkt(&asked, query, len) == LDNS_STATUS_OK && !ldns_pkt_qr(asked))
		packet = make_answer(context, asked);
	if (packet && ldns_pkt2wire(&wire, packet, &size) == LDNS_STATUS_OK &&
	    size <= ANSWER_SIZE_MAX)
		memcpy(ret_answer, wire, size);
	else
		size = 0;
	free(wire);
	ldns_pkt_free(packet);
	ldns_pkt_free(asked);
	return size;
}
