import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { PassTimes } from '../../packages/shared/src/protocol/service-state.ts';
import type { DevloopRig } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { poll } from '../rig/poll.ts';
import { mustRun } from '../rig/run-command.ts';
import { openBenchProject } from './bench-project.ts';
import { now } from './clock.ts';
import { engineEnvironment } from './engine.ts';
import { median, round, table } from './figures.ts';
import { manifest, writeService } from './generated-services.ts';
import type { BenchOptions, BenchResult } from './main.ts';
import { PHASE_NAMES, type Phases, phasesOf, summarizePhases } from './phases.ts';
import { firstServed } from './served-watch.ts';

const DEFAULT_RUNS = 10;
const BASELINE = 'baseline';

/** What is measured by devloop; the services differ only in this. */
const KINDS = {
  swap: { service: 'swap', rollout: 'swap', endsOnSigterm: true },
  swap_ignoring_sigterm: { service: 'stubborn', rollout: 'swap', endsOnSigterm: false },
  rolling: { service: 'rolling', rollout: 'rolling', endsOnSigterm: true },
} as const;
type Kind = keyof typeof KINDS;

interface Measured {
  readonly totalMs: number;
  readonly phases: Phases;
}

/** A save until it serves: by swap, by swap of a program that ignores SIGTERM, by rolling; and kubectl set image. */
export async function loop({ runs = DEFAULT_RUNS }: BenchOptions): Promise<BenchResult> {
  const kinds = Object.keys(KINDS) as Kind[];
  const measured: Record<Kind, Measured[]> = { swap: [], swap_ignoring_sigterm: [], rolling: [] };
  const baseline: number[] = [];
  await using rig = await openProject();
  const host = (await mustRun('minikube', ['ip'])).trim();
  const ports = await nodePorts(rig);
  const images = await readyImages(rig, runs + 2);

  // one round measures everything once, so that what the machine does meanwhile falls on all alike;
  // the first round warms up and does not count
  for (let round = 0; round <= runs; round++) {
    for (const kind of kinds) {
      const result = await measureSave(rig, kind, host, portOf(ports, KINDS[kind].service));
      if (round > 0) measured[kind].push(result);
      await settled(rig, KINDS[kind].service);
    }
    const image = images[round];
    if (image === undefined) throw new Error('There are fewer images than rounds.');
    const took = await measureSetImage(rig, image, host, portOf(ports, BASELINE));
    if (round > 0) baseline.push(took);
    await settled(rig, BASELINE);
    process.stderr.write(`round ${round} of ${runs}: ${described(kinds, measured, baseline)}\n`);
  }
  return report(kinds, measured, baseline, runs);
}

function openProject(): Promise<DevloopRig> {
  const services = Object.values(KINDS).map(({ service, rollout, endsOnSigterm }) => {
    return { name: service, message: fresh(), endsOnSigterm, nodePort: true, config: [`rollout: ${rollout}`] };
  });
  // not devloop's: built and applied by hand
  const baseline = { name: BASELINE, message: fresh(), endsOnSigterm: true, nodePort: true };
  return openBenchProject(services, (rig) => writeService(rig.folder, baseline));
}

async function measureSave(rig: DevloopRig, kind: Kind, host: string, port: number): Promise<Measured> {
  const { service, rollout } = KINDS[kind];
  const message = fresh();
  const since = rig.mark();
  const served = firstServed(host, port, message);
  const savedAt = now();
  await rig.writeAtomic(`${service}/message.txt`, message);
  const servedAt = await served;
  const ended = await rig.event(passEnded(service, 'live'), since);
  if (ended.kind !== rollout) throw new Error(`${service} was brought to its new content by ${ended.kind}`);
  return { totalMs: servedAt - savedAt, phases: phasesOf(savedAt, ended.times as PassTimes, servedAt) };
}

async function measureSetImage(
  rig: DevloopRig,
  image: { readonly reference: string; readonly message: string },
  host: string,
  port: number,
): Promise<number> {
  const served = firstServed(host, port, image.message);
  const startedAt = now();
  await rig.kubectl('set', 'image', `deployment/${BASELINE}`, `${BASELINE}=${image.reference}`);
  return (await served) - startedAt;
}

/** Builds the images of the baseline and begins with the last one: none of that is measured. */
async function readyImages(rig: DevloopRig, count: number) {
  const env = await engineEnvironment();
  const images: { reference: string; message: string }[] = [];
  for (let index = 0; index < count; index++) {
    const message = fresh();
    const reference = `${rig.namespace}:${index}`;
    await writeFile(rig.file(`${BASELINE}/message.txt`), message);
    await mustRun('docker', ['build', '--quiet', '--tag', reference, rig.file(BASELINE)], { env });
    images.push({ reference, message });
  }
  // the Service is there already, see nodePorts; now the Deployment gets an image that exists
  await rig.kubectl('set', 'image', `deployment/${BASELINE}`, `${BASELINE}=${images[count - 1]?.reference}`);
  await rig.kubectl('rollout', 'status', `deployment/${BASELINE}`, '--timeout=60s');
  return images;
}

async function nodePorts(rig: DevloopRig): Promise<Map<string, number>> {
  await rig.write('baseline.yaml', manifest(BASELINE, BASELINE, true));
  await rig.kubectl('apply', '-f', rig.file('baseline.yaml'));
  const services = await rig.objects('services');
  return new Map(services.map((service) => [service.metadata.name, service.spec.ports[0].nodePort]));
}

function portOf(ports: ReadonlyMap<string, number>, service: string): number {
  const port = ports.get(service);
  if (port === undefined) throw new Error(`No NodePort leads to ${service}.`);
  return port;
}

/** Until only the new pod is left: the next measurement shall not pay for the end of this one. */
async function settled(rig: DevloopRig, service: string): Promise<void> {
  await poll(
    () => rig.objects('pods', `app=${service}`),
    (pods) => pods.length === 1 && pods[0].status.containerStatuses?.[0]?.ready === true,
    { what: `one pod of ${service} is left, and ready`, everyMs: 200, timeoutMs: 120_000 },
  );
}

function fresh(): string {
  return randomBytes(12).toString('hex');
}

function described(kinds: Kind[], measured: Record<Kind, Measured[]>, baseline: number[]): string {
  const last = kinds.map((kind) => `${kind} ${round(measured[kind].at(-1)?.totalMs ?? 0)} ms`);
  return [...last, `set image ${round(baseline.at(-1) ?? 0)} ms`].join(', ');
}

function report(kinds: Kind[], measured: Record<Kind, Measured[]>, baseline: number[], runs: number): BenchResult {
  const setImage = median(baseline);
  const summaries = kinds.map((kind) => {
    const totals = measured[kind].map(({ totalMs }) => totalMs);
    const phases = summarizePhases(measured[kind].map((one) => one.phases));
    const [min_ms, max_ms] = [round(Math.min(...totals)), round(Math.max(...totals))];
    return [kind, { median_ms: round(median(totals)), min_ms, max_ms, phases }] as const;
  });
  const byKind = Object.fromEntries(summaries) as Record<Kind, (typeof summaries)[number][1]>;
  const allowed = 1.1 * setImage + 400;
  const heading = ['median ms', ...kinds.map((kind) => kind.replaceAll('_', ' ')), 'kubectl set image'];
  const cell = ({ median_ms, share }: { median_ms: number; share: number }) =>
    `${round(median_ms)} (${round(share * 100)} %)`;
  const text = `${table([
    heading,
    ['save to served', ...kinds.map((kind) => byKind[kind].median_ms), round(setImage)],
    ['fastest', ...kinds.map((kind) => byKind[kind].min_ms), round(Math.min(...baseline))],
    ['slowest', ...kinds.map((kind) => byKind[kind].max_ms), round(Math.max(...baseline))],
    ...PHASE_NAMES.map((name) => [`  ${name}`, ...kinds.map((kind) => cell(byKind[kind].phases[name])), '']),
  ])}

${runs} measurements of each, in turn. A measurement begins when the file is saved (for kubectl set image: when the command
is started, with an image that is ready) and ends when the NodePort first answers the new content, asked every 4 ms
on a fresh connection. detect: until work on the save begins (it goes on while the
quiet time passes); hash, context, build: as named; apply: as named, with what is left of the quiet time before it;
start: until the container runs; ready: until Kubernetes calls it ready; served: the rest. In brackets: part of the whole.
swap ignoring sigterm: a program that does not end on SIGTERM. kubectl set image: a rolling update, nothing built.
Rolling may take 1.1 × set image + 400 ms = ${round(allowed)} ms; it takes ${byKind.rolling.median_ms} ms.`;
  const baseline_set_image = {
    median_ms: round(setImage),
    min_ms: round(Math.min(...baseline)),
    max_ms: round(Math.max(...baseline)),
  };
  return { json: { runs, ...byKind, baseline_set_image }, text };
}
