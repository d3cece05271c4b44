/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for names that nobody has listed: for a whole tree, and for a tree that moves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/policy/policy-row.h"

/*
 * A move gains nothing when no name gets a laxer effect at the new place. Suppose that name n is
 * decided by entry i at the old place and by a laxer entry j at the new one. Then n lies in
 * R(i), in S(j), in none of R(0..i-1) and none of S(0..j-1). So the pair is impossible when R(i)
 * is proved to lie in S(0) to S(j-1) together, or S(j) in R(0) to R(i-1) together. All pairs
 * impossible: no laxer. What is compared is structure (the same elements, fewer states), so a
 * glob may match anything and a proof that fails only makes mv copy. Equal residuals prove
 * themselves, whichever rule they are of: that is the common case, a directory moved about in
 * the workspace under guards like ".git/hooks".
 *
 * A rule that unprotects holds less than its patterns where an ordinary rule outranks it
 * (policy-joined.h). As what is to be held that only makes more to prove; it holds others only
 * where nothing outranks it, or where the same rule is outranked by the same.
 *
 * "existed" hangs on the repository. A repository below the tree moves whole and stays what it
 * was: both sides old, or both new. What has none of its own goes from the old place's to the
 * new one's. The three cases are proved one by one. Arguments are unknown: a rule with them
 * holds some of each name's requests, and only a rule without, or with the same, holds them too.
 */
static bool rows_no_laxer(const struct row *from, const struct row *to)
{
	_cleanup_free_ size_t *need_from = calloc(to->n, sizeof(*need_from));
	const struct cover from_cover = {from, from->n, true}, to_cover = {to, to->n, true};

	if (!need_from)
		return false;
	for (size_t j = 0; j < to->n; j++)
		need_from[j] = cover_needs(&from_cover, to, &to->entries[j]);
	for (size_t i = 0; i < from->n; i++) {
		size_t need_to = cover_needs(&to_cover, from, &from->entries[i]);

		for (size_t j = 0; j < to->n; j++)
			if (to->entries[j].effect > from->entries[i].effect && j < need_to &&
			    i < need_from[j])
				return false;
	}
	return true;
}

static bool places_no_laxer(const struct policy *policy, enum verb verb, const struct place *from,
			    const struct place *to)
{
	struct row from_row = {}, to_row = {};
	bool no_laxer;

	no_laxer = row_init(&from_row, policy, verb, from) && row_init(&to_row, policy, verb, to) &&
		   rows_no_laxer(&from_row, &to_row);
	row_done(&from_row);
	row_done(&to_row);
	return no_laxer;
}

static bool below_no_laxer(const struct policy *policy, enum verb verb, const struct object *from,
			   const struct object *to)
{
	const bool made_here[][2] = {
		{false, false}, {true, true}, {from->made_here, to->made_here}};

	for (size_t i = 0; i < ARRAY_LEN(made_here); i++) {
		struct place old = {.path = from->path, .below = true, .old = !made_here[i][0]};
		struct place new = {.path = to->path, .below = true, .old = !made_here[i][1]};

		if (i == 2 && from->made_here == to->made_here)
			break;
		if (!places_no_laxer(policy, verb, &old, &new))
			return false;
	}
	return true;
}

bool policy_moves_no_laxer(const struct policy *policy, const struct object *from,
			   const struct object *to)
{
	struct object moved;

	if (!from->path || from->path[0] != '/' || !to->path || to->path[0] != '/')
		return false;
	/* What arrives is what left: the same inode under the new name. */
	moved = *to;
	moved.exists = from->exists;
	moved.dev = from->dev;
	moved.ino = from->ino;
	for (unsigned v = 0; v < VERB_COUNT; v++) {
		struct place old = {.path = from->path, .object = from, .old = !from->made_here};
		struct place new = {.path = to->path, .object = &moved, .old = !to->made_here};

		if (!places_no_laxer(policy, verb_at(v), &old, &new))
			return false;
		if (from->exists && !from->directory && !to->directory)
			continue;
		if (!below_no_laxer(policy, verb_at(v), from, to))
			return false;
	}
	return true;
}

static bool is_below(const char *path, const char *tree)
{
	size_t len = strlen(tree);

	return strncmp(path, tree, len) == 0 && path[len] == '/';
}

/* The next time that the policy is read, a rule begins where a link at its name, or above, leads.
 * A bare name of a program is looked up then anyway. */
static bool opens_below(const struct policy *policy, const char *tree, bool or_at)
{
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct joined_rule *joined = &policy->rules[i];

		if (joined->rule->info.effect != VERDICT_ALLOW)
			continue;
		for (size_t j = 0; j < joined->n_patterns; j++)
			if (!joined->patterns[j].by_name &&
			    (is_below(joined->patterns[j].path, tree) ||
			     (or_at && strcmp(joined->patterns[j].path, tree) == 0)))
				return true;
	}
	return false;
}

bool policy_arrives_no_stricter(const struct policy *policy, const struct object *from,
				const struct object *to)
{
	if (!from->path || from->path[0] != '/' || !to->path || to->path[0] != '/')
		return false;
	/* What arrives may have links in it. */
	return !opens_below(policy, to->path, false) &&
	       below_no_laxer(policy, VERB_WRITE, to, from);
}

bool policy_link_leads_nowhere_guarded(const struct policy *policy, const struct object *link)
{
	/* A neighbour that no rule singles out: what holds below it holds below every name
	 * there. */
	static const char neighbour[] = "\001callgate";
	struct object beside = {.made_here = link->made_here};
	const char *slash = link->path ? strrchr(link->path, '/') : NULL;
	_cleanup_free_ char *path = NULL;

	if (!slash || opens_below(policy, link->path, true) ||
	    asprintf(&path, "%.*s/%s", (int)(slash - link->path), link->path, neighbour) < 0)
		return false;
	beside.path = path;
	return policy_arrives_no_stricter(policy, &beside, link);
}

static void spread(struct tree_verdict *verdict, enum verdict effect)
{
	if (effect < verdict->strictest)
		verdict->strictest = effect;
	if (effect > verdict->loosest)
		verdict->loosest = effect;
}

static bool entry_is_identity(const struct entry *entry)
{
	for (size_t i = 0; i < entry->n; i++)
		if (entry->atoms[i].kind != ATOM_IDENTITY)
			return false;
	return true;
}

/* *sure is cleared where it hangs on arguments. */
static bool root_is_outranked(const struct row *row, const struct entry *entry, bool old,
			      bool *sure)
{
	for (size_t i = 0; i < entry->n_before; i++) {
		const struct entry *before = &row->ordinary[i];

		if (before->rule->existed && !old)
			continue;
		if (before->rule->args.n == 0)
			return before->effect < entry->effect;
		if (before->effect < entry->effect)
			*sure = false;
	}
	return false;
}

/*
 * The root, whose repository nobody knows: the stricter of both. Its arguments are nobody's to
 * know before the call, and the gate judges each: the loosest, or the wall would refuse "git
 * status" because of a rule on "git push".
 */
static enum verdict judge_root(const struct row *row, bool old)
{
	enum verdict root = VERDICT_DENY;

	for (size_t i = 0; i < row->n; i++) {
		const struct entry *entry = &row->entries[i];
		bool sure = !entry->rule || entry->rule->args.n == 0;

		if (entry->rule && entry->rule->existed && !old)
			continue;
		if (root_is_outranked(row, entry, old, &sure))
			continue;
		if (entry->effect > root)
			root = entry->effect;
		if (sure)
			break;
	}
	return root;
}

static void judge_below(const struct row *row, struct tree_verdict *ret, bool *ret_known)
{
	for (size_t i = 0; i < row->n; i++) {
		const struct entry *entry = &row->entries[i];

		const struct cover before = {row, i, false};

		if (cover_needs(&before, row, entry) <= i)
			continue;
		/*
		 * An allowed program may have a second name anywhere: it makes no tree
		 * executable, but none is uniform either.
		 */
		if (entry_is_identity(entry) && entry->effect == VERDICT_ALLOW)
			*ret_known = false;
		else
			spread(ret, entry->effect);
	}
}

static enum verdict stricter_of_both(const struct row *row)
{
	enum verdict old = judge_root(row, true), new = judge_root(row, false);

	return old < new ? old : new;
}

enum verdict policy_judge_root(const struct policy *policy, enum verb verb, const char *path)
{
	struct place root = {.path = path, .hypothetical = true, .old = true};
	struct row row = {};
	enum verdict verdict = VERDICT_DENY;

	if (!path || path[0] != '/' || verb == 0 || (verb & ~VERB_ALL) || (verb & (verb - 1)))
		return VERDICT_DENY;
	if (row_init(&row, policy, verb, &root))
		verdict = stricter_of_both(&row);
	row_done(&row);
	return verdict;
}

void policy_judge_tree(const struct policy *policy, enum verb verb, const char *path,
		       struct tree_verdict *ret_verdict)
{
	struct tree_verdict verdict = {.strictest = VERDICT_ALLOW, .loosest = VERDICT_DENY};
	struct place root = {.path = path, .hypothetical = true, .old = true};
	struct place below = {.path = path, .hypothetical = true, .old = true, .below = true};
	struct row root_row = {}, below_row = {};
	bool known = true;

	/* Nothing known: the worst for whoever asks either way. */
	*ret_verdict = (struct tree_verdict){
		.root = VERDICT_DENY, .loosest = VERDICT_ALLOW, .strictest = VERDICT_DENY};
	if (!path || path[0] != '/' || verb == 0 || (verb & ~VERB_ALL) || (verb & (verb - 1)))
		return;
	if (row_init(&root_row, policy, verb, &root) &&
	    row_init(&below_row, policy, verb, &below)) {
		verdict.root = stricter_of_both(&root_row);
		for (size_t i = 0; i < root_row.n; i++)
			spread(&verdict, root_row.entries[i].effect);
		judge_below(&below_row, &verdict, &known);
		verdict.exact = known && verdict.loosest == verdict.strictest &&
				verdict.root == verdict.loosest;
		*ret_verdict = verdict;
	}
	row_done(&root_row);
	row_done(&below_row);
}
