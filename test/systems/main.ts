import { parseArgs } from 'node:util';
import { round, table } from '../bench/figures.ts';
import { DevloopRig } from '../rig/devloop-rig.ts';
import { RunningSandbox } from '../rig/running-sandbox.ts';
import { runSystem, type SystemRun } from './run-system.ts';
import { SYSTEMS, type System } from './systems.ts';

/** `npm run systems`: the example systems one after the other, each as it is, and a table of what they did. */

interface Row {
  readonly system: System;
  /** Undefined where it failed. */
  readonly run: SystemRun | undefined;
  readonly problems: readonly string[];
}

const HEAD = ['system', 'services', 'ready', 'edit', 'back', 'logs', 'answers at', 'left', ''];
const EXPLAINED = `ready: seconds from devloop up --yes in a folder that it has not seen, until all services are live, builds and the
daemon's start included. edit, back: seconds from the save, or from devloop rollback, to the first answer of that version.
logs: services of which devloop logs has lines. left: objects that are there after devloop down.`;

const { values } = parseArgs({
  options: { sandbox: { type: 'boolean', default: false }, only: { type: 'string', multiple: true, default: [] } },
});
const unknown = values.only.filter((name) => !SYSTEMS.some((system) => system.name === name));
if (unknown.length > 0) {
  console.error(`There is no system ${unknown.join(', ')}; there are: ${SYSTEMS.map(({ name }) => name).join(', ')}.
Usage: npm run systems -- [--sandbox] [--only NAME]...`);
  process.exit(2);
}
const asked = SYSTEMS.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
const left = asked.filter(({ isPython }) => values.sandbox && isPython);
for (const { name } of left)
  console.log(`${name} is left out: it installs Python packages, and a sandbox has no network.`);
process.exitCode = await main(asked.filter((system) => !left.includes(system)));

async function main(systems: readonly System[]): Promise<number> {
  await using sandbox = values.sandbox ? await RunningSandbox.open() : undefined;
  Object.assign(process.env, sandbox?.environment);
  const rows: Row[] = [];
  for (const system of systems) {
    process.stderr.write(`${system.name} …\n`);
    rows.push(await rowOf(system));
  }
  console.log(`${table([HEAD, ...rows.map(cellsOf)])}\n\n${EXPLAINED}`);
  const failed = rows.filter(({ problems }) => problems.length > 0);
  for (const { system, problems } of failed) console.log(`\n${system.name}:\n${problems.join('\n')}`);
  return failed.length === 0 ? 0 : 1;
}

async function rowOf(system: System): Promise<Row> {
  const problems: string[] = [];
  let run: SystemRun | undefined;
  {
    await using rig = await DevloopRig.open(system.fixture, { onProblem: (problem) => problems.push(problem) });
    try {
      run = await runSystem(system, rig);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      await rig.devloop(['down', '--yes'], { expect: null, timeoutMs: 180_000 });
    }
  }
  return { system, run, problems };
}

function cellsOf({ system, run, problems }: Row): (string | number)[] {
  const verdict = problems.length === 0 ? 'ok' : 'FAILED';
  if (run === undefined) return [system.name, '', '', '', '', '', '', '', verdict];
  const { services, logged, left, readyMs, editMs, backMs, url } = run;
  const seconds = (ms: number | undefined) => (ms === undefined ? '' : round(ms / 1000, 1));
  const place = url === undefined ? '' : new URL(url).host;
  return [system.name, services, seconds(readyMs), seconds(editMs), seconds(backMs), logged, place, left, verdict];
}
