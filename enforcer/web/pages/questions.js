// SPDX-License-Identifier: Apache-2.0
// The questions: a card each, in the order in which they came, so that a new one moves none that
// stands already. One that is over keeps its place and its height for a while, and says how it
// ended.

import { breakable, duration, element, find, lastName, shown, shownLines, speak } from "./elements.js";
import { look, whenStill } from "./still.js";
import { ask } from "./stream.js";

const OVER_MS = 4000;
const SENT_MS = 5000;

const SCOPES = {
	same: "just this again",
	file: "this one, by any program",
	dir: "its directory",
	tree: "its directory and below",
	host: "this host and port",
	command: "this program, this argument",
	program: "this program",
};
const TIMES = [[0, "whole run"], [300000, "5 minutes"], [900000, "15 minutes"], [3600000, "1 hour"],
	[28800000, "8 hours"]];
const ANSWERS = [
	{ verdict: "allow", lasts: "once", words: "Allow once", class: "yes first" },
	{ verdict: "deny", lasts: "once", words: "Deny", class: "no deny-once" },
	{ verdict: "allow", lasts: "run", words: "Allow for run", class: "yes" },
	{ verdict: "allow", lasts: "always", words: "Always…", class: "yes" },
	{ verdict: "deny", lasts: "run", words: "Deny for run", class: "no" },
];
const VIAS = {
	terminal: "at its terminal",
	"command line": "by callgate allow or deny",
	watch: "in callgate watch",
	web: "on a page",
	program: "by a program",
	socket: "by a program",
};

const cards = new Map(); // by run and id
let usable = false; // somebody is there to take an answer

function key(run, id) {
	return `${run}/${id}`;
}

export function waiting() {
	return [...cards.values()].filter(card => !card.over);
}

function offered(question, answer) {
	return question.offers.find(offer => offer.verdict === answer.verdict && offer.lasts === answer.lasts);
}

function joined(list) {
	return list.length < 2 ? list.join("") : list.slice(0, -1).join(", ") + " and " + list.at(-1);
}

function summary(question) {
	const object = question.objects[0];

	return `${lastName(question.program)} wants to ${joined(object?.verbs ?? [])} ${object?.text ?? question.call}`;
}

// ---- what is said about it

function facts(question) {
	const list = element("dl", { class: "facts" });
	const add = (name, ...text) => list.append(element("dt", null, name), element("dd", null, ...text));
	const rule = question.rule;

	if (question.argv)
		add("Arguments", element("code", null, question.argv));
	for (const object of question.objects.slice(1))
		add(`And ${joined(object.verbs)}`, element("code", null, object.text));
	add("Came by", [...question.ancestry].reverse().map(one => shown(one.name)).join(" › ") ||
		lastName(question.program), ` (process ${question.pid})`);
	if (rule)
		add("Asked by", `rule ${rule.id}` + (rule.reason ? `: ${shown(rule.reason)}` : ""));
	else
		add("Asked by", "no rule says anything about it");
	list.append(element("dt", { class: "waiters", hidden: true }, "Waiting"),
		element("dd", { class: "waiters", hidden: true }));
	return list;
}

function scopesOf(question) {
	const scopes = [];

	for (const offer of question.offers)
		for (const scope of offer.scopes ?? [])
			if (!scopes.includes(scope))
				scopes.push(scope);
	return scopes;
}

function select(label, choices, changed) {
	const box = element("select", { change: changed },
		choices.map(([value, text]) => element("option", { value }, text)));

	return [element("label", null, label, box), box];
}

// ---- what can be done about it

async function send(card, answer, scope = card.scope.value) {
	const words = { run: card.run, id: card.question.id, verdict: answer.verdict, lasts: answer.lasts };

	if (answer.lasts !== "once")
		words.scope = scope;
	if (answer.lasts === "run" && Number(card.time.value))
		words.for_ms = Number(card.time.value);
	// A button that is switched off keeps no focus, and the next key would go anywhere.
	if (card.element.contains(document.activeElement))
		card.element.focus({ preventScroll: true });
	card.sent = performance.now();
	card.mine = true;
	problem(card, "");
	refresh(card);
	const why = await ask("/api/answer", words);

	if (why && !card.over)
		failed(card, why);
}

function failed(card, why) {
	card.sent = 0;
	card.mine = false;
	problem(card, `It was not answered: ${shown(why)}`);
	speak(`It was not answered: ${why}`);
	refresh(card);
	look();
}

function problem(card, text) {
	card.problem.textContent = text;
	card.problem.hidden = !text;
}

function answerButton(card, answer) {
	const button = element("button", {
		class: answer.class,
		"data-still": true,
		"data-answer": `${answer.verdict} ${answer.lasts}`,
		"aria-describedby": card.titleId,
		click: whenStill(() => answer.lasts === "always" ? confirmAlways(card, answer) : send(card, answer)),
	}, answer.words);

	card.buttons.push({ answer, button });
	return button;
}

function buttons(card) {
	const made = ANSWERS.filter(answer => offered(card.question, answer)).map(answer =>
		answerButton(card, answer));

	return element("div", {
		class: made.length < 5 ? "answers two" : "answers",
		role: "group",
		"aria-label": "Answer",
	}, made);
}

// What will be written is said first.
function confirmAlways(card, answer) {
	const scopes = offered(card.question, answer).scopes;
	const covers = element("code", null);
	const [label, scope] = select("Covers", scopes.map(name => [name, SCOPES[name] ?? name]), () => {
		covers.textContent = shown(card.question.scopes[scope.value] ?? "");
		look();
	});
	const close = () => {
		card.answers.hidden = card.longer.hidden = false;
		panel.remove();
		look();
	};
	const back = element("button", { "data-still": true, click: whenStill(() => {
		close();
		card.answers.querySelector('[data-answer="allow always"]').focus();
	}) }, "Not now");
	const write = element("button", { class: "yes first", "data-still": true, "data-answer": "write",
		click: whenStill(() => {
			const chosen = scope.value;

			close();
			card.element.focus();
			send(card, answer, chosen);
		}) }, "Write the rule");
	const panel = element("div", { class: "always", role: "group", "aria-label": "Allow always" },
		element("p", null, "A rule is written into your policy and holds for every run from now on: allow ", covers),
		element("div", { class: "longer" }, label),
		element("div", { class: "answers two" }, back, write));

	if (scopes.includes(card.scope.value))
		scope.value = card.scope.value;
	covers.textContent = shown(card.question.scopes[scope.value] ?? "");
	card.answers.hidden = card.longer.hidden = true;
	card.longer.after(panel);
	back.focus();
	look();
}

function longer(card) {
	const scopes = scopesOf(card.question);
	const changed = () => {
		refresh(card);
		look();
	};
	const [scopeLabel, scope] = select("What to remember", scopes.map(name => [name, SCOPES[name] ?? name]),
		changed);
	const [timeLabel, time] = select("“For run” lasts", TIMES, changed);

	card.scope = scope;
	card.time = time;
	card.covers = element("output", null);
	return element("div", { class: "longer", hidden: scopes.length === 0 }, scopeLabel, timeLabel, card.covers);
}

// ---- a card

function refresh(card) {
	const sent = card.sent && performance.now() - card.sent < SENT_MS;

	for (const { answer, button } of card.buttons) {
		const offer = offered(card.question, answer);

		button.disabled = !usable || sent ||
			(answer.lasts === "run" && !offer.scopes.includes(card.scope.value));
		if (answer.lasts === "run")
			button.textContent = Number(card.time.value)
				? `${answer.words.split(" ")[0]} ${card.time.selectedOptions[0].textContent}` : answer.words;
	}
	card.element.classList.toggle("sent", Boolean(sent));
	card.covers.textContent = shown(card.question.scopes[card.scope.value] ?? "");
	setWaiters(card);
}

function setWaiters(card) {
	for (const place of card.element.querySelectorAll(".waiters"))
		place.hidden = card.question.waiters < 2;
	card.element.querySelector("dd.waiters").textContent = `${card.question.waiters} threads for this answer`;
}

function build(card, where) {
	const question = card.question, object = question.objects[0];

	card.titleId = `title-${card.number}`;
	card.buttons = [];
	card.left = element("span", { class: "left" });
	card.bar = element("i", null);
	card.problem = element("p", { class: "problem", hidden: true });
	card.element = element("article", { class: "question", tabindex: "-1", "aria-labelledby": card.titleId },
		element("div", { class: "clock", "aria-hidden": "true" }, card.bar),
		element("p", { class: "from" }, element("span", { class: "where" }, where), card.left),
		element("h3", { id: card.titleId }, lastName(question.program), " wants to ",
			element("span", { class: "verb" }, joined(object?.verbs ?? []))),
		element("p", { class: "object" }, breakable(object?.text ?? question.call)),
		facts(question),
		question.whole ? null : element("p", { class: "note" },
			"It could not be told whole, and can be allowed once only."),
		element("details", null, element("summary", null, "All that is known"),
			element("pre", { class: "object" })));
	card.element.querySelector("pre").textContent = shownLines(question.text);
	card.answers = buttons(card);
	card.longer = longer(card);
	card.element.append(card.problem, card.answers, card.longer);
	card.element.querySelector("details").addEventListener("toggle", look);
}

let numbers = 0;

export function opened(run, question, where) {
	const known = cards.get(key(run, question.id));

	if (known) {
		known.stale = false;
		return;
	}
	const card = { run, question, number: ++numbers, sent: 0, stale: false, over: false, mine: false };

	card.until = question.left_ms === null ? 0 : performance.now() + question.left_ms;
	card.whole_ms = Math.max(question.left_ms ?? 0, 60000);
	build(card, where);
	cards.set(key(run, question.id), card);
	find("question-list").append(card.element);
	refresh(card);
	tick(card);
	speak(`Question: ${summary(question)}`);
}

export function changed(run, id, waiters) {
	const card = cards.get(key(run, id));

	if (!card || card.over)
		return;
	card.question.waiters = waiters;
	setWaiters(card);
}

function outcome(card, end) {
	if (end.how !== "answered")
		return shown(end.text);
	if (card.mine && end.via === "web")
		return `${shown(end.text)}, by you`;
	return `${shown(end.text)}, ${VIAS[end.via] ?? "elsewhere"}`;
}

// Below which nothing waits, those need no more room than they take.
function shrink() {
	for (const card of [...cards.values()].reverse()) {
		if (!card.over)
			return;
		card.element.style.minHeight = "";
	}
}

// It stays where it is, as high as it was, so that nothing comes under the finger.
export function closed(run, id, end) {
	const card = cards.get(key(run, id));

	if (!card || card.over)
		return;
	const text = outcome(card, end);
	const had = card.element.contains(document.activeElement);

	card.over = true;
	card.element.style.minHeight = `${card.element.offsetHeight}px`;
	card.element.classList.add("over");
	shrink();
	if (end.verdict)
		card.element.classList.add(end.verdict === "allow" ? "allowed" : "denied");
	card.element.replaceChildren(
		element("span", { class: "mark", "aria-hidden": "true" },
			end.verdict === "allow" ? "✓" : end.verdict === "deny" ? "✕" : "–"),
		element("p", { class: "outcome", id: card.titleId }, text[0].toUpperCase() + text.slice(1)),
		element("p", null, breakable(summary(card.question))));
	if (had)
		card.element.focus();
	speak(`${text}: ${summary(card.question)}`);
	setTimeout(() => remove(card), OVER_MS);
}

// Not while somebody is about to click; what moves up by it settles anew.
function remove(card) {
	if (document.querySelector(".question:not(.over) button:active")) {
		setTimeout(() => remove(card), 300);
		return;
	}
	if (card.element.contains(document.activeElement))
		find("questions").focus();
	card.element.remove();
	cards.delete(key(card.run, card.question.id));
	find("no-question").hidden = cards.size > 0;
	look();
}

export function runEnded(run) {
	for (const card of waiting())
		if (card.run === run)
			closed(run, card.question.id, { how: "ended", text: "the run has ended" });
}

// The run did not take an answer: which, it does not say.
export function refused(run, text) {
	for (const card of waiting())
		if (card.run === run && card.sent)
			failed(card, text);
}

// ---- all of them

export function setUsable(now) {
	usable = now;
	for (const card of waiting())
		refresh(card);
}

// What waited before the connection was lost; those that still do are told again.
export function beginAnew() {
	for (const card of waiting())
		card.stale = true;
}

export function endAnew() {
	for (const card of waiting())
		if (card.stale)
			closed(card.run, card.question.id, { how: "lost", text: "closed while there was no connection" });
}

function tick(card) {
	const left = card.until - performance.now();

	if (!card.until) {
		card.left.textContent = "no time limit";
		return;
	}
	card.left.textContent = left > 0 ? `${duration(left)} left` : "time is over";
	card.bar.style.transform = `scaleX(${Math.max(0, Math.min(1, left / card.whole_ms))})`;
	if (card.sent && performance.now() - card.sent > SENT_MS)
		failed(card, "the run did not reply");
}

export function watchTime() {
	setInterval(() => waiting().forEach(tick), 500);
}
