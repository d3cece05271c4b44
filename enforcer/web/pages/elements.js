// SPDX-License-Identifier: Apache-2.0
// Elements and text. Everything that is shown goes through here, and as text only: what an agent
// chose is never markup, and can neither hide, reorder nor imitate what stands beside it.

// What moves the cursor, hides or reorders letters. The runs have escaped it already; this is the
// second lock on the same door.
const HIDDEN = new RegExp(
	"[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f" +
	"\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb" +
	"\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]", "gu");

function escaped(letter) {
	const code = letter.codePointAt(0);

	return code < 0x100 ? "\\x" + code.toString(16).padStart(2, "0") : "\\u{" + code.toString(16) + "}";
}

export function shown(text) {
	return String(text ?? "").replace(HIDDEN, escaped);
}

// Of callgate's own texts in lines: what came from the agent in them has no newline any more.
export function shownLines(text) {
	return String(text ?? "").split("\n").map(shown).join("\n");
}

// An element with what is in it: other elements, or texts. "class" and "data-..." and the like are
// attributes; a function listens to that event.
export function element(name, attributes, ...children) {
	const made = document.createElement(name);

	for (const [key, value] of Object.entries(attributes ?? {})) {
		if (typeof value === "function")
			made.addEventListener(key, value);
		else if (value === true)
			made.setAttribute(key, "");
		else if (value !== false && value !== undefined && value !== null)
			made.setAttribute(key, value);
	}
	for (const child of children.flat())
		if (child !== null && child !== undefined && child !== false)
			made.append(child instanceof Node ? child : shown(child));
	return made;
}

// A path breaks at its slashes first; what can be copied is the same.
export function breakable(text) {
	return shown(text).split(/(?<=[/])/).flatMap(part => [part, element("wbr", null)]);
}

export function find(id) {
	return document.getElementById(id);
}

export function lastName(path) {
	return shown(path).split("/").pop();
}

export function duration(ms) {
	const s = Math.ceil(ms / 1000);

	if (s < 100)
		return `${s} s`;
	if (s < 100 * 60)
		return `${Math.round(s / 60)} min`;
	if (s < 48 * 3600)
		return `${Math.round(s / 3600)} h`;
	return `${Math.round(s / 86400)} d`;
}

const spoken = [];

// To whoever listens to the page: one after the other.
export function speak(text) {
	spoken.push(shown(text));
	if (spoken.length === 1)
		next();
}

function next() {
	find("spoken").textContent = spoken[0];
	setTimeout(() => {
		spoken.shift();
		if (spoken.length > 20)
			spoken.splice(0, spoken.length - 20);
		if (spoken.length)
			next();
	}, 1200);
}
