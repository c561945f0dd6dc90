import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { PassRecord } from '@devloop/shared/protocol/service-detail';
import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { ClusterLink } from '@devloop/shared/protocol/snapshot';
import type { PassReason } from './pass-history.ts';

/** Everything the daemon decides on. A fold over the events; read by the planner and the API, written by `reduce`. */
export interface DaemonState {
  readonly project: string;
  readonly cluster: ClusterLink;
  readonly diagnostics: readonly ConfigDiagnostic[];
  readonly warnings: readonly ErrorReport[];
  /** In dependency order. */
  readonly services: ReadonlyMap<string, ServiceState>;
}

/**
 * One service. The revisions are ratchets: they only grow, so that a lost, doubled or late event can't undo another.
 *
 *     seen ──────► attempted ──────► live
 *     a change     a pass began      its content serves
 *
 * pending ⇔ seen > attempted. A failed revision is not tried again until something new is seen.
 */
export interface ServiceState {
  readonly name: string;
  readonly seenRevision: number;
  readonly attemptedRevision: number;
  readonly liveRevision: number;
  readonly seenAt: string | undefined;
  readonly liveAt: string | undefined;
  readonly liveImage: string | undefined;
  /** Image of the newest attempted revision, where a pass got as far as that. */
  readonly attemptedImage: string | undefined;
  readonly activity: ServiceSnapshot['activity'];
  readonly failure: ErrorReport | undefined;
  readonly degraded: ErrorReport | undefined;
  readonly lastPass: ServiceSnapshot['lastPass'];
  /** Saves are seen and not acted on. */
  readonly paused: boolean;
  /** Image of the earlier build that is to serve until the next save. */
  readonly rolledBackTo: string | undefined;
  /** How many replicas the user wants, whatever the manifests say. */
  readonly replicas: number | undefined;
  /** Passes that ended, the newest first; bounded. */
  readonly passes: readonly PassRecord[];
  /** See `ServiceSnapshot.recentPasses`. */
  readonly recentPasses: readonly number[];
  /** What was seen since the newest pass began. */
  readonly pending: PassReason | undefined;
  /** What the pass that runs is about. */
  readonly passing: PassReason | undefined;
}

export const INITIAL_STATE: DaemonState = {
  project: '',
  cluster: { is: 'connecting' },
  diagnostics: [],
  warnings: [],
  services: new Map(),
};

export function initialService(name: string): ServiceState {
  return {
    name,
    seenRevision: 0,
    attemptedRevision: 0,
    liveRevision: 0,
    seenAt: undefined,
    liveAt: undefined,
    liveImage: undefined,
    attemptedImage: undefined,
    activity: { is: 'idle' },
    failure: undefined,
    degraded: undefined,
    lastPass: undefined,
    paused: false,
    rolledBackTo: undefined,
    replicas: undefined,
    passes: [],
    recentPasses: [],
    pending: undefined,
    passing: undefined,
  };
}
