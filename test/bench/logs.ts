import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogMessage } from '../../packages/shared/src/protocol/stream-message.ts';
import { BreakableConnection } from '../rig/breakable-connection.ts';
import { DEVLOOP, DevloopRig, unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { poll } from '../rig/poll.ts';
import { mustRun, runCommand } from '../rig/run-command.ts';
import { SandboxClient } from '../rig/sandbox-client.ts';
import { now } from './clock.ts';
import { engineEnvironment } from './engine.ts';
import { round, table } from './figures.ts';
import { restartKubelet } from './kubelet-restart.ts';
import { type LineCount, LineCounter } from './line-count.ts';
import type { BenchOptions, BenchResult } from './main.ts';
import { cpuSeconds, residentMb } from './process-figures.ts';
import { openRotatedLog } from './rotation.ts';

const REPLICAS = 5;
const LINES_PER_SECOND = 10_000;
const SECONDS = 60;
const OUTAGE_MS = 3000;
/** When the log of the last pod, which crashes at half of the time, is rotated. */
const ROTATIONS = [0.08, 0.16, 0.24, 0.32, 0.4];
/** The least between two: each file is as long as the shortest that is rotated for its length. */
const BETWEEN_ROTATIONS_MS = 3000;
const OUTAGE_TIMEOUT_MS = 180_000;
const ROLLOUT_TIMEOUT_MS = 180_000;
const READ_TIMEOUT_MS = 60_000;

/** Log lines under crashes, a rollout, rotations, without API server and kubelet: how many are lost, how many twice. */
export async function logs({ runs: minutes = 1, sandbox, outage, kubelet }: BenchOptions): Promise<BenchResult> {
  const seconds = SECONDS * minutes;
  await using connection = await BreakableConnection.open();
  await using rig = await DevloopRig.open('hello-service');
  await connection.lead(rig);
  await rig.write('hello/server.js', program());
  await rig.edit('k8s/hello.yaml', (text) => text.replace('replicas: 1', `replicas: ${REPLICAS}`));
  await rig.up();
  const { pid } = await rig.status();
  await using kubectl = new KubectlLogs(rig);
  const cpuBefore = await cpuSeconds(pid);
  const startedAt = now();
  const startedMs = Date.now();
  let largestMb = 0;
  const watching = new AbortController();
  const memory = (async () => {
    while (!watching.signal.aborted) {
      largestMb = Math.max(largestMb, await residentMb(pid));
      await delay(500);
    }
  })();

  const pods = await podNames(rig);
  const client = sandbox === undefined ? undefined : new SandboxClient(sandbox.folder);
  await using rotated = await openRotatedLog(rig, pods.at(-1) ?? '', client);
  let rotatedAt = Number.NEGATIVE_INFINITY;
  const rotate = async () => {
    await delay(Math.max(0, rotatedAt + BETWEEN_ROTATIONS_MS - now()));
    rotatedAt = now();
    return await rotated.rotate();
  };
  const happenings: [number, string, () => Promise<unknown>][] = [
    ...pods.map((pod, index): [number, string, () => Promise<unknown>] => [
      0.1 + 0.1 * index,
      `crash of ${pod}`,
      () => ask(rig, pod, 'crash'),
    ]),
    [0.02, 'all connections cut', () => cut(connection, 0)], // the streams of now are of the log that is not rotated
    ...ROTATIONS.map((share): [number, string, () => Promise<unknown>] => [share, 'rotation', rotate]),
    [0.55, 'a log emptied', () => empty(rig, pods[0] ?? '', client)],
    outage === undefined
      ? [0.65, `${OUTAGE_MS} ms without the API server`, () => cut(connection, OUTAGE_MS)]
      : [0.65, outage, () => mustRun('sh', ['-c', outage], { timeoutMs: OUTAGE_TIMEOUT_MS })],
    [0.7, 'a restart of the kubelet', () => restartKubelet(rig, pods[0] ?? '', { command: kubelet, client })],
    [0.8, 'rollout', () => rollout(rig)],
  ];
  const told: string[] = [];
  for (const [share, what, happen] of happenings.toSorted(([a], [b]) => a - b)) {
    await delay(Math.max(0, startedAt + share * seconds * 1000 - now()));
    const said = await happen();
    const at = round((now() - startedAt) / 1000);
    told.push(`${at} s: ${typeof said === 'string' ? `${what}: ${said}` : what}`);
    process.stderr.write(`${told.at(-1)}\n`);
  }
  await delay(Math.max(0, startedAt + seconds * 1000 - now()));
  for (const pod of await podNames(rig)) await ask(rig, pod, 'end');
  const tookSeconds = (now() - startedAt) / 1000;
  const cpuShare = ((await cpuSeconds(pid)) - cpuBefore) / tookSeconds;

  process.stderr.write('reading what is stored\n');
  const ours = await poll(
    () => stored(rig),
    ({ lines: { ends } }) => ends.size >= 2 * REPLICAS + pods.length,
    { what: 'every run has its end in the store', timeoutMs: READ_TIMEOUT_MS, everyMs: 1000 },
  ).catch(() => stored(rig));
  watching.abort();
  await memory;
  const theirs = await kubectl.end();
  const { lines, gaps } = ours;
  const truth = new Map([...theirs.ends, ...lines.ends]);
  for (const warning of (await rig.status()).warnings) process.stderr.write(`the daemon warns: ${warning.message}\n`);
  for (const line of lines.described(truth)) process.stderr.write(`${line}\n`);
  return report(lines.result(truth), theirs.result(truth), {
    seconds: tookSeconds,
    runs: truth.size,
    happenings: told,
    gaps: gaps.map((gap) => gapText(gap, startedMs)),
    cpuShare,
    largestMb,
  });
}

/** Writes numbered lines until it is told to crash or to end, and at last how many they were. */
function program(): string {
  return `const run = require('node:crypto').randomBytes(4).toString('hex');
const begin = Date.now();
let written = 0;
let over = false;
const write = () => {
  if (over) return;
  const due = Math.floor(((Date.now() - begin) / 1000) * ${LINES_PER_SECOND / REPLICAS});
  let text = '';
  for (; written < due; written++) text += 'run ' + run + ' line ' + written + ' of many that somebody may miss\\n';
  if (text !== '') process.stdout.write(text);
};
const end = () => {
  if (over) return;
  write();
  over = true;
  process.stdout.write('run ' + run + ' ended after ' + written + ' in ' + require('node:os').hostname() + '\\n');
};
setInterval(write, 20);
require('node:http').createServer((request, response) => {
  if (request.url !== '/') end();
  response.end(run);
  if (request.url === '/crash') response.on('finish', () => process.exit(1));
}).listen(8080);
process.on('SIGTERM', () => {
  end();
  process.exit(0);
});
`;
}

async function podNames(rig: DevloopRig): Promise<string[]> {
  return (await rig.pods('app=hello')).map((pod) => pod.metadata.name);
}

async function ask(rig: DevloopRig, pod: string, what: 'crash' | 'end'): Promise<void> {
  const { status } = await rig.kube.request(`/api/v1/namespaces/${rig.namespace}/pods/${pod}:8080/proxy/${what}`);
  if (status !== 200) throw new Error(`${pod} answered with ${status} when it was told to ${what}`);
}

/** Empties the log file of a container, as somebody does who needs room on the node. */
async function empty(rig: DevloopRig, pod: string, client: SandboxClient | undefined): Promise<string> {
  if (client !== undefined) return 'not done: a sandbox has no log files that somebody else could empty';
  const { status } = await rig.object('pods', pod);
  const id = String(status.containerStatuses[0].containerID).replace(/^.*:\/\//, '');
  const env = { ...process.env, ...(await engineEnvironment()) };
  const file = (await runCommand('docker', ['inspect', '--format', '{{.LogPath}}', id], { env })).stdout.trim();
  const here = await runCommand('truncate', ['--no-create', '--size', '0', file]);
  const isHere = here.code === 0 && (await runCommand('test', ['-f', file])).code === 0;
  if (isHere) return 'done';
  const there = await runCommand('minikube', ['ssh', '--', 'sudo', 'truncate', '--no-create', '--size', '0', file]);
  return there.code === 0 ? 'done' : 'not done: the log file cannot be reached from here';
}

async function cut(connection: BreakableConnection, ms: number): Promise<void> {
  connection.break();
  await delay(ms);
  connection.mend();
}

/** What is counted is what came until then, whether it is over or not: a machine that is busy otherwise takes long. */
async function rollout(rig: DevloopRig): Promise<string> {
  const since = rig.mark();
  await rig.writeAtomic('hello/message.txt', unique('another'));
  const live = rig.event(passEnded('hello', 'live'), since, ROLLOUT_TIMEOUT_MS);
  return await live.then(
    () => 'live',
    (error: Error) => `not live: ${error.message}`,
  );
}

/** What `devloop logs` prints, counted. */
async function stored(rig: DevloopRig): Promise<{ readonly lines: LineCounter; readonly gaps: readonly GapRow[] }> {
  const lines = new LineCounter();
  const gaps: GapRow[] = [];
  const args = [DEVLOOP, '-C', rig.folder, 'logs', 'hello', '--json'];
  const child = spawn(process.execPath, args, { env: rig.env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const row of createInterface({ input: child.stdout })) {
    const message = JSON.parse(row);
    if (message.type === 'gap') {
      gaps.push(message);
      lines.gap(message.pod, message.to);
    } else lines.line(message.pod, message.text, message.at);
  }
  return { lines, gaps };
}

/** A gap as `devloop logs --json` tells it. */
type GapRow = Pick<LogMessage & { type: 'gap' }, 'pod' | 'because' | 'isPerhapsNone' | 'to'>;

function gapText({ pod, because, isPerhapsNone, to }: GapRow, startedMs: number): string {
  const at = to === undefined ? '' : `${round((Date.parse(to) - startedMs) / 1000)} s: `;
  return `${at}${pod}: ${isPerhapsNone ? 'perhaps nothing is missing: ' : ''}${because}`;
}

/** `kubectl logs -f` of all pods, begun again with the last second where it ends, as somebody does who must see all. */
class KubectlLogs implements AsyncDisposable {
  readonly #rig: DevloopRig;
  readonly #counter = new LineCounter();
  readonly #running: Promise<void>;
  #child: ChildProcess | undefined;
  #over = false;

  constructor(rig: DevloopRig) {
    this.#rig = rig;
    this.#running = this.#run();
  }

  async end(): Promise<LineCounter> {
    this.#over = true;
    this.#child?.kill();
    await this.#running;
    return this.#counter;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #run(): Promise<void> {
    const { namespace, env } = this.#rig;
    const common = ['--namespace', namespace, 'logs', '-f', '-l', 'app=hello', '--max-log-requests', '20'];
    for (let first = true; !this.#over; first = false) {
      const child = spawn('kubectl', [...common, ...(first ? ['--tail', '-1'] : ['--tail', '-1', '--since', '1s'])], {
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      this.#child = child;
      const ended = once(child, 'close');
      for await (const line of createInterface({ input: child.stdout })) this.#counter.line('', line);
      await ended;
      if (!this.#over) await delay(200);
    }
  }
}

function list(texts: readonly string[]): string {
  return texts.map((text) => `- ${text}`).join('\n');
}

interface Circumstances {
  readonly seconds: number;
  readonly runs: number;
  readonly happenings: readonly string[];
  readonly gaps: readonly string[];
  readonly cpuShare: number;
  readonly largestMb: number;
}

function report(ours: LineCount, theirs: LineCount, circumstances: Circumstances): BenchResult {
  const { seconds, runs, happenings, gaps, cpuShare, largestMb } = circumstances;
  const text = `${table([
    ['', 'devloop', 'kubectl logs -f', 'may be'],
    ['lines written', ours.written, theirs.written, ''],
    ['lost silently', ours.lostSilently, theirs.lostSilently, 0],
    ['lost where a gap is told', ours.lostWithGap, theirs.lostWithGap, ''],
    ['twice', ours.twice, theirs.twice, 0],
    ['out of order', ours.outOfOrder, theirs.outOfOrder, 0],
    ['gaps told', ours.gaps, theirs.gaps, ''],
    ['CPU of the daemon, % of a core', round(cpuShare * 100, 1), '', ''],
    ['largest memory of the daemon, MB', round(largestMb), '', ''],
  ])}

${runs} runs of ${REPLICAS} pods wrote ${round(ours.written / seconds)} lines a second for ${round(seconds)} s, of ${LINES_PER_SECOND} that were meant. Meanwhile:
${list(happenings)}
Gaps that devloop told, by the time of the line after:
${gaps.length === 0 ? '- none' : list(gaps)}
Each run numbers its lines and says at its end how many there were. Counted for devloop in what \`devloop logs --json\` prints
afterwards, for kubectl in what it printed, begun again with \`--since 1s\` whenever it ended.`;
  const json = { devloop: ours, kubectl: theirs, ...circumstances };
  return { json, text };
}
