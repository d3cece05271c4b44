/* SPDX-License-Identifier: Apache-2.0 */
/* The hosts of a summary. */
#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "enforcer/audit/summary.h"
#include "enforcer/base/buffer.h"
#include "tests/support/check.h"

static struct endpoint end_of(const char *host, const char *address, uint16_t port)
{
	struct endpoint endpoint = {.family = strchr(address, ':') ? AF_INET6 : AF_INET,
				    .protocol = IPPROTO_TCP,
				    .port = port,
				    .host = (char *)host};

	CHECK_INT(inet_pton(endpoint.family, address, endpoint.address), 1);
	return endpoint;
}

static void connected(struct summary *summary, const char *host, const char *address, uint16_t port,
		      uint64_t bytes)
{
	struct endpoint endpoint = end_of(host, address, port);

	summary_add_connection(summary, &endpoint, bytes, 10 * bytes);
}

static void deny(struct summary *summary, const char *host, const char *address, uint16_t port)
{
	const struct decision decision = {.by = BY_OTHERWISE, .verb = VERB_CONNECT};
	const struct request request = {.call = MEDIATED_connect,
					.n_objects = 1,
					.objects = {{.kind = OBJECT_INET,
						     .verbs = VERB_CONNECT,
						     .endpoint = end_of(host, address, port)}}};

	summary_add(summary, &request, &decision);
}

/* The member of that name, as text; to be freed. */
static char *member(const struct summary *summary, const char *name)
{
	const struct summary_run run = {.run = "r-1"};
	_cleanup_(buffer_done) struct buffer text = {};
	json_t *object;
	char *dumped;

	CHECK_INT(summary_json(summary, &run, &text), 0);
	object = json_loads(text.data ? text.data : "", JSON_REJECT_DUPLICATES, NULL);
	dumped = json_dumps(json_object_get(object, name),
			    JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	json_decref(object);
	return dumped;
}

static void test_hosts_are_counted_by_name_and_port(void)
{
	_cleanup_(summary_freep) struct summary *summary = NULL;
	_cleanup_free_ char *hosts = NULL, *omitted = NULL;

	CHECK_INT(summary_new(&summary), 0);
	connected(summary, "a.example", "192.0.2.1", 443, 1);
	/* By its name, wherever that led; */
	connected(summary, "a.example", "192.0.2.2", 443, 2);
	deny(summary, "a.example", "198.18.0.1", 443);
	/* by port; */
	deny(summary, "a.example", "198.18.0.1", 80);
	/* and an address is no name. */
	connected(summary, NULL, "2001:db8::1", 22, 5);
	deny(summary, "2001:db8::1", "198.18.0.2", 22);
	hosts = member(summary, "hosts");
	CHECK_STRING(hosts,
		     "[{\"connections\":2,\"denied\":1,\"host\":\"a.example\",\"port\":443,"
		     "\"protocol\":\"tcp\",\"received\":30,\"sent\":3},"
		     "{\"connections\":0,\"denied\":1,\"host\":\"a.example\",\"port\":80,"
		     "\"protocol\":\"tcp\",\"received\":0,\"sent\":0},"
		     "{\"address\":\"2001:db8::1\",\"connections\":1,\"denied\":0,\"port\":22,"
		     "\"protocol\":\"tcp\",\"received\":50,\"sent\":5},"
		     "{\"connections\":0,\"denied\":1,\"host\":\"2001:db8::1\",\"port\":22,"
		     "\"protocol\":\"tcp\",\"received\":0,\"sent\":0}]");
	omitted = member(summary, "hosts_omitted");
	CHECK_STRING(omitted, "0");
}

static void test_hosts_are_bounded(void)
{
	_cleanup_(summary_freep) struct summary *summary = NULL;
	_cleanup_(buffer_done) struct buffer text = {};
	_cleanup_free_ char *omitted = NULL;
	char host[64];

	CHECK_INT(summary_new(&summary), 0);
	for (int i = 0; i < SUMMARY_HOSTS_MAX + 5; i++) {
		snprintf(host, sizeof(host), "h%d.example", i);
		connected(summary, host, "192.0.2.1", 443, 1);
	}
	deny(summary, "one.more.example", "198.18.0.1", 443);
	/* Those that are known are counted on. */
	connected(summary, "h0.example", "192.0.2.1", 443, 1000);
	omitted = member(summary, "hosts_omitted");
	CHECK_STRING(omitted, "6");
	CHECK_INT(summary_text(summary, &text), 0);
	CHECK(strncmp(text.data,
		      "callgate: hosts\n"
		      "  h0.example:443: 2 connections, 1.0 kB sent, 10 kB received\n",
		      16 + 61) == 0);
	CHECK(strstr(text.data, "\n  and 990 more\n") != NULL);
	CHECK(strstr(text.data, "  and 6 connections or denials that are only in the record\n"));
	CHECK(text.len < 8192);
}

static void test_the_text_has_the_most_first(void)
{
	static const char wanted[] =
		"callgate: hosts\n"
		"  b.example:443: 1 connection, 123 MB sent, 1.2 GB received, 1 denied\n"
		"  a.example:443: 1 connection, 99 bytes sent, 990 bytes received\n"
		"  [2001:db8::1]:443: 2 denied\n"
		"  evil\\x1b[2J.example:443: 1 denied\n"
		"callgate: 4 of 4 calls denied\n";
	_cleanup_(summary_freep) struct summary *summary = NULL;
	_cleanup_(buffer_done) struct buffer text = {};

	CHECK_INT(summary_new(&summary), 0);
	CHECK_INT(summary_text(summary, &text), 0);
	CHECK_INT(text.len, 0);
	deny(summary, "evil\033[2J.example", "198.18.0.1", 443);
	deny(summary, NULL, "2001:db8::1", 443);
	deny(summary, NULL, "2001:db8::1", 443);
	connected(summary, "a.example", "192.0.2.1", 443, 99);
	connected(summary, "b.example", "192.0.2.1", 443, 123456789);
	deny(summary, "b.example", "198.18.0.2", 443);
	CHECK_INT(summary_text(summary, &text), 0);
	CHECK(strncmp(text.data, wanted, sizeof(wanted) - 1) == 0);
}

int main(void)
{
	RUN(test_hosts_are_counted_by_name_and_port);
	RUN(test_hosts_are_bounded);
	RUN(test_the_text_has_the_most_first);
	return check_summary();
}
