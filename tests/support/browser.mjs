// SPDX-License-Identifier: Apache-2.0
// For tests of the page: a browser, runs, and checks that wait for what they expect.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const { chromium } = createRequire(path.join(process.env.NPM_WEB, "x.js"))("playwright-core");

export const { HOME, TEST_TMP, WEB_URL } = process.env;
const PATIENCE_MS = 60000;
let failures = 0;

export function fail(text) {
	console.log(`FAILED ${text}\n${new Error().stack.split("\n").slice(2, 5).join("\n")}`);
	failures++;
}

export function check(is, text) {
	if (!is)
		fail(text);
}

// Until it is true; what it came to last.
export async function until(text, what) {
	const end = Date.now() + PATIENCE_MS;

	for (;;) {
		const is = await what();

		if (is || Date.now() > end) {
			check(is, `within a minute: ${text}`);
			return is;
		}
		await new Promise(resolve => setTimeout(resolve, 50));
	}
}

export function callgate(...words) {
	return spawnSync(process.env.CALLGATE, words, { encoding: "utf8" });
}

export function pending() {
	return JSON.parse(callgate("pending", "--json").stdout).questions;
}

const runs = [];

// A run that does its command when go() was called; said() is all that it wrote.
export class Run {
	constructor(name, command, ...options) {
		const out = path.join(TEST_TMP, `run.${name}`);

		runs.push(this);
		this.name = name;
		this.out = out;
		this.child = spawn(process.env.CALLGATE, ["run", ...options, "--", "sh", "-c",
			`until [ -e go-${name} ]; do sleep 0.1; done; ${command}; echo ended; until [ -e end-${name} ]; do sleep 0.1; done`],
			{ cwd: path.join(HOME, "work"), stdio: ["ignore", fs.openSync(out, "w"), fs.openSync(`${out}.err`, "w")] });
	}

	go() {
		fs.writeFileSync(path.join(HOME, "work", `go-${this.name}`), "");
	}

	end() {
		fs.writeFileSync(path.join(HOME, "work", `end-${this.name}`), "");
		return new Promise(resolve => this.child.exitCode === null ? this.child.on("exit", resolve) : resolve());
	}

	said() {
		return fs.readFileSync(this.out, "utf8") + fs.readFileSync(`${this.out}.err`, "utf8");
	}

	says(text) {
		return until(`${this.name} says ${text}`, () => this.said().includes(text));
	}
}

const complaints = [];

export async function openBrowser() {
	// Root has no sandbox of the browser's own.
	const own = path.join(TEST_TMP, "browser");

	return chromium.launch({ executablePath: "/usr/bin/chromium", chromiumSandbox: process.getuid() !== 0,
		env: { ...process.env, XDG_CONFIG_HOME: own, XDG_CACHE_HOME: own },
		args: ["--host-resolver-rules=MAP rebound.test 127.0.0.1"] });
}

export async function openPage(browser, options = {}, url = WEB_URL) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
	const page = await context.newPage();

	page.setDefaultTimeout(PATIENCE_MS);
	page.on("pageerror", error => complaints.push(error.message));
	page.on("dialog", dialog => complaints.push(`a dialog: ${dialog.message()}`));
	page.on("console", message => message.type() === "error" && !/ERR_|404|Failed to load/.test(message.text()) &&
		complaints.push(message.text()));
	page.requests = [];
	page.on("request", request => page.requests.push(request));
	await page.goto(url);
	await page.waitForSelector("body.live");
	return page;
}

export async function picture(page, name) {
	await page.screenshot({ path: path.join(TEST_TMP, "pictures", `${name}.png`) });
}

export async function end() {
	for (const run of runs)
		await run.end();
	for (const complaint of new Set(complaints))
		fail(`the page complains: ${complaint}`);
	process.exit(failures ? 1 : 0);
}
