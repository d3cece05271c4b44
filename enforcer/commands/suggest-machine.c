/* SPDX-License-Identifier: Apache-2.0 */
/* What names stand for on this machine, each asked for once: a trial asks for all of them again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/commands/suggest.h"
#include "enforcer/config/facts.h"
#include "enforcer/records/recorded-policy.h"

static struct suggest_lookup *find(struct suggesting *suggesting, char kind, const char *name)
{
	char key[PATH_MAX + 2];

	snprintf(key, sizeof(key), "%c%s", kind, name);
	return table_get(&suggesting->lookups, key, strlen(key));
}

static int result(struct suggest_lookup *lookup, int error, char *ret)
{
	if (!lookup->done) {
		lookup->done = true;
		lookup->error = error;
		lookup->to = error < 0 ? NULL : strdup(ret);
		if (error == 0 && !lookup->to)
			lookup->error = -ENOMEM;
	}
	if (lookup->to)
		strcpy(ret, lookup->to);
	return lookup->error;
}

int suggest_canonical(void *userdata, const char *path, char *ret)
{
	struct suggest_lookup *lookup = find(userdata, 'n', path);

	if (!lookup)
		return facts_canonical(path, ret);
	return result(lookup, lookup->done ? 0 : facts_canonical(path, ret), ret);
}

int suggest_program(void *userdata, const char *name, char *ret_path, uint64_t *ret_dev,
		    uint64_t *ret_ino)
{
	struct suggesting *suggesting = userdata;
	const char *const *search = recorded_policy_search(suggesting->recorded);
	struct suggest_lookup *lookup = find(suggesting, 'p', name);
	int r = 0;

	if (!lookup)
		return facts_program(search, name, ret_path, ret_dev, ret_ino);
	if (!lookup->done)
		r = facts_program(search, name, ret_path, &lookup->dev, &lookup->ino);
	*ret_dev = lookup->dev;
	*ret_ino = lookup->ino;
	return result(lookup, r, ret_path);
}

void suggest_lookups_done(struct table *lookups)
{
	for (size_t i = 0; i < lookups->n; i++)
		free(((struct suggest_lookup *)lookups->rows[i].value)->to);
	table_done(lookups);
}
