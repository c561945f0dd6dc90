import { parseArgs } from 'node:util';
import { RunningSandbox } from '../rig/running-sandbox.ts';
import { forwards } from './forwards.ts';
import { idle } from './idle.ts';
import { logs } from './logs.ts';
import { loop } from './loop.ts';
import { sandbox } from './sandbox.ts';
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
  /** What it runs on instead of the cluster. */
  readonly sandbox: RunningSandbox | undefined;
  /** How large a transfer is; undefined: the bench's own size. */
  readonly megabytes: number | undefined;
  /** A shell command that ends when an outage of the API server is over; undefined: the bench makes one. */
  readonly outage: string | undefined;
  /** A shell command that restarts the node's kubelet; undefined: it is not restarted. */
  readonly kubelet: string | undefined;
}

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<BenchResult>>> = {
  loop,
  start,
  idle,
  tui,
  sandbox,
  forwards,
  logs,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string' },
    sandbox: { type: 'boolean', default: false },
    mb: { type: 'string' },
    outage: { type: 'string' },
    kubelet: { type: 'string' },
  },
});
const bench = BENCHES[positionals[0] ?? ''];
const runs = values.runs === undefined ? undefined : Number(values.runs);
const megabytes = values.mb === undefined ? undefined : Number(values.mb);
const isPositive = (number: number | undefined) => number === undefined || number > 0;
if (!bench || positionals.length !== 1 || !isPositive(runs) || !isPositive(megabytes)) {
  console.error(`Usage: node test/bench/main.ts ${Object.keys(BENCHES).join('|')} [--json] [--runs N] [--sandbox] [--mb N] [--outage CMD] [--kubelet CMD]

loop   a save until it serves, by swap and by rolling, beside kubectl set image
start  twenty services from nothing, beside a shell script that does the same
idle   what a daemon takes that has nothing to do: CPU, memory, file watches
tui    the screen under 10 000 log lines a second: CPU, key to paint, bytes written
sandbox  what a sandbox delivers of a flood of log lines, and a list of 1 000 pods
logs   log lines lost and doubled under crashes, rollout, rotation and outage, beside kubectl logs -f
forwards  new connections through rollouts, one connection's throughput, beside kubectl port-forward

They need the built command (npm run build) and a minikube that runs, but for sandbox; or, with --sandbox, kubectl alone.
--runs: how often each thing is measured; of forwards, rollouts; of idle and logs, minutes. --mb: how large a transfer of forwards is.
--outage: a command that makes the outage of logs, such as one that restarts the API server; else its connections are cut for 3 seconds.
--kubelet: a command that restarts the node's kubelet, in the middle of logs; a sandbox needs none.`);
  process.exit(2);
}
await using opened = new AsyncDisposableStack();
const onSandbox = values.sandbox ? opened.use(await RunningSandbox.open()) : undefined;
Object.assign(process.env, onSandbox?.environment);
try {
  const result = await bench({ runs, sandbox: onSandbox, megabytes, outage: values.outage, kubelet: values.kubelet });
  console.log(values.json ? JSON.stringify(result.json, null, 2) : result.text);
} catch (error) {
  // what went wrong first, too, where closing went wrong after it
  for (let one: unknown = error; one !== undefined; ) {
    console.error(one instanceof SuppressedError ? one.error : one);
    one = one instanceof SuppressedError ? one.suppressed : undefined;
  }
  process.exitCode = 1;
}
