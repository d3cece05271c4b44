/* SPDX-License-Identifier: Apache-2.0 */
/* What people allowed in recorded runs, piece by piece. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/record.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/text.h"
#include "enforcer/policy/glob.h"
#include "enforcer/policy/policy-path.h"
#include "enforcer/records/evidence.h"

#define OPEN_MAX  100000 /* questions of a run */
#define PARTS_MAX 8      /* of a question that are evidence */

/* The rows of a question's parts, from 1. */
struct open_question {
	size_t rows[PARTS_MAX];
};

void evidences_init(struct evidences *evidences)
{
	*evidences = (struct evidences){};
	table_init(&evidences->pieces, sizeof(struct evidence), EVIDENCE_MAX);
	table_init(&evidences->open, sizeof(struct open_question), OPEN_MAX);
}

void evidences_done(struct evidences *evidences)
{
	for (size_t i = 0; i < evidences->pieces.n; i++) {
		struct evidence *piece = evidences->pieces.rows[i].value;

		free(piece->name);
		for (size_t k = 0; k < piece->n_args; k++)
			free(piece->args[k]);
		free(piece->args);
	}
	table_done(&evidences->pieces);
	table_done(&evidences->open);
}

void evidences_begin(struct evidences *evidences)
{
	table_done(&evidences->open);
	evidences->runs++;
}

const char *evidence_unfit_name(enum evidence_unfit why)
{
	static const char *const names[EVIDENCE_UNFIT_COUNT] = {
		[EVIDENCE_FIT] = "",
		[EVIDENCE_RULE_ABOVE] = "asked by a rule that stands before yours",
		[EVIDENCE_KEPT_SAFE] = "keys, secrets, or what runs later outside",
		[EVIDENCE_NO_TEXT] = "of a name that no rule can spell",
		[EVIDENCE_NO_RULE] = "of a kind that no rule can tell from others",
	};

	return names[why];
}

const char *evidence_unfit_key(enum evidence_unfit why)
{
	static const char *const keys[EVIDENCE_UNFIT_COUNT] = {
		[EVIDENCE_FIT] = "",
		[EVIDENCE_RULE_ABOVE] = "rule-above",
		[EVIDENCE_KEPT_SAFE] = "kept-safe",
		[EVIDENCE_NO_TEXT] = "no-text",
		[EVIDENCE_NO_RULE] = "no-rule",
	};

	return keys[why];
}

bool evidence_was_answered(const struct entry *entry, enum verdict verdict)
{
	if (entry->verdict != verdict)
		return false;
	if (entry->event == ENTRY_CALL)
		return entry->by == BY_PERSON || entry->by == BY_GRANT ||
		       (entry->by == BY_HOOK && entry->question) ||
		       (verdict == VERDICT_DENY && entry->by == BY_COOL_DOWN);
	if (entry->event == ENTRY_ANSWER) {
		const char *by = entry_string(entry, "by");

		return by && (strcmp(by, "person") == 0 || strcmp(by, "hook") == 0 ||
			      strcmp(by, "program") == 0);
	}
	return false;
}

/* ---- a piece ---- */

/* What tells it from others, and what it is made of. */
struct description {
	const struct evidence_of *of;
	const struct asked_part *part;
	const struct object *object;
	struct evidence piece; /* its strings are borrowed */
	char name[ENTRY_NAME_SIZE];
	struct buffer path;
	char *const *args;
};

static bool is_text(const char *name)
{
	return text_is_utf8(name, strlen(name));
}

/* Also with what stands behind it where a rule keeps names below it asked about. */
static bool rule_can_spell(const char *path)
{
	_cleanup_(buffer_done) struct buffer written = {};
	enum path_root root;
	const char *rest;
	char wrong[128];

	glob_append_literal(&written, path);
	buffer_append_string(&written, "/**/*credential*");
	return !written.error &&
	       written_path_parse(written.data, &root, &rest, wrong, sizeof(wrong)) == 0;
}

/* Below the home it is "~/...", which means the same to the next home. */
static enum evidence_unfit describe_path(struct description *description)
{
	const char *path = description->object->path, *home = description->of->home;
	size_t len = home ? strlen(home) : 0;

	/* A record may be anybody's, and "x" and "~" would be rules for other things. */
	if (!path || path[0] != '/' || !is_text(path))
		return EVIDENCE_NO_TEXT;
	if (len > 1 && strncmp(path, home, len) == 0 && (path[len] == '/' || !path[len])) {
		buffer_append_string(&description->path, "~");
		path += len;
	}
	buffer_append_string(&description->path, path);
	if (!description->path.error && !rule_can_spell(description->path.data))
		return EVIDENCE_NO_TEXT;
	description->piece.name = description->path.data;
	description->piece.directory = description->object->directory;
	return EVIDENCE_FIT;
}

/* A record may be anybody's, and "*" would be a rule for every name. */
static bool is_host(const char *name)
{
	return name[0] && name[0] != '.' && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		       strlen(name);
}

static enum evidence_unfit describe_inet(struct description *description)
{
	const struct endpoint *endpoint = &description->object->endpoint;
	char *name = description->name;

	if (endpoint->loopback || endpoint->host_loopback || endpoint->port == 0)
		return EVIDENCE_NO_RULE;
	if (endpoint->protocol != IPPROTO_TCP && endpoint->protocol != IPPROTO_UDP)
		return EVIDENCE_NO_RULE;
	if (endpoint->host && !is_host(endpoint->host))
		return EVIDENCE_NO_TEXT;
	if (endpoint->host)
		snprintf(name, ENTRY_NAME_SIZE, "%s", endpoint->host);
	else if (!inet_ntop(endpoint->family, endpoint->address, name, ENTRY_NAME_SIZE))
		return EVIDENCE_NO_RULE;
	description->piece.name = name;
	description->piece.address = !endpoint->host;
	description->piece.port = endpoint->port;
	description->piece.protocol = endpoint->protocol;
	return EVIDENCE_FIT;
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A script's own arguments stand behind the word that names it. */
static char *const *arguments_of(const struct request *request, const struct object *object)
{
	char *const *argv = request->argv;
	size_t at = 1;

	if (!argv || !argv[0] || !object->path)
		return NULL;
	if (request->n_objects > 1)
		for (size_t i = 1; argv[i]; i++)
			if (strcmp(last_component(argv[i]), last_component(object->path)) == 0) {
				at = i + 1;
				break;
			}
	return argv + at;
}

/* Without arguments a rule speaks of all that there could be. */
static enum evidence_unfit describe_exec(struct description *description)
{
	enum evidence_unfit why = describe_path(description);
	char *const *args = arguments_of(&description->of->entry->request, description->object);
	size_t n = 0;

	if (why != EVIDENCE_FIT)
		return why;
	/* A rule would be of the text that stands in a secret's place. */
	if (description->of->entry->redacted)
		return EVIDENCE_NO_TEXT;
	for (; args && args[n]; n++)
		if (!is_text(args[n]))
			return EVIDENCE_NO_TEXT;
	if (n == 0 || n > EVIDENCE_ARGS_MAX)
		return EVIDENCE_NO_RULE;
	description->args = args;
	description->piece.n_args = n;
	return EVIDENCE_FIT;
}

static enum evidence_unfit describe(struct description *description)
{
	const struct rule_info *rule = description->part->rule;
	enum layer layer = description->of->layer;

	description->piece.verb = description->part->verb;
	description->piece.kind = description->object->kind;
	if (rule && rule->layer < layer)
		return EVIDENCE_RULE_ABOVE;
	if (rule && rule->layer == layer && !description->of->before)
		description->piece.ordinal = (unsigned)strtoul(strchr(rule->id, ':') + 1, NULL, 10);
	if (!description->of->entry->whole)
		return EVIDENCE_NO_TEXT;
	if (description->of->is_kept_safe(description->of->userdata,
					  &description->of->entry->request, description->part))
		return EVIDENCE_KEPT_SAFE;
	switch (description->object->kind) {
	case OBJECT_PATH:
		return description->part->verb == VERB_EXEC ? describe_exec(description)
							    : describe_path(description);
	case OBJECT_UNIX:
		return describe_path(description);
	case OBJECT_INET:
		return description->part->verb == VERB_CONNECT ? describe_inet(description)
							       : EVIDENCE_NO_RULE;
	case OBJECT_UNKNOWN:
	case OBJECT_ABSTRACT:
	case OBJECT_MEMORY:
	case OBJECT_ANONYMOUS:
		break;
	}
	return EVIDENCE_NO_RULE;
}

static void append_key(struct buffer *key, const struct description *description)
{
	const struct evidence *piece = &description->piece;

	buffer_printf(key, "%u %d %d %u %d %u ", piece->ordinal, (int)piece->verb, (int)piece->kind,
		      piece->port, piece->protocol, piece->address);
	buffer_append(key, piece->name, strlen(piece->name) + 1);
	for (size_t i = 0; i < piece->n_args; i++)
		buffer_append(key, description->args[i], strlen(description->args[i]) + 1);
}

/* The new row's strings. 0 or -ENOMEM. */
static int piece_fill(struct evidence *piece, const struct description *description)
{
	*piece = description->piece;
	piece->n_args = 0;
	piece->name = strdup(description->piece.name);
	piece->args = calloc(description->piece.n_args + 1, sizeof(*piece->args));
	if (!piece->name || !piece->args)
		return -ENOMEM;
	for (size_t i = 0; i < description->piece.n_args; i++) {
		piece->args[i] = strdup(description->args[i]);
		if (!piece->args[i])
			return -ENOMEM;
		piece->n_args++;
	}
	return 0;
}

/* *ret_row: from 1; 0: it is none. */
static int find_piece(struct evidences *evidences, struct description *description, size_t *ret_row)
{
	_cleanup_(buffer_done) struct buffer key = {};
	enum evidence_unfit why = describe(description);
	struct evidence *piece;
	size_t known = evidences->pieces.n;
	int r = 0;

	*ret_row = 0;
	if (why != EVIDENCE_FIT) {
		/* Questions are counted by the calls that they let through. */
		evidences->unfit[why] += description->of->entry->event == ENTRY_CALL;
		return 0;
	}
	append_key(&key, description);
	if (key.error || description->path.error)
		return -ENOMEM;
	piece = table_get(&evidences->pieces, key.data, key.len);
	if (!piece) {
		evidences->beyond++;
		return 0;
	}
	if (evidences->pieces.n > known) {
		r = piece_fill(piece, description);
		piece->row = evidences->pieces.n;
	}
	*ret_row = piece->row;
	return r;
}

static void count(struct evidences *evidences, size_t row, const struct entry *entry)
{
	struct evidence *piece = evidences->pieces.rows[row - 1].value;

	if (entry->event == ENTRY_CALL)
		piece->calls++;
	else
		piece->prompts++;
	if (piece->last_run == evidences->runs)
		return;
	piece->last_run = evidences->runs;
	piece->runs++;
}

int evidences_add(struct evidences *evidences, const struct evidence_of *of)
{
	const struct entry *entry = of->entry;
	struct open_question *question = NULL;
	int r = 0;

	if (entry->event == ENTRY_QUESTION)
		question = table_get(&evidences->open, &entry->question, sizeof(entry->question));
	else if (!evidence_was_answered(entry, VERDICT_ALLOW))
		return 0;
	for (size_t i = 0; r == 0 && i < of->n_parts; i++) {
		struct description description = {
			.of = of,
			.part = &of->parts[i],
			.object = &entry->request.objects[of->parts[i].object],
		};
		size_t row;

		r = find_piece(evidences, &description, &row);
		buffer_done(&description.path);
		if (r < 0 || row == 0)
			continue;
		if (entry->event == ENTRY_CALL)
			count(evidences, row, entry);
		else if (question && i < PARTS_MAX)
			question->rows[i] = row;
	}
	return r;
}

void evidences_answer(struct evidences *evidences, const struct entry *answer)
{
	const struct open_question *question =
		table_find(&evidences->open, &answer->question, sizeof(answer->question));

	if (!question || !evidence_was_answered(answer, VERDICT_ALLOW))
		return;
	for (size_t i = 0; i < PARTS_MAX; i++)
		if (question->rows[i])
			count(evidences, question->rows[i], answer);
}
