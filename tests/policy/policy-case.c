/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and expectations from JSON. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "enforcer/base/cleanup.h"
#include "tests/policy/policy-case.h"
#include "tests/unit/policy/policy-fixture.h"

static const char *const layer_files[LAYER_COUNT] = {
	[LAYER_MANAGED] = "managed.json",
	[LAYER_ADDED] = "added.json",
	[LAYER_COMMAND_LINE] = "command-line.json",
	[LAYER_PROJECT] = "project.json",
	[LAYER_USER] = "policy.json",
	[LAYER_BUILTIN] = "builtin.json",
};

char *case_read(const char *dir, const char *name)
{
	char path[PATH_MAX], *text;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "re");
	if (!f)
		return NULL;
	text = calloc(1, 1u << 20);
	n = text ? fread(text, 1, (1u << 20) - 1, f) : 0;
	fclose(f);
	if (n == 0) {
		free(text);
		return NULL;
	}
	return text;
}

struct policy *case_policy(const char *dir)
{
	const char *texts[LAYER_COUNT] = {};
	struct policy *policy;

	for (int layer = 0; layer < LAYER_COUNT; layer++)
		if (layer_files[layer])
			texts[layer] = case_read(dir, layer_files[layer]);
	policy = texts[LAYER_USER] ? fixture_policy(texts) : NULL;
	for (int layer = 0; layer < LAYER_COUNT; layer++)
		free((void *)texts[layer]);
	return policy;
}

static const char *member(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static int case_endpoint(const json_t *json, struct endpoint *ret)
{
	const char *address = member(json, "address"), *protocol = member(json, "protocol");

	ret->family = address && strchr(address, ':') ? AF_INET6 : AF_INET;
	ret->protocol = protocol && strcmp(protocol, "udp") == 0 ? IPPROTO_UDP : IPPROTO_TCP;
	ret->port = (uint16_t)json_integer_value(json_object_get(json, "port"));
	ret->loopback = json_is_true(json_object_get(json, "loopback"));
	ret->host_loopback = json_is_true(json_object_get(json, "host_loopback"));
	ret->host = (char *)member(json, "host");
	if (address && inet_pton(ret->family, address, ret->address) != 1)
		return -EINVAL;
	return 0;
}

static int case_object(const json_t *json, unsigned verbs, struct object *ret)
{
	static const struct {
		const char *key;
		enum object_kind kind;
	} kinds[] = {
		{"path", OBJECT_PATH},         {"unix", OBJECT_UNIX},
		{"abstract", OBJECT_ABSTRACT}, {"memory", OBJECT_MEMORY},
		{"host", OBJECT_INET},         {"address", OBJECT_INET},
		{"loopback", OBJECT_INET},     {"anonymous", OBJECT_ANONYMOUS},
	};

	*ret = (struct object){.verbs = verbs};
	if (json_is_string(json)) {
		ret->kind = verbs == VERB_CONNECT ? OBJECT_UNIX : OBJECT_PATH;
		ret->path = (char *)json_string_value(json);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(kinds) && !ret->kind; i++) {
		if (!json_object_get(json, kinds[i].key))
			continue;
		ret->kind = kinds[i].kind;
		ret->path = (char *)member(json, kinds[i].key);
	}
	ret->made_here = json_is_true(json_object_get(json, "made_here"));
	ret->ino = (uint64_t)json_integer_value(json_object_get(json, "ino"));
	ret->dev = 1;
	ret->exists = ret->ino != 0;
	if (ret->kind == OBJECT_INET) {
		ret->path = NULL;
		return case_endpoint(json, &ret->endpoint);
	}
	return 0;
}

static unsigned case_verbs(const json_t *list)
{
	unsigned verbs = 0;
	const json_t *word;
	size_t i;

	json_array_foreach(list, i, word) for (unsigned v = 0; v < VERB_COUNT;
					       v++) if (strcmp(json_string_value(word),
							       verb_name((enum verb)(1u << v))) ==
							0) verbs |= 1u << v;
	return verbs;
}

int case_request(const json_t *json, struct request *ret_request)
{
	const json_t *objects = json_object_get(json, "objects"),
		     *argv = json_object_get(json, "argv");
	struct request request = {};
	const json_t *element;
	int r = 0;
	size_t i;

	for (unsigned v = 0; v < VERB_COUNT; v++) {
		element = json_object_get(json, verb_name((enum verb)(1u << v)));
		if (element && r == 0)
			r = case_object(element, 1u << v, &request.objects[request.n_objects++]);
	}
	json_array_foreach(objects, i,
			   element) if (r == 0 && request.n_objects < REQUEST_OBJECTS_MAX) r =
		case_object(element, case_verbs(json_object_get(element, "verbs")),
			    &request.objects[request.n_objects++]);
	if (r < 0 || request.n_objects == 0)
		return -EINVAL;
	if (argv) {
		request.argv = calloc(json_array_size(argv) + 1, sizeof(*request.argv));
		if (!request.argv)
			return -ENOMEM;
		json_array_foreach(argv, i, element) request.argv[i] =
			(char *)json_string_value(element);
	}
	request.argv_truncated = json_is_true(json_object_get(json, "truncated"));
	*ret_request = request;
	return 0;
}
