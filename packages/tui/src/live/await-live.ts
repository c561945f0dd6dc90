import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { DevloopError, type ErrorReport } from '@devloop/shared/errors/devloop-error';
import { unknownService } from '@devloop/shared/errors/unknown-service';
import type { DaemonEvent } from '@devloop/shared/protocol/event';
import { liveness, type ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import type { StreamMessage } from '@devloop/shared/protocol/stream-message';
import type { DaemonClient } from '../daemon/daemon-client.ts';
import { activityText } from '../plain/service-progress.ts';
import { clusterLine } from '../wording/cluster-line.ts';

export interface LiveGoal {
  /** Services that must be live; empty: all of the project, also those that the configuration adds meanwhile. */
  readonly services: readonly string[];
  /** Asks for the revision of a service that must serve. Default: the one that holds what is on the disk now. */
  readonly ask?: (service: string) => Promise<number>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told of every message. */
  readonly show: (message: StreamMessage) => Promise<void>;
}

export type LiveOutcome =
  | { readonly is: 'live'; readonly services: readonly ServiceSnapshot[] }
  | { readonly is: 'failed'; readonly service: string }
  | { readonly is: 'no-cluster'; readonly failure: ErrorReport }
  | { readonly is: 'config'; readonly diagnostics: readonly ConfigDiagnostic[] };

/** Failures of the cluster that no waiting mends: somebody has to decide something. */
const FINAL: readonly string[] = ['cluster/no-kubeconfig', 'cluster/not-local', 'engine/unavailable'];

/**
 * Follows the daemon until services serve what is on the disk, or one of them fails at it.
 *
 * @throws DevloopError `wait/timeout` with what was waited for, or `service/unknown`
 */
export async function awaitLive(client: DaemonClient, goal: LiveGoal): Promise<LiveOutcome> {
  const limit = AbortSignal.timeout(goal.timeoutMs);
  const signal = AbortSignal.any([goal.signal, limit]);
  const wait = new Wait(client, goal, signal);
  try {
    for await (const message of client.stream({ signal })) {
      await goal.show(message);
      const outcome = await wait.take(message);
      if (outcome !== undefined) return outcome;
    }
    throw new DevloopError('daemon/unreachable', 'The daemon ended meanwhile.', 'Start it again: devloop up');
  } catch (error) {
    if (goal.signal.aborted || !limit.aborted) throw error;
    throw timeout(await client.snapshot(goal.signal), goal);
  }
}

class Wait {
  readonly #client: DaemonClient;
  readonly #goal: LiveGoal;
  readonly #signal: AbortSignal;
  /** What must serve, by service. */
  readonly #targets = new Map<string, number>();
  /** The newest revision of each service that failed. */
  readonly #failed = new Map<string, number>();

  constructor(client: DaemonClient, goal: LiveGoal, signal: AbortSignal) {
    this.#client = client;
    this.#goal = goal;
    this.#signal = signal;
  }

  async take(message: StreamMessage): Promise<LiveOutcome | undefined> {
    if (message.type === 'snapshot') return this.#begin(message.snapshot);
    if (message.type !== 'event') return undefined;
    const { event } = message.published;
    if (event.type === 'config-rejected') return { is: 'config', diagnostics: event.diagnostics };
    if (event.type === 'pass-ended' && event.outcome === 'failed') this.#failed.set(event.service, event.revision);
    return canSettle(event) ? this.#look() : undefined;
  }

  async #begin(snapshot: DaemonSnapshot): Promise<LiveOutcome | undefined> {
    for (const { name, failure, activity, seenRevision } of snapshot.services) {
      if (failure !== undefined && activity.is === 'idle') this.#failed.set(name, seenRevision);
    }
    return this.#look(snapshot);
  }

  async #look(known?: DaemonSnapshot): Promise<LiveOutcome | undefined> {
    const snapshot = known ?? (await this.#client.snapshot(this.#signal));
    if (snapshot.diagnostics.length > 0) return { is: 'config', diagnostics: snapshot.diagnostics };
    if (snapshot.cluster.is === 'lost' && FINAL.includes(snapshot.cluster.failure.code)) {
      return { is: 'no-cluster', failure: snapshot.cluster.failure };
    }
    if (snapshot.services.length === 0) return undefined; // the configuration is still being read
    const names = wanted(snapshot, this.#goal.services);
    const asked = await this.#askFor(names.filter((name) => !this.#targets.has(name)));
    // what was asked for may be newer than the snapshot that is known
    const services = select(asked ? await this.#client.snapshot(this.#signal) : snapshot, names);
    const failed = services.find(({ name }) => (this.#failed.get(name) ?? -1) >= this.#target(name));
    if (failed !== undefined) return { is: 'failed', service: failed.name };
    const isLive = services.every((one) => liveness(one) === 'live' && one.liveRevision >= this.#target(one.name));
    return isLive && services.length === names.length ? { is: 'live', services } : undefined;
  }

  async #askFor(names: readonly string[]): Promise<boolean> {
    await Promise.all(
      names.map(async (service) => {
        this.#targets.set(service, await (this.#goal.ask?.(service) ?? this.#lookAgain(service)));
      }),
    );
    return names.length > 0;
  }

  async #lookAgain(service: string): Promise<number> {
    const { revision } = await this.#client.command({ type: 'look-again', service }, this.#signal);
    return revision;
  }

  #target(name: string): number {
    return this.#targets.get(name) ?? Number.POSITIVE_INFINITY;
  }
}

function canSettle(event: DaemonEvent): boolean {
  switch (event.type) {
    case 'pass-ended':
    case 'service-recovered':
    case 'config-loaded':
    case 'cluster-changed':
      return true;
    default:
      return false;
  }
}

function wanted(snapshot: DaemonSnapshot, services: readonly string[]): readonly string[] {
  const known = snapshot.services.map(({ name }) => name);
  const unknown = services.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownService(unknown, known);
  return services.length === 0 ? known : services;
}

function select(snapshot: DaemonSnapshot, names: readonly string[]): ServiceSnapshot[] {
  return snapshot.services.filter(({ name }) => names.includes(name));
}

function timeout(snapshot: DaemonSnapshot, goal: LiveGoal): DevloopError {
  const late = snapshot.services.filter(
    (one) => (goal.services.length === 0 || goal.services.includes(one.name)) && liveness(one) !== 'live',
  );
  const reason = (one: ServiceSnapshot) =>
    activityText(one.activity) ?? one.degraded?.message ?? one.failure?.message ?? liveness(one);
  const names = late.map(({ name }) => name);
  return new DevloopError(
    'wait/timeout',
    `After ${goal.timeoutMs / 1000} s, ${names.length === 0 ? 'the newest save' : names.join(', ')} is not live.`,
    'Wait longer with --timeout SECONDS; devloop status says where it is.',
    {
      evidence: [
        ...(snapshot.cluster.is === 'connected' ? [] : [clusterLine(snapshot.cluster)]),
        ...late.map((one) => `${one.name}: ${reason(one)}`),
      ],
    },
  );
}
