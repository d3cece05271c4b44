/* SPDX-License-Identifier: Apache-2.0 */
/* What a person names on the command line, as a request that can be judged. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/subject.h"
#include "enforcer/config/facts.h"
#include "enforcer/config/workspace.h"
#include "enforcer/policy/policy.h"
#include "enforcer/policy/nearest-name.h"

static int parse_verb(const char *name, enum verb *ret_verb, struct failure *reterr)
{
	static const enum verb verbs[] = {VERB_READ, VERB_WRITE, VERB_EXEC, VERB_CONNECT,
					  VERB_LISTEN};
	const char *names[ARRAY_LEN(verbs)], *near;
	char shown[SHOWN_MAX];

	_Static_assert(ARRAY_LEN(verbs) == VERB_COUNT, "name every verb");
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		names[i] = verb_name(verbs[i]);
		if (strcmp(names[i], name) == 0) {
			*ret_verb = verbs[i];
			return 0;
		}
	}
	near = nearest_name(name, names, ARRAY_LEN(names));
	if (near)
		failure_hint(reterr, "perhaps: %s", near);
	else
		failure_hint(reterr, "there are: read, write, exec, connect, listen");
	return failure_set(reterr, -EINVAL, "\"%s\" is no verb", facts_show(name, shown));
}

/* "existed" rules speak of repositories that stood before the run: is this a name in one that does
 * not, and so would be made by it? */
static bool repository_is_new(const char *path)
{
	char git[PATH_MAX];
	const char *at = path;
	struct stat st;

	while ((at = strstr(at, "/.git"))) {
		at += strlen("/.git");
		if (*at != '/' && *at != '\0')
			continue;
		snprintf(git, sizeof(git), "%.*s", (int)(at - path), path);
		return lstat(git, &st) < 0 && errno == ENOENT;
	}
	return false;
}

static int parse_path(const char *named, struct object *object, struct failure *reterr)
{
	_cleanup_free_ char *absolute = workspace_absolute(named);
	char canonical[PATH_MAX], shown[SHOWN_MAX];
	struct stat st;
	int r;

	if (!absolute)
		return -ENOMEM;
	r = facts_canonical(absolute, canonical);
	if (r < 0)
		return failure_set(reterr, r, "%s: %s", facts_show(named, shown), strerror(-r));
	if (lstat(canonical, &st) == 0) {
		object->exists = true;
		object->directory = S_ISDIR(st.st_mode);
		object->dev = st.st_dev;
		object->ino = st.st_ino;
	}
	object->made_here = repository_is_new(canonical);
	object->path = strdup(canonical);
	return object->path ? 0 : -ENOMEM;
}

/* A program without a slash is looked for on PATH, as a shell does. */
static int parse_program(const char *named, const struct config *config, struct object *object,
			 struct failure *reterr)
{
	char path[PATH_MAX], shown[SHOWN_MAX];

	if (strchr(named, '/'))
		return parse_path(named, object, reterr);
	if (facts_program((const char *const *)config->path_dirs, named, path, &object->dev,
			  &object->ino) < 0) {
		failure_hint(reterr, "for a file of that name here: ./%s",
			     facts_show(named, shown));
		return failure_set(reterr, -ENOENT, "there is no program \"%s\" on PATH",
				   facts_show(named, shown));
	}
	object->exists = true;
	object->path = strdup(path);
	return object->path ? 0 : -ENOMEM;
}

static bool is_loopback(const struct endpoint *endpoint)
{
	static const uint8_t zero[16], one[16] = {[15] = 1};

	if (endpoint->family == AF_INET)
		return endpoint->address[0] == 127 || memcmp(endpoint->address, zero, 4) == 0;
	return memcmp(endpoint->address, one, 16) == 0 || memcmp(endpoint->address, zero, 16) == 0;
}

/* HOST:PORT, 192.0.2.1:PORT or [2001:db8::1]:PORT, perhaps behind "udp:". */
static int parse_endpoint(const char *named, struct object *object, struct failure *reterr)
{
	static const char udp[] = "udp:";
	bool is_udp = strncmp(named, udp, strlen(udp)) == 0;
	const char *colon = strrchr(named += is_udp ? strlen(udp) : 0, ':');
	struct endpoint *endpoint = &object->endpoint;
	_cleanup_free_ char *host = NULL;
	char shown[SHOWN_MAX], *end = NULL;
	unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;

	if (!colon || colon == named || end == colon + 1 || *end || port == 0 || port > 65535) {
		if (named[0] == '/' || named[0] == '.')
			failure_hint(reterr, "a socket is named by unix:%s",
				     facts_show(named, shown));
		else
			failure_hint(reterr, "for example: example.com:443, unix:/run/x.sock, "
					     "abstract:NAME");
		return failure_set(reterr, -EINVAL,
				   "%s: is neither HOST:PORT nor unix:PATH nor abstract:NAME",
				   facts_show(named, shown));
	}
	host = named[0] == '[' && colon[-1] == ']' ? strndup(named + 1, (size_t)(colon - named - 2))
						   : strndup(named, (size_t)(colon - named));
	if (!host)
		return -ENOMEM;
	object->kind = OBJECT_INET;
	endpoint->family = AF_INET;
	endpoint->protocol = is_udp ? IPPROTO_UDP : IPPROTO_TCP;
	endpoint->port = (uint16_t)port;
	if (inet_pton(AF_INET, host, endpoint->address) == 1) {
		endpoint->loopback = is_loopback(endpoint);
	} else if (inet_pton(AF_INET6, host, endpoint->address) == 1) {
		endpoint->family = AF_INET6;
		endpoint->loopback = is_loopback(endpoint);
	} else if (strcmp(host, "localhost") == 0) {
		endpoint->address[0] = 127;
		endpoint->address[3] = 1;
		endpoint->loopback = true;
	} else {
		endpoint->host = steal_pointer(host);
	}
	return 0;
}

/* A port of the loopback that a rule gives to the host's. */
static void find_host_loopback(const struct config *config, struct endpoint *endpoint)
{
	uint8_t last = endpoint->address[endpoint->family == AF_INET6 ? 15 : 3];

	if (!endpoint->loopback || last > 1 || !config->policy ||
	    !policy_gives_host_port(config->policy, endpoint->protocol, endpoint->port))
		return;
	endpoint->loopback = false;
	endpoint->host_loopback = true;
}

int subject_parse(const char *verb_named, const char *named, const struct config *config,
		  struct request *ret_request, struct failure *reterr)
{
	struct request request = {.n_objects = 1};
	struct object *object = &request.objects[0];
	enum verb verb = VERB_READ;
	int r = parse_verb(verb_named, &verb, reterr);

	if (r < 0)
		return r;
	object->kind = OBJECT_PATH;
	object->verbs = verb;
	switch (verb) {
	case VERB_READ:
	case VERB_WRITE:
		r = parse_path(named, object, reterr);
		break;
	case VERB_EXEC:
		r = parse_program(named, config, object, reterr);
		break;
	case VERB_CONNECT:
	case VERB_LISTEN:
		if (strncmp(named, "unix:", 5) == 0) {
			object->kind = OBJECT_UNIX;
			r = parse_path(named + 5, object, reterr);
		} else if (strncmp(named, "abstract:", 9) == 0) {
			object->kind = OBJECT_ABSTRACT;
			object->path = strdup(named + 9);
			object->exists = true;
			r = object->path ? 0 : -ENOMEM;
		} else {
			r = parse_endpoint(named, object, reterr);
			if (r == 0 && verb == VERB_CONNECT)
				find_host_loopback(config, &object->endpoint);
		}
		break;
	}
	if (r < 0) {
		request_done(&request);
		return r;
	}
	*ret_request = request;
	return 0;
}
