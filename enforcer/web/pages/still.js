// SPDX-License-Identifier: Apache-2.0
// A click counts only where it was meant: the button must have stood where it is for a while, in
// view of somebody, when the finger came down. One that has just come, or that something above it
// has moved, takes no answer.

export const SETTLE_MS = 300;

// Of a button: where it stands on the page, and since when. It shows by "data-settled" that it takes
// a click.
const places = new WeakMap();
const held = new WeakMap(); // whether the finger came down on it in time

function place(button) {
	const box = button.getBoundingClientRect();

	return [box.left + scrollX, box.top + scrollY, box.width, box.height];
}

function lookAt(button, now) {
	const before = places.get(button), is = place(button);

	if (!before || is.some((value, i) => Math.abs(value - before.is[i]) > 1))
		places.set(button, { is, since: now });
	button.toggleAttribute("data-settled", now - places.get(button).since >= SETTLE_MS);
}

// After whatever may have moved something.
export function look() {
	const now = performance.now();

	for (const button of document.querySelectorAll("[data-still]"))
		lookAt(button, now);
}

function stands(button) {
	const now = performance.now();

	lookAt(button, now);
	return now - places.get(button).since >= SETTLE_MS;
}

// What the button does, where the click was meant for it.
export function whenStill(act) {
	return event => {
		const button = event.currentTarget;
		// By key, or by a reader of the screen, there is no finger that came down.
		const meant = stands(button) && held.get(button) !== false;

		held.delete(button);
		if (meant) {
			act(event);
			return;
		}
		button.classList.remove("early");
		requestAnimationFrame(() => button.classList.add("early"));
	};
}

export function watchPage() {
	const again = () => {
		for (const button of document.querySelectorAll("[data-still]"))
			places.delete(button);
		look();
	};

	document.addEventListener("pointerdown", event => {
		const button = event.target.closest?.("[data-still]");

		if (button)
			held.set(button, stands(button));
	}, true);
	// Whoever comes back has to see first what there is.
	document.addEventListener("visibilitychange", again);
	addEventListener("resize", look);
	new ResizeObserver(look).observe(document.body);
	setInterval(look, 100);
}
