import { parseArgs } from 'node:util';
import { RunningSandbox } from '../rig/running-sandbox.ts';
import { idle } from './idle.ts';
import { logs } from './logs.ts';
import { loop } from './loop.ts';
import { start } from './start.ts';
import { tui } from './tui.ts';

/** One measurement: prints what it does to stderr, and answers its figures for `--json` and in words. */
export interface BenchResult {
  readonly json: unknown;
  readonly text: string;
}

export interface BenchOptions {
  /** How often each thing is measured; undefined: the bench's own number. */
  readonly runs: number | undefined;
}

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<BenchResult>>> = {
  loop,
  start,
  idle,
  tui,
  logs,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string' },
    sandbox: { type: 'boolean', default: false },
  },
});
const bench = BENCHES[positionals[0] ?? ''];
const runs = values.runs === undefined ? undefined : Number(values.runs);
if (!bench || positionals.length !== 1 || (runs !== undefined && !(runs > 0))) {
  console.error(`Usage: node test/bench/main.ts ${Object.keys(BENCHES).join('|')} [--json] [--runs N] [--sandbox]

loop   a save until it serves, by swap and by rolling, beside kubectl set image
start  twenty services from nothing, beside a shell script that does the same
idle   what a daemon takes that has nothing to do: CPU, memory, file watches
tui    the screen under 10 000 log lines a second: CPU, key to paint, bytes written
logs   log lines lost and doubled under crashes, rollout, rotation and outage, beside kubectl logs -f

They need the built command (npm run build) and a minikube that runs, or, with --sandbox, kubectl alone. --runs: how often each
thing is measured; of idle and logs, minutes.`);
  process.exit(2);
}
await using opened = new AsyncDisposableStack();
if (values.sandbox) Object.assign(process.env, opened.use(await RunningSandbox.open()).environment);
const result = await bench({ runs });
console.log(values.json ? JSON.stringify(result.json, null, 2) : result.text);
