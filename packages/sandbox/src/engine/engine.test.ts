import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import http2 from 'node:http2';
import type net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inNamespaces } from '../host/isolation.ts';

const NODE_OF_TESTS = fileURLToPath(new URL('engine-process.fake.ts', import.meta.url));
let folder: string;
let node: ChildProcess;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sandbox-engine-'));
  const [program = '', ...args] = inNamespaces([process.execPath, NODE_OF_TESTS, folder]);
  node = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(node.stdout as NodeJS.ReadableStream, 'data');
}, 20_000);

afterAll(async () => {
  node.stdin?.end();
  await once(node, 'exit');
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
}, 20_000);

async function ask(method: string, url: string, body?: Buffer | object): Promise<{ status: number; body: Buffer }> {
  const request = http.request({ socketPath: path.join(folder, 'docker.sock'), method, path: url });
  request.end(body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks) };
}

async function json(method: string, url: string, body?: object) {
  const answer = await ask(method, url, body);
  return { status: answer.status, body: answer.body.length === 0 ? undefined : JSON.parse(answer.body.toString()) };
}

async function archive(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface Message {
  readonly stream?: string;
  readonly error?: string;
  readonly id?: string;
  readonly aux?: { readonly ID: string } | string;
}

async function build(
  tag: string,
  files: Readonly<Record<string, string | Buffer>>,
  query = 'version=1',
): Promise<Message[]> {
  const { body } = await ask('POST', `/build?t=${tag}&${query}`, await archive(files));
  return body
    .toString()
    .split('\r\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Message);
}

/** Runs a container to its end. */
async function run(spec: object): Promise<{ id: string; exitCode: number; output: string }> {
  const { status, body } = await json('POST', '/containers/create', spec);
  expect(status, JSON.stringify(body)).toBe(201);
  const started = await json('POST', `/containers/${body.Id}/start`);
  expect(started.status, JSON.stringify(started.body)).toBe(204);
  const ended = await json('POST', `/containers/${body.Id}/wait`);
  return { id: body.Id, exitCode: ended.body.StatusCode, output: await logsOf(body.Id) };
}

async function logsOf(id: string): Promise<string> {
  const { body } = await ask('GET', `/containers/${id}/logs?stdout=1&stderr=1`);
  let text = '';
  for (let at = 0; at < body.length; ) {
    const bytes = body.readUInt32BE(at + 4);
    text += body.toString('utf8', at + 8, at + 8 + bytes);
    at += 8 + bytes;
  }
  return text;
}

/** A connection on which something else than HTTP is spoken from now on. */
async function upgraded(url: string, protocol: 'tcp' | 'h2c', body = ''): Promise<net.Socket> {
  const headers = { connection: 'Upgrade', upgrade: protocol };
  const request = http.request({ socketPath: path.join(folder, 'docker.sock'), method: 'POST', path: url, headers });
  request.end(body);
  const [, socket, head] = (await once(request, 'upgrade')) as [http.IncomingMessage, net.Socket, Buffer];
  if (head.length > 0) socket.unshift(head);
  return socket;
}

const pull = (name: string) => ask('POST', `/images/create?fromImage=${name}`);

test('says what it is, and what it does not know', async () => {
  const version = await json('GET', '/v1.44/version');
  expect(version.body).toMatchObject({ ApiVersion: '1.47', Platform: { Name: 'devloop sandbox' } });
  expect((await json('GET', '/nothing')).body).toEqual({ message: 'page not found' });
  expect(await json('GET', '/v1.99/version')).toMatchObject({ status: 400 });
  expect(await json('GET', '/images/nobody/json')).toEqual({
    status: 404,
    body: { message: 'No such image: nobody:latest' },
  });
  expect((await pull('nobody')).body.toString()).toContain('pull access denied for nobody');
});

test('runs a program as process 1 of its own, as the user of the image, without the files of the host', async () => {
  await pull('node:22-slim');
  const script = 'console.log(process.pid, process.getuid(), process.argv0, require("fs").readdirSync("/home").join())';
  const { output, exitCode } = await run({ Image: 'node:22-slim', Cmd: ['node', '-e', script], User: 'node' });
  expect({ output, exitCode }).toEqual({ output: '1 1000 node node\n', exitCode: 0 });
  const hidden = await run({
    Image: 'node:22-slim',
    Cmd: ['sh', '-c', `ls ${folder} /etc/shadow; echo x > /usr/bin/x`],
  });
  expect(hidden.output).toContain('Read-only file system');
  expect(hidden.output.match(/No such file or directory/g)).toHaveLength(2);
});

test('standard output can be opened anew', async () => {
  await pull('node');
  const { output } = await run({ Image: 'node', Cmd: ['sh', '-c', 'echo out > /dev/stdout; echo err > /dev/stderr'] });
  expect(output.split('\n').sort()).toEqual(['', 'err', 'out']);
});

test('a command that is not there is refused in the words of runc', async () => {
  await pull('busybox');
  const { body } = await json('POST', '/containers/create', { Image: 'busybox', Cmd: ['nosuch'] });
  const { status, body: refusal } = await json('POST', `/containers/${body.Id}/start`);
  expect(status).toBe(400);
  expect(refusal.message).toContain('exec: "nosuch": executable file not found in $PATH');
  expect((await json('GET', `/containers/${body.Id}/json`)).body.State).toMatchObject({
    ExitCode: 127,
    Status: 'created',
  });
});

test('a program that ignores SIGTERM is killed after the grace, and the events say so in order', async () => {
  await pull('busybox');
  const { body } = await json('POST', '/containers/create', {
    Image: 'busybox',
    Cmd: ['sleep', '1000'],
    Labels: { a: 'b' },
  });
  const since = Date.now() / 1000;
  await json('POST', `/containers/${body.Id}/start`);
  expect((await json('POST', `/containers/${body.Id}/stop?t=0`)).status).toBe(204);
  expect((await json('GET', `/containers/${body.Id}/json`)).body.State).toMatchObject({
    ExitCode: 137,
    Running: false,
  });
  expect((await json('POST', `/containers/${body.Id}/kill`)).status).toBe(409);
  const filters = encodeURIComponent(JSON.stringify({ label: ['a=b'], event: ['start', 'kill', 'die'] }));
  const told = await ask('GET', `/events?since=${since.toFixed(6)}&until=${Date.now() / 1000}&filters=${filters}`);
  const events = told.body
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map((event) => [event.Action, event.Actor.Attributes.signal, event.Actor.Attributes.exitCode])).toEqual(
    [
      ['start', undefined, undefined],
      ['kill', '15', undefined],
      ['kill', '9', undefined],
      ['die', undefined, '137'],
    ],
  );
});

test('tells of the threads of a container whether they have something to do', async () => {
  await pull('busybox');
  const { body } = await json('POST', '/containers/create', {
    Image: 'busybox',
    Cmd: ['sh', '-c', 'while :; do :; done'],
  });
  const top = (args: string) => json('GET', `/containers/${body.Id}/top?ps_args=${encodeURIComponent(args)}`);
  expect((await top('-eLo pid,stat')).status).toBe(409);
  await json('POST', `/containers/${body.Id}/start`);
  const { State } = (await json('GET', `/containers/${body.Id}/json`)).body;
  expect((await top('-eLo pid,stat')).body).toEqual({
    Titles: ['PID', 'STAT'],
    Processes: [[String(State.Pid), expect.stringMatching(/^[RD]$/)]],
  });
  expect((await top('-ef')).status).toBe(400);
  await json('DELETE', `/containers/${body.Id}?force=1`);
});

test('builds with stages, and takes what has not changed from its cache', async () => {
  const Dockerfile = [
    'FROM node:22-slim AS made',
    'WORKDIR /made',
    'RUN echo built > it && echo a line',
    'FROM node:22-slim',
    'ARG GREETING=hello',
    'ENV TEXT="${GREETING:-no} there"',
    'WORKDIR /app',
    'COPY --from=made /made/it .',
    'COPY . .',
    'CMD ["sh", "-c", "cat it file; echo $TEXT"]',
  ].join('\n');
  const first = await build('staged', { Dockerfile, file: 'one\n' });
  expect(first.map((message) => message.stream).join('')).toContain('a line\n');
  expect((await run({ Image: 'staged' })).output).toBe('built\none\nhello there\n');
  const again = await build('staged', { Dockerfile, file: 'one\n' });
  expect(again.filter((message) => message.stream === ' ---> Using cache\n')).toHaveLength(5);
  expect(again.findLast((message) => message.aux)?.aux).toEqual(first.findLast((message) => message.aux)?.aux);
  await build('staged', { Dockerfile, file: 'two\n' }, 'version=2');
  expect((await run({ Image: 'staged' })).output).toBe('built\ntwo\nhello there\n');
});

test.each([
  ['version=1', "The command '/bin/sh -c exit 3' returned a non-zero code: 3"],
  ['version=2', 'failed to solve: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3'],
])('a step that fails is told in the words of the builder (%s)', async (query, words) => {
  const messages = await build('failing', { Dockerfile: 'FROM busybox\nRUN exit 3\n' }, query);
  expect(messages.at(-1)?.error).toBe(words);
});

test('a Dockerfile leads nowhere outside the image', async () => {
  const outside = path.join(folder, 'outside');
  await mkdir(outside);
  await writeFile(path.join(outside, 'secret'), 'of the person');
  const Dockerfile = [
    'FROM busybox',
    `RUN ln -s ${outside} /out`,
    'COPY file /out/written',
    'COPY file /../../../../../../up',
    'WORKDIR /out/made',
  ].join('\n');
  const messages = await build('hostile', { Dockerfile, file: 'x' });
  expect(messages.at(-1)?.error).toBeUndefined();
  expect(await readdir(outside)).toEqual(['secret']);
  const { body } = await json('POST', '/containers/create', { Image: 'hostile' });
  const put = await ask('PUT', `/containers/${body.Id}/archive?path=/out`, await archive({ '../../put': 'x' }));
  expect(put.status).toBe(200);
  expect(await readdir(outside)).toEqual(['secret']);
  expect((await ask('GET', `/containers/${body.Id}/archive?path=/out/secret`)).status).toBe(404);
  await rm(outside, { recursive: true });
});

test('ADD unpacks archives of tar by their content, and copies everything else', async () => {
  const inner = await archive({ 'in/a.txt': 'a\n', 'b.txt': 'b\n' });
  const files = { plain: inner, zipped: gzipSync(inner), 'not.tar.gz': gzipSync('text'), 'words.txt': 'words\n' };
  const Dockerfile =
    'FROM busybox\nADD plain /one/\nADD zipped /two/\nADD not.tar.gz words.txt /three/\nCOPY plain /four/\n';
  const messages = await build('added', { Dockerfile, ...files });
  expect(messages.at(-1)?.error).toBeUndefined();
  const { output } = await run({ Image: 'added', Cmd: ['sh', '-c', 'cd / && find one two three four -type f | sort'] });
  expect(output.split('\n')).toEqual([
    'four/plain',
    'one/b.txt',
    'one/in/a.txt',
    'three/not.tar.gz',
    'three/words.txt',
    'two/b.txt',
    'two/in/a.txt',
    '',
  ]);
});

test.each([
  ['ADD https://example.invalid/file /', 'https://example.invalid/file: the sandbox has no network to download from'],
  ['ADD a.tar.xz /', 'ADD a.tar.xz: the sandbox unpacks archives of tar and gzip only'],
])('%s is refused', async (line, words) => {
  for (const query of ['version=1', 'version=2']) {
    const messages = await build('refused', { Dockerfile: `FROM busybox\n${line}\n`, 'a.tar.xz': 'x' }, query);
    expect(messages.at(-1)?.error).toContain(words);
  }
});

test('what builds remember is pruned, and then made anew', async () => {
  const Dockerfile = 'FROM busybox\nRUN echo x > /x\nRUN echo y > /y\n';
  const cached = async () =>
    (await build('pruned', { Dockerfile })).filter(({ stream }) => stream === ' ---> Using cache\n').length;
  await cached();
  expect(await cached()).toBe(2);
  const old = await json('POST', `/build/prune?filters=${encodeURIComponent('{"until":["1h"]}')}`);
  expect(old).toEqual({ status: 200, body: { CachesDeleted: null, SpaceReclaimed: 0 } });
  expect(await cached()).toBe(2);
  const all = await json('POST', '/build/prune');
  expect(all.body.CachesDeleted.length).toBeGreaterThanOrEqual(2);
  expect(await cached()).toBe(0);
});

test('images are pruned: those without a name, or all that no container is made of', async () => {
  const dangling = (label: string) => build('kept', { Dockerfile: `FROM scratch\nLABEL prune=${label}\n` });
  await dangling('one');
  await dangling('two');
  const filters = (of: object) => encodeURIComponent(JSON.stringify(of));
  const names = async () => {
    const { body } = await json('GET', `/images/json?filters=${filters({ label: ['prune'] })}`);
    return body.map(({ RepoTags, Labels }: { RepoTags: string[]; Labels: object }) => [RepoTags, Labels]);
  };
  expect(await names()).toHaveLength(2);
  await json('POST', `/images/prune?filters=${filters({ label: ['prune'], 'label!': ['prune=one'] })}`);
  expect(await names()).toHaveLength(2);
  await json('POST', `/images/prune?filters=${filters({ label: ['prune'] })}`);
  expect(await names()).toEqual([[['kept:latest'], { prune: 'two' }]]);
  const all = await json('POST', `/images/prune?filters=${filters({ dangling: ['false'], label: ['prune'] })}`);
  expect(all.body.ImagesDeleted).toEqual([{ Untagged: 'kept:latest' }, { Deleted: expect.stringMatching(/^sha256:/) }]);
  expect(await names()).toEqual([]);
});

test("python is this machine's own, or is refused where there is none", async () => {
  const messages = await build('snake', { Dockerfile: 'FROM python:3.12-slim\nRUN python3 -c "print(6 * 7)"\n' });
  const said = messages.map(({ stream, error }) => stream ?? error ?? '').join('');
  expect(said).toContain(existsSync('/usr/bin/python3') ? '42\n' : 'pull access denied for python');
});

test.each(['/session', '/grpc', '/build?version=2&session=x'])('%s is refused, and says what helps', async (where) => {
  const { status, body } = await json('POST', where);
  expect(status).toBe(501);
  expect(body.message).toContain('DOCKER_BUILDKIT=0');
});

test('a command has a terminal of the size that is asked for, in which Ctrl-C is for what runs there', async () => {
  await pull('busybox');
  const container = await json('POST', '/containers/create', { Image: 'busybox', Cmd: ['sleep', '1000'] });
  await json('POST', `/containers/${container.body.Id}/start`);
  const asked = { Cmd: ['sh'], Tty: true, AttachStdin: true, AttachStdout: true, Env: ['PS1=$ '] };
  const { body } = await json('POST', `/containers/${container.body.Id}/exec`, asked);
  const terminal = await upgraded(`/exec/${body.Id}/start`, 'tcp', '{"Tty":true}');
  let shown = '';
  terminal.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const shows = async (what: RegExp) => {
    while (!what.test(shown)) await once(terminal, 'data');
    shown = '';
  };
  await shows(/\$ $/);
  expect((await json('POST', `/exec/${body.Id}/resize?h=31&w=100`)).status).toBe(200);
  terminal.write('stty size; tty\n');
  await shows(/31 100\r\n\/dev\/pts\/\d+\r\n\$ $/);
  // said by what has the terminal then, not by the shell that is about to give it away
  terminal.write('sh -c "echo begun-$((40+2)); exec sleep 1000"\n');
  await shows(/begun-42/);
  terminal.write('\u0003');
  await shows(/\$ $/);
  terminal.write('exit 9\n');
  await once(terminal, 'close');
  expect((await json('GET', `/exec/${body.Id}/json`)).body).toMatchObject({ Running: false, ExitCode: 9 });
  expect((await json('POST', `/exec/${body.Id}/resize?h=31&w=wide`)).status).toBe(400);
  await json('DELETE', `/containers/${container.body.Id}?force=1`);
});

test('what a command is given to read ends where the client ends it', async () => {
  const container = await json('POST', '/containers/create', { Image: 'busybox', Cmd: ['sleep', '1000'] });
  await json('POST', `/containers/${container.body.Id}/start`);
  const asked = { Cmd: ['wc', '-c'], AttachStdin: true, AttachStdout: true };
  const { body } = await json('POST', `/containers/${container.body.Id}/exec`, asked);
  const socket = await upgraded(`/exec/${body.Id}/start`, 'tcp', '{}');
  socket.end('five!');
  const said: Buffer[] = [];
  for await (const bytes of socket) said.push(bytes as Buffer);
  expect(Buffer.concat(said).subarray(8).toString()).toBe('5\n');
  await json('DELETE', `/containers/${container.body.Id}?force=1`);
});

test('a container ends also where the client of a command in it has left', async () => {
  const container = await json('POST', '/containers/create', { Image: 'busybox', Cmd: ['sleep', '1000'] });
  await json('POST', `/containers/${container.body.Id}/start`);
  for (const detached of ['', 'sleep 1001 & ']) {
    const asked = { Cmd: ['sh', '-c', `${detached}echo begun; exec sleep 1000`], AttachStdout: true };
    const { body } = await json('POST', `/containers/${container.body.Id}/exec`, asked);
    const socket = await upgraded(`/exec/${body.Id}/start`, 'tcp', '{}');
    await once(socket, 'data');
    socket.destroy();
  }
  await json('POST', `/containers/${container.body.Id}/kill`);
  const ended = await json('POST', `/containers/${container.body.Id}/wait`);
  expect(ended.body.StatusCode).toBe(137);
  await json('DELETE', `/containers/${container.body.Id}`);
});

test("BuildKit's own protocol is refused in words that its clients show", async () => {
  const connection = await upgraded('/grpc', 'h2c');
  const calls = http2.connect('http://docker', { createConnection: () => connection });
  const call = calls.request({
    ':method': 'POST',
    ':path': '/moby.buildkit.v1.Control/ListWorkers',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const [answer] = (await once(call, 'response')) as [http2.IncomingHttpHeaders];
  expect(answer).toMatchObject({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' });
  expect(decodeURI(String(answer['grpc-message']))).toContain('use DOCKER_BUILDKIT=0 docker build');
  calls.destroy();
  const session = await upgraded('/session', 'h2c');
  expect((await ask('POST', '/build?version=2&session=x')).status).toBe(501);
  session.destroy();
});
