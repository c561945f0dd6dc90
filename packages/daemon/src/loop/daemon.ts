import { CONFIG_FILE } from '@devloop/shared/config/config-schema';
import { DevloopError, type ErrorReport, fromReport, isAborted, toReport } from '@devloop/shared/errors/devloop-error';
import type { ObjectName } from '@devloop/shared/protocol/command';
import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { deleteOrder } from '../deploy/apply-order.ts';
import { toObjectName } from '../deploy/cluster-objects.ts';
import { Deployer } from '../deploy/deployer.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { OneOffs } from '../exec/one-offs.ts';
import { ChosenPortsFile } from '../forward/chosen-ports-file.ts';
import { configuredWishes } from '../forward/configured-wishes.ts';
import { isFree } from '../forward/local-listener.ts';
import { PortForwards } from '../forward/port-forwards.ts';
import { ClusterLinkKeeper } from '../link/cluster-link.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { LogKeeper } from '../logs/log-keeper.ts';
import { StartTurns } from '../plan/start-turns.ts';
import { loadProject } from '../project/load-project.ts';
import type { Project, ProjectOutcome, ServiceSpec } from '../project/project.ts';
import { reachingObjects } from '../project/reaching-objects.ts';
import { SwapHistory } from '../rollout/swap-history.ts';
import { EventLog } from '../state/event-log.ts';
import { Bell } from '../support/bell.ts';
import { delay } from '../support/delay.ts';
import { instant } from '../support/instant.ts';
import { TaskSet } from '../support/task-set.ts';
import { Burst } from '../watch/burst.ts';
import type { FileWatcher } from '../watch/file-watcher.ts';
import { ContextScanner } from '../watch/scan-context.ts';
import { CurrentImages } from './current-images.ts';
import { ImageUsers } from './name-users.ts';
import { startRounds } from './periodic-rounds.ts';
import { type Connected, ProjectUpkeep } from './project-upkeep.ts';
import { ProjectWatch } from './project-watch.ts';
import type { PassContext } from './run-pass.ts';
import { ServiceLoop } from './service-loop.ts';
import { toDetail } from './to-detail.ts';
import { toSnapshot } from './to-snapshot.ts';

/** Events in one burst from which on the kernel's queue may have overflowed, which Node does not tell. */
const OVERFLOW_EVENTS = 500;
/** Changes in the cluster are looked at together when they come this close. */
const OBSERVE_MS = 100;

export interface DaemonOptions {
  /** False: it only answers, and brings nothing up. */
  readonly works: boolean;
  /** Whether its cluster is a sandbox that ends with it. */
  readonly sandbox: boolean;
  /** Where what is to be known again by the next daemon of this project is kept. */
  readonly stateFolder: string;
  /** Where the logs of the services are kept. Absolute. */
  readonly logsFolder: string;
}

/** One project's daemon: owns the state, the watches, the services' loops and the link to the cluster. */
export class Daemon implements AsyncDisposable {
  readonly log = new EventLog();
  /** Rung whenever something of {@link snapshot} may have changed: state, pods, forwards. */
  readonly changed = new Bell();
  readonly folder: string;
  readonly #version: string;
  readonly #sandbox: boolean;
  readonly #startedAt = new Date().toISOString();
  readonly #ended = new AbortController();
  readonly #tasks = new TaskSet((error) => this.#reportBug(error));
  readonly #scanner = new ContextScanner();
  readonly #images = new CurrentImages();
  readonly oneOffs = new OneOffs();
  readonly #upkeep = new ProjectUpkeep(
    this.log,
    () => (this.#isGoingDown ? undefined : this.#project),
    (object) => this.oneOffs.isInUse(object),
    this.#ended.signal,
  );
  readonly #link = new ClusterLinkKeeper(this.log);
  readonly forwards: PortForwards;
  readonly #chosenPorts: ChosenPortsFile;
  /** What the containers, builds and hooks of the services say. */
  readonly logs: LogKeeper;
  readonly #watch: ProjectWatch;
  readonly #loops = new Map<string, ServiceLoop>();
  readonly #inputs = new Burst({ began: () => undefined, settled: () => this.#tasks.add(this.#reload()) });
  readonly #all = new Burst({ began: () => undefined, settled: (events) => this.#afterBurst(events) });
  readonly #stateFolder: string;
  #project: Project | undefined;
  /** By service, the objects through which it is reached. */
  #reachedThrough: ReadonlyMap<string, readonly KubernetesObject[]> = new Map();
  #connected: Connected | undefined;
  #reloading: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  /** Set when nothing more is to be built or applied. */
  #isGoingDown: boolean;

  constructor(folder: string, version: string, watcher: FileWatcher, options: DaemonOptions) {
    const { works, sandbox, stateFolder, logsFolder } = options;
    this.#isGoingDown = !works;
    this.#sandbox = sandbox;
    this.#stateFolder = stateFolder;
    this.folder = folder;
    this.#version = version;
    this.#watch = new ProjectWatch(
      watcher,
      { changed: (absolute) => this.#fileChanged(absolute), uncertain: () => this.#lookEverywhere() },
      this.log,
    );
    this.log.listen(({ event }) => {
      if (event.type !== 'output') this.changed.ring();
    });
    this.logs = new LogKeeper(logsFolder, this.log, (error) => this.#reportBug(error));
    this.#chosenPorts = new ChosenPortsFile(stateFolder);
    this.forwards = new PortForwards({
      log: this.log,
      session: () => this.session,
      contents: (name) => this.#loops.get(name)?.contents ?? [],
      onBug: (error) => this.#reportBug(error),
    });
  }

  get #signal(): AbortSignal {
    return this.#ended.signal;
  }

  get session(): ClusterSession | undefined {
    return this.#connected?.session;
  }

  get services(): readonly ServiceSpec[] {
    return this.#project?.services ?? [];
  }

  /** The loop of a service, for the API's commands. */
  service(name: string): ServiceLoop | undefined {
    return this.#loops.get(name);
  }

  get serviceNames(): string[] {
    return [...this.#loops.keys()];
  }

  get snapshot(): DaemonSnapshot {
    return toSnapshot(this.log.state, {
      folder: this.folder,
      pid: process.pid,
      startedAt: this.#startedAt,
      session: this.session,
      workloadsOf: (name) => this.#loops.get(name)?.workloads ?? [],
      reachingObjectsOf: (name) => this.#reachedThrough.get(name) ?? [],
      forwardsOf: (name) => this.forwards.of(name),
      otherForwards: () => this.forwards.others,
    });
  }

  /** All that is known of one service; undefined where there is none of that name. */
  detail(name: string): ServiceDetail | undefined {
    const state = this.log.state.services.get(name);
    const loop = this.#loops.get(name);
    if (state === undefined || loop === undefined) return undefined;
    const own = loop.spec.manifests.map(({ object }) => object);
    const objects = [...own, ...(this.#reachedThrough.get(name) ?? [])];
    return toDetail(state, {
      view: this.session?.view,
      workloads: loop.workloads,
      applied: this.#connected?.deployer.lastApplied(objects) ?? [],
    });
  }

  /** Reads the project and begins to work. A config that is broken at the start is told like one that breaks later. */
  async start(): Promise<void> {
    this.log.dispatch({ type: 'daemon-started', pid: process.pid, version: this.#version });
    await this.#reload();
    this.#tasks.add(this.#link.keep((session) => this.#onConnected(session), this.#signal));
    const { log } = this;
    startRounds(
      {
        log,
        images: this.#images,
        loops: () => [...this.#loops.values()],
        isWatchDegraded: () => this.#watch.degraded,
        session: () => this.session,
        project: () => this.#project?.name,
        logs: this.logs,
        services: () => this.services,
        stateFolder: this.#stateFolder,
        signal: this.#signal,
      },
      this.#tasks,
    );
  }

  /** Builds and rolls out a service again, and brings back what is the project's. Answers with the revision. */
  rebuild(loop: ServiceLoop): number {
    const connected = this.#connected;
    if (connected !== undefined && this.#project !== undefined) {
      connected.sharedApplied = this.#upkeep.applyShared(connected, this.#project, true);
    }
    return loop.rebuild();
  }

  /** What `down` deletes: everything in the cluster that devloop applied for this project, dependants first. */
  async planDown(signal: AbortSignal): Promise<ObjectName[]> {
    return (await this.#appliedObjects(signal)).map(toObjectName);
  }

  /** Stops working on the project and deletes what it applied. */
  async down(signal: AbortSignal): Promise<ObjectName[]> {
    this.#isGoingDown = true;
    await Promise.all([...this.#loops.values()].map((loop) => loop.close()));
    const objects = await this.#appliedObjects(signal);
    const session = await this.#sessionOrFailure(signal);
    // At once, not one by one: programs that ignore SIGTERM then take their grace period together.
    await Promise.all(objects.map((object) => session.objects.deleteAndWait(object, signal, true)));
    return objects.map(toObjectName);
  }

  /** Ends everything, once, and leaves the cluster as it is. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#inputs.stop();
    this.#all.stop();
    this.#ended.abort(new Error('the daemon is stopping'));
    await Promise.all([...this.#loops.values()].map((loop) => loop.close()));
    await this.forwards[Symbol.asyncDispose]();
    await this.#watch[Symbol.asyncDispose]();
    await this.#tasks.ended();
    await this.logs[Symbol.asyncDispose]();
  }

  #fileChanged(absolute: string): void {
    this.#all.event(instant());
    if (this.#watch.isInput(absolute)) this.#inputs.event(instant());
    for (const loop of this.#loops.values()) loop.fileChanged(absolute);
  }

  #afterBurst(events: number): void {
    if (events >= OVERFLOW_EVENTS) this.#lookEverywhere();
  }

  #lookEverywhere(): void {
    this.#tasks.add(this.#reload());
    for (const loop of this.#loops.values()) this.#tasks.add(loop.lookAgain());
  }

  /** Reads the project again; one at a time. */
  #reload(): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reloadNow());
    return this.#reloading;
  }

  async #reloadNow(): Promise<void> {
    if (this.#signal.aborted) return;
    const outcome = await this.#load();
    if (outcome === undefined) return;
    if (!outcome.ok) {
      const known = JSON.stringify(this.log.state.diagnostics);
      if (known !== JSON.stringify(outcome.diagnostics)) {
        this.log.dispatch({ type: 'config-rejected', diagnostics: [...outcome.diagnostics] });
      }
      await this.#followFiles([...outcome.inputs, ...(this.#project?.inputs ?? [])]);
      return;
    }
    const { project } = outcome;
    const before = this.#project;
    const isSame = before !== undefined && JSON.stringify(before) === JSON.stringify(project);
    if (isSame && this.log.state.diagnostics.length === 0) return;
    this.#project = project;
    this.logs.budgetBytes = project.logMegabytes * 1_000_000;
    this.#reachedThrough = new Map(project.services.map((spec) => [spec.name, reachingObjects(spec, project)]));
    await this.#takeOver(before, project);
    await this.#followFiles(project.inputs);
  }

  /** The project as it is on the disk; undefined where the daemon ends meanwhile. */
  async #load(): Promise<ProjectOutcome | undefined> {
    try {
      return await loadProject(this.folder, this.#signal);
    } catch (error) {
      if (isAborted(error, this.#signal)) return undefined;
      throw error;
    }
  }

  async #takeOver(before: Project | undefined, project: Project): Promise<void> {
    const old = new Map((before?.services ?? []).map((service) => [service.name, service]));
    const names = project.services.map((service) => service.name);
    const added = project.services.filter((service) => !old.has(service.name));
    const removed = [...old.keys()].filter((name) => !names.includes(name));
    const changed = project.services.filter((service) => {
      const previous = old.get(service.name);
      return previous !== undefined && JSON.stringify(previous) !== JSON.stringify(service);
    });
    this.log.dispatch({
      type: 'config-loaded',
      project: project.name,
      services: names,
      added: added.map((service) => service.name),
      removed,
      changed: changed.map((service) => service.name),
    });
    // a sandbox is the only cluster there is, and its pods run what its engine has, whatever the project names
    const { context, registry } = this.#sandbox ? {} : project;
    this.#link.choose({ context, registry, namespace: project.namespace });
    if (before !== undefined && this.#connected !== undefined) {
      if (before.name !== project.name || before.namespace !== project.namespace) this.#link.lost();
      else this.#connected.sharedApplied = this.#upkeep.applyShared(this.#connected, project);
    }
    for (const name of removed) {
      const loop = this.#loops.get(name);
      await loop?.close();
      this.#loops.delete(name);
      if (loop?.source !== undefined) this.#scanner.forget(loop.source.build.context);
    }
    for (const service of added) {
      const loop = new ServiceLoop(service, {
        log: this.log,
        scanner: this.#scanner,
        folder: this.folder,
        context: () => this.passContext(),
        onUnreachable: () => this.#link.lost(),
        signal: this.#signal,
      });
      this.#loops.set(service.name, loop);
    }
    await Promise.all(added.map((service) => this.#loops.get(service.name)?.start()));
    for (const service of changed) {
      const previous = old.get(service.name);
      const onlyManifests =
        JSON.stringify({ ...previous, manifests: 0 }) === JSON.stringify({ ...service, manifests: 0 });
      await this.#loops.get(service.name)?.update(service, onlyManifests ? 'manifests' : 'config');
    }
    const wishes = await configuredWishes(project, this.#reachedThrough, this.#chosenPorts, isFree);
    await this.forwards.sync(project.services, wishes);
    if (before !== undefined && this.#connected !== undefined) this.#tasks.add(this.#upkeep.prune(this.#connected));
  }

  async #followFiles(inputs: readonly string[]): Promise<void> {
    const sources = [...this.#loops.values()].flatMap((loop) => loop.source ?? []);
    const isNew = await this.#watch.follow(this.folder, sources, inputs);
    if (isNew) for (const loop of this.#loops.values()) this.#tasks.add(loop.lookAgain());
  }

  #onConnected(session: ClusterSession): void {
    const project = this.#project;
    if (project === undefined) return;
    this.#images.clear();
    const connected: Connected = {
      session,
      deployer: new Deployer(session.objects, project.name, session.namespace),
      history: new SwapHistory(),
      users: new ImageUsers(),
      startTurns: new StartTurns(session.engine.description.cpus),
      sharedApplied: Promise.resolve(),
    };
    const isFirst = this.#connected === undefined;
    connected.sharedApplied = this.#upkeep.applyShared(connected, project);
    this.#connected = connected;
    if (!isFirst) for (const loop of this.#loops.values()) loop.recheck();
    this.#tasks.add(this.#passOnRings(session));
    this.#tasks.add(this.#observe(connected));
    this.#tasks.add(this.logs.follow(session, () => this.services, this.changed));
    this.#tasks.add(this.#upkeep.prune(connected));
  }

  /** What passes and actions work with; undefined while there is no cluster, or nothing more is to be done. */
  passContext(): PassContext | undefined {
    const connected = this.#connected;
    const project = this.#project;
    if (connected === undefined || connected.session.signal.aborted || project === undefined || this.#isGoingDown) {
      return undefined;
    }
    return {
      ...connected,
      log: this.log,
      images: this.#images,
      services: project.services,
      project: project.name,
      tasks: this.#tasks,
    };
  }

  async #passOnRings({ view, signal }: ClusterSession): Promise<void> {
    const ended = AbortSignal.any([signal, this.#signal]);
    try {
      for (;;) {
        await view.changed.next(ended);
        this.changed.ring();
      }
    } catch (error) {
      if (!ended.aborted) throw error;
    }
  }

  async #observe({ session }: Connected): Promise<void> {
    const signal = AbortSignal.any([session.signal, this.#signal]);
    try {
      for (;;) {
        await session.view.changed.next(signal);
        await delay(OBSERVE_MS, signal);
        for (const loop of this.#loops.values()) loop.observe();
      }
    } catch (error) {
      if (!isAborted(error, signal) && !signal.aborted) throw error;
    }
  }

  async #appliedObjects(signal: AbortSignal) {
    if (this.#project === undefined) {
      throw new DevloopError(
        'config/invalid',
        `${CONFIG_FILE} is broken, so it is not known which project's objects are meant.`,
        'Mend it first: devloop check',
      );
    }
    const { name } = this.#project;
    const session = await this.#sessionOrFailure(signal);
    return deleteOrder(await session.objects.applied(name, signal));
  }

  /** The session, waiting for a first one; throws why there is none when connecting has failed. */
  #sessionOrFailure(signal: AbortSignal): Promise<ClusterSession> {
    return this.log.until((state) => {
      if (state.cluster.is === 'lost') throw fromReport(state.cluster.failure);
      return this.#link.session;
    }, signal);
  }

  #warn(warning: ErrorReport): void {
    this.log.dispatch({ type: 'warning-raised', warning });
  }

  #reportBug(error: unknown): void {
    if (this.#signal.aborted) return;
    this.#warn(toReport(error));
  }
}
