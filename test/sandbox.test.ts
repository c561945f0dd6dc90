import { cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../packages/sandbox/src/host/loopback-address.ts';
import { poll } from './rig/poll.ts';
import { processesWithEnvironment } from './rig/processes.ts';
import { type CommandResult, runCommand } from './rig/run-command.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DEVLOOP = path.join(ROOT, 'packages/tui/dist/main.js');
const UP_TIMEOUT_SECONDS = 150;

let scratch: string;
let project: string;
let port: number;
let environment: Record<string, string | undefined>;

beforeEach(async () => {
  scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'sb-')));
  project = path.join(scratch, 'shop');
  const temporary = path.join(scratch, 'tmp');
  await mkdir(temporary);
  await cp(path.join(ROOT, 'fixtures/shop'), project, { recursive: true });
  port = await freePort('127.0.0.1', 0);
  await writeFile(
    path.join(project, 'devloop.yaml'),
    `services:\n  catalog:\n  prices:\n  web:\n    dependsOn: [catalog, prices]\n    ports: ["${port}:http"]\n`,
  );
  // no docker, kubectl and minikube in it, and no temporary files but its own
  environment = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    TMPDIR: temporary,
    XDG_RUNTIME_DIR: path.join(scratch, 'run'),
    XDG_STATE_HOME: path.join(scratch, 'state'),
  };
});

afterEach(async () => {
  await runCommand(process.execPath, [DEVLOOP, '-C', project, 'stop'], { env: environment });
  await rm(scratch, { recursive: true });
});

async function devloop(...args: string[]): Promise<CommandResult> {
  const options = { env: environment, timeoutMs: (UP_TIMEOUT_SECONDS + 20) * 1000 };
  const result = await runCommand(process.execPath, [DEVLOOP, '-C', project, ...args], options);
  expect(result.code, result.output).toBe(0);
  return result;
}

async function page(): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}/`)).text();
}

/** What runs of it, and what it has left among the temporary files. */
async function remains(): Promise<string[]> {
  const processes = processesWithEnvironment('TMPDIR', environment['TMPDIR'] ?? '').map((found) => found.commandLine);
  const files = await readdir(environment['TMPDIR'] ?? '');
  return [...processes, ...files.filter((name) => name.startsWith('devloop-sandbox-'))];
}

test('a project of three services comes up, a save goes live, and nothing is left of it', {
  timeout: 300_000,
}, async () => {
  await devloop('up', '-d', '--sandbox', '--timeout', String(UP_TIMEOUT_SECONDS));
  expect(await page()).toBe('Welcome to the shop\napples: 2.10\nbread: 3.40\ncheese: 5.80\n');
  await writeFile(path.join(project, 'web/greeting.txt'), 'Good morning\n');
  expect(await poll(page, (text) => text.startsWith('Good morning'), { what: 'the edit is served' })).toContain(
    'apples',
  );
  expect((await devloop('logs', 'web')).stdout).toContain('web says "Good morning"');
  await devloop('stop');
  expect(await remains()).toEqual([]);
});

test('a daemon that is killed takes the sandbox with it', { timeout: 300_000 }, async () => {
  await devloop('up', '-d', '--sandbox', '--timeout', String(UP_TIMEOUT_SECONDS));
  const { pid } = JSON.parse((await devloop('status', '--json')).stdout) as { pid: number };
  expect(await remains()).not.toEqual([]);
  process.kill(pid, 'SIGKILL');
  await poll(remains, (left) => left.length === 0, { what: 'nothing is left of the sandbox' });
});
