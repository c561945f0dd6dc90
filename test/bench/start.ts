import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { DevloopRig } from '../rig/devloop-rig.ts';
import { eventOf } from '../rig/expected-events.ts';
import { mustRun } from '../rig/run-command.ts';
import { now } from './clock.ts';
import { engineEnvironment } from './engine.ts';
import { median, round, table } from './figures.ts';
import { writeService } from './generated-services.ts';
import type { BenchOptions, BenchResult } from './main.ts';

const DEFAULT_RUNS = 5;
const SERVICES = 20;

/** Twenty small services from nothing: `devloop up`, beside a script that does by hand what can be done at once. */
export async function start({ runs = DEFAULT_RUNS }: BenchOptions): Promise<BenchResult> {
  const devloop: number[] = [];
  const script: number[] = [];
  const env = await engineEnvironment();
  for (let run = 0; run < runs; run++) {
    // in turn, and each time the other one first
    const order = run % 2 === 0 ? [byDevloop, byScript] : [byScript, byDevloop];
    for (const measure of order) {
      const took = await measure(env);
      (measure === byDevloop ? devloop : script).push(took);
      process.stderr.write(`${measure === byDevloop ? 'devloop' : 'script '} ${round(took / 1000, 2)} s\n`);
    }
  }
  const [ours, theirs] = [median(devloop), median(script)];
  const ratio = ours / theirs;
  const seconds = (ms: number) => round(ms / 1000, 2);
  const text = `${table([
    ['seconds', 'median', 'fastest', 'slowest'],
    ['devloop up -d', seconds(ours), seconds(Math.min(...devloop)), seconds(Math.max(...devloop))],
    ['shell script', seconds(theirs), seconds(Math.min(...script)), seconds(Math.max(...script))],
  ])}

Ratio of the medians: ${round(ratio, 2)} (may be 1.1). ${runs} runs of each, in turn, ${SERVICES} services.
Each run has new content, a new namespace and no images, so that both build everything. devloop up -d: the command
from its start to its end, with the start of its daemon; it ends when all services are live. shell script: docker build
of all ${SERVICES} images at once, kubectl apply, kubectl wait until all Deployments are available.`;
  const json = {
    runs,
    services: SERVICES,
    devloop_up: { median_ms: round(ours), all_ms: devloop.map((ms) => round(ms)) },
    shell_script: { median_ms: round(theirs), all_ms: script.map((ms) => round(ms)) },
    ratio: round(ratio, 3),
  };
  return { json, text };
}

type Environment = Readonly<Record<string, string | undefined>>;

async function byDevloop(env: Environment): Promise<number> {
  let took = 0;
  let namespace = '';
  {
    await using rig = await openProject();
    namespace = rig.namespace;
    const startedAt = now();
    await rig.up();
    took = now() - startedAt;
    for (const service of serviceNames()) {
      const { reused } = await rig.event(eventOf('image-ready', { service }));
      if (reused) throw new Error(`The image of ${service} was there already: this run would prove nothing.`);
    }
  }
  await cleanUp(namespace, env);
  return took;
}

async function byScript(env: Environment): Promise<number> {
  let took = 0;
  let namespace = '';
  {
    await using rig = await openProject();
    namespace = rig.namespace;
    await writeFile(rig.file('start.sh'), SCRIPT);
    const args = ['start.sh', namespace, ...serviceNames()];
    const startedAt = now();
    await mustRun('bash', args, { cwd: rig.folder, env, timeoutMs: 600_000 });
    took = now() - startedAt;
  }
  await cleanUp(namespace, env);
  return took;
}

const SCRIPT = `set -euo pipefail
namespace=$1; shift
builds=()
for service; do
  docker build --quiet --tag "$service" "$service" >/dev/null &
  builds+=($!)
done
for build in "\${builds[@]}"; do wait "$build"; done
kubectl --namespace "$namespace" apply -f k8s >/dev/null
kubectl --namespace "$namespace" wait --for=condition=Available --timeout=300s deployment --all >/dev/null
`;

function serviceNames(): string[] {
  return Array.from({ length: SERVICES }, (_, index) => `bench-start-${String(index + 1).padStart(2, '0')}`);
}

async function openProject(): Promise<DevloopRig> {
  const rig = await DevloopRig.open('hello-service');
  await mustRun('rm', ['-r', rig.file('hello'), rig.file('k8s')]);
  for (const name of serviceNames()) {
    const message = randomBytes(12).toString('hex');
    await writeService(rig.folder, { name, message, endsOnSigterm: true, nodePort: false });
  }
  const services = serviceNames().map((name) => `  ${name}:\n`);
  await rig.writeConfig(`services:\n${services.join('')}`);
  return rig;
}

/** The next run begins with an idle node and without these images. */
async function cleanUp(namespace: string, env: Environment): Promise<void> {
  await mustRun('kubectl', ['wait', '--for=delete', `namespace/${namespace}`, '--timeout=180s'], {
    timeoutMs: 200_000,
  });
  const listed = await mustRun('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}'], { env });
  const images = listed.split('\n').filter((name) => name.startsWith('bench-start-'));
  if (images.length > 0) await mustRun('docker', ['rmi', '--force', ...images], { env });
}
