import { isAborted } from '@devloop/shared/errors/devloop-error';
import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { containersOf } from '../deploy/workload-images.ts';
import { ApiRefusal } from '../kubernetes/api-errors.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { delay } from '../support/delay.ts';
import { TaskSet } from '../support/task-set.ts';
import { linesOf } from '../support/text-lines.ts';
import { openPodLog } from './pod-logs.ts';

export interface ServiceLogsOptions {
  readonly follow: boolean;
  readonly tailLines: number | undefined;
  readonly session: ClusterSession;
  /** The pods of a service as they are now. */
  readonly podsOf: (service: string) => readonly KubernetesObject[];
  readonly onMessage: (message: LogMessage) => void;
  readonly signal: AbortSignal;
}

/** Kubelets end a followed log at rotation and restarts; how long until it is opened again. */
const REOPEN_MS = 300;

/**
 * Hands out the logs of services, straight from the kubelet. With `follow`, pods and restarts that come later are
 * included, until the signal is aborted.
 */
export async function streamServiceLogs(services: readonly string[], options: ServiceLogsOptions): Promise<void> {
  const { follow, session, podsOf } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, session.signal, ended.signal]);
  const tasks = new TaskSet(() => undefined);
  const tailed = new Set<string>();
  try {
    await session.view.changed.until(() => {
      for (const service of services) {
        for (const pod of podsOf(service)) {
          for (const { name } of containersOf(pod)) {
            const key = `${pod.metadata.uid}/${name}`;
            if (tailed.has(key) || !hasStarted(pod, name)) continue;
            tailed.add(key);
            tasks.add(tailContainer(service, pod, name, { ...options, signal }));
          }
        }
      }
      return follow ? undefined : true;
    }, signal);
    await tasks.ended();
  } catch (error) {
    if (!isAborted(error, signal) && !signal.aborted) throw error;
  } finally {
    ended.abort();
    await tasks.ended();
  }
}

async function tailContainer(
  service: string,
  pod: KubernetesObject,
  container: string,
  { follow, tailLines, session, onMessage, signal }: ServiceLogsOptions,
): Promise<void> {
  const { name, namespace = '' } = pod.metadata;
  let lastAt: string | undefined;
  let atLast = 0;
  while (!signal.aborted) {
    // The API takes whole seconds: ask from the last second on and pass over what was handed out already.
    let toSkip = atLast;
    const since = lastAt;
    try {
      const query = { namespace, pod: name, container, follow, timestamps: true };
      const from = since !== undefined ? { sinceTime: since } : tailLines === undefined ? {} : { tailLines };
      for await (const line of linesOf(await openPodLog(session.api, { ...query, ...from }, signal))) {
        const space = line.indexOf(' ');
        const at = line.slice(0, space);
        if (since !== undefined && at < since) continue;
        if (since !== undefined && at === since && toSkip > 0) {
          toSkip -= 1;
          continue;
        }
        atLast = at === lastAt ? atLast + 1 : 1;
        lastAt = at;
        onMessage({ type: 'lines', service, pod: name, container, lines: [[at, line.slice(space + 1)]] });
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiRefusal && error.status === 404) return; // the pod is gone
      if (!follow) {
        onMessage({ type: 'gap', service, pod: name, container, because: String(error) });
        return;
      }
    }
    const present = session.view.get('Pod', namespace, name);
    if (!follow || present?.metadata.uid !== pod.metadata.uid) return;
    await delay(REOPEN_MS, signal).catch(() => undefined);
  }
}

function hasStarted(pod: KubernetesObject, container: string): boolean {
  const statuses: { name: string; containerID?: string; state?: { running?: object; terminated?: object } }[] = [
    ...(pod['status']?.containerStatuses ?? []),
    ...(pod['status']?.initContainerStatuses ?? []),
  ];
  const status = statuses.find((candidate) => candidate.name === container);
  return (
    status?.state?.running !== undefined || status?.state?.terminated !== undefined || Boolean(status?.containerID)
  );
}
