/**
 * All tests that want no cluster: the unit tests and, on a sandbox, the scenarios. Both at once, for much of either is
 * waiting. The scenarios are seen as they run, the unit tests when they are over. Part of `npm test`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const VITEST = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));

const unit = start('vitest.config.ts', 'pipe');
const scenarios = start('vitest.sandbox.config.ts', 'inherit');
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const run of [unit, scenarios]) run.kill(signal);
  });
}
const said = unit.stdout === null ? Buffer.alloc(0) : buffer(unit.stdout);
const codes = await Promise.all([ended(unit), ended(scenarios)]);
process.stdout.write(await said);
process.exitCode = codes.find((code) => code !== 0) ?? 0;

function start(config: string, stdout: 'pipe' | 'inherit'): ChildProcess {
  const file = fileURLToPath(new URL(config, import.meta.url));
  return spawn(process.execPath, [VITEST, 'run', '--config', file], { stdio: ['ignore', stdout, 'inherit'] });
}

/** @returns its exit code, 1 where a signal ended it */
async function ended(run: ChildProcess): Promise<number> {
  const [code] = (await once(run, 'exit')) as [number | null];
  return code ?? 1;
}
