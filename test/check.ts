/**
 * All that can be said of the code without a cluster: lint, types, the unit tests and, on a sandbox, the scenarios. All at
 * once, for much of it is waiting. The scenarios are seen as they run, the others when all are over, those that failed
 * last. Part of `npm test`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const scenarios = start('inherit', 'vitest', 'run', '--config', 'test/vitest.sandbox.config.ts');
const others = [
  start('pipe', 'biome', 'ci', '.'),
  // more than one thread takes a third more time of the processors, which the tests want
  start('pipe', 'tsc', '-b', 'packages/tui', 'test', '--singleThreaded', '--pretty'),
  start('pipe', 'vitest', 'run', '--config', 'test/vitest.config.ts'),
];
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const run of [scenarios, ...others]) run.kill(signal);
  });
}
const told = Promise.all(others.map(heard));
const failed = await hasFailed(scenarios);
const reports = (await told).toSorted((a, b) => Number(a.failed) - Number(b.failed));
for (const { output } of reports) process.stdout.write(output);
process.exitCode = failed || reports.some((report) => report.failed) ? 1 : 0;

function start(stdio: 'pipe' | 'inherit', program: string, ...args: string[]): ChildProcess {
  return spawn(`node_modules/.bin/${program}`, args, { cwd: ROOT, stdio: ['ignore', stdio, stdio] });
}

/** Resolves when it has ended, with all that it has said. */
async function heard(run: ChildProcess): Promise<{ readonly output: Buffer; readonly failed: boolean }> {
  const streams = [run.stdout, run.stderr].filter((stream) => stream !== null);
  const [failed, ...said] = await Promise.all([hasFailed(run), ...streams.map((stream) => buffer(stream))]);
  return { output: Buffer.concat(said), failed };
}

async function hasFailed(run: ChildProcess): Promise<boolean> {
  const [code] = (await once(run, 'exit')) as [number | null];
  return code !== 0;
}
