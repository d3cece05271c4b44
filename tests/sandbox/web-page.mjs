// SPDX-License-Identifier: Apache-2.0
// The story of a page: runs come and go, ask, and are answered by clicks, by taps and by keys.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

import { HOME, Run, WEB_URL, callgate, check, end, openBrowser, openPage, pending, picture, until }
	from "../support/browser.mjs";

const PRIVATE = path.join(HOME, "n/private.txt"), OTHER = path.join(HOME, "n/other.txt");
const token = WEB_URL.split("#")[1], origin = WEB_URL.split("/#")[0];
const open = ".question:not(.over)";

const card = (page, text) => page.locator(open, { hasText: text });
const count = (page, selector, text) => page.locator(selector, { hasText: text }).count();

// As a person does: where a click came too early, because something had moved, once more.
const press = (button, done, how = "click") => until("a click counts", async () => {
	await button.and(button.page().locator("[data-settled]"))[how]({ timeout: 3000 }).catch(() => 0);
	return done();
});
const answer = (page, text, name, how) => press(card(page, text).locator(`[data-answer="${name}"]`),
	async () => await count(page, `${open}:not(.sent)`, text) === 0, how);
const outcome = (page, text) => page.locator(".question.over", { hasText: text }).first().waitFor();
// No wider than the screen.
const fits = page => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

// A run, known to the page before it asks.
async function start(page, name, command, ...options) {
	const run = new Run(name, command, ...options);

	await page.locator(".thing:not(.ended)", { hasText: `go-${name} ` }).waitFor({ state: "attached" });
	return run;
}

async function begin(browser) {
	const page = await openPage(browser);

	check((await page.url()) === `${origin}/`, "the token should leave the address bar");
	check(!(await page.context().cookies()).length, "there should be no cookie");
	for (const request of page.requests) {
		check(!request.url().includes(token) || request.url() === WEB_URL, `no token in ${request.url()}`);
		check(!request.headers().referer?.includes(token), "no token in a referrer");
	}
	check(await page.getByText("Nothing waits for you.").isVisible(), "nothing waits at first");
	check(await page.getByText("Nothing runs.").isVisible(), "nothing runs at first");
	await picture(page, "empty");
	return page;
}

async function oneAnswer(page) {
	const one = await start(page, "one", `cat ${PRIVATE}`);

	// In the moment in which it comes: meant for what stood there before.
	await page.evaluate(() => {
		const list = document.getElementById("question-list");

		new MutationObserver(() => {
			for (const button of list.querySelectorAll(".yes.first"))
				button.click();
		}).observe(list, { childList: true });
	});
	one.go();
	await card(page, PRIVATE).waitFor();
	await page.waitForFunction(() => document.querySelector(".question .early"));
	check(await page.title() === "(1) callgate", "the title should say that one waits");
	check(pending().length === 1, "a click on what has just come should answer nothing");
	await page.reload();
	await card(page, PRIVATE).waitFor();
	await picture(page, "question");
	await answer(page, PRIVATE, "allow once");
	await one.says("the secret");
	await outcome(page, "Allowed once, by you");
	await picture(page, "answered");
	await one.end();
	await page.locator(".thing.ended", { hasText: "go-one " }).waitFor();
	check(await page.title() === "callgate", "the title should be plain again");
}

async function deniedByKey(page) {
	const two = await start(page, "two", `cat ${PRIVATE}`);

	two.go();
	await card(page, PRIVATE).waitFor();
	await page.locator("#questions").focus();
	await until("the keys lead to Deny", async () => {
		const name = await page.evaluate(() => document.activeElement.textContent);

		if (name !== "Deny")
			await page.keyboard.press("Tab");
		return name === "Deny";
	});
	// Until it has stood for long enough, a key does nothing.
	await until("a key denies", async () => {
		await page.keyboard.press("Enter");
		return await count(page, `${open}:not(.sent)`, PRIVATE) === 0;
	});
	await two.says("Permission denied");
	await outcome(page, "Denied, by you");
	check(!two.said().includes("secret"), "nothing should be read");
	check(await page.evaluate(() => document.activeElement.classList.contains("over")),
		"the keys should stay where they were");
	await page.locator("#denial-list .row", { hasText: PRIVATE.split("/").pop() }).waitFor();
	await two.end();
}

async function grantAndRevoke(page) {
	const run = await start(page, "three",
		`cat ${PRIVATE}; cat ${OTHER}; until [ -e revoked ]; do sleep 0.1; done; cat ${OTHER}`);

	run.go();
	await card(page, PRIVATE).locator("select").nth(0).selectOption("dir");
	await card(page, PRIVATE).locator("select").nth(1).selectOption("900000");
	check(await card(page, PRIVATE).locator("output").textContent().then(text => text.includes(path.join(HOME, "n"))),
		"it should be said what is covered");
	check(await count(page, `${open} button`, "Allow 15 minutes") === 1, "the button should say for how long");
	await answer(page, PRIVATE, "allow run");
	await until("both are read", () => run.said().split("the secret").length === 3);
	const grant = page.locator("#grant-list .thing", { hasText: path.join(HOME, "n") });

	await grant.waitFor();
	check((await grant.textContent()).includes("15 min left"), "its time should be told");
	const known = JSON.parse(callgate("grants", "--json").stdout).grants[0];

	check(known.scope === "dir" && known.via === "web" && known.left_ms <= 900000, "the run should know it so");
	await press(grant.locator("button"), async () => await grant.count() === 0);
	fs.writeFileSync(path.join(HOME, "work/revoked"), "");
	await card(page, OTHER).waitFor();
	await answer(page, OTHER, "deny run");
	await run.says("other.txt: Permission denied");
	await run.end();
}

async function always(page) {
	const run = await start(page, "four", `cat ${OTHER}`);
	const policy = path.join(HOME, ".config/callgate/policy.json");

	run.go();
	await press(card(page, OTHER).locator('[data-answer="allow always"]'), () => count(page, ".always"));
	check(!fs.existsSync(policy), "nothing should be written before it is said what");
	await card(page, OTHER).locator(".always code", { hasText: OTHER }).waitFor();
	await picture(page, "always");
	await press(card(page, OTHER).locator("button", { hasText: "Not now" }), async () => await count(page, ".always") === 0);
	await press(card(page, OTHER).locator('[data-answer="allow always"]'), () => count(page, ".always"));
	await answer(page, OTHER, "write");
	await run.says("the secret");
	await until("the rule is written", () => fs.existsSync(policy) && fs.readFileSync(policy, "utf8").includes(OTHER));
	await run.end();
	fs.rmSync(policy);
}

async function elsewhere(page) {
	const run = await start(page, "five", `cat ${PRIVATE}`);

	run.go();
	await card(page, PRIVATE).waitFor();
	check(callgate("allow", "1").status === 0, "another place should be able to answer");
	await outcome(page, "by callgate allow or deny");
	await run.says("the secret");
	await run.end();
}

async function hostile(page) {
	const names = ["<img src=x onerror=alert(1)><script>alert(2)", "\u202egpj.exe\u2066", "a\nAllow once\n\u0007\u001b[2J",
		"&lt;b&gt;", "x".repeat(200), "\u200b\ufeff\u2028"];
	const directory = path.join(HOME, "n", ...Array.from({ length: 8 }, () => "y".repeat(200)));
	const files = [...names.map(name => path.join(HOME, "n", name)), path.join(directory, "end")];

	fs.mkdirSync(directory, { recursive: true });
	for (const file of files)
		fs.writeFileSync(file, "the secret\n");
	fs.writeFileSync(path.join(HOME, "work/hostile.py"),
		`import glob, threading\ndef read(name):\n\ttry:\n\t\topen(name).read()\n\texcept OSError:\n\t\tpass\n` +
		`for name in ${JSON.stringify(files)}:\n\tthreading.Thread(target=read, args=(name,)).start()\n`);
	const run = await start(page, "six", "/usr/bin/python3 hostile.py");

	run.go();
	await page.waitForFunction(([open, n]) => document.querySelectorAll(open).length === n, [open, files.length]);
	await picture(page, "hostile");
	check(await page.locator("#question-list img, #question-list script, #question-list b").count() === 0,
		"names should make no elements");
	const text = await page.locator("body").innerText();

	check(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/.test(text),
		"nothing hidden should be in it");
	check(text.includes("<img src=x onerror=alert(1)>"), "names should be shown as they are");
	check(text.includes("\\xe2\\x80\\xae"), "what reorders should be shown as an escape");
	check(text.includes("a\\nAllow once"), "lines should be shown as an escape");
	check(await fits(page), "long names should not widen the page");
	check(await card(page, "&lt;b&gt;").count() === 1, "what looks like an entity should be none");
	const cut = card(page, "It could not be told whole");

	check(await cut.locator('[data-answer^="allow"]').count() === 1 && await cut.locator('[data-answer="allow once"]').count() === 1,
		"what is not shown whole can be allowed once only");
	for (const question of pending())
		callgate("deny", String(question.id));
	await run.end();
}

async function two(page) {
	const first = await start(page, "seven", `cat ${PRIVATE}`), second = await start(page, "eight", `cat ${OTHER}`);

	first.go();
	await card(page, PRIVATE).waitFor();
	second.go();
	await card(page, OTHER).waitFor();
	await page.locator("#run-list .tag.ask").nth(1).waitFor();
	await picture(page, "two");
	// What moves up under the finger takes no click: here in the moment in which it does.
	await page.evaluate(() => {
		const list = document.getElementById("question-list");

		new MutationObserver(() => {
			if (list.childElementCount === 1)
				list.querySelector(".yes.first")?.click();
		}).observe(list, { childList: true });
	});
	await answer(page, PRIVATE, "deny once");
	await first.says("Permission denied");
	await page.waitForFunction(() => document.querySelector(".question .early"));
	check(pending().length === 1, "what has moved up should not be answered");
	await answer(page, OTHER, "allow once");
	await second.says("the secret");
	await first.end();
	await second.end();
}

async function onPhone(page, browser) {
	const phone = await openPage(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true,
		deviceScaleFactor: 2, colorScheme: "dark" });
	const run = await start(page, "nine", `cat ${PRIVATE}`);

	run.go();
	await card(phone, PRIVATE).waitFor();
	await picture(phone, "phone");
	check(await fits(phone), "the page should be no wider than a phone");
	const small = await phone.evaluate(() => [...document.querySelectorAll(".question button, #parts button")].filter(
		button => button.offsetHeight < 44 || button.offsetWidth < 44).map(button => button.textContent));

	check(small.length === 0, `fingers need room: ${small}`);
	await answer(phone, PRIVATE, "allow run", "tap");
	await run.says("the secret");
	await outcome(page, "on a page");
	await phone.locator("#tab-grants").tap();
	await phone.locator("#grant-list .thing").waitFor();
	await picture(phone, "phone-grants");
	check(await fits(phone), "nor should the grants");
	await phone.locator("#tab-calls").tap();
	await phone.locator("#call-list .row").first().waitFor();
	await picture(phone, "phone-calls");
	check(await fits(phone), "nor should the calls");
	await run.end();
	await phone.context().close();
}

async function lists(page) {
	fs.writeFileSync(path.join(HOME, "work/listed.txt"), "");
	const run = await start(page, "ten", "cat listed.txt");

	// What waits for a file is loud.
	await page.locator("#pause").click();
	const newest = await page.locator("#call-list .row").first().textContent();

	await page.getByText(/Paused; \d+ newer calls/).waitFor();
	check(await page.locator("#call-list .row").first().textContent() === newest, "a pause should hold the calls");
	await page.locator("#pause").click();
	await page.waitForFunction(text => document.querySelector("#call-list .row").textContent !== text, newest);
	run.go();
	await run.end();
	await page.locator("#filter").fill("no-such-call");
	await page.getByText("No call passes the filter.").waitFor();
	await page.locator("#filter").fill("read cat listed.txt");
	await page.locator("#call-list .row", { hasText: "listed.txt" }).first().waitFor();
	const others = await page.locator("#call-list .row").evaluateAll(rows =>
		rows.filter(row => !row.textContent.includes("listed.txt")).length);

	check(others === 0, "the filter should leave nothing else");
	await page.locator("#filter").fill("");
}

// Other pages of the same browser, one by another name for our address.
async function strangers(page, browser) {
	const run = await start(page, "eleven", `cat ${PRIVATE}`);

	run.go();
	await card(page, PRIVATE).waitFor();
	const question = pending()[0];
	const words = JSON.stringify({ run: question.run, id: question.id, verdict: "allow", lasts: "once" });
	const evil = http.createServer((request, response) => {
		response.setHeader("Content-Type", "text/html");
		response.end(`<iframe src="${origin}/"></iframe><form method=post enctype=text/plain action="${origin}/api/answer">
			<input name='${words.slice(0, -1)},"x":"' value='"}'></form><script src="${origin}/page.js"></script>`);
	}).listen(0, "127.0.0.1");

	await new Promise(resolve => evil.on("listening", resolve));
	const context = await browser.newContext(), other = await context.newPage();

	await other.goto(`http://127.0.0.1:${evil.address().port}/`);
	// Even one that knew the token.
	const said = await other.evaluate(async ([origin, words, token]) => {
		const tries = [{ mode: "no-cors" }, { headers: { "Content-Type": "application/json" } },
			{ headers: { "Content-Type": "application/json", "X-Callgate-Token": token } },
			{ mode: "no-cors", headers: { "X-Callgate-Token": token } }];
		const results = [];

		for (const one of tries)
			results.push(await fetch(`${origin}/api/answer`, { method: "POST", body: words, ...one }).then(
				reply => reply.type, () => "failed"));
		return results;
	}, [origin, words, token]);

	check(said.every(one => one === "failed"), `no other origin should be heard: ${said}`);
	const [posted] = await Promise.all([
		other.waitForResponse(response => response.url().endsWith("/api/answer")),
		other.evaluate(() => document.forms[0].submit())]);

	check(posted.status() === 403, `a form should be refused: ${posted.status()}`);
	const frames = other.frames().filter(frame => frame.url().startsWith(origin) && frame.parentFrame());

	check(frames.length === 0, "nobody should frame the page");
	const rebound = await (await context.newPage()).goto(`${origin.replace("127.0.0.1", "rebound.test")}/#${token}`);

	check(rebound.status() === 421, `another name for our address should be refused: ${rebound.status()}`);
	check(pending().length === 1, "the question should wait still");
	await context.close();
	evil.close();
	await answer(page, PRIVATE, "allow once");
	await run.says("the secret");
	await run.end();
}

async function killedBrowser(page) {
	const browser = await openBrowser(), other = await openPage(browser);
	const run = await start(page, "twelve", `cat ${PRIVATE}`);

	run.go();
	await card(other, PRIVATE).waitFor();
	await card(page, PRIVATE).waitFor();
	await browser.close();
	check(pending().length === 1, "a browser's end should answer nothing");
	check(!run.said().includes("secret"), "and allow nothing");
	await answer(page, PRIVATE, "allow once");
	await run.says("the secret");
	await run.end();
}

async function killedServer(page) {
	const run = await start(page, "thirteen", `cat ${PRIVATE}`);

	run.go();
	await card(page, PRIVATE).waitFor();
	process.kill(Number(process.env.WEB_PID), "SIGKILL");
	await page.locator("#banner", { hasText: "No connection" }).waitFor();
	check(await page.locator(`${open} .answers button:not(:disabled)`).count() === 0,
		"nothing should be offered without a connection");
	await picture(page, "lost");
	await run.says("Permission denied");
	check(!run.said().includes("secret"), "nothing should be allowed by that");
	await run.end();
}

const browser = await openBrowser();

try {
	const page = await begin(browser);

	for (const part of [oneAnswer, deniedByKey, grantAndRevoke, always, elsewhere, hostile, two, onPhone, lists,
		strangers, killedBrowser, killedServer]) {
		const began = Date.now();

		await part(page, browser);
		console.log(`${part.name}: ${Date.now() - began} ms`);
	}
} catch (error) {
	check(false, error.stack);
}
await browser.close();
await end();
