import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeDaemon } from './daemon.fake.ts';
import { DaemonClient } from './daemon-client.ts';
import { daemonEnvironment } from './daemon-process.ts';
import { endDaemon } from './end-daemon.ts';
import { runtimeOf } from './runtime.ts';
import { attach, ensureDaemon } from './start-daemon.ts';

/** A daemon of few words: it listens, or leaves the folder to the one that does. */
const MAIN = `
import { writeFileSync } from 'node:fs';
import http from 'node:http';
const hello = { type: 'hello', protocol: { major: 1, minor: 0 }, version: '0.1.0', pid: process.pid, folder: '', seq: 0 };
const server = http.createServer((request, response) => {
  const isStop = request.method === 'POST';
  response.end(JSON.stringify(isStop ? { type: 'stop' } : hello));
  if (isStop) server.close(() => process.exit());
});
const say = (message, then = () => {}) => process.send(message, undefined, undefined, then);
server.on('error', () => say({ type: 'ready' }, () => process.exit()));
writeFileSync(process.env.FAKE_ARGUMENTS, JSON.stringify(process.argv.slice(2)));
server.listen(process.env.FAKE_SOCKET, () => say({ type: 'ready' }));
`;
const REFUSING = `
const report = { code: 'daemon/path-too-long', message: 'too long', remedy: 'shorter', evidence: [] };
process.send({ type: 'failed', report }, undefined, undefined, () => process.exit(1));
`;
const BROKEN = `console.error('first line'); console.error('it is broken'); process.exit(7);`;

const { signal } = new AbortController();
let scratch = '';
let folder = '';

beforeEach(async () => {
  scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'devloop-start-')));
  folder = path.join(scratch, 'project');
  await mkdir(folder);
  vi.stubEnv('XDG_RUNTIME_DIR', scratch);
  vi.stubEnv('FAKE_SOCKET', runtimeOf(folder).socket);
  vi.stubEnv('FAKE_ARGUMENTS', path.join(scratch, 'arguments.json'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(scratch, { recursive: true, force: true });
});

async function program(text: string): Promise<string> {
  const file = path.join(scratch, 'main.mjs');
  await writeFile(file, text);
  return file;
}

test('the first starts the daemon, in a private folder, and stop ends it', async () => {
  const main = await program(MAIN);
  const { client, hello, started } = await ensureDaemon(folder, { signal, main, works: false });
  expect(started).toBe(true);
  expect(hello.pid).not.toBe(process.pid);
  expect((await stat(runtimeOf(folder).folder)).mode & 0o777).toBe(0o700);
  expect(JSON.parse(await readFile(path.join(scratch, 'arguments.json'), 'utf8'))).toEqual([
    '--folder',
    folder,
    '--no-work',
  ]);
  expect(await attach(folder, signal)).toMatchObject({ hello: { pid: hello.pid }, started: false });
  await endDaemon(client, hello, signal);
  await expect(attach(folder, signal)).rejects.toMatchObject({ code: 'daemon/unreachable' });
});

test('two at once get the same daemon', async () => {
  const main = await program(MAIN);
  const both = await Promise.all([ensureDaemon(folder, { signal, main }), ensureDaemon(folder, { signal, main })]);
  const [one, two] = both;
  expect(one.hello.pid).toBe(two.hello.pid);
  expect(both.filter(({ started }) => started)).toHaveLength(1);
  await endDaemon(one.client, one.hello, signal);
});

test('one that is there is attached to', async () => {
  await mkdir(runtimeOf(folder).folder, { recursive: true, mode: 0o700 });
  await using daemon = await FakeDaemon.listen(runtimeOf(folder).socket);
  const main = await program(BROKEN);
  expect(await ensureDaemon(folder, { signal, main })).toMatchObject({ started: false, hello: { pid: daemon.pid } });
});

test('one that ends while it is asked who it is, as a killed one does, is followed by another', async () => {
  await mkdir(runtimeOf(folder).folder, { recursive: true, mode: 0o700 });
  const ending = net.createServer((socket) => {
    ending.close(); // and takes its socket away
    socket.destroy();
  });
  await once(ending.listen(runtimeOf(folder).socket), 'listening');
  const main = await program(MAIN);
  const { client, hello, started } = await ensureDaemon(folder, { signal, main });
  expect(started).toBe(true);
  await endDaemon(client, hello, signal);
});

test('what a daemon reports when it cannot start is thrown', async () => {
  const main = await program(REFUSING);
  await expect(ensureDaemon(folder, { signal, main })).rejects.toMatchObject({
    code: 'daemon/path-too-long',
    remedy: 'shorter',
  });
});

test('one that ends without a word shows the end of its log, and only of this start', async () => {
  const main = await program(BROKEN);
  const start = () => ensureDaemon(folder, { signal, main });
  const expected = {
    code: 'daemon/start-failed',
    message: 'The daemon did not start: it ended with exit code 7.',
    evidence: ['first line', 'it is broken'],
  };
  await expect(start()).rejects.toMatchObject(expected);
  await expect(start()).rejects.toMatchObject(expected);
});

test('waiting for one that never gets ready can be given up', async () => {
  const main =
    await program(`process.on('message', () => {}); process.send({ type: 'ready' }); setInterval(() => {}, 1000);
    process.on('disconnect', () => process.exit());`);
  const controller = new AbortController();
  const started = ensureDaemon(folder, { signal: controller.signal, main });
  const refused = expect(started).rejects.toThrow('enough');
  controller.abort(new Error('enough'));
  await refused;
});

test('a relative KUBECONFIG names the same files from another folder', () => {
  const env = { KUBECONFIG: ['config', '/abs/config', ''].join(path.delimiter), OTHER: 'x' };
  expect(daemonEnvironment(env, '/home/me')).toEqual({ KUBECONFIG: '/home/me/config:/abs/config:', OTHER: 'x' });
  expect(daemonEnvironment({ OTHER: 'x' }, '/home/me')).toEqual({ OTHER: 'x' });
});

test('a daemon of another version is ended by the one word that every version understands', async () => {
  await mkdir(runtimeOf(folder).folder, { recursive: true, mode: 0o700 });
  await using daemon = await FakeDaemon.listen(runtimeOf(folder).socket);
  daemon.protocol = { major: 99, minor: 0 };
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  daemon.pid = child.pid ?? 0;
  await expect(attach(folder, signal)).rejects.toMatchObject({ code: 'daemon/version' });
  const client = new DaemonClient(runtimeOf(folder).socket);
  const ended = once(child, 'exit');
  await endDaemon(client, await client.helloOfAnyVersion(signal), signal);
  expect((await ended)[1]).toBe('SIGTERM');
});
