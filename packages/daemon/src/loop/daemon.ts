import { isAborted, toReport } from '@devloop/shared/errors/devloop-error';
import type { ObjectName } from '@devloop/shared/protocol/command';
import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { toObjectName } from '../deploy/cluster-objects.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { OneOffs } from '../exec/one-offs.ts';
import { ChosenPortsFile } from '../forward/chosen-ports-file.ts';
import { configuredWishes } from '../forward/configured-wishes.ts';
import { isFree } from '../forward/local-listener.ts';
import { PortForwards } from '../forward/port-forwards.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { LogKeeper } from '../logs/log-keeper.ts';
import { loadProject } from '../project/load-project.ts';
import type { Project, ProjectOutcome, ServiceSpec } from '../project/project.ts';
import { reachingObjects } from '../project/reaching-objects.ts';
import { EventLog } from '../state/event-log.ts';
import { Bell } from '../support/bell.ts';
import { instant } from '../support/instant.ts';
import { TaskSet } from '../support/task-set.ts';
import { Burst } from '../watch/burst.ts';
import type { FileWatcher } from '../watch/file-watcher.ts';
import { ContextScanner } from '../watch/scan-context.ts';
import { ClusterWork } from './cluster-work.ts';
import { startRounds } from './periodic-rounds.ts';
import { isSame, projectChange } from './project-change.ts';
import { ProjectWatch } from './project-watch.ts';
import type { PassContext } from './run-pass.ts';
import { ServiceLoop } from './service-loop.ts';
import { toDetail } from './to-detail.ts';
import { toSnapshot } from './to-snapshot.ts';

/** Events in one burst from which on the kernel's queue may have overflowed, which Node does not tell. */
const OVERFLOW_EVENTS = 500;

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
  readonly #startedAt = new Date().toISOString();
  readonly #ended = new AbortController();
  readonly #tasks = new TaskSet((error) => this.#reportBug(error));
  readonly #scanner = new ContextScanner();
  readonly oneOffs = new OneOffs();
  readonly forwards: PortForwards;
  readonly #chosenPorts: ChosenPortsFile;
  /** What the containers, builds and hooks of the services say. */
  readonly logs: LogKeeper;
  readonly #cluster: ClusterWork;
  readonly #watch: ProjectWatch;
  readonly #loops = new Map<string, ServiceLoop>();
  readonly #inputs = new Burst({ began: () => undefined, settled: () => this.#tasks.add(this.#reload()) });
  readonly #all = new Burst({ began: () => undefined, settled: (events) => this.#afterBurst(events) });
  readonly #stateFolder: string;
  #project: Project | undefined;
  /** By service, the objects through which it is reached. */
  #reachedThrough: ReadonlyMap<string, readonly KubernetesObject[]> = new Map();
  #reloading: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  /** Set when nothing more is to be built or applied. */
  #isGoingDown: boolean;

  constructor(folder: string, version: string, watcher: FileWatcher, options: DaemonOptions) {
    const { works, sandbox, stateFolder, logsFolder } = options;
    this.#isGoingDown = !works;
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
    this.#cluster = new ClusterWork({
      log: this.log,
      sandbox,
      changed: this.changed,
      logs: this.logs,
      project: () => this.#project,
      loops: () => this.#loops.values(),
      mayWork: () => !this.#isGoingDown,
      isInUse: (object) => this.oneOffs.isInUse(object),
      tasks: this.#tasks,
      signal: this.#signal,
    });
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
    return this.#cluster.session;
  }

  get services(): readonly ServiceSpec[] {
    return this.#project?.services ?? [];
  }

  /** What passes and actions work with; undefined while there is no cluster, or nothing more is to be done. */
  get passContext(): PassContext | undefined {
    return this.#cluster.passContext;
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
      applied: this.#cluster.lastApplied(objects),
    });
  }

  /** Reads the project and begins to work. A config that is broken at the start is told like one that breaks later. */
  async start(): Promise<void> {
    this.log.dispatch({ type: 'daemon-started', pid: process.pid, version: this.#version });
    await this.#reload();
    this.#tasks.add(this.#cluster.keep());
    const { log } = this;
    startRounds(
      {
        log,
        images: this.#cluster.images,
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
    this.#cluster.bringBackShared();
    return loop.rebuild();
  }

  /** What `down` deletes: everything in the cluster that devloop applied for this project, dependants first. */
  async planDown(signal: AbortSignal): Promise<ObjectName[]> {
    return (await this.#cluster.applied('all', signal)).map(toObjectName);
  }

  /** Stops working on the project and deletes what it applied. */
  async down(signal: AbortSignal): Promise<ObjectName[]> {
    this.#isGoingDown = true;
    await Promise.all([...this.#loops.values()].map((loop) => loop.close()));
    const objects = await this.#cluster.applied('known', signal);
    await this.#cluster.delete(objects, signal);
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
    await this.#tasks.ended();
    await this.#watch[Symbol.asyncDispose](); // a reload that was under way may have begun another
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

  /** Reads the project again; one at a time. That one failed holds up no other. */
  #reload(): Promise<void> {
    this.#reloading = this.#reloading.catch(() => undefined).then(() => this.#reloadNow());
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
    if (before !== undefined && isSame(before, project) && this.log.state.diagnostics.length === 0) return;
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
    const { added, removed, changed } = projectChange(before, project);
    const namesOf = (services: readonly ServiceSpec[]) => services.map(({ name }) => name);
    this.log.dispatch({
      type: 'config-loaded',
      project: project.name,
      services: namesOf(project.services),
      added: namesOf(added),
      removed: [...removed],
      changed: namesOf(changed.map(({ spec }) => spec)),
    });
    this.#cluster.takeOver(before, project);
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
        context: () => this.passContext,
        onUnreachable: () => this.#cluster.lost(),
        signal: this.#signal,
      });
      this.#loops.set(service.name, loop);
    }
    await Promise.all(added.map((service) => this.#loops.get(service.name)?.start()));
    for (const { spec, cause } of changed) await this.#loops.get(spec.name)?.update(spec, cause);
    const wishes = await configuredWishes(project, this.#reachedThrough, this.#chosenPorts, isFree);
    await this.forwards.sync(project.services, wishes);
    if (before !== undefined) this.#cluster.prune();
  }

  async #followFiles(inputs: readonly string[]): Promise<void> {
    const sources = [...this.#loops.values()].flatMap((loop) => loop.source ?? []);
    const isNew = await this.#watch.follow(this.folder, sources, inputs);
    if (isNew) for (const loop of this.#loops.values()) this.#tasks.add(loop.lookAgain());
  }

  #reportBug(error: unknown): void {
    if (this.#signal.aborted) return;
    this.log.dispatch({ type: 'warning-raised', warning: toReport(error) });
  }
}
