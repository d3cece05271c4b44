# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Let the notes API delete notes, with tests that talk to a running server
# kind: ordinary
# needs: git node npm
# why: a server's new behaviour is shown by tests that talk to it

prepare() {
	mkdir test
	cat >server.mjs <<'END'
import { createServer } from "node:http";

export function notesServer() {
  const notes = new Map();
  let next = 1;
  return createServer(async (request, response) => {
    const send = (status, value) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(value));
    };
    const [, path, id] = request.url.match(/^(\/notes)(?:\/(\d+))?$/) ?? [];
    if (!path) return send(404, { error: "no such page" });
    if (request.method === "GET") {
      if (!id) return send(200, [...notes.values()]);
      return notes.has(+id) ? send(200, notes.get(+id)) : send(404, { error: "no such note" });
    }
    if (request.method === "POST") {
      let body = "";
      for await (const part of request) body += part;
      const note = { id: next++, text: JSON.parse(body).text };
      notes.set(note.id, note);
      return send(201, note);
    }
    return send(405, { error: "not that way" });
  });
}
END
	cat >test/notes.test.mjs <<'END'
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { notesServer } from "../server.mjs";

let server, base;
before(async () => {
  server = notesServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

test("a note can be added and read", async () => {
  const added = await fetch(`${base}/notes`, { method: "POST", body: JSON.stringify({ text: "milk" }) });
  assert.equal(added.status, 201);
  const { id } = await added.json();
  const read = await fetch(`${base}/notes/${id}`);
  assert.deepEqual(await read.json(), { id, text: "milk" });
});
END
	printf '{\n  "name": "notes",\n  "type": "module",\n  "scripts": { "test": "node --test test/" }\n}\n' >package.json
	git init -q .
	git add .
	git commit -qm 'Notes'
}

run() {
	step 'cat package.json server.mjs test/notes.test.mjs'
	step 'npm test'
	step "sed -i '/return send(405/i\\    if (request.method === \"DELETE\" \\&\\& id) {\\n      if (!notes.delete(+id)) return send(404, { error: \"no such note\" });\\n      response.writeHead(204);\\n      return response.end();\\n    }' server.mjs && git diff"
	step "cat >> test/notes.test.mjs <<'END'

test(\"a note can be deleted, once\", async () => {
  const added = await fetch(\`\${base}/notes\`, { method: \"POST\", body: JSON.stringify({ text: \"eggs\" }) });
  const { id } = await added.json();
  assert.equal((await fetch(\`\${base}/notes/\${id}\`, { method: \"DELETE\" })).status, 204);
  assert.equal((await fetch(\`\${base}/notes/\${id}\`)).status, 404);
  assert.equal((await fetch(\`\${base}/notes/\${id}\`, { method: \"DELETE\" })).status, 404);
});
END"
	step 'npm test'
	step 'git commit -qam "Notes can be deleted" && git log --oneline'
}

check() {
	npm test
	grep -q DELETE test/*.mjs
	git diff --quiet HEAD
	node --input-type=module - <<'END'
import assert from "node:assert/strict";
import { once } from "node:events";
const { notesServer } = await import(`${process.cwd()}/server.mjs`);
const server = notesServer().listen(0, "127.0.0.1");
await once(server, "listening");
const base = `http://127.0.0.1:${server.address().port}/notes`;
await fetch(base, { method: "POST", body: '{"text": "a"}' });
assert.equal((await fetch(`${base}/1`, { method: "DELETE" })).status, 204);
assert.deepEqual(await (await fetch(base)).json(), []);
process.exit(0);
END
}
