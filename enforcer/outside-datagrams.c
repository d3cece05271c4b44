/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagrams out of the sandbox: which places are made ready for them, and the judgement of what is
 * sent there. A sendto with an address is judged as a call; what comes by a connected socket, or by
 * a sendmsg whose address no filter sees, is judged here when it arrives.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/record-event.h"
#include "enforcer/base/fd.h"
#include "enforcer/hooked.h"
#include "enforcer/network/special-address.h"
#include "enforcer/outside-parts.h"

/* Of the sockets that are made ready when a name is looked up. */
#define PORTS_MAX 16

/* A question that no stopped call waits for. */
struct datagrams_waiter {
	struct outside *outside;
	struct exchange *exchange;
	struct request request;
	struct waiter waiter;
};

static struct request request_of(const struct endpoint *endpoint)
{
	struct request request = {.n_objects = 1, .call = MEDIATED_sendto};

	request.objects[0] =
		(struct object){.kind = OBJECT_INET, .verbs = VERB_CONNECT, .endpoint = *endpoint};
	return request;
}

static bool is_group(const struct endpoint *endpoint)
{
	return endpoint->family == AF_INET6 ? endpoint->address[0] == 0xff
					    : endpoint->address[0] >= 224;
}

static void judge(const struct outside *outside, const struct request *request,
		  struct decision *ret_decision)
{
	if (!rule_zero_judge(outside->supervisor->zero, request, ret_decision))
		policy_judge(outside->supervisor->policy, request, ret_decision);
}

static bool is_sent_outside(const struct request *request)
{
	const struct object *object = &request->objects[0];

	return request->n_objects == 1 && object->kind == OBJECT_INET &&
	       object->endpoint.protocol == IPPROTO_UDP && !object->endpoint.loopback &&
	       (request->call == MEDIATED_sendto || request->call == MEDIATED_connect);
}

bool outside_takes_datagram(const struct request *request)
{
	return is_sent_outside(request) && request->call == MEDIATED_sendto &&
	       !is_group(&request->objects[0].endpoint);
}

static uint16_t source_port(int socket)
{
	struct sockaddr_storage own = {};
	socklen_t len = sizeof(own);

	if (socket < 0 || getsockname(socket, (struct sockaddr *)&own, &len) < 0)
		return 0;
	return ntohs(((struct sockaddr_in *)&own)->sin_port);
}

bool outside_exchanges(const struct outside *outside, const struct request *request, int socket)
{
	uint16_t port;

	if (!outside || !outside_takes_datagram(request))
		return false;
	port = source_port(socket);
	return port &&
	       network_exchanges_datagrams(outside->network, &request->objects[0].endpoint, port);
}

int outside_expect(struct outside *outside, const struct request *request)
{
	const struct endpoint *endpoint = &request->objects[0].endpoint;
	struct decision decision;
	struct request probe;
	int r;

	if (!outside || !is_sent_outside(request) || is_group(endpoint) || endpoint->port == 0)
		return 0;
	if (request->call == MEDIATED_connect) {
		probe = request_of(endpoint);
		judge(outside, &probe, &decision);
		if (decision.verdict == VERDICT_DENY)
			return 0;
	}
	r = network_expect_datagrams(outside->network, endpoint, request->pid, request->program);
	/* The agent's own socket: it talks to itself. And a connect sends nothing. */
	return r == -EADDRINUSE || request->call == MEDIATED_connect ? 0 : r;
}

void outside_sent(struct outside *outside, const struct request *request, int socket)
{
	uint16_t port;

	if (!outside || !outside_takes_datagram(request))
		return;
	port = source_port(socket);
	if (port)
		network_approve_datagrams(outside->network, &request->objects[0].endpoint, port);
}

/* False where there is no room. */
static bool record(struct outside *outside, const struct request *request,
		   const struct decision *decision)
{
	struct supervisor *supervisor = outside->supervisor;
	struct record_context context;
	struct buffer line = {};
	int r = 0;

	if (!supervisor->log ||
	    !record_wanted(policy_settings(supervisor->policy)->audit_detail, request, decision))
		return true;
	supervisor_record_context(supervisor, &context);
	if (record_datagrams(&context, request, decision, &line) == 0) {
		r = audit_log_reserve(supervisor->log, line.len);
		supervisor_tell_room(supervisor, r);
		if (r == 0)
			supervisor_append(supervisor, &line, line.len);
	}
	buffer_done(&line);
	return r == 0;
}

/* The answer to one exchange, on record. */
static void decide(struct outside *outside, const struct request *request,
		   const struct decision *decision, struct exchange *exchange)
{
	bool recorded = record(outside, request, decision);

	network_datagrams_decided(exchange, recorded && decision->verdict == VERDICT_ALLOW);
}

static struct datagrams_waiter *waiter_free(struct datagrams_waiter *waiting)
{
	request_done(&waiting->request);
	free(waiting);
	return NULL;
}

static void on_answered(struct waiter *waiter, const struct decision *answer)
{
	struct datagrams_waiter *waiting = container_of(waiter, struct datagrams_waiter, waiter);

	decide(waiting->outside, &waiting->request, answer, waiting->exchange);
	waiter_free(waiting);
}

static void ask(struct outside *outside, const struct request *request,
		const struct decision *decision, struct exchange *exchange, void **ret_token)
{
	struct datagrams_waiter *waiting = calloc(1, sizeof(*waiting));
	struct endpoint *endpoint;

	if (!waiting || !outside->supervisor->approvals) {
		free(waiting);
		network_datagrams_decided(exchange, false);
		return;
	}
	waiting->outside = outside;
	waiting->exchange = exchange;
	waiting->request = *request;
	endpoint = &waiting->request.objects[0].endpoint;
	endpoint->host = endpoint->host ? strdup(endpoint->host) : NULL;
	waiting->request.program = request->program ? strdup(request->program) : NULL;
	waiting->waiter.answered = on_answered;
	/* It may be answered before this returns. */
	*ret_token = waiting;
	summary_add_question(outside->supervisor->summary);
	approval_ask(outside->supervisor->approvals, &waiting->request, decision, &waiting->waiter,
		     loop_now());
}

void outside_datagrams_begin(void *userdata, const struct datagrams_question *question,
			     void **ret_token)
{
	struct outside *outside = userdata;
	struct request request = request_of(question->endpoint);
	struct decision decision;

	request.pid = question->pid;
	request.program = (char *)question->program;
	judge(outside, &request, &decision);
	/* The call that sends has been on record, with its answer. */
	if (decision.verdict != VERDICT_DENY && question->approved) {
		network_datagrams_decided(question->exchange, true);
		return;
	}
	if (decision.verdict != VERDICT_DENY &&
	    hooked_wants(outside->supervisor->hooked, &request, HOOK_BEFORE))
		decision = (struct decision){
			.by = BY_HOOK,
			.verb = VERB_CONNECT,
			.reason = "a hook wants to see it, and sees what sendto() sends"};
	if (decision.verdict == VERDICT_ASK)
		ask(outside, &request, &decision, question->exchange, ret_token);
	else
		decide(outside, &request, &decision, question->exchange);
}

void outside_datagrams_forget(void *userdata, void *token)
{
	struct outside *outside = userdata;
	struct datagrams_waiter *waiting = token;

	if (outside->supervisor->approvals)
		approval_withdraw(outside->supervisor->approvals, &waiting->waiter, loop_now());
	waiter_free(waiting);
}

bool outside_datagrams_allowed(void *userdata, const char *host,
			       const struct outside_address *address, uint16_t port)
{
	return outside_address_allowed(userdata, host, address, port, IPPROTO_UDP);
}

int outside_datagram_socket(void *userdata, int family)
{
	struct outside *outside = userdata;

	return sandbox_datagram_socket(&outside->supervisor->sandbox, family);
}

/* Whoever looks a name up may send to it by a call whose address we do not see: where rules name
 * the ports, they are made ready now. */
void outside_expect_name(struct outside *outside, const char *name)
{
	static const int families[] = {AF_INET, AF_INET6};
	uint16_t ports[PORTS_MAX];
	size_t n = policy_datagram_ports(outside->supervisor->policy, name, ports, PORTS_MAX);
	struct endpoint endpoint = {.protocol = IPPROTO_UDP, .host = (char *)name};
	int64_t number = n ? names_number(outside->names, name) : -1;

	for (size_t i = 0; number >= 0 && i < n; i++)
		for (size_t k = 0; k < ARRAY_LEN(families); k++) {
			endpoint.family = families[k];
			endpoint.port = ports[i];
			names_address((uint32_t)number, endpoint.family, endpoint.address);
			network_expect_datagrams(outside->network, &endpoint, 0, NULL);
		}
}

int outside_hold_datagrams(struct outside *outside, int family, uint16_t port)
{
	struct endpoint endpoint = {
		.family = family, .protocol = IPPROTO_UDP, .port = port, .host_loopback = true};

	endpoint.address[family == AF_INET6 ? 15 : 3] = 1;
	if (family == AF_INET)
		endpoint.address[0] = 127;
	return network_expect_datagrams(outside->network, &endpoint, 0, NULL);
}
