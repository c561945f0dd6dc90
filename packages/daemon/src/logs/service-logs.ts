import { isAborted } from '@devloop/shared/errors/devloop-error';
import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { containersOf } from '../deploy/workload-images.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { Bell } from '../support/bell.ts';
import { followChanges } from '../support/follow-changes.ts';
import { TaskSet } from '../support/task-set.ts';
import { LogBatches } from './log-batches.ts';
import { LogPosition } from './log-position.ts';
import { hasStarted, startedBefore, tailContainer } from './tail-container.ts';

/** Pods that come or change this close together are looked at together. */
const TOGETHER_MS = 50;

export interface ServiceLogsOptions {
  /** Rung when services, pods or the session may have changed. */
  readonly changed: Bell;
  /** The session with the cluster, while there is one. */
  readonly session: () => ClusterSession | undefined;
  /** The services that are wanted, as they are now. */
  readonly services: () => readonly string[];
  /** The pods of a service as they are now. */
  readonly podsOf: (service: string, session: ClusterSession) => readonly KubernetesObject[];
  readonly follow: boolean;
  /** How many lines of a container that runs already. */
  readonly tailLines: number | undefined;
  readonly send: (message: LogMessage) => void;
  readonly drained: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Hands out the logs of services, straight from the kubelet. With `follow`, services, pods and restarts that come later
 * are included, and it goes on where it was when a cluster that was lost is back, until the signal is aborted.
 */
export async function streamServiceLogs(options: ServiceLogsOptions): Promise<void> {
  const { changed, follow, signal } = options;
  using batches = new LogBatches(options.send);
  const positions = new Map<string, LogPosition>();
  const openedAt = Date.now();
  try {
    do {
      const session = await changed.until(() => usable(options.session()), signal);
      await tailSession(session, batches, positions, openedAt, options);
    } while (follow && !signal.aborted);
  } catch (error) {
    if (!isAborted(error, signal) && !signal.aborted) throw error;
  } finally {
    batches.flush();
  }
}

function usable(session: ClusterSession | undefined): ClusterSession | undefined {
  return session?.signal.aborted === false ? session : undefined;
}

async function tailSession(
  session: ClusterSession,
  batches: LogBatches,
  positions: Map<string, LogPosition>,
  openedAt: number,
  options: ServiceLogsOptions,
): Promise<void> {
  const { changed, follow, tailLines, send, drained } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, session.signal, ended.signal]);
  const failures: unknown[] = [];
  const tasks = new TaskSet((error) => failures.push(error));
  const tailed = new Set<string>();
  const tail = (service: string, pod: KubernetesObject, container: string) => {
    const key = `${pod.metadata.uid}/${container}`;
    if (tailed.has(key) || !hasStarted(pod, container)) return;
    tailed.add(key);
    const position = positions.get(key) ?? new LogPosition();
    positions.set(key, position);
    const source = { type: 'lines', service, pod: pod.metadata.name, container } as const;
    const reading = tailContainer(
      { pod, container, position },
      {
        session,
        follow,
        tailLines: startedBefore(pod, container, openedAt) ? tailLines : undefined,
        onLines: (lines) => batches.add(source, lines),
        onGap: (because) => {
          batches.flush();
          send({ ...source, type: 'gap', because });
        },
        drained,
        signal,
      },
    );
    // A container that is read to its end while the session lasts is gone for good.
    tasks.add(reading.then(() => void (signal.aborted || positions.delete(key))));
  };
  const look = () => {
    for (const service of options.services()) {
      for (const pod of options.podsOf(service, session)) {
        for (const { name } of containersOf(pod)) tail(service, pod, name);
      }
    }
    return follow;
  };
  try {
    await followChanges(changed, look, { drained: async () => undefined, togetherMs: TOGETHER_MS, signal });
    if (!follow) await tasks.ended();
  } finally {
    ended.abort();
    await tasks.ended();
  }
  if (failures.length > 0) throw failures[0];
}
