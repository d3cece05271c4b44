/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy can decide at and below a place, and when one such row holds another. */
#include <stdlib.h>
#include <string.h>

#include "enforcer/policy/policy-row.h"

void row_done(struct row *row)
{
	free(row->entries);
	free(row->ordinary);
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

/* Whether some ordinary entry, where it holds, takes away from what the entry holds. */
static bool entry_is_outranked(const struct row *row, const struct entry *entry)
{
	for (size_t i = 0; i < entry->n_before; i++)
		if (row->ordinary[i].effect < entry->effect)
			return true;
	return false;
}

static bool entry_is_all(const struct row *row, const struct entry *entry)
{
	for (size_t i = 0; i < entry->n; i++)
		if (entry->atoms[i].kind == ATOM_ALL)
			return !entry->rule || (!entry->rule->existed && entry->rule->args.n == 0 &&
						!entry_is_outranked(row, entry));
	return false;
}

/* False where the rule holds nothing at this place. */
static bool entry_init(struct entry *entry, struct row *row, const struct joined_rule *joined,
		       enum verb verb, const struct place *place)
{
	*entry = (struct entry){.effect = joined->rule->info.effect,
				.rule = joined->rule,
				.atoms = row->atoms + row->n_atoms};
	if (!rule_fits(joined->rule, OBJECT_PATH, verb) || (joined->rule->existed && !place->old))
		return false;
	if (joined->rule->subject == SUBJECT_ANY)
		add_atom(row, entry, (struct atom){.kind = ATOM_ALL});
	add_patterns(row, entry, joined, place);
	add_identities(row, entry, joined, place);
	return entry->n > 0;
}

static bool row_alloc(struct row *row, const struct policy *policy)
{
	size_t n = 1;

	for (size_t i = 0; i < policy->n_rules; i++)
		n += 1 + policy->rules[i].n_patterns + policy->rules[i].n_programs;
	*row = (struct row){};
	row->entries = calloc(policy->n_rules + 1, sizeof(*row->entries));
	row->ordinary = calloc(policy->n_rules + 1, sizeof(*row->ordinary));
	/* An ordinary rule may stand in both. */
	row->atoms = calloc(2 * n, sizeof(*row->atoms));
	return row->entries && row->ordinary && row->atoms;
}

bool row_init(struct row *row, const struct policy *policy, enum verb verb,
	      const struct place *place)
{
	size_t done = 0;

	if (!row_alloc(row, policy))
		return false;
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct joined_rule *joined = &policy->rules[i];
		struct entry *entry = &row->entries[row->n];

		/* Rules that unprotect stand in the order of n_before. */
		for (; done < joined->n_before; done++)
			row->n_ordinary += entry_init(&row->ordinary[row->n_ordinary], row,
						      &policy->rules[policy->first_ordinary + done],
						      verb, place);
		if (!entry_init(entry, row, joined, verb, place))
			continue;
		entry->n_before = joined->n_before ? row->n_ordinary : 0;
		row->n++;
		/* What stands behind a rule that holds everything is never reached. */
		if (entry_is_all(row, entry))
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

static bool entry_covers_atom(const struct entry *entry, const struct atom *atom)
{
	for (size_t i = 0; i < entry->n; i++)
		if (atom_covers(&entry->atoms[i], atom))
			return true;
	return false;
}

/*
 * Whether what outranks the entry of the cover also outranks the other one, which is of the same
 * rule in another row: then the one still holds what the other does.
 */
static bool outranked_alike(const struct cover *cover, const struct entry *entry,
			    const struct row *other_row, const struct entry *other)
{
	if (entry->rule != other->rule)
		return false;
	for (size_t i = 0; i < other->n_before; i++)
		if (other_row->ordinary[i].effect >= other->effect)
			return false;
	for (size_t i = 0; i < entry->n_before; i++) {
		const struct entry *taken = &cover->row->ordinary[i];
		bool found = taken->effect >= entry->effect;

		for (size_t a = 0; a < taken->n && !found; a++) {
			size_t k = 0;

			while (k < other->n_before &&
			       !(conditions_cover(&other_row->ordinary[k], taken,
						  cover->existed_known) &&
				 entry_covers_atom(&other_row->ordinary[k], &taken->atoms[a])))
				k++;
			if (k == other->n_before)
				return false;
		}
	}
	return true;
}

size_t cover_needs(const struct cover *cover, const struct row *row, const struct entry *entry)
{
	size_t most = 0;

	for (size_t i = 0; i < entry->n; i++) {
		size_t need = cover->n + 1;

		for (size_t k = 0; k < cover->n && need > cover->n; k++) {
			const struct entry *e = &cover->row->entries[k];

			if (conditions_cover(e, entry, cover->existed_known) &&
			    entry_covers_atom(e, &entry->atoms[i]) &&
			    (!entry_is_outranked(cover->row, e) ||
			     outranked_alike(cover, e, row, entry)))
				need = k + 1;
		}
		most = need > most ? need : most;
	}
	return most;
}
