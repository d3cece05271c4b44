#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# node: worker threads, child processes of each kind, cluster, watchers, streams, sockets, wasm.
# needs: node
# timeout: 120
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
cat >main.js <<'JS'
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const { spawn, spawnSync, execFile, fork, execSync } = require('child_process');
const fs = require('fs'), net = require('net'), http = require('http'), os = require('os');
const path = require('path'), zlib = require('zlib'), crypto = require('crypto');

const once = (emitter, name) => new Promise((ok, no) => {
	emitter.once(name, (...a) => ok(a)); emitter.once('error', no);
});

if (!isMainThread) {
	fs.writeFileSync(`worker-${workerData}`, String(workerData));
	parentPort.postMessage(workerData * 2);
} else if (process.argv[2] === 'child') {
	process.on('message', (m) => { process.send(m + 1); process.disconnect(); });
} else {
	main().catch((e) => { console.error(e); process.exit(1); });
}

async function main() {
	const sums = await Promise.all([...Array(8).keys()].map((i) =>
		once(new Worker(__filename, { workerData: i }), 'message')));
	console.log('workers', sums.map((s) => s[0]).join());

	console.log('spawnSync', spawnSync('sh', ['-c', 'echo out; exit 3']).status);
	console.log('execSync', execSync('cat', { input: 'piped' }).toString());
	const child = spawn('sort', [], { stdio: ['pipe', 'pipe', 'inherit'] });
	child.stdin.end('b\na\n');
	let text = '';
	child.stdout.on('data', (d) => text += d);
	await once(child, 'close');
	console.log('spawn', JSON.stringify(text));
	const forked = fork(__filename, ['child']);
	forked.send(41);
	console.log('fork', (await once(forked, 'message'))[0]);
	await once(forked, 'exit');
	await Promise.all([...Array(20).keys()].map((i) => new Promise((ok, no) =>
		execFile('/bin/echo', [String(i)], (e, out) => e ? no(e) : ok(out)))));
	console.log('20 children at once');
	try { execSync('no-such-program', { stdio: 'pipe' }); } catch (e) { console.log(e.status); }
	const missing = await new Promise((ok) => spawn('no-such-program').on('error', ok));
	console.log(missing.code);

	fs.mkdirSync('watched');
	const watcher = fs.watch('watched');
	const seen = once(watcher, 'change');
	fs.writeFileSync('watched/new', 'x');
	console.log('watch', (await seen)[1]);
	watcher.close();

	fs.mkdirSync('deep/er/still', { recursive: true });
	await fs.promises.writeFile('deep/er/still/file', 'y'.repeat(100000));
	await fs.promises.cp('deep', 'copied', { recursive: true });
	fs.renameSync('deep', 'renamed');
	fs.symlinkSync('renamed', 'link');
	console.log('real', path.basename(fs.realpathSync('link')), fs.readdirSync('link').join());
	fs.rmSync('renamed', { recursive: true });
	fs.appendFileSync('copied/er/still/file', 'z');
	console.log('size', fs.statSync('copied/er/still/file').size);
	const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'x-'));
	fs.writeFileSync(path.join(tmp, 'f'), 'f');
	fs.rmSync(tmp, { recursive: true });
	try { fs.readFileSync('missing'); } catch (e) { console.log(e.code); }
	fs.createReadStream('copied/er/still/file').pipe(zlib.createGzip()).pipe(fs.createWriteStream('f.gz'));
	await new Promise((ok) => setTimeout(ok, 100));

	const unix = net.createServer((s) => s.pipe(s)).listen('./sock');
	await once(unix, 'listening');
	const client = net.connect('./sock');
	client.write('over unix');
	console.log(String((await once(client, 'data'))[0]));
	client.end(); unix.close();
	const server = http.createServer((q, r) => r.end('over http')).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const answer = await new Promise((ok) => http.get({ port: server.address().port, host: '127.0.0.1' },
		(r) => { let t = ''; r.on('data', (d) => t += d); r.on('end', () => ok(t)); }));
	console.log(answer);
	server.close();
	console.log(crypto.createHash('sha256').update('x').digest('hex').slice(0, 8));
	console.log(os.cpus().length > 0, os.tmpdir(), process.cwd() === __dirname);
}
JS
node main.js
cat >cluster.js <<'JS'
const cluster = require('cluster'), http = require('http');
if (cluster.isPrimary) {
	let n = 0;
	for (let i = 0; i < 2; i++) cluster.fork();
	cluster.on('listening', () => { if (++n === 2) for (const w of Object.values(cluster.workers)) w.kill(); });
	cluster.on('exit', () => { if (--n === 0) console.log('cluster ended'); });
} else http.createServer(() => {}).listen(0, '127.0.0.1');
JS
node cluster.js
cat >module.mjs <<'JS'
import { readFile } from 'node:fs/promises';
const other = await import('./other.mjs');
console.log(other.default, (await readFile(new URL(import.meta.url))).length > 0);
JS
echo 'export default 7;' >other.mjs
node module.mjs
echo 'console.log("from stdin")' | node -
node -e 'process.exit(5)' || echo "status $?"
node -e 'process.kill(process.pid, "SIGTERM")' || echo "status $?"
END
same_trees ! -name f.gz
