// SPDX-License-Identifier: Apache-2.0
// The page of callgate web: takes the events of its stream to the parts of the page.

import * as calls from "./calls.js";
import { breakable, duration, element, find, lastName, shown, speak } from "./elements.js";
import * as questions from "./questions.js";
import { look, watchPage, whenStill } from "./still.js";
import { ask, listen, takeToken } from "./stream.js";

const ENDED_KEPT = 3;

const runs = new Map(); // by id, with those that have ended lately
const grants = new Map(); // by run and id
let beginning = false; // all is being told anew

function nameOf(id) {
	return runs.get(id)?.name ?? id;
}

// ---- runs

function commandOf(run) {
	return run.command.map(shown).join(" ");
}

function titleOf(run) {
	return `${run.command.length ? lastName(run.command[0]) : "run"} in ${lastName(run.directory) || "/"}`;
}

function ago(seconds) {
	const ms = Date.now() - seconds * 1000;

	return ms < 5000 ? "just now" : `${duration(ms)} ago`;
}

function runItem(run) {
	const n = questions.waiting().filter(card => card.run === run.run).length;
	const state = run.ended ? "ended" : n ? `${n} waiting` : "runs";

	return element("li", { class: run.ended ? "thing ended" : "thing", "data-run": run.run },
		element("p", null, element("code", null, breakable(commandOf(run)))),
		element("span", { class: n && !run.ended ? "tag ask" : "tag", title: run.ended && shown(run.ended) }, state),
		element("p", { class: "small" }, `${shown(run.directory)} · ${shown(run.name)} · began ${ago(run.started)}`));
}

function drawRuns() {
	const open = [...runs.values()].filter(run => !run.ended);
	const ended = [...runs.values()].filter(run => run.ended);

	find("run-list").replaceChildren(...open.map(runItem), ...ended.map(runItem));
	find("no-run").hidden = open.length + ended.length > 0;
	find("tab-runs").querySelector(".count").textContent = open.length || "";
}

function runEnded(id, reason) {
	const run = runs.get(id);

	questions.runEnded(id);
	for (const [key, grant] of grants)
		if (grant.run === id)
			grants.delete(key);
	if (!run || run.ended)
		return;
	run.ended = reason;
	const ended = [...runs.values()].filter(one => one.ended);

	for (const old of ended.slice(0, Math.max(0, ended.length - ENDED_KEPT)))
		runs.delete(old.run);
	if (!beginning)
		speak(`Run ${nameOf(id)} is over`);
}

// ---- grants

function coversOf(grant) {
	if (grant.scope !== "same" || !grant.about)
		return shown(grant.text);
	return `${shown(grant.about.object)}, by ${lastName(grant.about.program)} as it asked`;
}

function grantItem(entry) {
	const { run, grant } = entry;
	const left = entry.until ? `, ${duration(Math.max(0, entry.until - performance.now()))} left` : "";
	const lasts = grant.lasts === "always" ? "always" : "for the run";
	const words = grant.verdict === "allow" ? "Allowed" : "Denied";

	return element("li", { class: "thing", "data-grant": `${run}/${grant.id}` },
		element("p", null, element("span", { class: `tag ${grant.verdict}` }, words), " ",
			element("code", null, breakable(coversOf(grant)))),
		element("button", {
			class: "quiet",
			"data-still": true,
			"aria-label": `Revoke: ${words} ${coversOf(grant)}`,
			click: whenStill(() => revoke(entry)),
		}, "Revoke"),
		element("p", { class: "small" }, `${lasts}${left} · run ${shown(nameOf(run))}`));
}

async function revoke(entry) {
	const why = await ask("/api/revoke", { run: entry.run, id: entry.grant.id });

	if (why)
		speak(`It was not revoked: ${why}`);
}

// The ones that are there already stay as they are: a button that is new takes no click at once.
function drawGrants() {
	const list = find("grant-list");
	const there = new Map([...list.children].map(item => [item.dataset.grant, item]));

	for (const [key, item] of there)
		if (!grants.has(key))
			item.remove();
	for (const [key, entry] of grants)
		if (!there.has(key))
			list.append(grantItem(entry));
	find("no-grant").hidden = grants.size > 0;
	find("tab-grants").querySelector(".count").textContent = grants.size || "";
}

// ---- events

const takes = {
	begin() {
		beginning = true;
		questions.beginAnew();
		for (const run of runs.values())
			run.stale = !run.ended;
		grants.clear();
	},
	ready() {
		beginning = false;
		for (const run of [...runs.values()])
			if (run.stale)
				runEnded(run.run, "the run has ended");
		questions.endAnew();
		connected();
	},
	run(event) {
		const known = runs.get(event.run);

		runs.set(event.run, event);
		if (!known && !beginning)
			speak(`Run ${event.name} begins`);
	},
	"run-ended": event => runEnded(event.run, event.reason),
	question(event) {
		const run = runs.get(event.run);

		questions.opened(event.run, event.question, run ? `${titleOf(run)} · ${shown(run.name)}` : event.run);
	},
	waiters: event => questions.changed(event.run, event.id, event.waiters),
	closed: event => questions.closed(event.run, event.id, event),
	grant(event) {
		const left = event.grant.left_ms;

		grants.set(`${event.run}/${event.grant.id}`,
			{ run: event.run, grant: event.grant, until: left === null ? 0 : performance.now() + left });
	},
	"grant-ended": event => grants.delete(`${event.run}/${event.id}`),
	kept(event) {
		notice(event.kept ? "" : `The rule could not be written, the answer holds for this run: ${shown(event.text)}`);
	},
	refused: event => questions.refused(event.run, event.text),
	call: calls.take,
	dropped: calls.take,
	skipped: event => beginning || calls.take(event),
};

function take(events) {
	for (const event of events)
		takes[event.event]?.(event);
	const n = questions.waiting().length;

	find("no-question").hidden = find("question-list").childElementCount > 0;
	document.title = n ? `(${n}) callgate` : "callgate";
	drawRuns();
	drawGrants();
	look();
}

// ---- the connection

function notice(text) {
	find("banner").textContent = text;
	find("banner").hidden = !text;
	look();
}

function connected() {
	document.body.className = "live";
	find("link-text").textContent = "live";
	questions.setUsable(true);
	notice("");
}

function lost(why, forGood) {
	document.body.className = "lost";
	find("link-text").textContent = forGood ? "closed" : "reconnecting";
	questions.setUsable(false);
	notice(why);
}

// ---- the parts, on a narrow screen

function choose(tab) {
	for (const other of document.querySelectorAll("#parts [role=tab]")) {
		const is = other === tab;

		other.setAttribute("aria-selected", String(is));
		other.tabIndex = is ? 0 : -1;
		find(other.getAttribute("aria-controls")).classList.toggle("chosen", is);
	}
	look();
}

function beginParts() {
	const tabs = [...document.querySelectorAll("#parts [role=tab]")];

	for (const [i, tab] of tabs.entries()) {
		tab.addEventListener("click", () => choose(tab));
		tab.addEventListener("keydown", event => {
			const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];

			if (!by)
				return;
			const next = tabs[(i + by + tabs.length) % tabs.length];

			choose(next);
			next.focus();
		});
	}
}

beginParts();
calls.begin(nameOf);
watchPage();
questions.watchTime();
setInterval(drawRuns, 5000);
if (takeToken())
	listen(take, lost);
else
	lost("The address has no token: open the whole of what callgate web printed, with what stands behind the #.", true);
