import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionLoad, type ConnectionOutcome } from '../rig/connection-load.ts';
import type { DevloopRig } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { median, percentile, round } from './figures.ts';
import { longestUnservedMs, PodProber } from './pod-prober.ts';

/** New connections, and questions of the prober to each pod. */
export const PER_SECOND = 50;
/** Before a save: what is waited then, nothing that a rollout does is to blame for. */
const QUIET_MS = 1500;
/** Of so many it can be said what is usual. */
const ENOUGH = 20;
const AFTERWARDS_MS = 500;
/** A machine that has much to do besides may take its time. */
const PASS_MS = 180_000;

export const KINDS = ['swap', 'rolling'] as const;
export type Kind = (typeof KINDS)[number];

/** What happened in one rollout. */
export interface RolloutOutcome {
  readonly kind: Kind;
  /** Whether devloop brought it about in that way: where it lost the cluster in between, it ends otherwise. */
  readonly asMeant: boolean;
  readonly connections: readonly ConnectionOutcome[];
  /** The longest that a connection took, longer than the median one before the save. */
  readonly addedMs: number;
  /** The same of those that ended before the save. */
  readonly quietMs: number;
  /** The longest in which no pod answered at its own address, see {@link longestUnservedMs}. */
  readonly unservedMs: number;
}

/** Saves that go live one after the other, of the kinds in turn, while new connections come to a port of this machine. */
export async function rolloutsUnderLoad(
  rig: DevloopRig,
  count: number,
  portOf: (kind: Kind) => number,
  kinds: readonly Kind[] = KINDS,
): Promise<RolloutOutcome[]> {
  const outcomes: RolloutOutcome[] = [];
  for (let index = 0; index < count; index++) {
    const kind = kinds[index % kinds.length] ?? 'swap';
    const outcome = await oneRollout(rig, kind, portOf(kind));
    outcomes.push(outcome);
    const { asMeant, connections, addedMs, quietMs, unservedMs } = outcome;
    const bad = connections.filter(({ ended }) => ended !== 'answered').length;
    process.stderr.write(
      `rollout ${index + 1} of ${count} (${kind}): ${connections.length} connections, ${bad} not answered, waited ${round(addedMs)} ms (${round(quietMs)} ms before it), ${round(unservedMs)} ms unserved${asMeant ? '' : ', the cluster was lost in between'}\n`,
    );
  }
  return outcomes;
}

async function oneRollout(rig: DevloopRig, kind: Kind, port: number): Promise<RolloutOutcome> {
  await using prober = await PodProber.open(rig, kind);
  await using load = new ConnectionLoad({ host: '127.0.0.1', port }, PER_SECOND);
  const before: ConnectionOutcome[] = [];
  do {
    await delay(QUIET_MS);
    before.push(...load.take());
  } while (before.length < ENOUGH);
  const since = rig.mark();
  await rig.writeAtomic(`${kind}/message.txt`, randomBytes(12).toString('hex'));
  const ended = await rig.event(passEnded(kind, 'live'), since, PASS_MS);
  await delay(AFTERWARDS_MS);
  await load[Symbol.asyncDispose]();
  const connections = [...before, ...load.take()];
  const usual = median(before.map(({ tookMs }) => tookMs));
  const longest = (some: readonly ConnectionOutcome[]) => Math.max(...some.map(({ tookMs }) => tookMs)) - usual;
  const unservedMs = longestUnservedMs(await prober.outcomes());
  const asMeant = ended.kind === kind;
  return { kind, asMeant, connections, addedMs: longest(connections), quietMs: longest(before), unservedMs };
}

/** The figures of rollouts, for the report. */
export function figuresOf(rollouts: readonly RolloutOutcome[]) {
  const connections = rollouts.flatMap((rollout) => rollout.connections);
  const count = (...kinds: ConnectionOutcome['ended'][]) =>
    connections.filter(({ ended }) => kinds.includes(ended)).length;
  const took = connections.filter(({ ended }) => ended === 'answered').map(({ tookMs }) => tookMs);
  const of = (kind: Kind) => waitsOf(rollouts.filter((rollout) => rollout.kind === kind));
  return {
    rollouts: rollouts.length,
    otherwise: rollouts.filter(({ asMeant }) => !asMeant).length,
    connections: connections.length,
    refused: count('refused'),
    reset: count('reset', 'empty'),
    late: count('late'),
    usual_ms: round(median(took), 1),
    p99_ms: round(percentile(took, 0.99), 1),
    swap: of('swap'),
    rolling: of('rolling'),
  };
}

/** Each rollout's longest added wait against the same rollout's time in which no pod served. */
function waitsOf(rollouts: readonly RolloutOutcome[]) {
  if (rollouts.length === 0) return undefined;
  const middle = (of: (rollout: RolloutOutcome) => number) => round(median(rollouts.map(of)));
  const beyond = rollouts.map(({ addedMs, unservedMs }) => addedMs - unservedMs);
  return {
    rollouts: rollouts.length,
    added_ms: middle(({ addedMs }) => addedMs),
    quiet_ms: middle(({ quietMs }) => quietMs),
    unserved_ms: middle(({ unservedMs }) => unservedMs),
    beyond_ms: round(median(beyond)),
    worst_beyond_ms: round(Math.max(...beyond)),
    held: beyond.filter((ms) => ms <= 0).length,
    held_but_for_the_usual: rollouts.filter(({ addedMs, unservedMs, quietMs }) => addedMs <= unservedMs + quietMs)
      .length,
  };
}
