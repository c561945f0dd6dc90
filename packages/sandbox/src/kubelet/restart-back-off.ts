import type { KubeObject } from '../ports/kube-object.ts';
import { type BackOff, goDuration } from './back-off.ts';
import { type ContainerSlot, specHashOf } from './container-slot.ts';
import type { Waiting } from './container-status.ts';
import type { Container } from './pod-spec.ts';

export interface HeldBack {
  readonly ms: number;
  readonly waiting: Waiting;
  /** Of the Event. */
  readonly message: string;
}

/**
 * Whether a container has to wait for its restart: pkg/kubelet/kuberuntime doBackOff. The delay is that of its very spec,
 * so a new image goes on at once. Undefined: it goes on, and the next delay is set.
 *
 * @param wasChanged it was ended for its new spec: then only runs before that one count
 */
export function heldBack(
  slot: ContainerSlot,
  container: Container,
  wasChanged: boolean,
  { metadata }: KubeObject,
  backOff: BackOff,
): HeldBack | undefined {
  const last = wasChanged ? slot.previous : slot.run;
  if (last === undefined) return undefined;
  const key = `${metadata.uid}_${container.name}_${specHashOf(container)}`;
  const now = Date.now();
  const endedAt = last.endedAt ?? now;
  const ms = backOff.heldBackMs(key, endedAt, now);
  if (ms === 0) {
    backOff.next(key, endedAt, now);
    return undefined;
  }
  const pod = `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
  const delay = goDuration(backOff.delayMs(key));
  return {
    ms,
    waiting: {
      reason: 'CrashLoopBackOff',
      message: `back-off ${delay} restarting failed container=${container.name} pod=${pod}`,
    },
    message: `Back-off restarting failed container ${container.name} in pod ${pod}`,
  };
}
