# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Make a small web site of docs/*.md, and check the man page
# kind: ordinary
# needs: node groff

prepare() {
	mkdir -p docs man
	cat >docs/index.md <<'END'
# Pebble

Pebble keeps *small* notes in **one** file.

- [Install](install.md)
- [Use](use.md)
END
	cat >docs/install.md <<'END'
# Install

Run `make install`.

```
make PREFIX=/usr/local install
```
END
	cat >docs/use.md <<'END'
# Use

## Adding

Say `pebble add TEXT`.

## Looking

Say `pebble list`, and see [how to install](install.md) & more.
END
	cat >man/pebble.1 <<'END'
.TH PEBBLE 1 2026-01-10 "Pebble 2" "User commands"
.SH NAME
pebble \- keep small notes
.SH SYNOPSIS
.B pebble
.RI add\ TEXT
.SH DESCRIPTION
Keeps notes.
.TP
.B list
shows them
.XX
END
}

run() {
	step 'ls docs man && head -50 docs/*.md'
	edit tools/build-site.mjs <<'END'
// Makes site/*.html of docs/*.md: headings, paragraphs, lists, code, links, emphasis.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

const inline = (text) =>
  escape(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replace(/\*([^*]+)\*/g, "<em>$1</em>")
    .replace(/\[([^\]]+)\]\(([^)]+?)(?:\.md)?\)/g, '<a href="$2.html">$1</a>');

function convert(markdown) {
  const html = [];
  for (const block of markdown.trim().split(/\n{2,}/)) {
    const heading = block.match(/^(#+) (.*)$/);
    if (heading) html.push(`<h${heading[1].length}>${inline(heading[2])}</h${heading[1].length}>`);
    else if (block.startsWith("```")) html.push(`<pre>${escape(block.slice(4, -3))}</pre>`);
    else if (block.startsWith("- "))
      html.push(`<ul>${block.split("\n").map((l) => `<li>${inline(l.slice(2))}</li>`).join("")}</ul>`);
    else html.push(`<p>${inline(block)}</p>`);
  }
  return html.join("\n");
}

mkdirSync("site", { recursive: true });
for (const name of readdirSync("docs").filter((n) => n.endsWith(".md"))) {
  const text = readFileSync(join("docs", name), "utf8");
  const title = escape(text.match(/^# (.*)$/m)[1]);
  const page = `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>\n<body>\n${convert(text)}\n</body></html>\n`;
  writeFileSync(join("site", name.replace(/\.md$/, ".html")), page);
  console.log(`site/${name.replace(/\.md$/, ".html")}`);
}
END
	step 'node tools/build-site.mjs'
	step 'cat site/use.html'
	step 'groff -man -Tutf8 -ww -z man/pebble.1'
	edit man/pebble.1 <<'END'
.TH PEBBLE 1 2026-01-10 "Pebble 2" "User commands"
.SH NAME
pebble \- keep small notes
.SH SYNOPSIS
.B pebble add
.I TEXT
.br
.B pebble list
.SH DESCRIPTION
Keeps notes.
.TP
.BI add\  TEXT
adds one
.TP
.B list
shows them
END
	step 'groff -man -Tutf8 -ww -z man/pebble.1 && groff -man -Tutf8 man/pebble.1 | head -20'
	step 'ls -l site'
}

check() {
	[ "$(ls site)" = "$(printf 'index.html\ninstall.html\nuse.html')" ]
	grep -q '<li><a href="install.html">Install</a></li>' site/index.html
	grep -q 'make PREFIX=/usr/local install' site/install.html
	grep -q '&amp; more' site/use.html
	[ -z "$(groff -man -Tutf8 -ww -z man/pebble.1 2>&1)" ]
}
