/* SPDX-License-Identifier: Apache-2.0 */
/* What a stopped thread wants, as a closed value. */
#include <stdlib.h>

#include "enforcer/request/request.h"

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
