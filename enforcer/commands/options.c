/* SPDX-License-Identifier: Apache-2.0 */
/* Long options from a table. */
#include <errno.h>
#include <string.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/commands/options.h"
#include "enforcer/config/facts.h"
#include "enforcer/policy/nearest-name.h"

#define OPTIONS_MAX 32

static const struct option_spec *find(const struct option_spec *specs, size_t n, const char *name,
				      size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(specs[i].name) == len && memcmp(specs[i].name, name, len) == 0)
			return &specs[i];
	return NULL;
}

static int unknown(const struct option_spec *specs, size_t n, const char *name, size_t len,
		   struct failure *reterr)
{
	_cleanup_free_ char *word = strndup(name, len);
	const char *names[OPTIONS_MAX], *near;
	char shown[SHOWN_MAX];

	if (!word)
		return -ENOMEM;
	for (size_t i = 0; i < n && i < OPTIONS_MAX; i++)
		names[i] = specs[i].name;
	near = nearest_name(word, names, n < OPTIONS_MAX ? n : OPTIONS_MAX);
	if (near)
		failure_hint(reterr, "perhaps: %s", near);
	return failure_set(reterr, -EINVAL, "there is no option %s", facts_show(word, shown));
}

static int append(const char ***list, const char *value)
{
	const char **bigger;
	size_t n = 0;

	while (*list && (*list)[n])
		n++;
	bigger = realloc(*list, (n + 2) * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	bigger[n] = value;
	bigger[n + 1] = NULL;
	*list = bigger;
	return 0;
}

static int store(const struct option_spec *spec, const char *value, struct failure *reterr)
{
	switch (spec->kind) {
	case OPTION_FLAG:
		*(bool *)spec->target = true;
		return 0;
	case OPTION_VALUE:
		if (*(const char **)spec->target)
			return failure_set(reterr, -EINVAL, "%s stands twice", spec->name);
		*(const char **)spec->target = value;
		return 0;
	case OPTION_LIST:
		return append(spec->target, value);
	}
	return -EINVAL;
}

int options_parse(const struct option_spec *specs, size_t n_specs, int argc, char **argv,
		  int *ret_rest, struct failure *reterr)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		const char *equals = strchr(argv[i], '=');
		const char *value = equals ? equals + 1 : NULL;
		size_t len = equals ? (size_t)(equals - argv[i]) : strlen(argv[i]);
		const struct option_spec *spec;
		int r;

		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return 1;
		spec = find(specs, n_specs, argv[i], len);
		if (!spec)
			return unknown(specs, n_specs, argv[i], len, reterr);
		if (spec->kind == OPTION_FLAG && value)
			return failure_set(reterr, -EINVAL, "%s takes no value", spec->name);
		if (spec->kind != OPTION_FLAG && !value)
			value = argv[++i];
		if (spec->kind != OPTION_FLAG && (i >= argc || !value[0]))
			return failure_set(reterr, -EINVAL, "%s needs a value", spec->name);
		r = store(spec, value, reterr);
		if (r < 0)
			return r;
	}
	*ret_rest = i;
	return 0;
}
