/* SPDX-License-Identifier: Apache-2.0 */
/* How many prompts a recorded run would cost. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/approval/pending.h"
#include "enforcer/approval/reach.h"
#include "enforcer/records/asked.h"
#include "enforcer/records/prompts.h"
#include "enforcer/records/table.h"
#include "enforcer/records/when.h"

#define QUESTIONS_MAX 200000 /* different ones of a run; more are taken to differ */
#define RECORDED_MAX  1000000

/* A question of the run as it would be now, by call and key. */
struct asked_now {
	uint64_t open_until_ns;
	uint64_t cool_until_ns;
};

enum fate {
	FATE_NOT_ASKED = 0,
	FATE_PROMPT,
	FATE_MERGED,
	FATE_GRANTED,
};

/* A question of the record. */
struct recorded_question {
	enum fate fate;
	bool has_request, has_grant;
	uint64_t waiters;       /* calls that came of it */
	struct request request; /* owned, until it is answered */
	struct decision decision;
	struct buffer key; /* of asked_now */
};

/* A grant of the record. */
struct recorded_grant {
	uint64_t question; /* that it answered; 0: none */
	uint64_t id;       /* of the one that stands for it now; 0: none does */
	enum verdict verdict;
	enum answer_scope scope;
	uint64_t until_ns; /* 0: the end of the run */
	bool known;
	struct request request; /* that it was made of, to make it anew; owned */
};

struct prompts {
	const struct policy *policy;
	bool own, has_questions;
	uint64_t think_ns;
	struct prompts_counts *counts; /* borrowed */
	struct grants *grants;
	struct table now;       /* of struct asked_now */
	struct table questions; /* of struct recorded_question, by number */
	struct table given;     /* of struct recorded_grant, by number */
};

int prompts_new(uint64_t think_ns, struct prompts_counts *counts, struct prompts **ret_prompts)
{
	struct prompts *prompts = calloc(1, sizeof(*prompts));

	if (!prompts)
		return -ENOMEM;
	prompts->think_ns = think_ns;
	prompts->counts = counts;
	table_init(&prompts->now, sizeof(struct asked_now), QUESTIONS_MAX);
	table_init(&prompts->questions, sizeof(struct recorded_question), RECORDED_MAX);
	table_init(&prompts->given, sizeof(struct recorded_grant), RECORDED_MAX);
	*ret_prompts = prompts;
	return 0;
}

static void question_done(struct recorded_question *question)
{
	if (question->has_request)
		request_done(&question->request);
	question->has_request = false;
	buffer_done(&question->key);
	question->key = (struct buffer){};
}

static void prompts_forget(struct prompts *prompts)
{
	for (size_t i = 0; i < prompts->questions.n; i++)
		question_done(prompts->questions.rows[i].value);
	for (size_t i = 0; i < prompts->given.n; i++)
		request_done(&((struct recorded_grant *)prompts->given.rows[i].value)->request);
	table_done(&prompts->now);
	table_done(&prompts->questions);
	table_done(&prompts->given);
	prompts->grants = grants_free(prompts->grants);
}

struct prompts *prompts_free(struct prompts *prompts)
{
	if (!prompts)
		return NULL;
	prompts_forget(prompts);
	free(prompts);
	return NULL;
}

int prompts_begin(struct prompts *prompts)
{
	prompts_forget(prompts);
	prompts->has_questions = false;
	prompts->policy = NULL;
	prompts->grants = grants_new();
	return prompts->grants ? 0 : -ENOMEM;
}

/* ---- grants ---- */

static struct recorded_question *find_question(const struct prompts *prompts, uint64_t number)
{
	return number ? table_find(&prompts->questions, &number, sizeof(number)) : NULL;
}

static struct recorded_grant *find_given(const struct prompts *prompts, uint64_t number)
{
	return number ? table_find(&prompts->given, &number, sizeof(number)) : NULL;
}

/* The grant that such an answer to this request makes under the policy that holds. NULL: it does
 * not go with it, or there is no memory. */
static struct grant *make_grant(const struct prompts *prompts, enum answer_scope scope,
				const struct request *request)
{
	struct asked_part parts[QUESTION_PARTS_MAX];
	struct asked asked = {.request = request, .parts = parts};
	struct decision decision;
	struct grant *grant;

	if (scope != SCOPE_SAME) {
		asked.n_parts = asked_parts(prompts->policy, request, parts);
		return reach_new(&asked, scope);
	}
	policy_judge(prompts->policy, request, &decision);
	grant = decision.verdict == VERDICT_ASK ? calloc(1, sizeof(*grant)) : NULL;
	if (grant)
		question_append_key(&grant->key, request, &decision);
	return grant;
}

static void forget_expired(struct prompts *prompts, uint64_t now)
{
	struct grant *grant;

	while ((grant = grants_take_expired(prompts->grants, now)))
		grant_free(grant);
}

/* Over GRANTS_MAX nothing is remembered, as in a run. */
static void give(struct prompts *prompts, struct recorded_grant *given,
		 const struct request *request, uint64_t made_ns)
{
	struct grant *grant = make_grant(prompts, given->scope, request);
	const struct grant *like;

	given->id = 0;
	if (!grant)
		return;
	grant->verdict = given->verdict;
	grant->lasts = ANSWER_FOR_RUN;
	grant->scope = given->scope;
	grant->made = made_ns;
	grant->expires = given->until_ns;
	like = grants_find_like(prompts->grants, grant);
	/* What it answered before stays answered: a call may stand behind this in the record. */
	if (like)
		grants_end(prompts->grants, like->id, made_ns);
	if (grants_count(prompts->grants) == GRANTS_MAX)
		forget_expired(prompts, made_ns);
	if (grants_add(prompts->grants, grant) == 0)
		given->id = grant->id;
}

int prompts_grant(struct prompts *prompts, const struct entry *entry)
{
	struct recorded_question *question = find_question(prompts, entry->question);
	const char *scope = entry_string(entry, "scope"), *until = entry_string(entry, "until");
	struct recorded_grant *given;

	if (!prompts->policy || entry->grant == 0)
		return 0;
	given = table_get(&prompts->given, &entry->grant, sizeof(entry->grant));
	if (!given || given->known)
		return 0;
	given->known = true;
	given->question = entry->question;
	given->verdict = entry->verdict;
	if (!scope || answer_scope_from_name(scope, &given->scope) < 0)
		given->scope = SCOPE_SAME;
	if (until)
		when_parse_record(until, &given->until_ns);
	if (!question || !question->has_request)
		return 0;
	question->has_grant = true;
	if (question->fate != FATE_PROMPT && question->fate != FATE_MERGED)
		return 0;
	if (request_copy(&question->request, &given->request) < 0)
		return -ENOMEM;
	give(prompts, given, &given->request, entry->time_ns);
	return 0;
}

/* Ended by a person, or by its time. What another of the same reach replaced is ended where that is
 * made. */
void prompts_revoke(struct prompts *prompts, const struct entry *entry)
{
	struct recorded_grant *given = find_given(prompts, entry->grant);

	if (!given || given->id == 0 || (!entry_string(entry, "via") && given->until_ns == 0))
		return;
	grants_end(prompts->grants, given->id, entry->time_ns);
	given->until_ns = entry->time_ns;
}

void prompts_judge_by(struct prompts *prompts, const struct policy *policy, bool own)
{
	prompts->policy = policy;
	prompts->own = own;
	/* Read again in the middle of a run: grants hold as far as rules ask there still. */
	for (size_t i = 0; i < prompts->given.n; i++) {
		struct recorded_grant *given = prompts->given.rows[i].value;
		const struct grant *grant = grants_find_id(prompts->grants, given->id);
		uint64_t made = grant ? grant->made : 0;

		if (!grant)
			continue;
		grant_free(grants_take(prompts->grants, given->id));
		give(prompts, given, &given->request, made);
	}
}

/* ---- asking ---- */

/* By what the same question is known: key of it, and of its call besides. */
struct keys {
	struct buffer question, call;
};

static void keys_done(struct keys *keys)
{
	buffer_done(&keys->question);
	buffer_done(&keys->call);
}

static void keys_make(struct keys *keys, const struct request *request,
		      const struct decision *decision)
{
	question_append_key(&keys->question, request, decision);
	if (keys->question.len == 0)
		return;
	buffer_append(&keys->call, &request->call, sizeof(request->call));
	buffer_append(&keys->call, keys->question.data, keys->question.len);
}

static struct grant *match(struct prompts *prompts, const struct keys *keys,
			   const struct request *request, uint64_t at)
{
	struct asked_part parts[QUESTION_PARTS_MAX];
	const struct grants_question question = {
		.key = &keys->question,
		.request = request,
		.parts = parts,
		.n_parts = grants_count(prompts->grants)
				   ? asked_parts(prompts->policy, request, parts)
				   : 0,
		.at = at,
	};

	return grants_match_at(prompts->grants, &question);
}

/* Puts it where nothing answers it: at is when it was asked, until how long it waits. */
static enum fate pose(struct prompts *prompts, const struct keys *keys, uint64_t at, uint64_t until)
{
	size_t known = prompts->now.n;
	struct asked_now *now = keys->call.len && !keys->call.error
					? table_get(&prompts->now, keys->call.data, keys->call.len)
					: NULL;

	prompts->counts->different += !now || prompts->now.n > known;
	if (now && prompts->now.n == known && at < now->open_until_ns)
		return FATE_MERGED;
	prompts->counts->prompts++;
	if (now)
		now->open_until_ns = until;
	return FATE_PROMPT;
}

int prompts_question(struct prompts *prompts, const struct entry *entry,
		     const struct decision *decision)
{
	_cleanup_(keys_done) struct keys keys = {};
	struct recorded_question *question;

	prompts->has_questions = true;
	question = table_get(&prompts->questions, &entry->question, sizeof(entry->question));
	if (!question || question->fate != FATE_NOT_ASKED)
		return 0;
	keys_make(&keys, &entry->request, decision);
	if (match(prompts, &keys, &entry->request, entry->time_ns)) {
		question->fate = FATE_GRANTED;
		prompts->counts->grants_differ += prompts->own;
		return 0;
	}
	/* Until its answer, which stands behind it. */
	question->fate = pose(prompts, &keys, entry->time_ns, UINT64_MAX);
	if (request_copy(&entry->request, &question->request) < 0)
		return -ENOMEM;
	question->has_request = true;
	question->decision = *decision;
	question->key = keys.call;
	keys.call = (struct buffer){};
	return 0;
}

int prompts_answer(struct prompts *prompts, const struct entry *entry)
{
	struct recorded_question *question = find_question(prompts, entry->question);
	const char *lasts = entry_string(entry, "lasts");
	bool once = !lasts || strcmp(lasts, "once") == 0;
	struct asked_now *now;

	if (!question || !question->has_request)
		return 0;
	now = question->key.len ? table_find(&prompts->now, question->key.data, question->key.len)
				: NULL;
	if (now && question->fate == FATE_PROMPT)
		now->open_until_ns = entry->time_ns;
	if (now && once && lasts && entry->verdict == VERDICT_DENY)
		now->cool_until_ns = entry->time_ns + APPROVALS_COOL_NS;
	/* Records from before there were grants on them. */
	if (!once && !question->has_grant && entry->verdict != VERDICT_ASK) {
		struct recorded_grant given = {.verdict = entry->verdict, .scope = SCOPE_SAME};

		give(prompts, &given, &question->request, entry->time_ns);
	}
	question_done(question);
	return 0;
}

/* A call that came of a question which is on record. */
static void count_waiter(struct prompts *prompts, struct recorded_question *question)
{
	bool first = question->waiters++ == 0;

	if (question->fate == FATE_GRANTED)
		prompts->counts->granted++;
	else if (!first || question->fate == FATE_MERGED)
		prompts->counts->merged++;
}

/* Whoever is asked about what a grant answered then says the same again, if not for as long. */
static int answer_as_then(struct prompts *prompts, const struct entry *entry, uint64_t at)
{
	struct recorded_grant *given = find_given(prompts, entry->grant);

	if (entry->by != BY_GRANT || !given || !given->known || given->question == 0)
		return 0;
	request_done(&given->request);
	if (request_copy(&entry->request, &given->request) < 0)
		return -ENOMEM;
	give(prompts, given, &given->request, at);
	return 0;
}

/* Records from before there were questions on them. */
static void remember_old_answer(struct prompts *prompts, const struct entry *entry)
{
	struct recorded_grant given = {.verdict = entry->verdict, .scope = SCOPE_SAME};

	if (prompts->has_questions || entry->by != BY_PERSON || entry->verdict == VERDICT_ASK)
		return;
	if (entry->reason && strstr(entry->reason, "for this run"))
		give(prompts, &given, &entry->request, entry->time_ns);
}

/* True where the record says that a grant answered it, and that one answers it now; or where the
 * record has nothing of that grant but its number. */
static bool granted_as_then(struct prompts *prompts, const struct entry *entry,
			    const struct keys *keys)
{
	const struct recorded_grant *given = find_given(prompts, entry->grant);

	if (entry->by != BY_GRANT)
		return false;
	if (!given || !given->known || given->question == 0)
		return true;
	return given->id != 0 && match(prompts, keys, &entry->request, 0);
}

/* The same process and host and port, a moment after an answer: a second address of the name. */
static bool is_second_try(const struct prompts *prompts, const struct entry *entry,
			  const struct asked_now *now)
{
	return now && prompts->has_questions && entry->question == 0 &&
	       (entry->by == BY_PERSON || entry->by == BY_HOOK);
}

int prompts_call(struct prompts *prompts, const struct entry *entry,
		 const struct decision *decision)
{
	_cleanup_(keys_done) struct keys keys = {};
	struct recorded_question *question = find_question(prompts, entry->question);
	uint64_t at = entry->time_ns - entry->duration_ns, waits_ns = prompts->think_ns;
	struct prompts_counts *counts = prompts->counts;
	struct asked_now *now;
	bool cooled;

	if (question && question->fate != FATE_NOT_ASKED) {
		count_waiter(prompts, question);
		return 0;
	}
	keys_make(&keys, &entry->request, decision);
	if (granted_as_then(prompts, entry, &keys)) {
		counts->granted++;
		return 0;
	}
	if (match(prompts, &keys, &entry->request, at)) {
		counts->granted++;
		counts->grants_differ += prompts->own && entry->by != BY_GRANT;
		return 0;
	}
	counts->grants_differ += prompts->own && entry->by == BY_GRANT;
	now = keys.call.len ? table_find(&prompts->now, keys.call.data, keys.call.len) : NULL;
	if (entry->by == BY_FLOOD) {
		counts->flooded++;
		return 0;
	}
	cooled = now && now->cool_until_ns > 0 &&
		 (entry->by == BY_COOL_DOWN ||
		  (at >= now->open_until_ns && at < now->cool_until_ns));
	if (cooled || is_second_try(prompts, entry, now)) {
		counts->cooled += cooled;
		counts->merged += !cooled;
		return 0;
	}
	if (entry->by == BY_PERSON)
		waits_ns = entry->duration_ns;
	if (pose(prompts, &keys, at, at + waits_ns) == FATE_MERGED) {
		counts->merged++;
		return 0;
	}
	remember_old_answer(prompts, entry);
	return answer_as_then(prompts, entry, at + waits_ns);
}
