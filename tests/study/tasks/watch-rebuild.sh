# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Write watch.mjs: whenever a page in pages/ changes, build it again
# kind: ordinary
# needs: node
# why: a watcher runs in the background while files change, and is then ended

prepare() {
	mkdir pages
	echo 'title: Start' >pages/index.txt
	cat >build.mjs <<'END'
// build(name): out/NAME.html of pages/NAME.txt
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";

export function build(name) {
  const text = readFileSync(`pages/${name}.txt`, "utf8");
  const title = text.match(/^title: (.*)$/m)?.[1] ?? name;
  mkdirSync("out", { recursive: true });
  writeFileSync(`out/.${name}.new`, `<!doctype html><title>${title}</title>\n`);
  renameSync(`out/.${name}.new`, `out/${name}.html`);
}
END
}

run() {
	step 'cat build.mjs && ls pages'
	edit watch.mjs <<'END'
// Builds all pages, then each one that changes, until it is ended.
import { existsSync, readdirSync, watch } from "node:fs";
import { build } from "./build.mjs";

const page = (file) => file?.match(/^([^.].*)\.txt$/)?.[1];
watch("pages", (_, file) => {
  const name = page(file);
  if (name && existsSync(`pages/${file}`)) {
    build(name);
    console.log(`built ${name}`);
  }
});
readdirSync("pages").map(page).filter(Boolean).forEach(build);
console.log("watching");
END
	step 'node watch.mjs > watch.log 2>&1 & echo $! > watch.pid'
	step 'for i in $(seq 50); do grep -q watching watch.log && break; sleep 0.1; done; cat watch.log out/index.html'
	step 'echo "title: Beginning" > pages/index.txt; for i in $(seq 50); do grep -q Beginning out/index.html && break; sleep 0.1; done; cat out/index.html'
	step 'echo "title: New" > pages/news.txt; for i in $(seq 50); do grep -qs New out/news.html && break; sleep 0.1; done; cat out/news.html'
	step 'kill $(cat watch.pid) && rm watch.pid && cat watch.log && rm watch.log'
}

check() {
	[ ! -e watch.pid ]
	grep -q '<title>Beginning</title>' out/index.html
	grep -q '<title>New</title>' out/news.html
	echo 'title: Checked' >pages/check.txt
	timeout 20 node watch.mjs >../watch.log &
	until grep -qs watching ../watch.log; do sleep 0.05; done
	echo 'title: Again' >pages/check.txt
	for _ in $(seq 150); do
		if grep -qs Again out/check.html; then break; fi
		sleep 0.1
	done
	kill $!
	grep -q Again out/check.html
}
