import { CONFIG_FILE } from '@devloop/shared/config/config-file';
import { DevloopError, fromReport } from '@devloop/shared/errors/devloop-error';
import { deleteOrder } from '../deploy/apply-order.ts';
import type { AskedKinds } from '../deploy/cluster-objects.ts';
import { Deployer } from '../deploy/deployer.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { ClusterLinkKeeper } from '../link/cluster-link.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { LogKeeper } from '../logs/log-keeper.ts';
import { StartTurns } from '../plan/start-turns.ts';
import type { Project } from '../project/project.ts';
import { SwapHistory } from '../rollout/swap-history.ts';
import type { EventLog } from '../state/event-log.ts';
import type { Bell } from '../support/bell.ts';
import { delay } from '../support/delay.ts';
import type { TaskSet } from '../support/task-set.ts';
import { CurrentImages } from './current-images.ts';
import { ImageUsers } from './name-users.ts';
import { type Connected, ProjectUpkeep } from './project-upkeep.ts';
import type { PassContext } from './run-pass.ts';
import type { ServiceLoop } from './service-loop.ts';

/** Changes in the cluster are looked at together when they come this close. */
const OBSERVE_MS = 100;

export interface ClusterWorkOptions {
  readonly log: EventLog;
  /** Whether its cluster is a sandbox that ends with the daemon. */
  readonly sandbox: boolean;
  /** Rung whenever something in the cluster changes. */
  readonly changed: Bell;
  readonly logs: LogKeeper;
  /** The project as it is understood now. */
  readonly project: () => Project | undefined;
  readonly loops: () => Iterable<ServiceLoop>;
  /** Whether anything is to be built or applied. */
  readonly mayWork: () => boolean;
  /** Whether an object is of no manifest, and is to stay for now. */
  readonly isInUse: (object: KubernetesObject) => boolean;
  /** Owns what goes on with a session. */
  readonly tasks: TaskSet;
  readonly signal: AbortSignal;
}

/** What is done on the cluster of a project: begun anew with every session, and over with it. */
export class ClusterWork {
  /** The newest image of each service. */
  readonly images = new CurrentImages();
  readonly #options: ClusterWorkOptions;
  readonly #link: ClusterLinkKeeper;
  readonly #upkeep: ProjectUpkeep;
  #connected: Connected | undefined;

  constructor(options: ClusterWorkOptions) {
    const { log, project, mayWork, isInUse, signal } = options;
    this.#options = options;
    this.#link = new ClusterLinkKeeper(log);
    this.#upkeep = new ProjectUpkeep(log, () => (mayWork() ? project() : undefined), isInUse, signal);
  }

  /** The session with the cluster; a lost one stays the current one until there is another. */
  get session(): ClusterSession | undefined {
    return this.#connected?.session;
  }

  /** What passes and actions work with; undefined while there is no cluster, or nothing more is to be done. */
  get passContext(): PassContext | undefined {
    const { log, project, mayWork, tasks } = this.#options;
    const connected = this.#connected;
    const current = project();
    if (connected === undefined || connected.session.signal.aborted || current === undefined || !mayWork()) {
      return undefined;
    }
    const { images } = this;
    return { ...connected, log, images, services: current.services, project: current.name, tasks };
  }

  /** Connects, and connects again, until the daemon ends. */
  async keep(): Promise<void> {
    await this.#link.keep((session) => this.#onConnected(session), this.#options.signal);
  }

  /** Says that the cluster or its engine did not answer, so that all is learned anew. */
  lost(): void {
    this.#link.lost();
  }

  /** Goes by another project, or the same one as it is now. To be told before its services are. */
  takeOver(before: Project | undefined, project: Project): void {
    // a sandbox is the only cluster there is, and its pods run what its engine has, whatever the project names
    const { context, registry } = this.#options.sandbox ? {} : project;
    this.#link.choose({ context, registry, namespace: project.namespace });
    if (before === undefined || this.#connected === undefined) return;
    if (before.name !== project.name || before.namespace !== project.namespace) this.#link.lost();
    else this.#connected.sharedApplied = this.#upkeep.applyShared(this.#connected, project);
  }

  /** Deletes what the project has no longer. */
  prune(): void {
    if (this.#connected !== undefined) this.#options.tasks.add(this.#upkeep.prune(this.#connected, 'likely'));
  }

  /** Applies again what belongs to no service: somebody may have taken it away. What is deployed next waits for it. */
  bringBackShared(): void {
    const project = this.#options.project();
    if (this.#connected === undefined || project === undefined) return;
    this.#connected.sharedApplied = this.#upkeep.applyShared(this.#connected, project, true);
  }

  /** Objects as they were applied last in this session. */
  lastApplied(objects: readonly KubernetesObject[]): KubernetesObject[] {
    return this.#connected?.deployer.lastApplied(objects) ?? [];
  }

  /**
   * What devloop applied for the project and is in the cluster, dependants first.
   *
   * @throws DevloopError `config/invalid` where the project is not known; why there is no cluster; ApiRefusal; the signal's
   *   reason
   */
  async applied(kinds: AskedKinds, signal: AbortSignal): Promise<KubernetesObject[]> {
    const project = this.#options.project();
    if (project === undefined) {
      throw new DevloopError(
        'config/invalid',
        `${CONFIG_FILE} is broken, so it is not known which project's objects are meant.`,
        'Mend it first: devloop check',
      );
    }
    const session = await this.#sessionOrFailure(signal);
    return deleteOrder(await session.objects.applied(project.name, kinds, signal));
  }

  /** Deletes objects and resolves when they are gone. Throws as {@link applied} does. */
  async delete(objects: readonly KubernetesObject[], signal: AbortSignal): Promise<void> {
    const session = await this.#sessionOrFailure(signal);
    // At once, not one by one: programs that ignore SIGTERM then take their grace period together.
    await Promise.all(objects.map((object) => session.objects.deleteAndWait(object, signal, true)));
  }

  #onConnected(session: ClusterSession): void {
    const { project, loops, tasks, logs, changed } = this.#options;
    const current = project();
    if (current === undefined) return;
    this.images.clear();
    const connected: Connected = {
      session,
      deployer: new Deployer(session.objects, current.name, session.namespace),
      history: new SwapHistory(),
      users: new ImageUsers(),
      startTurns: new StartTurns(session.engine.description.cpus),
      sharedApplied: Promise.resolve(),
    };
    const isFirst = this.#connected === undefined;
    connected.sharedApplied = this.#upkeep.applyShared(connected, current);
    this.#connected = connected;
    if (!isFirst) for (const loop of loops()) loop.recheck();
    tasks.add(this.#passOnRings(session));
    tasks.add(this.#observe(session));
    tasks.add(logs.follow(session, () => project()?.services ?? [], changed));
    tasks.add(this.#upkeep.pruneFromStart(connected));
  }

  async #passOnRings({ view, signal }: ClusterSession): Promise<void> {
    const { changed } = this.#options;
    const ended = AbortSignal.any([signal, this.#options.signal]);
    try {
      for (;;) {
        await view.changed.next(ended);
        changed.ring();
      }
    } catch (error) {
      if (!ended.aborted) throw error;
    }
  }

  /** Has every service compare what runs with what was live. */
  async #observe({ view, signal }: ClusterSession): Promise<void> {
    const ended = AbortSignal.any([signal, this.#options.signal]);
    try {
      for (;;) {
        await view.changed.next(ended);
        await delay(OBSERVE_MS, ended);
        for (const loop of this.#options.loops()) loop.observe();
      }
    } catch (error) {
      if (!ended.aborted) throw error;
    }
  }

  /** The session, waiting for a first one; throws why there is none when connecting has failed. */
  #sessionOrFailure(signal: AbortSignal): Promise<ClusterSession> {
    return this.#options.log.until((state) => {
      if (state.cluster.is === 'lost') throw fromReport(state.cluster.failure);
      return this.#link.session;
    }, signal);
  }
}
