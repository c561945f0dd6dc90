import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { DaemonEvent, PublishedEvent } from '@devloop/shared/protocol/event';
import { type DaemonState, initialService, type ServiceState } from './daemon-state.ts';
import { mergeReasons, withDuration, withPass } from './pass-history.ts';

/** The state after an event. Pure; the only place where state changes. */
export function reduce(state: DaemonState, { at, event }: PublishedEvent): DaemonState {
  const update = (name: string, change: (service: ServiceState) => Partial<ServiceState>): DaemonState => {
    const service = state.services.get(name);
    if (service === undefined) return state; // it was removed from the config while something of it was under way
    return { ...state, services: new Map(state.services).set(name, { ...service, ...change(service) }) };
  };
  switch (event.type) {
    case 'config-loaded':
      return {
        ...state,
        project: event.project,
        diagnostics: [],
        services: new Map(event.services.map((name) => [name, state.services.get(name) ?? initialService(name)])),
      };
    case 'config-rejected':
      return { ...state, diagnostics: event.diagnostics };
    case 'cluster-changed':
      return { ...state, cluster: event.cluster };
    case 'warning-raised':
      return {
        ...state,
        warnings: [...state.warnings.filter((warning) => warning.code !== event.warning.code), event.warning],
      };
    case 'warning-cleared':
      return { ...state, warnings: state.warnings.filter((warning) => warning.code !== event.code) };
    case 'change-seen':
      return update(event.service, (service) => ({
        seenRevision: Math.max(service.seenRevision, event.revision),
        seenAt: new Date(event.noticedAt).toISOString(),
        ...afterChange(service, event),
      }));
    case 'service-held':
      return update(event.service, () => ({ activity: { is: 'held', hold: event.hold } }));
    case 'service-paused':
      return update(event.service, () => ({ paused: true }));
    case 'service-resumed':
      return update(event.service, ({ activity }) => ({
        paused: false,
        ...(isPausedHold(activity) ? { activity: { is: 'idle' } } : {}),
      }));
    case 'service-scaled':
      return update(event.service, () => ({ replicas: event.replicas }));
    case 'service-rolled-back':
      return update(event.service, () => ({ rolledBackTo: event.image }));
    case 'pass-started':
      return update(event.service, (service) => ({
        attemptedRevision: Math.max(service.attemptedRevision, event.revision),
        activity: { is: 'working', revision: event.revision, phase: 'hash', detail: 'hashing', since: at },
        passing: service.pending,
        pending: undefined,
      }));
    case 'phase-changed':
      return update(event.service, ({ activity }) => ({
        activity: {
          is: 'working',
          revision: event.revision,
          phase: event.phase,
          detail: event.detail,
          since: activity.is === 'working' && activity.phase === event.phase ? activity.since : at,
          ...(event.hold === undefined ? {} : { hold: event.hold }),
        },
      }));
    case 'pass-ended':
      return update(event.service, (service) => afterPass(service, event, at));
    case 'service-degraded':
      return update(event.service, () => ({ degraded: event.failure }));
    case 'service-recovered':
      return update(event.service, (service) =>
        // Only a rollout can come right by itself; what failed before it never reached the cluster.
        isRolloutFailure(service.failure)
          ? {
              degraded: undefined,
              failure: undefined,
              liveRevision: Math.max(service.liveRevision, service.attemptedRevision),
              liveAt: at,
              liveImage: service.attemptedImage,
            }
          : { degraded: undefined },
      );
    case 'daemon-started':
    case 'daemon-stopping':
    case 'build-started':
    case 'output':
    case 'image-ready':
    case 'object-applied':
    case 'images-pruned':
    case 'forward-changed':
    case 'forward-refused':
    case 'pod-deleted':
      return state;
    default:
      return unknownEvent(event);
  }
}

const SAVES: readonly ChangeSeen['cause'][] = ['files', 'manifests', 'config'];

type ChangeSeen = Extract<DaemonEvent, { type: 'change-seen' }>;

/** What a change means for the user's wishes: a save leaves an earlier build, and so does asking for a build. */
function afterChange(service: ServiceState, { cause, asked, paths }: ChangeSeen): Partial<ServiceState> {
  const saved = SAVES.includes(cause);
  const pending = mergeReasons(service.pending, { cause, paths, saved });
  const decides = asked === 'rebuild' || asked === 'roll-back';
  return {
    pending: pending && { ...pending, saved: pending.saved && !decides },
    ...(saved || asked === 'rebuild' ? { rolledBackTo: undefined } : {}),
  };
}

/** Whether a service waits for nothing but the user. */
export function isPausedHold(activity: ServiceState['activity']): boolean {
  return activity.is === 'held' && activity.hold.reason === 'paused';
}

function afterPass(
  service: ServiceState,
  event: Extract<DaemonEvent, { type: 'pass-ended' }>,
  at: string,
): Partial<ServiceState> {
  const lastPass = { outcome: event.outcome, kind: event.kind, times: event.times };
  const ended: Partial<ServiceState> = {
    activity: { is: 'idle' },
    passes: withPass(service.passes, event, service.passing),
    passing: undefined,
  };
  switch (event.outcome) {
    case 'live':
      return {
        ...ended,
        liveRevision: Math.max(service.liveRevision, event.revision),
        liveAt: at,
        liveImage: event.image,
        failure: undefined,
        degraded: undefined,
        lastPass,
        recentPasses: withDuration(service.recentPasses, event.times),
      };
    case 'failed':
      return { ...ended, failure: event.failure, attemptedImage: event.image, lastPass };
    case 'superseded':
      // The next one brings its changes in as well.
      return { ...ended, pending: mergeReasons(service.passing, service.pending) };
  }
}

/** Whether content failed after it had been applied, so that waiting may still make it live. */
export function isRolloutFailure(failure: ErrorReport | undefined): boolean {
  return failure?.code === 'rollout/failed' || failure?.code === 'rollout/timeout';
}

function unknownEvent(event: never): never {
  throw new Error(`unknown event ${JSON.stringify(event)}`);
}
