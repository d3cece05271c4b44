// SPDX-License-Identifier: Apache-2.0
// The line to callgate web: events that come, and requests that go. The token is taken from the
// address, where it stands behind the "#" and is sent to nobody by the browser, and goes in a
// header of our own.

const LINE_MAX = 4 << 20; // letters
const SILENCE_MS = 35000; // pings come every ten seconds
const KEY = "callgate-token";

let token = "";

// Out of the address bar, and kept for this tab alone, so that it can be loaded again.
export function takeToken() {
	const given = /^#([0-9a-f]{64})$/.exec(location.hash);

	try {
		if (given)
			sessionStorage.setItem(KEY, given[1]);
		token = given ? given[1] : sessionStorage.getItem(KEY) ?? "";
	} catch {
		token = given ? given[1] : "";
	}
	if (given)
		history.replaceState(null, "", location.pathname);
	return token !== "";
}

function request(path, body, signal) {
	return fetch(path, {
		method: "POST",
		headers: { "Content-Type": "application/json", "X-Callgate-Token": token },
		body: JSON.stringify(body),
		cache: "no-store",
		credentials: "omit",
		redirect: "error",
		referrerPolicy: "no-referrer",
		signal,
	});
}

// What the person wants done: "" where it is on its way, else why it is not.
export async function ask(path, body) {
	try {
		const reply = await request(path, body, AbortSignal.timeout(10000));

		return reply.ok ? "" : await reply.text() || `refused (${reply.status})`;
	} catch {
		return "callgate web cannot be reached";
	}
}

async function readAll(reader, heard, take) {
	const decoder = new TextDecoder();
	let rest = "";

	for (;;) {
		const { done, value } = await reader.read();

		if (done)
			return;
		heard();
		rest += decoder.decode(value, { stream: true });
		const lines = rest.split("\n");

		rest = lines.pop();
		if (rest.length > LINE_MAX)
			throw new Error("a line is too long");
		take(lines.filter(line => line).map(line => JSON.parse(line)));
	}
}

// One connection, until it ends. The status that refused it, or 0.
async function listenOnce(take) {
	const control = new AbortController();
	let timer = setTimeout(() => control.abort(), SILENCE_MS);
	const heard = () => {
		clearTimeout(timer);
		timer = setTimeout(() => control.abort(), SILENCE_MS);
	};

	try {
		const reply = await request("/api/events", {}, control.signal);

		if (!reply.ok)
			return reply.status;
		await readAll(reply.body.getReader(), heard, take);
	} catch {
		// It ends like any other; the next one will tell.
	} finally {
		clearTimeout(timer);
		control.abort();
	}
	return 0;
}

// Events for as long as the page is there. take(list of events); lost(why, for good).
export async function listen(take, lost) {
	let pause = 250, over = "";

	for (;;) {
		const status = await listenOnce(events => {
			pause = 250;
			over = events.find(event => event.event === "closing")?.reason ?? over;
			take(events);
		});

		if (status === 401) {
			lost("This address is not valid any more: callgate web has been started anew. " +
			     "Open the one that it printed.", true);
			return;
		}
		if (over) {
			lost(`This page is not told any more: ${over}. Load it again to go on here.`, true);
			return;
		}
		lost("No connection to callgate web. Questions cannot be answered here; trying again.", false);
		await new Promise(resolve => {
			setTimeout(resolve, pause);
			addEventListener("online", resolve, { once: true });
			document.addEventListener("visibilitychange", resolve, { once: true });
		});
		pause = Math.min(pause * 2, 5000);
	}
}
