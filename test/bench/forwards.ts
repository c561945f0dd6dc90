import { once } from 'node:events';
import net from 'node:net';
import type { DevloopRig } from '../rig/devloop-rig.ts';
import { freePort } from '../rig/free-port.ts';
import { openBenchProject } from './bench-project.ts';
import { CHECKED_PROGRAM, checkedTransfers } from './checked-transfers.ts';
import { now } from './clock.ts';
import { median, round, table } from './figures.ts';
import { KubectlForward } from './kubectl-forward.ts';
import type { BenchOptions, BenchResult } from './main.ts';
import { proberService } from './pod-prober.ts';
import type { WaitFigures } from './rollout-waits.ts';
import {
  BESIDE_PER_SECOND,
  figuresOf,
  KINDS,
  PER_SECOND,
  type Rollouts,
  rolloutsUnderLoad,
} from './rollouts-under-load.ts';

const DEFAULT_ROLLOUTS = 100;
const DEFAULT_MEGABYTES = 256;
const TRANSFERS = 5;
/** Of every so many rollouts one is made once more under kubectl port-forward. */
const KUBECTL_SHARE = 10;
/** The service that is left alone while others roll out, and from which the transfers are. */
const STEADY = 'steady';

/** New connections through rollouts, and one connection's throughput, beside kubectl port-forward. */
export async function forwards(options: BenchOptions): Promise<BenchResult> {
  const rollouts = options.runs ?? DEFAULT_ROLLOUTS;
  const megabytes = options.megabytes ?? DEFAULT_MEGABYTES;
  const ports = {
    swap: await freePort(),
    rolling: await freePort(),
    steady: await freePort(),
    kubectl: await freePort(),
  };
  await using rig = await openProject(ports);

  const ours = await rolloutsUnderLoad(rig, rollouts, { of: (kind) => ports[kind], beside: ports.steady });
  const theirs: { measured: Rollouts['measured']; unmeasured: Rollouts['unmeasured'] } = {
    measured: [],
    unmeasured: [],
  };
  const kubectlRollouts = Math.max(2, Math.round(rollouts / KUBECTL_SHARE));
  let restarts = 0;
  for (const kind of KINDS) {
    await using forward = await KubectlForward.open(rig.namespace, kind, `${ports.kubectl}:80`);
    const some = await rolloutsUnderLoad(rig, Math.ceil(kubectlRollouts / 2), { of: () => ports.kubectl }, [kind]);
    theirs.measured = [...theirs.measured, ...some.measured];
    theirs.unmeasured = [...theirs.unmeasured, ...some.unmeasured];
    restarts += forward.restarts;
  }
  const throughput = await transfers(rig, ports, megabytes);
  const checked = await checkedTransfers(ports.steady, megabytes);
  return report({
    ours,
    theirs,
    rollouts,
    restarts,
    megabytes,
    throughput,
    checked,
    sandbox: options.sandbox !== undefined,
  });
}

/** MB/s of one connection each, in turn, each time the other first. */
async function transfers(
  rig: DevloopRig,
  ports: { readonly steady: number; readonly kubectl: number },
  megabytes: number,
): Promise<{ devloop: number[]; kubectl: number[] }> {
  await using _forward = await KubectlForward.open(rig.namespace, STEADY, `${ports.kubectl}:80`);
  const measured = { devloop: [] as number[], kubectl: [] as number[] };
  for (let run = 0; run <= TRANSFERS; run++) {
    const order = run % 2 === 0 ? (['devloop', 'kubectl'] as const) : (['kubectl', 'devloop'] as const);
    for (const side of order) {
      const rate = await transfer(side === 'devloop' ? ports.steady : ports.kubectl, megabytes);
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

function openProject(ports: Readonly<Record<(typeof KINDS)[number] | typeof STEADY, number>>): Promise<DevloopRig> {
  const services = ([...KINDS, STEADY] as const).map((name) => {
    const rollout = name === STEADY ? [] : [`rollout: ${name}`];
    const config = [...rollout, `ports: ["${ports[name]}:8080"]`];
    return { name, message: name, endsOnSigterm: true, nodePort: false, program: PROGRAM, config };
  });
  return openBenchProject([...services, proberService(PER_SECOND)]);
}

/** Answers its message, or as many MB as it is asked for. */
const PROGRAM = `${CHECKED_PROGRAM}const message = require('node:fs').readFileSync(__dirname + '/message.txt', 'utf8').trim();
const million = Buffer.alloc(1e6, 'x');
require('node:http').createServer(async (request, response) => {
  if (request.url.startsWith('/checked')) return checked(request, response);
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

interface Measured {
  readonly ours: Rollouts;
  readonly theirs: Rollouts;
  readonly rollouts: number;
  readonly restarts: number;
  readonly megabytes: number;
  readonly throughput: { readonly devloop: readonly number[]; readonly kubectl: readonly number[] };
  readonly checked: { readonly down: boolean; readonly up: boolean };
  readonly sandbox: boolean;
}

const said = (isSame: boolean) => (isSame ? 'the same SHA-256 at both ends' : 'ANOTHER SHA-256');

function report({ ours, theirs, rollouts, restarts, megabytes, throughput, checked, sandbox }: Measured): BenchResult {
  const sides = { devloop: figuresOf(ours), kubectl_port_forward: figuresOf(theirs) };
  const [our, their] = [sides.devloop, sides.kubectl_port_forward];
  const [mbps, kubectlMbps] = [median(throughput.devloop), median(throughput.kubectl)];
  const ratio = mbps / kubectlMbps;
  const row = (
    name: string,
    key: 'rollouts' | 'otherwise' | 'connections' | 'refused' | 'reset' | 'late' | 'usual_ms' | 'p99_ms',
  ) => [name, our[key], their[key]];
  const waits = (name: string, key: keyof WaitFigures) => [name, ...KINDS.map((kind) => our[kind]?.[key] ?? '-')];
  const text = `${table([
    ['', 'devloop', 'kubectl port-forward'],
    row('rollouts', 'rollouts'),
    row('  of these brought about otherwise', 'otherwise'),
    ['  besides, not measured', our.unmeasured.length, their.unmeasured.length],
    row('new connections', 'connections'),
    row('  refused', 'refused'),
    row('  reset, or ended without an answer', 'reset'),
    row('  unanswered after 40 s', 'late'),
    row('usual time to the answer, ms', 'usual_ms'),
    row('99th percentile, ms', 'p99_ms'),
    ['MB/s of one connection, median', round(mbps), round(kubectlMbps)],
    ['begun again', 0, restarts],
  ])}

${table([
  ['waiting through devloop', ...KINDS],
  waits('rollouts', 'rollouts'),
  waits('longest added wait of a rollout, median ms', 'added_ms'),
  waits('longest in which no pod served, median ms', 'unserved_ms'),
  waits('added wait less that, of the same rollout, median ms', 'beyond_ms'),
  waits('  99th percentile, ms', 'p99_beyond_ms'),
  waits('  worst, ms', 'worst_beyond_ms'),
  waits(
    '  of as many, less what was waited for a service left alone, of the same rollout, median ms',
    'beyond_beside_ms',
  ),
  waits('rollouts in which it was over 0', 'exceeded'),
  waits(
    `  over the ${our.ordinary_ms} ms that a connection may ordinarily take longer`,
    'exceeded_by_more_than_ordinary',
  ),
  waits('  and over what was waited for a service left alone', 'exceeded_by_more_than_beside'),
])}

On ${sandbox ? 'a sandbox' : 'the cluster'}. Ratio of the throughputs: ${round(ratio, 2)} (may not be under 1), ${TRANSFERS} transfers of ${megabytes} MB each, in turn.
${megabytes} MB of which no part is like another, through devloop: ${said(checked.down)} down, ${said(checked.up)} up.
${PER_SECOND} new connections a second to each port while saves go live, by swap and by rolling in turn, each asking once. Added wait:
the longest answer of a rollout less the median one before the save. In which no pod served: a program in the cluster asks the service's pods,
old and new, at their own addresses as often; the longest from a round without an answer to the next answer, less the median.
Ordinarily: the 99th percentile of what connections before the saves took longer than the median one, all rollouts together.
Left alone: ${BESIDE_PER_SECOND} new connections a second go meanwhile through devloop to a service that no rollout touches; what the longest of them
took longer, in the same rollout, is the machine's doing. It is held against the longest of as many, every fifth, of the others.
kubectl port-forward is begun again whenever it ends.`;
  const json = {
    sandbox,
    rollouts,
    ...sides,
    kubectl_restarts: restarts,
    checked: { megabytes, ...checked },
    throughput: { megabytes, devloop: throughput.devloop, kubectl: throughput.kubectl, ratio: round(ratio, 3) },
  };
  return { json, text };
}
