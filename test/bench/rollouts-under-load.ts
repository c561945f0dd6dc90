import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionLoad, type ConnectionOutcome } from '../rig/connection-load.ts';
import type { DevloopRig } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { median, percentile, round } from './figures.ts';
import { longestUnservedMs, PodProber } from './pod-prober.ts';
import { longestOfAsMany, ordinaryOf, type RolloutWaits, type WaitBeside, waitFigures } from './rollout-waits.ts';

/** New connections, and questions of the prober to each pod. */
export const PER_SECOND = 50;
/**
 * New connections to what is left alone: few, for they load the machine themselves, and half as much again is seen in what is
 * measured.
 */
export const BESIDE_PER_SECOND = 10;
/** Before a save: what is waited then, nothing that a rollout does is to blame for. */
const QUIET_MS = 1500;
/** Of so many it can be said what is usual. */
const ENOUGH = 20;
const AFTERWARDS_MS = 500;
/** A machine that has much to do besides may take its time. */
const PASS_MS = 180_000;
/** So many rollouts one after the other that could not be measured are no accident any more. */
const MOST_UNMEASURED = 3;

export const KINDS = ['swap', 'rolling'] as const;
export type Kind = (typeof KINDS)[number];

/** What happened in one rollout. */
export interface RolloutOutcome extends RolloutWaits {
  readonly kind: Kind;
  /** Whether devloop brought it about in that way: where it lost the cluster in between, it ends otherwise. */
  readonly asMeant: boolean;
  readonly connections: readonly ConnectionOutcome[];
}

/** Ports of this machine that lead to a service. */
export interface LoadedPorts {
  of(kind: Kind): number;
  /** To a service that is left alone; undefined: none. */
  readonly beside?: number | undefined;
}

/** What came of rollouts. */
export interface Rollouts {
  readonly measured: readonly RolloutOutcome[];
  /** Those that could not be measured, because the cluster, or the prober in it, was out of reach. */
  readonly unmeasured: readonly UnmeasuredRollout[];
}

/** What is known of a rollout all the same. */
export interface UnmeasuredRollout {
  readonly why: string;
  readonly connections: readonly ConnectionOutcome[];
}

/** Saves that go live one after the other, of the kinds in turn, while new connections come to a port of this machine. */
export async function rolloutsUnderLoad(
  rig: DevloopRig,
  count: number,
  ports: LoadedPorts,
  kinds: readonly Kind[] = KINDS,
): Promise<Rollouts> {
  const measured: RolloutOutcome[] = [];
  const unmeasured: UnmeasuredRollout[] = [];
  let inARow = 0;
  for (let index = 0; index < count; index++) {
    const kind = kinds[index % kinds.length] ?? 'swap';
    const what = `rollout ${index + 1} of ${count} (${kind})`;
    const connections: ConnectionOutcome[] = [];
    try {
      const outcome = await oneRollout(rig, kind, ports, connections);
      measured.push(outcome);
      process.stderr.write(`${what}: ${wordsFor(outcome)}\n`);
      inARow = 0;
    } catch (error) {
      inARow += 1;
      if (inARow === MOST_UNMEASURED) throw error;
      unmeasured.push({ why: String(error), connections });
      const lost = connections.filter(({ ended }) => ended !== 'answered').length;
      process.stderr.write(
        `${what} could not be measured, ${connections.length} connections, ${lost} not answered: ${error}\n`,
      );
    }
  }
  return { measured, unmeasured };
}

function wordsFor({ connections, asMeant, addedMs, unservedMs, beside: alone, ordinaryMs }: RolloutOutcome): string {
  const lost = connections.filter(({ ended }) => ended !== 'answered').length;
  const beside = alone === undefined ? '' : `, ${round(alone.waitedMs)} ms beside it`;
  const before = `${round(Math.max(...ordinaryMs))} ms before it`;
  return `${connections.length} connections, ${lost} not answered, waited ${round(addedMs)} ms (${before}${beside}), ${round(unservedMs)} ms unserved${asMeant ? '' : ', the cluster was lost in between'}`;
}

/** @param connections gets what became of all of them, also where this throws */
async function oneRollout(
  rig: DevloopRig,
  kind: Kind,
  ports: LoadedPorts,
  connections: ConnectionOutcome[],
): Promise<RolloutOutcome> {
  await using prober = await PodProber.open(rig, kind);
  await using loads = new AsyncDisposableStack();
  const load = new ConnectionLoad({ host: '127.0.0.1', port: ports.of(kind) }, PER_SECOND);
  loads.defer(() => void connections.push(...load.take()));
  loads.use(load);
  const beside =
    ports.beside === undefined
      ? undefined
      : loads.use(new ConnectionLoad({ host: '127.0.0.1', port: ports.beside }, BESIDE_PER_SECOND));
  const besideBefore: ConnectionOutcome[] = [];
  do {
    await delay(QUIET_MS);
    connections.push(...load.take());
    besideBefore.push(...(beside?.take() ?? []));
  } while (connections.length < ENOUGH);
  const before = [...connections];
  const since = rig.mark();
  await rig.writeAtomic(`${kind}/message.txt`, randomBytes(12).toString('hex'));
  const ended = await rig.event(passEnded(kind, 'live'), since, PASS_MS);
  await delay(AFTERWARDS_MS);
  await loads.disposeAsync();
  const besides = [...besideBefore, ...(beside?.take() ?? [])];
  return {
    kind,
    asMeant: ended.kind === kind,
    connections,
    addedMs: longerThanUsual(connections, before),
    ordinaryMs: beyondMedian(before, before),
    unservedMs: longestUnservedMs(await prober.outcomes()),
    beside:
      besideBefore.length === 0 ? undefined : waitBeside(beyondMedian(connections, before), besides, besideBefore),
  };
}

/** @param added what each of the connections to what was rolled out took longer, in order */
function waitBeside(
  added: readonly number[],
  besides: readonly ConnectionOutcome[],
  before: readonly ConnectionOutcome[],
): WaitBeside {
  return { waitedMs: longerThanUsual(besides, before), addedMs: longestOfAsMany(added, besides.length) };
}

/** How much longer the longest of them took than the median one before. */
function longerThanUsual(some: readonly ConnectionOutcome[], before: readonly ConnectionOutcome[]): number {
  return Math.max(...beyondMedian(some, before));
}

function beyondMedian(some: readonly ConnectionOutcome[], before: readonly ConnectionOutcome[]): number[] {
  const usual = median(before.map(({ tookMs }) => tookMs));
  return some.map(({ tookMs }) => tookMs - usual);
}

/** The figures of rollouts, for the report. */
export function figuresOf({ measured, unmeasured }: Rollouts) {
  const connections = [...measured, ...unmeasured].flatMap((rollout) => rollout.connections);
  const count = (...kinds: ConnectionOutcome['ended'][]) =>
    connections.filter(({ ended }) => kinds.includes(ended)).length;
  const took = connections.filter(({ ended }) => ended === 'answered').map(({ tookMs }) => tookMs);
  const ordinaryMs = ordinaryOf(measured);
  const of = (kind: Kind) => {
    const some = measured.filter((rollout) => rollout.kind === kind);
    return some.length === 0 ? undefined : waitFigures(some, ordinaryMs);
  };
  return {
    rollouts: measured.length,
    unmeasured: unmeasured.map(({ why }) => why),
    otherwise: measured.filter(({ asMeant }) => !asMeant).length,
    connections: connections.length,
    refused: count('refused'),
    reset: count('reset', 'empty'),
    late: count('late'),
    usual_ms: round(median(took), 1),
    p99_ms: round(percentile(took, 0.99), 1),
    ordinary_ms: round(ordinaryMs, 1),
    swap: of('swap'),
    rolling: of('rolling'),
    each: measured.map(({ kind, addedMs, unservedMs, beside, ordinaryMs: before }) => ({
      kind,
      added_ms: round(addedMs),
      unserved_ms: round(unservedMs),
      before_ms: round(Math.max(...before)),
      ...(beside === undefined
        ? {}
        : { beside_ms: round(beside.waitedMs), added_of_as_many_ms: round(beside.addedMs) }),
    })),
  };
}
