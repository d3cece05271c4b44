/* SPDX-License-Identifier: Apache-2.0 */
/* Which requests are listened to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/web/pages.h"
#include "enforcer/web/request-check.h"

#define AUTHORITY_MAX 64

static const struct {
	const char *path;
	enum web_action action;
} actions[] = {
	{"/api/events", WEB_EVENTS},
	{"/api/answer", WEB_ANSWER},
	{"/api/revoke", WEB_REVOKE},
};

static unsigned no(unsigned status, const char **ret_why, const char *why)
{
	*ret_why = why;
	return status;
}

/* As a browser spells them that was given one of our addresses. ret_known: scheme and all. */
static bool is_our_host(const struct web_guard *guard, const char *host)
{
	static const char *const names[] = {"127.0.0.1", "localhost"};
	char ours[AUTHORITY_MAX];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(ours, sizeof(ours), "%s:%u", names[i], guard->port);
		if (strcmp(host, ours) == 0)
			return true;
	}
	return false;
}

static bool is_own_origin(const struct web_request *request)
{
	char ours[AUTHORITY_MAX + 8];

	/* The host is one of two by now. */
	snprintf(ours, sizeof(ours), "http://%s", request->host.value);
	return request->origin.count == 1 && strcmp(request->origin.value, ours) == 0;
}

static bool is_token(const char *given, const char *token)
{
	unsigned char differs = 0;

	if (strlen(given) != WEB_TOKEN_LEN)
		return false;
	/* As long for each wrong one. */
	for (size_t i = 0; i < WEB_TOKEN_LEN; i++)
		differs |= (unsigned char)(given[i] ^ token[i]);
	return differs == 0;
}

/* "application/json", and what may stand behind it. */
static bool is_json(const struct web_header *type)
{
	static const char json[] = "application/json";
	size_t len = sizeof(json) - 1;

	return type->count == 1 && strncasecmp(type->value, json, len) == 0 &&
	       (type->value[len] == '\0' || type->value[len] == ';' || type->value[len] == ' ');
}

static unsigned check_length(const struct web_request *request, const char **ret_why)
{
	const struct web_header *length = &request->length;
	size_t digits = length->value ? strspn(length->value, "0123456789") : 0;

	if (length->count != 1 || request->encoding.count || digits == 0 || length->value[digits])
		return no(411, ret_why, "a request says how long it is");
	if (digits > 9 || strtoul(length->value, NULL, 10) > WEB_BODY_MAX)
		return no(413, ret_why, "a request is short");
	return 200;
}

static unsigned check_api(const struct web_guard *guard, const struct web_request *request,
			  const char **ret_why)
{
	unsigned status;

	if (strcmp(request->method, "POST") != 0)
		return no(405, ret_why, "POST alone");
	if (request->site.count && strcmp(request->site.value, "same-origin") != 0)
		return no(403, ret_why, "only callgate's own page may ask that");
	if (!is_own_origin(request))
		return no(403, ret_why, "only callgate's own page may ask that");
	if (!is_json(&request->type))
		return no(415, ret_why, "JSON alone");
	status = check_length(request, ret_why);
	if (status != 200)
		return status;
	if (request->token.count != 1 || !is_token(request->token.value, guard->token))
		return no(401, ret_why, "the token is missing or wrong");
	return 200;
}

/* The page itself tells nobody anything; still no other site builds it into its own. */
static unsigned check_page(const struct web_request *request, const char **ret_why)
{
	const char *site = request->site.value, *mode = request->mode.value;

	if (!web_page_find(request->path))
		return no(404, ret_why, "there is nothing here");
	if (strcmp(request->method, "GET") != 0)
		return no(405, ret_why, "GET alone");
	if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0 &&
	    (!mode || strcmp(mode, "navigate") != 0))
		return no(403, ret_why, "another site may not load that");
	return 200;
}

unsigned web_request_check(const struct web_guard *guard, const struct web_request *request,
			   enum web_action *ret_action, const char **ret_why)
{
	if (request->host.count != 1 || !is_our_host(guard, request->host.value))
		return no(421, ret_why, "this is another host");
	if (request->origin.count > 1 || request->site.count > 1 || request->mode.count > 1)
		return no(400, ret_why, "a header came twice");
	if (request->query)
		return no(404, ret_why, "there is nothing here");
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (strcmp(request->path, actions[i].path) != 0)
			continue;
		*ret_action = actions[i].action;
		return check_api(guard, request, ret_why);
	}
	*ret_action = WEB_PAGE;
	return check_page(request, ret_why);
}
