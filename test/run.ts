/**
 * All tests that need no cluster: the unit tests and, on a sandbox, the scenarios. Both at once, for much of it is waiting.
 * The scenarios are seen as they run, the unit tests when all is over. Part of `npm test`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { memoryFolder } from './rig/memory-folder.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

// a folder for temporary files that somebody has chosen is theirs to choose
const memory = process.env['TMPDIR'] === undefined ? await memoryFolder() : undefined;
const env = memory === undefined ? process.env : { ...process.env, TMPDIR: memory };
const scenarios = start('inherit', 'test/vitest.sandbox.config.ts');
const units = start('pipe', 'test/vitest.config.ts');
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    scenarios.kill(signal);
    units.kill(signal);
  });
}
const said = Promise.all([units.stdout, units.stderr].map((stream) => (stream === null ? '' : buffer(stream))));
const failed = await Promise.all([scenarios, units].map(hasFailed));
for (const output of await said) process.stdout.write(output);
if (memory !== undefined) await rm(memory, { recursive: true, force: true });
process.exitCode = failed.includes(true) ? 1 : 0;

function start(stdio: 'pipe' | 'inherit', config: string): ChildProcess {
  return spawn('node_modules/.bin/vitest', ['run', '--config', config], {
    cwd: ROOT,
    env,
    stdio: ['ignore', stdio, stdio],
  });
}

async function hasFailed(run: ChildProcess): Promise<boolean> {
  const [code] = (await once(run, 'exit')) as [number | null];
  return code !== 0;
}
