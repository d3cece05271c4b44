# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Split the currency code out of app.ts and bundle the page's script, minified
# kind: ordinary
# needs: node esbuild
# why: code of a page is split into modules and bundled for the browser

prepare() {
	mkdir -p src public
	cat >src/app.ts <<'END'
interface Line { label: string; cents: number }

function money(cents: number, currency: string = "EUR"): string {
  return `${(cents / 100).toFixed(2)} ${currency}`;
}

export function render(lines: Line[]): string {
  const total = lines.reduce((sum, line) => sum + line.cents, 0);
  return [...lines, { label: "total", cents: total } satisfies Line]
    .map((line) => `${line.label}: ${money(line.cents)}`)
    .join("\n");
}

const globals = globalThis as unknown as { document?: { body: { innerText: string } } };
if (globals.document) globals.document.body.innerText = render([{ label: "tea", cents: 350 }]);
END
	printf '<!doctype html>\n<title>Shop</title>\n<script src="app.js" defer></script>\n' >public/index.html
	printf '#!/bin/sh\nexec esbuild src/app.ts --bundle --format=iife --global-name=shop --sourcemap --outfile=public/app.js\n' >build.sh
	chmod 755 build.sh
}

run() {
	step 'cat src/app.ts build.sh && esbuild --version'
	edit src/money.ts <<'END'
export type Currency = "EUR" | "NOK";

export function money(cents: number, currency: Currency = "EUR"): string {
  return `${(cents / 100).toFixed(2)} ${currency}`;
}
END
	edit src/app.ts <<'END'
import { money } from "./money";

interface Line { label: string; cents: number }

export function render(lines: Line[]): string {
  const total = lines.reduce((sum, line) => sum + line.cents, 0);
  return [...lines, { label: "total", cents: total } satisfies Line]
    .map((line) => `${line.label}: ${money(line.cents)}`)
    .join("\n");
}

const globals = globalThis as unknown as { document?: { body: { innerText: string } } };
if (globals.document) globals.document.body.innerText = render([{ label: "tea", cents: 350 }]);
END
	step './build.sh'
	step "sed -i 's/ --sourcemap/ --minify&/' build.sh && ./build.sh"
	step 'ls -l public && node --check public/app.js'
	step "node -e 'require(\"vm\").runInThisContext(require(\"fs\").readFileSync(\"public/app.js\", \"utf8\")); console.log(shop.render([{label: \"a\", cents: 150}, {label: \"b\", cents: 50}]))'"
}

check() {
	[ -f src/money.ts ]
	if grep -q 'function money' src/app.ts; then false; fi
	[ -f public/app.js.map ]
	grep -q -- --minify build.sh
	[ "$(wc -l <public/app.js)" -le 8 ]
	[ "$(node -e 'require("vm").runInThisContext(require("fs").readFileSync("public/app.js", "utf8")); console.log(shop.render([{label: "a", cents: 150}]))')" = \
		"$(printf 'a: 1.50 EUR\ntotal: 1.50 EUR')" ]
}
