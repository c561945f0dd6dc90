import type { Hold } from '@devloop/shared/protocol/service-state';
import type { DaemonState } from '../state/daemon-state.ts';

/** What a service is to do now: a pass for a revision, or nothing yet and why. */
export type Step =
  | { readonly step: 'pass'; readonly revision: number }
  | { readonly step: 'hold'; readonly hold: Hold };

/** Decides whether a service begins a pass. Undefined: there is nothing to do. Pure: looks at levels only. */
export function nextStep(state: DaemonState, name: string): Step | undefined {
  const service = state.services.get(name);
  if (service === undefined || service.seenRevision <= service.attemptedRevision) return undefined;
  switch (state.cluster.is) {
    case 'connecting':
      return { step: 'hold', hold: { reason: 'waiting-for-cluster', detail: 'connecting' } };
    case 'lost':
      return { step: 'hold', hold: { reason: 'waiting-for-cluster', detail: state.cluster.failure.message } };
    case 'connected':
      // What was asked for is done all the same: only saves wait.
      return service.paused && service.pending?.saved === true
        ? { step: 'hold', hold: { reason: 'paused' } }
        : { step: 'pass', revision: service.seenRevision };
  }
}

/** Whether a service has been live since the daemon began. Pure. */
export function hasBeenLive(state: DaemonState, name: string): boolean {
  return (state.services.get(name)?.liveRevision ?? 0) > 0;
}

/**
 * Decides whether a service may be deployed: its dependencies must each have been live once. Later on a dependency
 * that is being changed holds nobody back. Pure.
 */
export function deployHold(state: DaemonState, dependsOn: readonly string[]): Hold | undefined {
  const missing = dependsOn.filter((name) => !hasBeenLive(state, name));
  return missing.length === 0 ? undefined : { reason: 'waiting-for-dependency', on: missing };
}
