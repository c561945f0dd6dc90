import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { ConnectionLoad, type ConnectionOutcome } from '../rig/connection-load.ts';
import { DevloopRig } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { freePort } from '../rig/free-port.ts';
import { mustRun } from '../rig/run-command.ts';
import { now } from './clock.ts';
import { median, percentile, round, table } from './figures.ts';
import { writeService } from './generated-services.ts';
import { KubectlForward } from './kubectl-forward.ts';
import type { BenchOptions, BenchResult } from './main.ts';
import { unservedMs } from './unserved.ts';

const DEFAULT_ROLLOUTS = 100;
const DEFAULT_MEGABYTES = 256;
const TRANSFERS = 5;
const PER_SECOND = 50;
/** Of every so many rollouts one is made once more under kubectl port-forward. */
const KUBECTL_SHARE = 10;
const KINDS = ['swap', 'rolling'] as const;
type Kind = (typeof KINDS)[number];

interface Side {
  readonly outcomes: ConnectionOutcome[];
  /** By rollout: the longest that a connection took longer than usual, and how long the NodePort did not serve at once. */
  readonly waits: { readonly kind: Kind; readonly addedMs: number; readonly gapMs: number }[];
}

/** New connections through rollouts, and one connection's throughput, beside kubectl port-forward. */
export async function forwards(options: BenchOptions): Promise<BenchResult> {
  await using opened = new AsyncDisposableStack();
  const rollouts = options.runs ?? DEFAULT_ROLLOUTS;
  const megabytes = options.megabytes ?? DEFAULT_MEGABYTES;
  const ports = { swap: await freePort(), rolling: await freePort(), kubectl: await freePort() };
  const rig = opened.use(await openProject(ports));
  const nodePorts = await nodePortsOf(rig);
  const host = (await mustRun('minikube', ['ip'])).trim();

  const ours: Side = { outcomes: [], waits: [] };
  await underLoad(rig, rollouts, ours, (kind) => ports[kind], host, nodePorts);
  const theirs: Side = { outcomes: [], waits: [] };
  const kubectlRollouts = Math.max(2, Math.round(rollouts / KUBECTL_SHARE));
  let restarts = 0;
  for (const kind of KINDS) {
    await using forward = await KubectlForward.open(rig.namespace, kind, `${ports.kubectl}:80`);
    const side: Side = { outcomes: [], waits: [] };
    await underLoad(rig, Math.ceil(kubectlRollouts / 2), side, () => ports.kubectl, host, nodePorts, [kind]);
    theirs.outcomes.push(...side.outcomes);
    theirs.waits.push(...side.waits);
    restarts += forward.restarts;
  }
  const throughput = await transfers(rig, ports, megabytes);
  return report({ ours, theirs, rollouts, restarts, megabytes, throughput, sandbox: options.sandbox !== undefined });
}

async function underLoad(
  rig: DevloopRig,
  rollouts: number,
  side: Side,
  portOf: (kind: Kind) => number,
  host: string,
  nodePorts: Readonly<Record<Kind, number>>,
  kinds: readonly Kind[] = KINDS,
): Promise<void> {
  for (let rollout = 0; rollout < rollouts; rollout++) {
    const kind = kinds[rollout % kinds.length] ?? 'swap';
    const [through, direct]: [ConnectionOutcome[], ConnectionOutcome[]] = [[], []];
    {
      await using load = new ConnectionLoad({ host: '127.0.0.1', port: portOf(kind) }, PER_SECOND);
      await using node = new ConnectionLoad({ host, port: nodePorts[kind] }, PER_SECOND);
      await quiet();
      const since = rig.mark();
      await rig.writeAtomic(`${kind}/message.txt`, randomBytes(12).toString('hex'));
      const ended = await rig.event(passEnded(kind, 'live'), since);
      if (ended.kind !== kind) throw new Error(`${kind} was brought to its new content by ${ended.kind}`);
      await quiet();
      await load[Symbol.asyncDispose]();
      await node[Symbol.asyncDispose]();
      through.push(...load.take());
      direct.push(...node.take());
    }
    side.outcomes.push(...through);
    const took = through.map(({ tookMs }) => tookMs);
    side.waits.push({ kind, addedMs: Math.max(...took) - median(took), gapMs: unservedMs(direct) });
    const { addedMs, gapMs } = side.waits.at(-1) ?? { addedMs: 0, gapMs: 0 };
    const bad = through.filter(({ ended }) => ended !== 'answered').length;
    process.stderr.write(
      `rollout ${rollout + 1} of ${rollouts} (${kind}): ${through.length} connections, ${bad} not answered, waited ${round(addedMs)} ms, gap ${round(gapMs)} ms\n`,
    );
  }
}

/** Long enough that what is usual is most of what is seen. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

/** MB/s of one connection each, in turn, each time the other first. */
async function transfers(
  rig: DevloopRig,
  ports: { readonly swap: number; readonly kubectl: number },
  megabytes: number,
): Promise<{ devloop: number[]; kubectl: number[] }> {
  await using _forward = await KubectlForward.open(rig.namespace, 'swap', `${ports.kubectl}:80`);
  const measured = { devloop: [] as number[], kubectl: [] as number[] };
  for (let run = 0; run <= TRANSFERS; run++) {
    const order = run % 2 === 0 ? (['devloop', 'kubectl'] as const) : (['kubectl', 'devloop'] as const);
    for (const side of order) {
      const rate = await transfer(side === 'devloop' ? ports.swap : ports.kubectl, megabytes);
      process.stderr.write(`${side} ${round(rate)} MB/s\n`);
      if (run > 0) measured[side].push(rate); // the first warms up
    }
  }
  return measured;
}

async function transfer(port: number, megabytes: number): Promise<number> {
  const startedAt = now();
  const socket = net.connect(port, '127.0.0.1');
  socket.write(`GET /?${megabytes} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  await once(socket, 'end');
  socket.destroy();
  if (bytes < megabytes * 1e6) throw new Error(`${bytes} bytes came instead of ${megabytes} MB`);
  return bytes / 1e6 / ((now() - startedAt) / 1000);
}

async function openProject(ports: Readonly<Record<Kind, number>>): Promise<DevloopRig> {
  const rig = await DevloopRig.open('hello-service');
  try {
    let config = 'services:\n';
    for (const kind of KINDS) {
      await writeService(rig.folder, { name: kind, message: kind, endsOnSigterm: true, nodePort: true });
      await rig.write(`${kind}/server.js`, PROGRAM);
      config += `  ${kind}:\n    manifests: [k8s/${kind}.yaml]\n    rollout: ${kind}\n    ports: ["${ports[kind]}:8080"]\n`;
    }
    await rig.writeConfig(`${config}manifests: []\n`);
    await rig.up();
    return rig;
  } catch (error) {
    await rig[Symbol.asyncDispose]();
    process.stderr.write(rig.report());
    throw error;
  }
}

/** Answers its message, or as many MB as it is asked for. */
const PROGRAM = `const message = require('node:fs').readFileSync(__dirname + '/message.txt', 'utf8').trim();
const million = Buffer.alloc(1e6, 'x');
require('node:http').createServer(async (request, response) => {
  const megabytes = Number(request.url.split('?')[1] ?? 0);
  if (megabytes === 0) return response.end(message);
  response.writeHead(200, { 'content-length': megabytes * 1e6 });
  for (let sent = 0; sent < megabytes; sent++) {
    if (!response.write(million)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.end();
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;

async function nodePortsOf(rig: DevloopRig): Promise<Record<Kind, number>> {
  const services = await rig.objects('services');
  const portOf = (kind: Kind): number => services.find(({ metadata }) => metadata.name === kind).spec.ports[0].nodePort;
  return { swap: portOf('swap'), rolling: portOf('rolling') };
}

interface Measured {
  readonly ours: Side;
  readonly theirs: Side;
  readonly rollouts: number;
  readonly restarts: number;
  readonly megabytes: number;
  readonly throughput: { readonly devloop: readonly number[]; readonly kubectl: readonly number[] };
  readonly sandbox: boolean;
}

function report({ ours, theirs, rollouts, restarts, megabytes, throughput, sandbox }: Measured): BenchResult {
  const sides = { devloop: figuresOf(ours), kubectl_port_forward: figuresOf(theirs) };
  const [our, their] = [sides.devloop, sides.kubectl_port_forward];
  const [mbps, kubectlMbps] = [median(throughput.devloop), median(throughput.kubectl)];
  const ratio = mbps / kubectlMbps;
  const row = (name: string, key: keyof typeof our) => [name, our[key], their[key]];
  const text = `${table([
    ['', 'devloop', 'kubectl port-forward'],
    row('rollouts', 'rollouts'),
    row('new connections', 'connections'),
    row('  refused', 'refused'),
    row('  reset, or ended without an answer', 'reset'),
    row('  unanswered after 40 s', 'late'),
    row('usual time to the answer, ms', 'usual_ms'),
    row('99th percentile, ms', 'p99_ms'),
    row('added wait, longest of a rollout, median ms', 'added_ms'),
    row('time in which no pod served, median ms', 'gap_ms'),
    row('rollouts with a longer wait than that', 'longer'),
    ['MB/s of one connection, median', round(mbps), round(kubectlMbps)],
    ['begun again', 0, restarts],
  ])}

On ${sandbox ? 'a sandbox' : 'the cluster'}. Ratio of the throughputs: ${round(ratio, 2)} (may not be under 1), ${TRANSFERS} transfers of ${megabytes} MB each, in turn.
${PER_SECOND} new connections a second to each port while saves go live, by swap and by rolling in turn, each asking once. Added wait:
the longest answer of a rollout less the median one. Time in which no pod served: from the first to the last question to
the NodePort, asked as often, that was refused, reset or 100 ms late.
kubectl port-forward is begun again whenever it ends.`;
  const json = {
    sandbox,
    rollouts,
    ...sides,
    kubectl_restarts: restarts,
    throughput: { megabytes, devloop: throughput.devloop, kubectl: throughput.kubectl, ratio: round(ratio, 3) },
  };
  return { json, text };
}

function figuresOf({ outcomes, waits }: Side) {
  const count = (...kinds: ConnectionOutcome['ended'][]) =>
    outcomes.filter(({ ended }) => kinds.includes(ended)).length;
  const took = outcomes.filter(({ ended }) => ended === 'answered').map(({ tookMs }) => tookMs);
  return {
    rollouts: waits.length,
    connections: outcomes.length,
    refused: count('refused'),
    reset: count('reset', 'empty'),
    late: count('late'),
    usual_ms: round(median(took), 1),
    p99_ms: round(percentile(took, 0.99), 1),
    added_ms: round(median(waits.map(({ addedMs }) => addedMs))),
    gap_ms: round(median(waits.map(({ gapMs }) => gapMs))),
    longer: waits.filter(({ addedMs, gapMs }) => addedMs > gapMs).length,
  };
}
