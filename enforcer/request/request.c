/* SPDX-License-Identifier: Apache-2.0 */
/* What a stopped thread wants, as a closed value. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/request/request.h"

/* False: no memory. */
static bool copy_string(const char *string, char **ret_copy)
{
	*ret_copy = string ? strdup(string) : NULL;
	return !string || *ret_copy;
}

static bool copy_argv(char *const *argv, char ***ret_copy)
{
	size_t n = 0;

	*ret_copy = NULL;
	if (!argv)
		return true;
	while (argv[n])
		n++;
	*ret_copy = calloc(n + 1, sizeof(**ret_copy));
	if (!*ret_copy)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!copy_string(argv[i], &(*ret_copy)[i]))
			return false;
	return true;
}

int request_copy(const struct request *request, struct request *ret_copy)
{
	struct request copy = *request;
	bool whole = copy_string(request->program, &copy.program);

	for (size_t i = 0; i < copy.n_objects; i++) {
		const struct object *object = &request->objects[i];

		whole &= copy_string(object->path, &copy.objects[i].path);
		whole &= copy_string(object->endpoint.host, &copy.objects[i].endpoint.host);
	}
	whole &= copy_argv(request->argv, &copy.argv);
	if (!whole) {
		request_done(&copy);
		return -ENOMEM;
	}
	*ret_copy = copy;
	return 0;
}

void request_done(struct request *request)
{
	for (size_t i = 0; i < request->n_objects; i++) {
		free(request->objects[i].path);
		free(request->objects[i].endpoint.host);
	}
	if (request->argv)
		for (size_t i = 0; request->argv[i]; i++)
			free(request->argv[i]);
	free(request->argv);
	free(request->program);
	*request = (struct request){};
}

const char *verb_name(enum verb verb)
{
	switch (verb) {
	case VERB_READ:
		return "read";
	case VERB_WRITE:
		return "write";
	case VERB_EXEC:
		return "exec";
	case VERB_CONNECT:
		return "connect";
	case VERB_LISTEN:
		return "listen";
	}
	return "nothing";
}
