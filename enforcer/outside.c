/* SPDX-License-Identifier: Apache-2.0 */
/* The way out of the sandbox, wired. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/helper/helper.h"
#include "enforcer/network/special-address.h"
#include "enforcer/outside-parts.h"

static int on_socket(void *userdata, int family)
{
	struct outside *outside = userdata;

	return sandbox_socket(&outside->supervisor->sandbox, family);
}

static int on_make_local(void *userdata, int family, const uint8_t *address)
{
	struct outside *outside = userdata;

	return sandbox_make_local(&outside->supervisor->sandbox, family, address);
}

static int on_resolve(void *userdata, const char *host)
{
	struct outside *outside = userdata;

	if (outside->helper_gone)
		return -EHOSTUNREACH;
	return helper_resolve(outside->helper, host);
}

static bool on_name(void *userdata, const char *name)
{
	struct outside *outside = userdata;

	if (!policy_name_reachable(outside->supervisor->policy, name))
		return false;
	outside_expect_name(outside, name);
	return true;
}

struct judged {
	const char *host;
	uint16_t port;
	int protocol;
};

static enum verdict judge(const struct outside *outside, const struct judged *judged,
			  const struct outside_address *address)
{
	struct request request = {.n_objects = 1, .call = MEDIATED_connect};
	struct decision decision;
	struct object *object = &request.objects[0];

	*object = (struct object){
		.kind = OBJECT_INET,
		.verbs = VERB_CONNECT,
		.endpoint = {.family = address->family,
			     .protocol = judged->protocol,
			     .port = judged->port,
			     .host = (char *)judged->host},
	};
	memcpy(object->endpoint.address, address->bytes, 16);
	policy_judge_one(outside->supervisor->policy, &request, 0, VERB_CONNECT, &decision);
	return decision.verdict;
}

/* One of callgate's own, by whatever address of this machine. address: canonical. */
static bool is_own_port(const struct outside *outside, const struct outside_address *address,
			uint16_t port)
{
	return rule_zero_has_port(outside->supervisor->zero, port) &&
	       (address_is_loopback(address) || own_address(address));
}

/* What the name resolved to must not be worse than the name, nor lead where no name of the
 * network at large leads, unless the address may be connected to by itself. */
bool outside_address_allowed(const struct outside *outside, const char *host,
			     const struct outside_address *given, uint16_t port, int protocol)
{
	const struct judged by_name = {host, port, protocol}, by_itself = {NULL, port, protocol};
	struct outside_address address = *given, fake = {.family = AF_INET};

	address_canonical(&address);
	names_address(0, AF_INET, fake.bytes);
	if (is_own_port(outside, &address, port))
		return false;
	if (judge(outside, &by_name, &address) < judge(outside, &by_name, &fake))
		return false;
	if (!special_address(&address) && !own_address(&address))
		return true;
	return judge(outside, &by_itself, &address) == VERDICT_ALLOW;
}

static bool on_address(void *userdata, const char *host, const struct outside_address *address,
		       uint16_t port)
{
	return outside_address_allowed(userdata, host, address, port, IPPROTO_TCP);
}

/* Between the judgement and now a person may have been asked. */
static bool on_reached(void *userdata, const struct outside_address *given, uint16_t port)
{
	const struct outside *outside = userdata;
	struct outside_address address = *given;

	address_canonical(&address);
	return !is_own_port(outside, &address, port);
}

static int on_reserve(void *userdata, const char *host)
{
	struct outside *outside = userdata;
	struct supervisor *supervisor = outside->supervisor;
	size_t bound = record_connection_bound(host);
	int r;

	if (!supervisor->log ||
	    policy_settings(supervisor->policy)->audit_detail == AUDIT_DETAIL_DENIALS)
		return 0;
	r = audit_log_reserve(supervisor->log, bound);
	supervisor_tell_room(supervisor, r);
	return r < 0 ? r : (int)bound;
}

static void on_release(void *userdata, size_t reserved)
{
	struct outside *outside = userdata;

	audit_log_release(outside->supervisor->log, reserved);
}

static void on_ended(void *userdata, const struct connection_end *end)
{
	struct outside *outside = userdata;
	struct supervisor *supervisor = outside->supervisor;
	struct record_context context;
	struct buffer line = {};
	struct endpoint endpoint = {.family = end->address.family,
				    .protocol = end->datagrams ? IPPROTO_UDP : IPPROTO_TCP,
				    .port = end->port,
				    .host = (char *)end->host};
	struct record_connection connection = {.host = end->host,
					       .family = end->address.family,
					       .port = end->port,
					       .sent = end->sent,
					       .received = end->received,
					       .how = end->how,
					       .pid = end->pid,
					       .datagrams = end->datagrams,
					       .datagrams_sent = end->datagrams_sent,
					       .datagrams_received = end->datagrams_received};

	memcpy(connection.address, end->address.bytes, sizeof(connection.address));
	memcpy(endpoint.address, end->address.bytes, sizeof(endpoint.address));
	summary_add_connection(supervisor->summary, &endpoint, end->sent, end->received);
	if (!end->reserved)
		return;
	supervisor_record_context(supervisor, &context);
	context.duration_ns = end->duration_ns;
	if (record_connection_end(&context, &connection, &line) == 0)
		supervisor_append(supervisor, &line, end->reserved);
	else
		audit_log_release(supervisor->log, end->reserved);
	buffer_done(&line);
}

static void outside_complain(struct outside *outside, const char *what, int error)
{
	struct supervisor *supervisor = outside->supervisor;
	struct record_context context;
	struct buffer line = {};

	if (!supervisor->log)
		return;
	supervisor_record_context(supervisor, &context);
	if (record_fault(&context, what, error, &line) == 0)
		supervisor_append(supervisor, &line, 0);
	buffer_done(&line);
}

/* It was started before the agent, so that it has nothing of it, and is not started again. */
static void helper_is_gone(struct outside *outside, int error)
{
	static const char what[] = "the helper that looks names up has ended";
	const struct helper_answer none = {
		.kind = HELPER_LOADED, .error = error, .fd = -1, .text = "the helper has ended"};

	outside->helper_gone = true;
	fprintf(stderr, "callgate: %s: hosts cannot be reached by name any more in this run\n",
		what);
	outside_complain(outside, what, error);
	network_cannot_resolve(outside->network);
	/* Whoever waits for a policy waits no longer. */
	if (outside->loaded)
		outside->loaded(outside->supervisor, &none);
}

/* Once each: what goes wrong at each connection would fill the log. */
static void on_complain(void *userdata, const char *what, int error)
{
	struct outside *outside = userdata;
	size_t i = 0;

	while (i < outside->n_complaints && outside->complaints[i] != what)
		i++;
	if (i < outside->n_complaints || i == COMPLAINTS_MAX)
		return;
	outside->complaints[outside->n_complaints++] = what;
	fprintf(stderr, "callgate: %s\n", what);
	outside_complain(outside, what, error);
}

static void on_answered(struct loop_source *source, int32_t result, bool more)
{
	struct outside *outside = container_of(source, struct outside, answered);
	struct helper_answer answer;
	int r;

	while ((r = helper_receive(outside->helper, &answer)) == 1) {
		struct outside_address addresses[HELPER_ADDRESSES_MAX];

		if (answer.kind == HELPER_TIDIED) {
			/* Of a full disk it is said where that matters. */
			if (answer.error != -ENOSPC)
				on_complain(outside, "records could not be put in order",
					    answer.error);
			continue;
		}
		if (answer.kind == HELPER_LOADED) {
			outside->loaded(outside->supervisor, &answer);
			continue;
		}
		if (answer.kind == HELPER_CHANGED) {
			outside->changed(outside->supervisor, &answer);
			continue;
		}
		if (answer.kind == HELPER_WROTE) {
			outside->supervisor->n_keeping--;
			approvals_kept(outside->supervisor->approvals, answer.tag, answer.error,
				       answer.error ? answer.text : "in your policy");
			continue;
		}
		for (uint32_t i = 0; i < answer.n; i++) {
			addresses[i].family = answer.addresses[i].family;
			memcpy(addresses[i].bytes, answer.addresses[i].bytes, 16);
		}
		network_resolved(outside->network, answer.host, answer.error, addresses, answer.n);
	}
	if (r < 0)
		helper_is_gone(outside, r);
	else if (!more)
		loop_poll(source, helper_fd(outside->helper), POLLIN, true);
}

static int hold(struct outside *outside, int protocol, int family, uint16_t port)
{
	int r = protocol == IPPROTO_TCP ? network_hold(outside->network, family, port)
					: outside_hold_datagrams(outside, family, port);

	/* A kernel without IPv6. */
	return family == AF_INET6 && (r == -EAFNOSUPPORT || r == -EADDRNOTAVAIL) ? 0 : r;
}

/* The ports of the host's loopback are taken from the sandbox before anything runs in it. */
static int hold_ports(struct outside *outside, int protocol)
{
	const struct policy *policy = outside->supervisor->policy;
	uint16_t ports[HOST_PORTS_MAX];
	size_t n = policy_host_ports(policy, protocol, ports, ARRAY_LEN(ports));
	int r = n > ARRAY_LEN(ports) ? -E2BIG : 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		r = hold(outside, protocol, AF_INET, ports[i]);
		if (r == 0)
			r = hold(outside, protocol, AF_INET6, ports[i]);
	}
	return r;
}

int outside_new(struct supervisor *supervisor, struct helper *helper, struct published *published,
		struct outside **ret_outside)
{
	struct outside *outside = calloc(1, sizeof(*outside));
	struct network_owner owner = {.socket = on_socket,
				      .make_local = on_make_local,
				      .resolve = on_resolve,
				      .address_allowed = on_address,
				      .reached = on_reached,
				      .reserve = on_reserve,
				      .release = on_release,
				      .ended = on_ended,
				      .complain = on_complain,
				      .guest_begins = outside_guest_begins,
				      .guest_ended = outside_guest_ended,
				      .datagram_socket = outside_datagram_socket,
				      .datagrams_begin = outside_datagrams_begin,
				      .datagrams_forget = outside_datagrams_forget,
				      .datagrams_allowed = outside_datagrams_allowed,
				      .userdata = outside};
	struct answer_context names = {.allowed = on_name, .userdata = outside};
	uint64_t seed = 0;
	int r;

	if (!outside) {
		helper_free(helper);
		return -ENOMEM;
	}
	outside->supervisor = supervisor;
	outside->helper = helper;
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = loop_now();
	r = names_new(NAMES_MAX, seed, &outside->names);
	names.names = outside->names;
	if (r == 0)
		r = network_new(supervisor->loop, &owner, &outside->network);
	if (r == 0 && supervisor->proxy.host)
		r = network_set_proxy(outside->network, &supervisor->proxy);
	if (r == 0)
		r = hold_ports(outside, IPPROTO_TCP);
	if (r == 0)
		r = hold_ports(outside, IPPROTO_UDP);
	if (r == 0)
		r = outside_publish(outside, published);
	if (r == 0) {
		network_refuse_datagrams_by(outside->network, supervisor->sandbox.refusals);
		supervisor->sandbox.refusals[0] = supervisor->sandbox.refusals[1] = -1;
	}
	if (r == 0)
		r = resolver_new(supervisor->loop, supervisor->sandbox.resolver,
				 ARRAY_LEN(supervisor->sandbox.resolver), &names,
				 &outside->resolver);
	if (r == 0)
		r = loop_source_init(&outside->answered, supervisor->loop, on_answered);
	if (r == 0)
		r = loop_poll(&outside->answered, helper_fd(helper), POLLIN, true);
	if (r < 0) {
		outside_free(outside);
		return r;
	}
	*ret_outside = outside;
	return 0;
}

struct outside *outside_free(struct outside *outside)
{
	if (!outside)
		return NULL;
	network_free(outside->network);
	resolver_free(outside->resolver);
	names_free(outside->names);
	loop_source_done(&outside->answered);
	helper_free(outside->helper);
	free(outside);
	return NULL;
}

struct network *outside_network(struct outside *outside)
{
	return outside->network;
}

void outside_tidy(struct outside *outside)
{
	/* What was not tidied the next run tidies. */
	if (!outside->helper_gone)
		helper_tidy(outside->helper);
}

struct helper *outside_helper(struct outside *outside)
{
	return outside->helper;
}

void outside_set_loaded(struct outside *outside, outside_loaded loaded, outside_loaded changed)
{
	outside->loaded = loaded;
	outside->changed = changed;
}
