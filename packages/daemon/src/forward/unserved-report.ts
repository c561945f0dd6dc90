import { DevloopError, type ErrorReport, toReport } from '@devloop/shared/errors/devloop-error';
import { isReady } from '../rollout/pod-diagnosis.ts';
import { choosePod, containerPorts, type PodCandidate } from './choose-pod.ts';
import type { ForwardWish } from './forward.ts';
import { TunnelFailure } from './tunnel-failure.ts';

export interface Unserved {
  /** The pods that there are; undefined while the cluster is not reached. */
  readonly candidates: readonly PodCandidate[] | undefined;
  /** What the last try came to, where there was one. */
  readonly last: unknown;
  readonly waitedMs: number;
}

/** Why a connection to a forwarded port was refused, and what to do about it. Pure. */
export function unservedReport(wish: ForwardWish, { candidates, last, waitedMs }: Unserved): ErrorReport {
  const { service, local, port } = wish;
  const what = `A connection to port ${local} of this machine was refused`;
  const waited = `after ${waitedMs / 1000} s`;
  const notReady = (why: string, remedy: string) => toReport(new DevloopError('forward/not-ready', why, remedy));
  if (last instanceof DevloopError && last.code !== 'cluster/unreachable') return toReport(last);
  if (candidates === undefined) {
    return notReady(
      `${what} ${waited}: the cluster does not answer.`,
      'See what it is about: devloop status. Forwards go on by themselves as soon as it answers.',
    );
  }
  if (candidates.length === 0) {
    return notReady(`${what} ${waited}: ${service} has no pod.`, 'See why: devloop status');
  }
  const chosen = choosePod(candidates);
  if (last instanceof TunnelFailure && chosen !== undefined) {
    return toReport(
      new DevloopError(
        'forward/refused',
        `${what} ${waited}: nothing in pod ${chosen.pod.metadata.name} takes connections on its port ${chosen.port}.`,
        `Let the program of ${service} listen on that port, of localhost or of all addresses; or correct the port under ports: in devloop.yaml.`,
        { evidence: last.message.split('\n') },
      ),
    );
  }
  const ready = candidates.find(({ pod }) => isReady(pod));
  if (chosen === undefined && ready !== undefined && typeof ready.port === 'string') {
    const names = containerPorts(ready.pod).flatMap(({ name }) => name ?? []);
    return notReady(
      `${what} ${waited}: no container of pod ${ready.pod.metadata.name} has a port named "${ready.port}".`,
      names.length === 0
        ? 'Name the port in the manifest, or forward it by its number.'
        : `Correct the name under ports: in devloop.yaml. There are: ${names.join(', ')}`,
    );
  }
  if (chosen !== undefined) {
    return notReady(
      `${what} ${waited}: pod ${chosen.pod.metadata.name} is ready, but nothing came from its node in time.`,
      'See whether the node is overloaded: kubectl get nodes. Forwards go on by themselves as soon as it answers.',
    );
  }
  return notReady(
    `${what} ${waited}: no pod of ${service} is ready to take port ${port}.`,
    `See why: devloop status, devloop logs ${service}`,
  );
}
