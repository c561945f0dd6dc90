import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import type { ServiceSpec } from '../project/project.ts';
import { containerPorts } from './choose-pod.ts';

/** Local ports for those whose own number cannot be had: below NodePorts (30000) and what systems hand out (32768). */
const FIRST_CHOSEN = 20_000;
const CHOSEN_COUNT = 10_000;
/** Only root may listen below, as a rule. */
const FIRST_UNPRIVILEGED = 1024;
/** Kinds whose pods end by themselves. */
const PASSING: ReadonlySet<string> = new Set(['Job', 'CronJob']);

/** A port that is to be forwarded to a local one that nobody has named. */
export interface UnnamedPort {
  readonly service: string;
  /** In the pod. */
  readonly port: number | string;
  /** Local ports that a user would try first. */
  readonly preferred: readonly number[];
}

/**
 * The ports at which a service is reached, where the config names none: the target ports of its Services, or where it has
 * none the ports that its containers declare. Pure.
 *
 * @param reaching its Services, among others
 */
export function unnamedPorts(spec: ServiceSpec, reaching: readonly KubernetesObject[]): UnnamedPort[] {
  const workloads = spec.manifests
    .map(({ object }) => object)
    .filter((object) => podTemplateOf(object) !== undefined && !PASSING.has(object.kind));
  if (workloads.length === 0) return [];
  const found = new Map<number | string, UnnamedPort>();
  const add = (port: number | string, preferred: (number | undefined)[]) => {
    const numbers = preferred.filter((number) => number !== undefined && number >= FIRST_UNPRIVILEGED) as number[];
    if (!found.has(port)) found.set(port, { service: spec.name, port, preferred: [...new Set(numbers)] });
  };
  const declared = workloads.flatMap(containerPorts);
  const numberOf = (port: number | string) =>
    typeof port === 'number' ? port : declared.find(({ name }) => name === port)?.containerPort;
  for (const service of reaching.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1')) {
    const ports: ServicePort[] = service['spec']?.ports ?? [];
    for (const { port, targetPort = port, protocol } of ports) {
      if (protocol === undefined || protocol === 'TCP') add(targetPort, [port, numberOf(targetPort)]);
    }
  }
  if (found.size === 0) for (const { containerPort } of declared) add(containerPort, [containerPort]);
  return [...found.values()];
}

interface ServicePort {
  readonly port: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
}

export interface ChoiceOptions {
  /** Of the project: two projects with the same services get different numbers. */
  readonly project: string;
  /** Local ports that the config names, which are not to be had. */
  readonly named: ReadonlySet<number>;
  /** What was chosen before, by {@link choiceKey}: it is kept. */
  readonly remembered: Readonly<Record<string, number>>;
  /** Whether nobody on this machine has a local port. */
  readonly isFree: (local: number) => Promise<boolean>;
}

/**
 * A local port for each: the one it had before; else its own number where that is at least 1024 and free; else one that
 * follows from project, service and port, so that it is the same on every machine and after everything was forgotten.
 */
export async function chooseLocalPorts(
  ports: readonly UnnamedPort[],
  { project, named, remembered, isFree }: ChoiceOptions,
): Promise<ReadonlyMap<UnnamedPort, number>> {
  const taken = new Set(named);
  const chosen = new Map<UnnamedPort, number>();
  const choose = (port: UnnamedPort, local: number) => {
    taken.add(local);
    chosen.set(port, local);
  };
  for (const port of ports) {
    const before = remembered[choiceKey(port)];
    if (before !== undefined && !taken.has(before)) choose(port, before);
  }
  for (const port of ports) {
    if (chosen.has(port)) continue;
    for (const local of candidates(port, project)) {
      if (taken.has(local) || !(await isFree(local))) continue;
      choose(port, local);
      break;
    }
  }
  return chosen;
}

/** Names a port of a service among what is remembered. */
export function choiceKey({ service, port }: Pick<UnnamedPort, 'service' | 'port'>): string {
  return `${service}:${port}`;
}

function* candidates(port: UnnamedPort, project: string): Generator<number> {
  yield* port.preferred;
  const digest = createHash('sha256')
    .update(`${project} ${choiceKey(port)}`)
    .digest();
  const first = digest.readUInt32BE(0);
  for (let step = 0; step < CHOSEN_COUNT; step += 1) yield FIRST_CHOSEN + ((first + step) % CHOSEN_COUNT);
}
