# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Get the project going from its lock file (packages are in vendor/) and mend its build
# kind: ordinary
# needs: node npm
# why: the first thing in any Node project is its dependencies, here without a registry

prepare() {
	mkdir vendor src
	mkdir ../pack ../pack/slug ../pack/bundle-lite
	printf '{"name": "slug", "version": "3.1.0", "main": "slug.js"}\n' >../pack/slug/package.json
	printf 'module.exports = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");\n' >../pack/slug/slug.js
	printf '{"name": "bundle-lite", "version": "0.2.0", "bin": {"bundle-lite": "cli.js"}}\n' >../pack/bundle-lite/package.json
	cat >../pack/bundle-lite/cli.js <<'END'
#!/usr/bin/env node
// bundle-lite ENTRY OUTPUT: one file of ENTRY and what it requires
const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const [entry, output] = process.argv.slice(2);
const modules = new Map();
function add(file) {
  if (modules.has(file)) return;
  let source = fs.readFileSync(file, "utf8");
  modules.set(file, null);
  source = source.replace(/require\("([^"]+)"\)/g, (_, name) => {
    const found = createRequire(file).resolve(name);
    add(found);
    return `__load(${JSON.stringify(found)})`;
  });
  modules.set(file, source);
}
const first = path.resolve(entry);
add(first);
const table = [...modules].map(([f, s]) => `${JSON.stringify(f)}: (module) => {${s}\n}`).join(",\n");
fs.mkdirSync(path.dirname(output), { recursive: true });
fs.writeFileSync(output, `const __modules = {\n${table}\n};
const __load = (f) => { const m = { exports: {} }; __modules[f](m); return m.exports; };
__load(${JSON.stringify(first)});\n`);
END
	for package in slug bundle-lite; do
		(cd "../pack/$package" && npm pack --silent --pack-destination "$OLDPWD/vendor" >/dev/null)
	done
	rm -r ../pack
	cat >package.json <<'END'
{
  "name": "titles",
  "version": "1.0.0",
  "private": true,
  "scripts": {
    "build": "bundle-lite src/index.js dist/titles.js",
    "test": "npm run build && node dist/titles.js \"Hello,  World!\""
  },
  "dependencies": {"slug": "file:vendor/slug-3.1.0.tgz"},
  "devDependencies": {"bundle-lite": "file:vendor/bundle-lite-0.2.0.tgz"}
}
END
	printf 'const slug = require("slugs");\n\nconsole.log(slug(process.argv[2] ?? ""));\n' >src/index.js
	npm install --silent --package-lock-only --offline
}

run() {
	step 'cat package.json src/index.js && ls'
	step 'npm ci'
	step 'npm test'
	step 'ls node_modules node_modules/.bin'
	step "sed -i 's/\"slugs\"/\"slug\"/' src/index.js && npm test"
	step 'npm ls'
}

check() {
	[ -d node_modules/slug ]
	[ "$(node dist/titles.js 'Hello,  World!')" = hello-world ]
	npm run --silent build
}
