/* SPDX-License-Identifier: Apache-2.0 */
/* What a suggested rule would open on this machine, counted by walking the directory that it speaks
 * of: without following links, and bounded. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "enforcer/base/fd.h"
#include "enforcer/commands/suggest.h"
#include "enforcer/records/proof.h"

#define LOOK_MAX  100000
#define DEPTH_MAX 100

struct walk {
	const struct suggesting *suggesting;
	const struct candidate *candidate;
	const struct policy *with;
	const char *home;
	struct suggested_reach *reach;
	uint64_t looked;
	int error;
};

static void add_example(struct walk *walk, char **examples, const char *path)
{
	for (size_t i = 0; i < REACH_EXAMPLES_MAX; i++) {
		if (examples[i])
			continue;
		examples[i] = strdup(path);
		if (!examples[i])
			walk->error = -ENOMEM;
		return;
	}
}

/* Somebody was asked about it, and said yes. */
static bool was_touched(const struct walk *walk, const char *path)
{
	const struct evidences *evidences = &walk->suggesting->evidences;

	for (size_t i = 0; i < evidences->pieces.n; i++) {
		const struct evidence *piece = evidences->pieces.rows[i].value;
		const char *name = piece->name;
		size_t len = walk->home ? strlen(walk->home) : 0;

		if (piece->kind != OBJECT_PATH || !(piece->verb & walk->candidate->verbs))
			continue;
		if (piece->prompts + piece->calls == 0)
			continue;
		if (name[0] == '~' ? strncmp(path, walk->home ?: "", len) == 0 &&
					     strcmp(path + len, name + 1) == 0
				   : strcmp(path, name) == 0)
			return true;
	}
	return false;
}

static enum verdict judge(const struct policy *policy, const struct request *request,
			  enum verb verb)
{
	struct decision decision;

	policy_judge_one(policy, request, 0, verb, &decision);
	return decision.verdict;
}

static void look(struct walk *walk, const char *path, const struct stat *st)
{
	const struct suggesting *suggesting = walk->suggesting;
	struct suggested_reach *reach = walk->reach;
	struct request request = {.n_objects = 1};
	struct object *object = &request.objects[0];
	const char *leaf = strrchr(path, '/');
	bool opened = false, kept = false;

	*object = (struct object){.kind = OBJECT_PATH,
				  .verbs = walk->candidate->verbs,
				  .path = (char *)path,
				  .exists = true,
				  .directory = S_ISDIR(st->st_mode),
				  .dev = st->st_dev,
				  .ino = st->st_ino};
	for (unsigned i = 0; i < VERB_COUNT; i++) {
		enum verb verb = (enum verb)(1u << i);

		if (!(object->verbs & verb))
			continue;
		if (judge(walk->with, &request, verb) != VERDICT_ALLOW)
			kept |= stores_hold(suggesting->stores, &request, 0, verb);
		else
			opened |= judge(suggesting->policy, &request, verb) != VERDICT_ALLOW;
	}
	if (kept && reach->kept++ < REACH_EXAMPLES_MAX)
		add_example(walk, reach->kept_examples, path);
	if (!opened || was_touched(walk, path))
		return;
	if (object->directory)
		reach->directories++;
	else
		reach->files++;
	add_example(walk, reach->examples, path);
	/* Far too much: no need to know how much. */
	if (reach->files + reach->directories > SUGGESTIONS_REACH_MAX * walk->candidate->pieces)
		reach->more = true;
	if (leaf && stores_name_is_doubtful(leaf + 1) && reach->doubtful++ < REACH_EXAMPLES_MAX)
		add_example(walk, reach->doubtful_examples, path);
}

/* at: a directory's descriptor, path: its name; in the order of the names. */
static void walk_directory(struct walk *walk, int at, const char *path, unsigned depth)
{
	struct dirent **names = NULL;
	int n = scandirat(at, ".", &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *below = NULL;
		_cleanup_free_ struct dirent *name = names[i];
		_cleanup_fd_ int fd = -1;
		struct stat st;

		if (strcmp(name->d_name, ".") == 0 || strcmp(name->d_name, "..") == 0 ||
		    walk->error < 0 || walk->reach->more)
			continue;
		walk->reach->more = ++walk->looked > LOOK_MAX || depth > DEPTH_MAX;
		if (fstatat(at, name->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (asprintf(&below, "%s/%s", path, name->d_name) < 0) {
			walk->error = -ENOMEM;
			continue;
		}
		look(walk, below, &st);
		if (!S_ISDIR(st.st_mode) || walk->candidate->scope != CANDIDATE_TREE)
			continue;
		fd = openat(at, name->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			walk_directory(walk, fd, below, depth + 1);
	}
	free(names);
}

static int walk_from(struct walk *walk)
{
	_cleanup_free_ char *path = proof_path(walk->candidate->name, walk->home);
	_cleanup_fd_ int fd = -1;
	struct stat st;

	if (!path)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	look(walk, path, &st);
	walk_directory(walk, fd, path, 0);
	return walk->error;
}

int suggest_reach(void *userdata, const struct candidate *candidate, const struct trial_text *with,
		  struct suggested_reach *ret_reach, struct failure *reterr)
{
	struct suggesting *suggesting = userdata;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct walk walk = {
		.suggesting = suggesting,
		.candidate = candidate,
		.home = recorded_policy_home(suggesting->recorded),
		.reach = ret_reach,
	};
	int r;

	/* What other names a domain has, and what else could follow a word, nobody can list. */
	ret_reach->counted =
		candidate->scope != CANDIDATE_DOMAIN && candidate->scope != CANDIDATE_COMMAND;
	if (candidate->scope != CANDIDATE_DIRECTORY && candidate->scope != CANDIDATE_TREE)
		return 0;
	r = trial_build(suggesting->trial, suggesting->recorded, with, &policy, reterr);
	walk.with = policy;
	return r < 0 ? r : walk_from(&walk);
}
