import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { issueCertificates } from '../../api-server/certificates.ts';
import type { RunningProgram } from '../isolation.ts';
import { LOOPBACK } from './cluster-address.ts';
import { LoopbackPorts } from './loopback-ports.ts';
import { NodePermissions } from './node-permissions.ts';

const POD = '10.244.0.2';
const OTHER = '10.244.0.3';

let folder: string;
let ports: LoopbackPorts;
let isolation: NodePermissions;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'permissions-')));
  ports = new LoopbackPorts();
  const dns = { address: '10.96.0.10', port: 53, domain: 'cluster.local' };
  isolation = new NodePermissions({ ports, dns, address: '10.244.0.1' });
});

afterEach(() => rm(folder, { recursive: true }));

/** A program in a pod. */
class Pod implements AsyncDisposable {
  readonly root: string;
  readonly #address: string;
  #program: RunningProgram | undefined;
  #said: Promise<string> = Promise.resolve('');
  #reader: net.Socket | undefined;

  constructor(name: string, address: string) {
    this.root = path.join(folder, name, 'root');
    this.#address = address;
  }

  /** Begins to run a script at the image's `/app`. */
  async run(script: string): Promise<void> {
    await this.write('app/main.js', script);
    const [stdout] = await isolation.openPipes([path.join(folder, `${path.basename(path.dirname(this.root))}-out`)]);
    if (stdout === undefined) throw new Error('a pipe was asked for');
    this.#reader = stdout.reader as net.Socket;
    this.#program = await isolation.start({
      command: ['node', 'main.js'],
      env: {},
      workdir: '/app',
      root: this.root,
      folder,
      uid: 0,
      gid: 0,
      hostname: '',
      readOnlyRoot: false,
      network: 'node',
      stdout: stdout.writer,
      stderr: stdout.writer,
      address: this.#address,
      namespace: 'default',
    });
    stdout.closeWriter();
    this.#said = text(stdout.reader);
  }

  async write(file: string, content: string): Promise<void> {
    await mkdir(path.join(this.root, path.dirname(file)), { recursive: true });
    await writeFile(path.join(this.root, file), content);
  }

  /** Begins to run a script, and resolves when it says something. */
  async runUntilItSpeaks(script: string): Promise<string> {
    await this.run(script);
    const [chunk] = (await once(this.#reader as net.Socket, 'data')) as [Buffer];
    return String(chunk);
  }

  /** All that it says until it ends. */
  async says(script: string): Promise<string> {
    await this.run(script);
    await this.#program?.exited;
    return await this.#said;
  }

  /** Resolves when it has ended, by itself or killed. */
  async end(signal?: number): Promise<number | undefined> {
    if (signal !== undefined) this.#program?.kill(signal);
    return await this.#program?.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end(9);
  }
}

const SERVER = `
  const server = require('node:http').createServer((request, response) => response.end('from ' + request.headers.host));
  server.listen(80, () => console.log(JSON.stringify(server.address())));
`;

test('a server is reached at the port of its pod, which is any port of this machine, until it ends', async () => {
  await using pod = new Pod('server', POD);
  expect(JSON.parse(await pod.runUntilItSpeaks(SERVER))).toEqual({ address: POD, family: 'IPv4', port: 80 });
  const at = ports.find(POD, 80);
  expect(await (await fetch(`http://${LOOPBACK}:${at}`)).text()).toContain('from');
  await using client = new Pod('client', OTHER);
  expect(await client.says(`fetch('http://${POD}/').then((r) => r.text()).then(console.log)`)).toBe(`from ${POD}\n`);
  await pod.end(9);
  expect(ports.find(POD, 80)).toBeUndefined();
});

test('what is its own is reached by localhost, and is not what this machine has there', async () => {
  await using onMachine = net.createServer((socket) => socket.end('of the machine')).listen(0, LOOPBACK);
  await once(onMachine, 'listening');
  const { port } = onMachine.address() as net.AddressInfo;
  await using pod = new Pod('pod', POD);
  const said = await pod.says(`
    const net = require('node:net');
    const server = net.createServer((socket) => socket.end('of the pod'));
    const say = (name) => net.connect(${port}, 'localhost').on('data', (bytes) => console.log(name, String(bytes)))
      .on('error', ({ message }) => console.log(name, message));
    say('before').on('close', () => server.listen(${port}, () => say('then').on('close', () => server.close())));
  `);
  expect(said).toBe(`before connect ECONNREFUSED ${POD}:${port}\nthen of the pod\n`);
});

test('a port that another program of the pod has is in use, and free again when that closes it', async () => {
  await using first = new Pod('first', POD);
  await first.runUntilItSpeaks(`
    const server = require('node:net').createServer().listen(8080, () => console.log('listens'));
    process.on('SIGUSR2', () => server.close());
    setInterval(() => undefined, 1000);
  `);
  await using second = new Pod('second', POD);
  const listen = `require('node:net').createServer().on('error', ({ message }) => console.log(message))
    .listen(8080, function () { setTimeout(() => { console.log(this.listening); this.close(); }, 200); });`;
  expect(await second.says(listen)).toBe(`listen EADDRINUSE: address already in use ${POD}:8080\nfalse\n`);
});

test('TLS between pods is checked by the name that was asked for', async () => {
  const { ca, serverCert, serverKey } = await issueCertificates([POD]);
  await using server = new Pod('server', POD);
  await server.write('app/tls.json', JSON.stringify({ cert: serverCert, key: serverKey }));
  await server.runUntilItSpeaks(`
    require('node:https').createServer(require('./tls.json'), (request, response) => response.end('safe'))
      .listen(443, () => console.log('listens'));
  `);
  await using client = new Pod('client', OTHER);
  await client.write('app/tls.json', JSON.stringify({ ca }));
  const ask = `require('node:https').get('https://${POD}/', require('./tls.json'), (response) => response.pipe(process.stdout))
    .on('error', ({ code }) => console.log(code));`;
  expect(await client.says(ask)).toBe('safe');
});

test('files of the machine are not to be had, not even by a link that the program moves', async () => {
  await writeFile(path.join(folder, 'secret'), 'of the person');
  await using pod = new Pod('pod', POD);
  await pod.write('app/deep/down/file', 'of the image');
  // in the image this is /secret, which is not there; from its root it would be the person's file
  await symlink('../../secret', path.join(pod.root, 'app/deep/link'));
  await symlink('file', path.join(pod.root, 'app/deep/down/inside'));
  const said = await pod.says(`
    const fs = require('node:fs');
    const attempt = (what) => { try { console.log(what()); } catch ({ code }) { console.log(code); } };
    attempt(() => fs.readFileSync('${folder}/secret', 'utf8'));
    attempt(() => fs.symlinkSync('${folder}/secret', '/app/secret'));
    attempt(() => fs.renameSync(__dirname + '/deep/link', __dirname + '/../link'));
    attempt(() => fs.readFileSync(__dirname + '/../link', 'utf8'));
    attempt(() => fs.readFileSync(__dirname + '/deep/down/inside', 'utf8'));
    attempt(() => require('node:child_process').execFileSync('id'));
  `);
  expect(said).toBe('ERR_ACCESS_DENIED\nERR_ACCESS_DENIED\nundefined\nENOENT\nof the image\nERR_ACCESS_DENIED\n');
  expect(await readFile(path.join(folder, 'secret'), 'utf8')).toBe('of the person');
});
