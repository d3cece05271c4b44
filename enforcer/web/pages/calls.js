// SPDX-License-Identifier: Apache-2.0
// The calls as they come, the newest first, and those that were denied, equal ones as one. Bounded,
// and drawn once a frame whatever comes.

import { breakable, element, find, shown } from "./elements.js";

const KEPT = 300;
const DENIALS_KEPT = 100;

let kept = []; // the newest first
let fresh = []; // that came and are not drawn yet
let newest = 0; // the number of the last one
let held = 0; // while it is paused
let paused = false;
let words = [];
let drawing = false;
let runName = run => run;
const denials = new Map(); // by what they are about

function clock(time) {
	const date = new Date(time);

	return Number.isNaN(date.valueOf()) ? "" : date.toLocaleTimeString([], { hour12: false });
}

// One that failed by itself has its errno instead.
function objectOf(call) {
	const head = `${call.call} `;

	return call.object.startsWith(head) ? call.object.slice(head.length) : call.object;
}

function row(call) {
	if (call.event === "dropped" || call.event === "skipped")
		return element("li", { class: "gap" }, `${call.count} calls went by too fast to be shown`);
	const made = element("li", { class: "row", click: () => made.classList.toggle("whole") },
		element("span", { class: `tag ${["allow", "deny", "ask"].includes(call.decision) ? call.decision : ""}` },
			call.decision || "–"),
		element("span", { class: "what" }, call.verb || call.call),
		element("span", { class: "who" }, call.program),
		element("time", { datetime: shown(call.time), title: `run ${shown(runName(call.run))}` }, clock(call.time)),
		element("span", { class: "mono" }, breakable(objectOf(call))));

	return made;
}

function passes(call) {
	if (words.length === 0)
		return true;
	if (call.event !== "call")
		return false;
	const text = [call.decision, call.verb, call.call, call.program, call.object, call.why, call.run]
		.join(" ").toLowerCase();

	return words.every(word => text.includes(word));
}

function draw() {
	const list = find("call-list");
	const rows = fresh.filter(passes).slice(-KEPT).reverse().map(row);

	drawing = false;
	kept = [...fresh.reverse(), ...kept].slice(0, KEPT);
	fresh = [];
	list.prepend(...rows);
	while (list.childElementCount > KEPT)
		list.lastElementChild.remove();
	sayEmpty();
	drawDenials();
}

function sayEmpty() {
	const none = find("call-list").childElementCount === 0;

	find("no-call").hidden = !none;
	find("no-call").textContent = kept.length ? "No call passes the filter." : "No call so far.";
	find("call-list").hidden = none;
}

function drawSoon() {
	find("held").hidden = !paused;
	find("held").textContent = held ? `Paused; ${held} newer calls` : "Paused";
	if (drawing || paused)
		return;
	drawing = true;
	requestAnimationFrame(draw);
	// A page that nobody looks at has no frames, and still must not hoard.
	if (document.hidden && fresh.length > KEPT)
		fresh = fresh.slice(-KEPT);
}

// ---- denials

let denialsChanged = false;

function deny(call) {
	const about = [call.run, call.program, call.verb, call.object, call.why].join("\0");
	const known = denials.get(about);

	denials.delete(about);
	denials.set(about, { call, count: (known?.count ?? 0) + 1 });
	if (denials.size > DENIALS_KEPT)
		denials.delete(denials.keys().next().value);
	denialsChanged = true;
}

function drawDenials() {
	if (!denialsChanged)
		return;
	denialsChanged = false;
	const rows = [...denials.values()].reverse().map(({ call, count }) => {
		const made = row(call);

		made.append(element("span", { class: "why" }, count > 1 ? `${count} times; ` : "", call.why));
		return made;
	});

	find("denial-list").replaceChildren(...rows);
	find("denial-list").hidden = rows.length === 0;
	find("no-denial").hidden = rows.length > 0;
	find("tab-denials").querySelector(".count").textContent = rows.length || "";
}

// ---- for the page

export function take(call) {
	if (call.n !== undefined) {
		// Told again after a connection was lost.
		if (call.n <= newest)
			return;
		newest = call.n;
	}
	if (call.event === "call" && call.decision === "deny")
		deny(call);
	fresh.push(call);
	if (fresh.length > 2 * KEPT)
		fresh = fresh.slice(-KEPT);
	if (paused)
		held++;
	drawSoon();
}

export function begin(nameOfRun) {
	runName = nameOfRun;
	find("filter").addEventListener("input", event => {
		words = event.target.value.toLowerCase().split(/\s+/).filter(word => word);
		find("call-list").replaceChildren(...kept.filter(passes).map(row));
		sayEmpty();
	});
	find("pause").addEventListener("click", event => {
		paused = !paused;
		held = 0;
		event.target.setAttribute("aria-pressed", String(paused));
		event.target.textContent = paused ? "Go on" : "Pause";
		drawSoon();
	});
	sayEmpty();
	find("denial-list").hidden = true;
}
