import { toReport } from '@devloop/shared/errors/devloop-error';
import { type AskedKinds, toObjectName } from '../deploy/cluster-objects.ts';
import type { Deployer } from '../deploy/deployer.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { StartTurns } from '../plan/start-turns.ts';
import type { Project } from '../project/project.ts';
import type { SwapHistory } from '../rollout/swap-history.ts';
import type { EventLog } from '../state/event-log.ts';
import { delay } from '../support/delay.ts';
import type { ImageUsers } from './name-users.ts';
import { appliedEvent } from './run-pass.ts';

/** When most projects are live. */
const REST_AFTER_MS = 15_000;

/** What belongs to one session with a cluster and is worth nothing in another. */
export interface Connected {
  readonly session: ClusterSession;
  readonly deployer: Deployer;
  readonly history: SwapHistory;
  readonly users: ImageUsers;
  readonly startTurns: StartTurns;
  sharedApplied: Promise<void>;
}

/** Keeps in the cluster what is the project's and no service's, and takes away what it no longer has. */
export class ProjectUpkeep {
  readonly #log: EventLog;
  readonly #project: () => Project | undefined;
  readonly #isInUse: (object: KubernetesObject) => boolean;
  readonly #ended: AbortSignal;

  /**
   * @param project undefined when nothing more is to be applied or deleted
   * @param isInUse whether an object is of no manifest, and is to stay for now
   */
  constructor(
    log: EventLog,
    project: () => Project | undefined,
    isInUse: (object: KubernetesObject) => boolean,
    ended: AbortSignal,
  ) {
    this.#log = log;
    this.#project = project;
    this.#isInUse = isInUse;
    this.#ended = ended;
  }

  /**
   * Applies what belongs to no service. That it fails holds no service back: they will say what they miss.
   *
   * @param anyway also what is unchanged since it was applied last: somebody may have taken it away
   */
  async applyShared({ session, deployer }: Connected, project: Project, anyway = false): Promise<void> {
    if (this.#project() === undefined) return;
    const request = { manifests: project.manifests, pins: [], maySwap: () => false, anyway };
    try {
      await deployer.deploy(
        request,
        (one) => this.#log.dispatch(appliedEvent(undefined, one, session.namespace)),
        session.signal,
      );
      this.#clearWarning('deploy/invalid');
    } catch (error) {
      this.#warn(error, session);
    }
  }

  /**
   * Deletes what an earlier config or manifest had and the present one has not: at once what runs or leads to it. The rest
   * comes later, as the cluster is asked for each kind that it knows, and has enough to do at a start.
   */
  async pruneFromStart(connected: Connected): Promise<void> {
    await this.prune(connected, 'likely');
    try {
      await delay(REST_AFTER_MS, AbortSignal.any([connected.session.signal, this.#ended]));
    } catch {
      return;
    }
    await this.prune(connected, 'known');
  }

  /** Deletes what an earlier config or manifest had and the present one has not, of the kinds that are asked for. */
  async prune({ session, deployer, sharedApplied }: Connected, kinds: AskedKinds): Promise<void> {
    const project = this.#project();
    if (project === undefined) return;
    try {
      await sharedApplied;
      const keep = [...project.manifests, ...project.services.flatMap((service) => service.manifests)];
      const applied = await session.objects.applied(project.name, kinds, session.signal);
      const candidates = applied.filter((object) => !this.#isInUse(object));
      if (this.#project() !== project) return;
      await deployer.prune(
        candidates,
        keep,
        (object) => {
          const name = toObjectName(object);
          this.#log.dispatch({ type: 'object-applied', object: `${name.kind}/${name.name}`, action: 'pruned' });
        },
        session.signal,
      );
    } catch (error) {
      this.#warn(error, session);
    }
  }

  #warn(error: unknown, session: ClusterSession): void {
    if (session.signal.aborted || this.#ended.aborted) return;
    this.#log.dispatch({ type: 'warning-raised', warning: toReport(error) });
  }

  #clearWarning(code: string): void {
    const isRaised = this.#log.state.warnings.some((warning) => warning.code === code);
    if (isRaised) this.#log.dispatch({ type: 'warning-cleared', code });
  }
}
