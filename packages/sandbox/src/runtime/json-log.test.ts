import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { JsonLog } from './json-log.ts';

const FOLLOWER = fileURLToPath(new URL('./json-log-follower.fake.ts', import.meta.url));

/** A log, and what writes a line to it. */
function openLog() {
  const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const log = new JsonLog(path.join(folder, 'log'));
  onTestFinished(() => log[Symbol.dispose]());
  const output = new PassThrough();
  const captured = log.capture(output, 'stdout');
  return { log, output, captured };
}

test('who follows is told what is written later, until the end', async () => {
  const { log, output, captured } = openLog();
  output.write('one\n');
  const lines = log.read({ follow: true, files: 'all', signal: new AbortController().signal });
  const next = async () => {
    const { done, value } = await lines.next();
    return done ? undefined : value.map(({ bytes }) => bytes.toString());
  };
  expect(await next()).toEqual(['one\n']);
  const second = next();
  output.end('two\n');
  expect(await second).toEqual(['two\n']);
  await captured;
  log.end();
  expect(await next()).toBeUndefined();
});

test('who follows ends with the signal', async () => {
  const { log } = openLog();
  const controller = new AbortController();
  const next = log.read({ follow: true, files: 'all', signal: controller.signal }).next();
  controller.abort();
  expect((await next).done).toBe(true);
});

test('waiting for a line leaves nothing behind, however many come', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [FOLLOWER, '10', '1000']);
  const [few, many] = JSON.parse(stdout) as [number, number];
  expect(many - few).toBeLessThan(500);
});
