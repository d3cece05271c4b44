/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds for names that nobody has listed: for a whole tree, and for a tree that moves.
 *
 * What can happen below a directory is a row of entries, in the order of search: an effect, and the
 * set of names that its rule can still match there, given by the residuals of its patterns
 * (match-path.h). The first entry that holds a name decides it; the last, "otherwise", holds all.
 *
 * A move gains nothing when no name gets a laxer effect at the new place. Suppose that name n is
 * decided by entry i at the old place and by a laxer entry j at the new one. Then n lies in R(i), in
 * S(j), in none of R(0..i-1) and none of S(0..j-1). So the pair is impossible when R(i) is proved to
 * lie in S(0) to S(j-1) together, or S(j) in R(0) to R(i-1) together. All pairs impossible: no laxer.
 * What is compared is structure (the same elements, fewer states), so a glob may match anything and
 * a proof that fails only makes mv copy. Equal residuals prove themselves, whichever rule they are of:
 * that is the common case, a directory moved about in the workspace under guards like ".git/hooks".
 *
 * "existed" hangs on the repository. A repository below the tree moves whole and stays what it was:
 * both sides old, or both new. What has none of its own goes from the old place's to the new one's.
 * The three cases are proved one by one. Arguments are unknown: a rule with them holds some of each
 * name's requests, and only a rule without, or with the same, holds them too.
 */
#include <stdlib.h>
#include <string.h>

#include "enforcer/policy/policy-joined.h"

enum atom_kind {
	ATOM_RESIDUAL = 0,
	ATOM_IDENTITY, /* one inode, by whatever name */
	ATOM_ALL,
};

struct atom {
	enum atom_kind kind;
	struct residual residual;
	struct identity identity;
};

struct entry {
	enum verdict effect;
	const struct rule *rule; /* NULL: "otherwise" */
	struct atom *atoms; /* borrowed from the row */
	size_t n;
};

struct row {
	struct entry *entries;
	size_t n;
	struct atom *atoms;
	size_t n_atoms;
};

/* For which names a row is made. */
struct place {
	const char *path;
	bool below;                  /* those strictly below path; else path itself */
	const struct object *object; /* what stands at path; NULL: nobody knows */
	bool hypothetical;           /* programs count at the path where they were found */
	bool old;                    /* rules on repositories that existed count */
};

static void row_done(struct row *row)
{
	free(row->entries);
	free(row->atoms);
	*row = (struct row){};
}

static void add_atom(struct row *row, struct entry *entry, struct atom atom)
{
	entry->atoms[entry->n++] = atom;
	row->n_atoms++;
}

static void add_patterns(struct row *row, struct entry *entry, const struct joined_rule *joined,
			 const struct place *place)
{
	bool exists = place->below || !place->object || place->object->exists;

	for (size_t i = 0; i < joined->n_patterns; i++) {
		const struct pattern *pattern = &joined->patterns[i];
		struct atom atom = {};

		if (pattern->by_name && entry->effect == VERDICT_ALLOW && exists &&
		    !place->hypothetical)
			continue;
		residual_init(&atom.residual, pattern, place->path);
		if (place->below ? residual_matches_all(&atom.residual)
				 : residual_matches_root(&atom.residual))
			atom.kind = ATOM_ALL;
		else if (!place->below || !residual_matches_below(&atom.residual))
			continue;
		add_atom(row, entry, atom);
	}
}

static void add_identities(struct row *row, struct entry *entry, const struct joined_rule *joined,
			   const struct place *place)
{
	const struct object *object = place->object;

	for (size_t i = 0; i < joined->n_programs; i++) {
		struct atom atom = {.kind = ATOM_IDENTITY, .identity = joined->programs[i]};

		if (!place->below) {
			if (!object || !object->exists || object->dev != atom.identity.dev ||
			    object->ino != atom.identity.ino)
				continue;
			atom.kind = ATOM_ALL;
		}
		add_atom(row, entry, atom);
	}
}

static bool entry_is_all(const struct entry *entry)
{
	for (size_t i = 0; i < entry->n; i++)
		if (entry->atoms[i].kind == ATOM_ALL)
			return !entry->rule || (!entry->rule->existed && entry->rule->args.n == 0);
	return false;
}

static size_t atoms_max(const struct policy *policy)
{
	size_t n = 1;

	for (size_t i = 0; i < policy->n_rules; i++)
		n += 1 + policy->rules[i].n_patterns + policy->rules[i].n_programs;
	return n;
}

/* False: no memory; nothing is proved then. */
static bool row_init(struct row *row, const struct policy *policy, enum verb verb,
		     const struct place *place)
{
	*row = (struct row){};
	row->entries = calloc(policy->n_rules + 1, sizeof(*row->entries));
	row->atoms = calloc(atoms_max(policy), sizeof(*row->atoms));
	if (!row->entries || !row->atoms)
		return false;
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct joined_rule *joined = &policy->rules[i];
		struct entry *entry = &row->entries[row->n];

		if (!rule_fits(joined->rule, OBJECT_PATH, verb) ||
		    (joined->rule->existed && !place->old))
			continue;
		*entry = (struct entry){.effect = joined->rule->info.effect,
					.rule = joined->rule,
					.atoms = row->atoms + row->n_atoms};
		if (joined->rule->subject == SUBJECT_ANY)
			add_atom(row, entry, (struct atom){.kind = ATOM_ALL});
		add_patterns(row, entry, joined, place);
		add_identities(row, entry, joined, place);
		row->n += entry->n > 0;
		/* What stands behind a rule that holds everything is never reached. */
		if (entry->n > 0 && entry_is_all(entry))
			return true;
	}
	row->entries[row->n] = (struct entry){
		.effect = policy->settings.otherwise[__builtin_ctz((unsigned)verb)],
		.atoms = row->atoms + row->n_atoms,
	};
	add_atom(row, &row->entries[row->n++], (struct atom){.kind = ATOM_ALL});
	return true;
}

static bool atom_covers(const struct atom *a, const struct atom *b)
{
	if (a->kind == ATOM_ALL)
		return true;
	if (a->kind != b->kind)
		return false;
	if (a->kind == ATOM_IDENTITY)
		return a->identity.dev == b->identity.dev && a->identity.ino == b->identity.ino;
	return residual_covers(&a->residual, &b->residual);
}

/* Whether each request that b's conditions let through passes a's as well. */
static bool conditions_cover(const struct entry *a, const struct entry *b, bool existed_known)
{
	const struct rule *x = a->rule, *y = b->rule;

	if (!x)
		return true;
	if (x->existed && !existed_known && !(y && y->existed))
		return false;
	if (x->args.n == 0)
		return true;
	/* A vector that was cut matches what refuses, and does not match what allows. */
	if (!y || y->args.n != x->args.n ||
	    (a->effect == VERDICT_ALLOW && b->effect != VERDICT_ALLOW))
		return false;
	for (size_t i = 0; i < x->args.n; i++)
		if (strcmp(x->args.items[i], y->args.items[i]) != 0)
			return false;
	return true;
}

/* How many of the row's first n entries it takes to hold all of the entry; n + 1: not proved. */
static size_t row_covers(const struct row *row, size_t n, const struct entry *entry,
			 bool existed_known)
{
	size_t most = 0;

	for (size_t i = 0; i < entry->n; i++) {
		size_t need = n + 1;

		for (size_t k = 0; k < n && need > n; k++) {
			const struct entry *e = &row->entries[k];

			if (!conditions_cover(e, entry, existed_known))
				continue;
			for (size_t l = 0; l < e->n && need > n; l++)
				if (atom_covers(&e->atoms[l], &entry->atoms[i]))
					need = k + 1;
		}
		most = need > most ? need : most;
	}
	return most;
}

static bool rows_no_laxer(const struct row *from, const struct row *to)
{
	_cleanup_free_ size_t *need_from = calloc(to->n, sizeof(*need_from));

	if (!need_from)
		return false;
	for (size_t j = 0; j < to->n; j++)
		need_from[j] = row_covers(from, from->n, &to->entries[j], true);
	for (size_t i = 0; i < from->n; i++) {
		size_t need_to = row_covers(to, to->n, &from->entries[i], true);

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
	const bool made_here[][2] = {{false, false}, {true, true}, {from->made_here, to->made_here}};

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

/* The strictest that the root can get, where arguments or its repository would decide. */
static void judge_root(const struct row *row, struct tree_verdict *ret)
{
	ret->root = VERDICT_ALLOW;
	for (size_t i = 0; i < row->n; i++) {
		spread(ret, row->entries[i].effect);
		if (row->entries[i].effect < ret->root)
			ret->root = row->entries[i].effect;
	}
}

static void judge_below(const struct row *row, struct tree_verdict *ret, bool *ret_known)
{
	for (size_t i = 0; i < row->n; i++) {
		const struct entry *entry = &row->entries[i];

		if (row_covers(row, i, entry, false) <= i)
			continue;
		/* An allowed program may have a second name anywhere: it makes no tree executable,
		 * but none is uniform either. */
		if (entry_is_identity(entry) && entry->effect == VERDICT_ALLOW)
			*ret_known = false;
		else
			spread(ret, entry->effect);
	}
}

/* Whether the rule can hold the name, whatever inode stands there. */
static bool joined_holds(const struct joined_rule *joined, const char *path)
{
	struct residual residual;

	if (joined->rule->subject == SUBJECT_ANY)
		return true;
	for (size_t i = 0; i < joined->n_patterns; i++) {
		residual_init(&residual, &joined->patterns[i], path);
		if (residual_matches_root(&residual))
			return true;
	}
	return false;
}

enum verdict policy_judge_root(const struct policy *policy, enum verb verb, const char *path)
{
	enum verdict strictest = VERDICT_ALLOW, otherwise;

	if (!path || path[0] != '/' || verb == 0 || (verb & ~VERB_ALL) || (verb & (verb - 1)))
		return VERDICT_DENY;
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct joined_rule *joined = &policy->rules[i];

		if (!rule_fits(joined->rule, OBJECT_PATH, verb) || !joined_holds(joined, path))
			continue;
		if (joined->rule->info.effect < strictest)
			strictest = joined->rule->info.effect;
		if (!joined->rule->existed && joined->rule->args.n == 0)
			return strictest;
	}
	otherwise = policy->settings.otherwise[__builtin_ctz((unsigned)verb)];
	return otherwise < strictest ? otherwise : strictest;
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
	*ret_verdict = (struct tree_verdict){.root = VERDICT_DENY,
					     .loosest = VERDICT_ALLOW,
					     .strictest = VERDICT_DENY};
	if (!path || path[0] != '/' || verb == 0 || (verb & ~VERB_ALL) || (verb & (verb - 1)))
		return;
	if (row_init(&root_row, policy, verb, &root) && row_init(&below_row, policy, verb, &below)) {
		judge_root(&root_row, &verdict);
		judge_below(&below_row, &verdict, &known);
		verdict.exact = known && verdict.loosest == verdict.strictest &&
				verdict.root == verdict.loosest;
		*ret_verdict = verdict;
	}
	row_done(&root_row);
	row_done(&below_row);
}
