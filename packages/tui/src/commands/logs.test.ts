import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { StoredSource } from '@devloop/daemon/log-store/log-source';
import { LogWriter } from '@devloop/daemon/log-store/log-writer';
import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeDaemon } from '../daemon/daemon.fake.ts';
import { logsOf, runtimeOf } from '../daemon/runtime.ts';
import { EXIT } from '../exit-codes.ts';
import { Interruption } from '../interruption.ts';
import { Terminal } from '../terminal/terminal.ts';
import { compilePattern, type LogPattern } from '../ui/logs/log-pattern.ts';
import { type LogsOptions, logs } from './logs.ts';

let folder = '';
let scratch = '';

beforeEach(async () => {
  scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'devloop-logs-')));
  folder = path.join(scratch, 'shop');
  vi.stubEnv('XDG_RUNTIME_DIR', scratch);
  vi.stubEnv('XDG_STATE_HOME', path.join(scratch, 'state'));
  await mkdir(path.join(folder, 'web'), { recursive: true });
  await writeFile(path.join(folder, 'devloop.yaml'), 'services:\n  web:\n');
  await writeFile(path.join(folder, 'web/Dockerfile'), 'FROM scratch\nEXPOSE 8080\n');
  await mkdir(runtimeOf(folder).folder, { recursive: true, mode: 0o700 });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(scratch, { recursive: true, force: true });
});

const ALL: LogsOptions = {
  follow: false,
  tail: undefined,
  sinceMs: Number.NEGATIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
  grep: [],
  not: [],
  level: undefined,
  previous: false,
  build: false,
  json: false,
  timestamps: false,
};

const at = (second: number) => `2026-01-01T12:00:${String(second).padStart(2, '0')}.000000000Z`;

function run(service: string, restarts = 0): StoredSource {
  return {
    is: 'container',
    pod: `${service}-1`,
    uid: service,
    container: service,
    id: `${service}${restarts}`,
    restarts,
  };
}

/** Stores lines of a service, a second each. */
async function store(
  service: string,
  lines: readonly (readonly [second: number, text: string | Buffer, source?: StoredSource])[],
) {
  const options = { folder: path.join(logsOf(folder), service), budgetBytes: 1e6, onFailure: () => undefined };
  await using writer = await LogWriter.open({ ...options, retry: () => Promise.resolve() });
  for (const [second, text, source = run(service)] of lines) {
    const payload = Buffer.concat([Buffer.from(`${at(second)} `), Buffer.from(text as Buffer), Buffer.from('\n')]);
    const time = Date.parse(at(second));
    writer.append(source, { payload, lines: 1, firstMs: time, lastMs: time, isCut: false, isContinued: false });
  }
  await writer.flushed();
}

/** What `devloop logs` prints, without a daemon. */
async function printed(services: readonly string[], options: Partial<LogsOptions> = {}) {
  const { context, stdout, stderr } = stage();
  const code = await logs(services, { ...ALL, ...options }, context);
  return { code, lines: stdout().split('\n').slice(0, -1), errors: stderr() };
}

function stage() {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const controller = new AbortController();
  const terminal = new Terminal(input, output, errors, {});
  const context = { terminal, signal: controller.signal, cwd: folder, startFolder: folder };
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  return { context, controller, stdout: () => text(output), stderr: () => text(errors) };
}

function pattern(source: string): LogPattern {
  const compiled = compilePattern(source);
  if ('error' in compiled) throw new Error(compiled.error);
  return compiled.pattern;
}

test('several services come in the order of their times, and one that is not there is an error', async () => {
  await store('web', [
    [1, 'one'],
    [3, 'three'],
  ]);
  await store('api', [
    [2, 'two'],
    [4, 'four'],
  ]);
  expect(await printed([])).toEqual({
    code: EXIT.ok,
    lines: ['web  one', 'api  two', 'web  three', 'api  four'],
    errors: '',
  });
  expect((await printed(['api'], { timestamps: true })).lines).toEqual([`api  ${at(2)} two`, `api  ${at(4)} four`]);
  const unknown = await printed(['nobody']);
  expect(unknown.code).toBe(EXIT.usage);
  expect(unknown.errors).toContain('The services are: web, api');
});

test('nothing was ever said: nothing is printed, and that is no error', async () => {
  expect(await printed(['web'])).toEqual({ code: EXIT.ok, lines: [], errors: '' });
});

test('what was looked for and not found has an exit code of its own', async () => {
  await store('web', [
    [1, 'INFO up'],
    [2, 'ERROR it broke'],
    [3, '  at line 5'],
    [4, 'INFO Again'],
  ]);
  const found = async (options: Partial<LogsOptions>) => {
    const { code, lines } = await printed(['web'], options);
    return [code, ...lines.map((line) => line.replace('web  ', ''))];
  };
  expect(await found({ grep: [pattern('info')] })).toEqual([0, 'INFO up', 'INFO Again']);
  expect(await found({ grep: [pattern('/^INFO A/'), pattern('broke')] })).toEqual([0, 'ERROR it broke', 'INFO Again']);
  expect(await found({ grep: [pattern('info')], not: [pattern('again')] })).toEqual([0, 'INFO up']);
  expect(await found({ level: 'warn' })).toEqual([0, 'ERROR it broke', '  at line 5']);
  expect(await found({ level: 'fatal' })).toEqual([1]);
  expect(await found({ grep: [pattern('INFO')], tail: 1 })).toEqual([0, 'INFO Again']);
  expect(await found({ sinceMs: Date.parse(at(3)) })).toEqual([0, '  at line 5', 'INFO Again']);
  expect(await found({ untilMs: Date.parse(at(2)), tail: 1 })).toEqual([0, 'ERROR it broke']);
  expect(await found({ untilMs: Date.parse(at(0)) })).toEqual([0]);
});

test('the run before the newest, and the output of builds', async () => {
  await store('web', [
    [1, 'first run'],
    [2, 'second run', run('web', 1)],
    [3, 'RUN make', { is: 'output', source: 'build' }],
    [4, 'third run', run('web', 2)],
  ]);
  expect((await printed([], { previous: true })).lines).toEqual(['web  second run']);
  expect((await printed([], { build: true, tail: 2 })).lines).toEqual(['web build  RUN make', 'web        third run']);
  expect((await printed([])).lines).toEqual(['web  first run', 'web  second run', 'web  third run']);
});

test('what a terminal would obey and what is no text is shown safely', async () => {
  await store('web', [[1, Buffer.from([0x61, 0x1b, 0x5b, 0x32, 0x4a, 0xff, 0xc2, 0x9b, 0x62])]]);
  expect((await printed([])).lines).toEqual(['web  a�b']);
  const [row = ''] = (await printed([], { json: true })).lines;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(row).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  expect(JSON.parse(row)).toEqual({
    type: 'line',
    at: at(1),
    service: 'web',
    pod: 'web-1',
    container: 'web',
    restarts: 0,
    text: 'a\u001b[2J�\u009bb',
  });
});

test('to follow needs a daemon, which sends what is there and then what comes', async () => {
  const { context, stderr } = stage();
  expect(await logs([], { ...ALL, follow: true }, context)).toBe(EXIT.daemon);
  expect(stderr()).toContain('daemon/unreachable');

  await using daemon = await FakeDaemon.listen(runtimeOf(folder).socket);
  daemon.logsGoOn = true;
  const lines = (...texts: string[]): LogMessage => {
    return { type: 'lines', service: 'web', pod: 'web-1', container: 'web', lines: texts.map((text) => [at(1), text]) };
  };
  daemon.logs = [lines('old a', 'old b', 'c'), { type: 'caught-up' }, lines('new a', 'd')];
  const { context: following, controller, stdout } = stage();
  const ended = logs([], { ...ALL, follow: true, grep: [pattern('a'), pattern('b')], tail: 1 }, following);
  let text = '';
  while (!text.includes('new')) {
    text += stdout();
    await new Promise((resolve) => setImmediate(resolve));
  }
  controller.abort(new Interruption('ended by SIGINT', EXIT.interrupted));
  expect(await ended).toBe(EXIT.ok);
  expect(text).toBe('web  old b\nweb  new a\n');
  expect(daemon.requests).toContain('GET /v1/logs?follow=1&mark=1');
});
