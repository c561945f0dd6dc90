import { lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EngineError, type LogRecord } from '../ports/container-engine.ts';
import { parseTime } from '../runtime/clock.ts';
import { packPath, unpack } from '../runtime/tar-files.ts';
import type { Container } from './container.ts';
import type { Engine } from './engine.ts';
import { hijack } from './hijack.ts';
import { frame } from './raw-stream.ts';
import { type Call, isTrue, type Route, sendNothing } from './router.ts';

/** Go's bits of os.FileMode, which `X-Docker-Container-Path-Stat` has. */
const GO_DIRECTORY = 2 ** 31;
const GO_SYMLINK = 2 ** 27;

/** What goes in and out of containers: logs, attach, archives. */
export function streamRoutes(engine: Engine): Route[] {
  const route = (
    method: string,
    what: string,
    handle: (container: Container, call: Call) => Promise<void> | void,
  ): Route => ({
    method,
    path: new RegExp(`^/containers/([^/]+)/${what}$`),
    handle: (call) => handle(engine.find(call.name), call),
  });
  return [
    route('GET', 'logs', logs),
    route('POST', 'attach', attach),
    route('GET', 'archive', getArchive),
    route('HEAD', 'archive', headArchive),
    route('PUT', 'archive', putArchive),
  ];
}

async function logs(container: Container, { query, response, signal }: Call): Promise<void> {
  const wanted = { stdout: isTrue(query, 'stdout'), stderr: isTrue(query, 'stderr') };
  if (!wanted.stdout && !wanted.stderr) {
    throw new EngineError(400, 'Bad parameters: you must choose at least one stream');
  }
  const since = parseTime(query.get('since') ?? '') ?? 0n;
  const until = parseTime(query.get('until') || '') ?? 0n;
  const fits = (record: LogRecord) => {
    const at = parseTime(record.time) ?? 0n;
    return wanted[record.stream] && at >= since && (until === 0n || at <= until);
  };
  const told = (record: LogRecord) =>
    frame(
      record.stream,
      isTrue(query, 'timestamps') ? Buffer.concat([Buffer.from(`${record.time} `), record.bytes]) : record.bytes,
    );
  const tail = query.get('tail') ?? 'all';
  const last = /^\d+$/.test(tail) ? Number(tail) : undefined;
  response.writeHead(200, { 'Content-Type': 'application/vnd.docker.multiplexed-stream' });
  response.flushHeaders();
  const follow = isTrue(query, 'follow');
  // Counted first, so that a long log is never held whole.
  let skipped = last === undefined ? 0 : -last;
  if (last !== undefined) {
    for await (const records of container.log.read({ follow: false, files: 'all', signal })) {
      skipped += records.filter(fits).length;
    }
  }
  for await (const records of container.log.read({ follow, files: 'all', signal })) {
    const fitting = records.filter(fits);
    const wanted = fitting.slice(Math.max(0, skipped));
    skipped -= fitting.length;
    if (wanted.length > 0 && !response.write(Buffer.concat(wanted.map(told)))) await drained(response, signal);
  }
  response.end();
}

/** Only the output: a container's stdin is empty. */
async function attach(container: Container, { request, response, query, signal }: Call): Promise<void> {
  const wanted = { stdout: isTrue(query, 'stdout'), stderr: isTrue(query, 'stderr') };
  const fromNow = isTrue(query, 'logs') ? '' : lastTime(container);
  const socket = hijack(request, response);
  const ended = container.state.status === 'exited';
  if (!ended) {
    for await (const records of container.log.read({ follow: true, files: 'all', signal })) {
      const frames = records
        .filter(({ stream, time }) => wanted[stream] && time > fromNow)
        .map(({ stream, bytes }) => frame(stream, bytes));
      if (frames.length > 0 && !socket.write(Buffer.concat(frames))) await drained(socket, signal);
    }
  }
  socket.end();
}

function lastTime(container: Container): string {
  return container.state.status === 'running' ? container.log.lastTime : '';
}

function getArchive(container: Container, { query, response, signal, name }: Call): Promise<void> {
  const file = pathOf(query);
  response.setHeader('X-Docker-Container-Path-Stat', pathStat(container, name, file));
  response.writeHead(200, { 'Content-Type': 'application/x-tar' });
  return pipeline(packPath(container.root.files, file), response, { signal });
}

function headArchive(container: Container, { query, response, name }: Call): void {
  response.setHeader('X-Docker-Container-Path-Stat', pathStat(container, name, pathOf(query)));
  sendNothing(response, 200);
}

async function putArchive(container: Container, { request, query, response, name }: Call): Promise<void> {
  const folder = pathOf(query);
  const { files } = container.root;
  const stats = files.stat(folder);
  if (stats === undefined) throw noSuchFile(name, folder);
  if (!stats.isDirectory()) throw new EngineError(400, 'extraction point is not a directory');
  if (container.spec.readOnlyRoot) throw new EngineError(403, 'container rootfs is marked read-only');
  await unpack(request, files, folder);
  sendNothing(response, 200);
}

function pathOf(query: URLSearchParams): string {
  const file = query.get('path') ?? '';
  if (file === '') throw new EngineError(400, 'bad parameter: path cannot be empty');
  return path.posix.join('/', file);
}

/** @param name of the container as the request has it */
function pathStat(container: Container, name: string, file: string): string {
  const { files } = container.root;
  if (files.lstat(file) === undefined) throw noSuchFile(name, file);
  using place = files.place(file, { follow: false });
  const stats = lstatSync(place.path);
  const kind = stats.isDirectory() ? GO_DIRECTORY : stats.isSymbolicLink() ? GO_SYMLINK : 0;
  const told = {
    name: path.posix.basename(file) || '/',
    size: stats.size,
    mode: kind + (stats.mode & 0o777),
    mtime: stats.mtime.toISOString(),
    linkTarget: stats.isSymbolicLink() ? readlinkSync(place.path) : '',
  };
  return Buffer.from(JSON.stringify(told)).toString('base64');
}

function noSuchFile(container: string, file: string): EngineError {
  return new EngineError(404, `Could not find the file ${file} in container ${container}`);
}

function drained(stream: NodeJS.WritableStream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    stream.once('drain', done);
    stream.once('close', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
