import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { ApiRefusal } from '../kubernetes/api-errors.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { Backoff } from '../support/delay.ts';
import { TextLines } from '../support/text-lines.ts';
import type { LogPosition } from './log-position.ts';
import { openPodLog } from './pod-logs.ts';

/** Kubelets end a followed log at rotation and restarts; how long until it is opened again. */
const REOPEN_MS = { first: 100, most: 3000 };

/** A container whose log is read. */
export interface Tail {
  readonly pod: KubernetesObject;
  readonly container: string;
  readonly position: LogPosition;
}

export interface TailOptions {
  readonly session: Pick<ClusterSession, 'api' | 'view'>;
  readonly follow: boolean;
  /** How many of the last lines, where nothing has been read yet; undefined: all there are. */
  readonly tailLines: number | undefined;
  readonly onLines: (lines: ReturnType<LogPosition['take']>) => void;
  /** Told why there are no more lines, where that is no end. */
  readonly onGap: (because: string) => void;
  /** Resolves when more lines can be taken. The kubelet's stream is not read meanwhile. */
  readonly drained: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly state?: {
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: { readonly startedAt?: string };
  };
}

/**
 * Hands out the log of a container. With `follow`, until its pod is gone: through rotations, and through the restarts
 * that its status tells of.
 */
export async function tailContainer({ pod, container, position }: Tail, options: TailOptions): Promise<void> {
  const { session, follow, signal } = options;
  const backoff = new Backoff(REOPEN_MS.first, REOPEN_MS.most);
  while (!signal.aborted) {
    const instance = statusOf(presentPod(pod, session), container)?.containerID;
    try {
      await readLog({ pod, container, position }, options, () => backoff.reset());
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiRefusal && error.status === 404) return; // the pod is gone
      if (!follow) options.onGap(String(error));
    }
    if (!follow) return;
    try {
      if (!(await runsAgain(pod, container, instance, session, signal))) return;
      const isSame = statusOf(presentPod(pod, session), container)?.containerID === instance;
      if (isSame) await backoff.wait(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

async function readLog(
  { pod, container, position }: Tail,
  { session, follow, tailLines, onLines, drained, signal }: TailOptions,
  onProgress: () => void,
): Promise<void> {
  const { name, namespace = '' } = pod.metadata;
  const { since } = position;
  const from = since !== undefined ? { sinceTime: since } : tailLines === undefined ? {} : { tailLines };
  const stream = await openPodLog(
    session.api,
    { namespace, pod: name, container, follow, timestamps: true, ...from },
    signal,
  );
  position.reopen();
  const text = new TextLines();
  for await (const chunk of stream) {
    const lines = position.take(text.push(chunk));
    if (lines.length === 0) continue;
    onProgress();
    onLines(lines);
    await drained(signal);
  }
  onLines(position.take(text.end()));
}

/** Waits until the container runs, or ran anew. Answers false when its pod is gone. */
function runsAgain(
  pod: KubernetesObject,
  container: string,
  instance: string | undefined,
  session: TailOptions['session'],
  signal: AbortSignal,
): Promise<boolean> {
  return session.view.changed.until(() => {
    const present = presentPod(pod, session);
    if (present === undefined) return false;
    const status = statusOf(present, container);
    const isAnother = status?.containerID !== undefined && status.containerID !== instance;
    return status?.state?.running !== undefined || isAnother ? true : undefined;
  }, signal);
}

/** Whether a container has a log to be read. */
export function hasStarted(pod: KubernetesObject, container: string): boolean {
  const status = statusOf(pod, container);
  const { running, terminated } = status?.state ?? {};
  return running !== undefined || terminated !== undefined || Boolean(status?.containerID);
}

/** Whether a container began before an instant, ms since the epoch. */
export function startedBefore(pod: KubernetesObject, container: string, instant: number): boolean {
  const { running, terminated } = statusOf(pod, container)?.state ?? {};
  const startedAt = (running ?? terminated)?.startedAt;
  return startedAt === undefined || Date.parse(startedAt) < instant;
}

function presentPod({ metadata }: KubernetesObject, { view }: TailOptions['session']): KubernetesObject | undefined {
  const present = view.get('Pod', metadata.namespace ?? '', metadata.name);
  return present?.metadata.uid === metadata.uid ? present : undefined;
}

function statusOf(pod: KubernetesObject | undefined, container: string): ContainerStatus | undefined {
  const statuses: ContainerStatus[] = [
    ...(pod?.['status']?.containerStatuses ?? []),
    ...(pod?.['status']?.initContainerStatuses ?? []),
  ];
  return statuses.find(({ name }) => name === container);
}
