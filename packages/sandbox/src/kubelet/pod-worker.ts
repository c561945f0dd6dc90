import { readFile, rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { seconds } from '../events/event-recorder.ts';
import type { ContainerState } from '../ports/container-engine.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import { type ContainerSlot, specHashOf } from './container-slot.ts';
import { killContainer, lastWords } from './end-container.ts';
import { type HandlerTarget, runHandler } from './handlers.ts';
import type { TellEvent } from './image-puller.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { type ContainerPair, PodContainers } from './pod-containers.ts';
import type { PodSandbox } from './pod-network.ts';
import { PodSetup } from './pod-setup.ts';
import { type Container, fieldPathOf, isSidecar, type PodSpec } from './pod-spec.ts';
import { type PodFacts, phaseOf, podStatus } from './pod-status.ts';
import { Probes } from './probes.ts';
import { heldBack } from './restart-back-off.ts';
import { ignoreRefusal, StartFailure, type Surroundings, startContainer, terminationLog } from './start-container.ts';
import { WakeUp } from './wake-up.ts';

/** The kubelet never gives less time to end, unless a pod is deleted by force. */
const LEAST_GRACE_SECONDS = 2;
const SYNC_RETRY_MS = 10_000;
const DEFAULT_GRACE_SECONDS = 30;

/**
 * Brings one pod of the node to what its object says: pkg/kubelet's pod worker with kuberuntime's SyncPod. One pass at a
 * time; whatever happens meanwhile (a change of the object, an exit, a probe) asks for one more.
 *
 *     waiting for its turn ─▶ volumes, network ─▶ init containers ─▶ containers ⟲ restarts
 *                └──────────────── deletion or deadline ──────────────────▶ ending ─▶ gone
 */
export class PodWorker {
  readonly uid: string;
  readonly #context: KubeletContext;
  readonly #setup: PodSetup;
  readonly #containers: PodContainers;
  readonly #onGone: () => void;
  readonly #startTime = seconds(Date.now());
  #pod: KubeObject;
  /** What its containers get; undefined until it is there. */
  #around: Surroundings | undefined;
  #isInitialised = false;
  /** Its object has gone from the store: nothing is told any more. */
  #isForced = false;
  /** What is left to containers whose object has gone, in seconds. */
  #forcedGrace = LEAST_GRACE_SECONDS;
  #hasBegunToEnd = false;
  #isOver = false;
  #failure: PodFacts['failure'];
  /** Ends what a pass waits for when the pod has to end. */
  #pass = new AbortController();
  readonly #kills = new AbortController();
  #isAsked = false;
  #running: Promise<void> | undefined;
  readonly #wakeUp = new WakeUp(() => this.ask());
  #hurry: NodeJS.Timeout | undefined;

  /** @param onGone told when nothing is left of the pod */
  constructor(pod: KubeObject, context: KubeletContext, onGone: () => void) {
    this.uid = pod.metadata.uid ?? '';
    this.#pod = pod;
    this.#context = context;
    this.#onGone = onGone;
    this.#setup = new PodSetup(this.uid, context);
    this.#containers = new PodContainers(pod['spec']);
    this.ask();
  }

  get namespace(): string {
    return this.#pod.metadata.namespace ?? '';
  }

  get sandbox(): PodSandbox | undefined {
    return this.#setup.sandbox;
  }

  /** Takes the object as it is now. */
  update(pod: KubeObject): void {
    const { metadata: before, spec } = this.#pod;
    this.#pod = pod;
    const { deletionTimestamp, deletionGracePeriodSeconds = DEFAULT_GRACE_SECONDS } = pod.metadata;
    if (deletionTimestamp !== undefined && before.deletionTimestamp === undefined) {
      this.#pass.abort(new Error('the pod is being deleted'));
    } else if (deletionGracePeriodSeconds < (before.deletionGracePeriodSeconds ?? 0)) {
      this.#endWithin(deletionGracePeriodSeconds);
    } else if (isDeepStrictEqual(spec, pod['spec'])) {
      return; // the status that was written here, or labels; pods of this version have no generation
    }
    this.ask();
  }

  /** The object was removed, by force or by the kubelet's own word. */
  forget(): void {
    this.#isForced = true;
    this.#pass.abort(new Error('the pod has been deleted'));
    this.#endWithin(LEAST_GRACE_SECONDS);
    this.ask();
  }

  /** The engine tells that a container has started or exited. */
  tellContainer(state: ContainerState): void {
    const run = this.#containers.run(state.id);
    if (run === undefined) return;
    run.state = state;
    if (state.status === 'exited') this.ask();
  }

  /** A ConfigMap, a Secret or a claim of the namespace has changed. */
  refresh(): void {
    this.#setup.refresh();
    this.ask();
  }

  /** Asks for a pass; those asked for during one are one. */
  ask(): void {
    this.#isAsked = true;
    this.#running ??= this.#run();
  }

  /** Ends all at once, without a word to the store. */
  async close(): Promise<void> {
    this.#isForced = true;
    this.#forcedGrace = 0;
    this.#pass.abort(new Error('the node ends'));
    this.#endWithin(0);
    this.ask();
    await this.#running;
  }

  async #run(): Promise<void> {
    let isGone = false;
    while (this.#isAsked && !isGone) {
      this.#isAsked = false;
      this.#wakeUp.clear();
      try {
        isGone = await this.#once();
      } catch (error) {
        if (!this.#pass.signal.aborted) {
          this.#tell('Warning', 'FailedSync', `error killing or starting pod: ${error}`);
          this.#wakeUp.in(SYNC_RETRY_MS);
        } else if (this.#hasBegunToEnd) {
          this.#wakeUp.in(SYNC_RETRY_MS);
        } else {
          this.#isAsked = true;
        }
      }
    }
    if (!isGone) this.#running = undefined;
  }

  /** One pass. Answers whether nothing is left of the pod. */
  async #once(): Promise<boolean> {
    await this.#takeNoteOfExits();
    if (!this.#mustEnd()) {
      await this.#sync();
      this.#writeStatus();
      return false;
    }
    this.#hasBegunToEnd = true;
    await this.#end();
    if (!this.#isForced && this.#pod.metadata.deletionTimestamp === undefined) return false;
    await this.#cleanUp();
    return true;
  }

  #mustEnd(): boolean {
    if (this.#isForced || this.#pod.metadata.deletionTimestamp !== undefined) return true;
    if (this.#failure !== undefined) return true;
    const { activeDeadlineSeconds } = this.#spec();
    if (activeDeadlineSeconds === undefined || this.#hasFinished()) return false;
    const left = Date.parse(this.#startTime) + activeDeadlineSeconds * 1000 - Date.now();
    if (left > 0) {
      this.#wakeUp.in(left);
      return false;
    }
    const message = 'Pod was active on the node longer than the specified deadline';
    this.#failure = { reason: 'DeadlineExceeded', message };
    this.#tell('Normal', 'DeadlineExceeded', message);
    return true;
  }

  async #sync(): Promise<void> {
    if (this.#hasFinished()) {
      await this.#setup.detach();
      return;
    }
    if (!(await this.#prepare())) return;
    const mustRestart = await this.#endChanged();
    if (!this.#isInitialised && !(await this.#initialise())) return;
    const spec = this.#spec();
    const sidecars = this.#containers.inits(spec).filter(([, container]) => isSidecar(container));
    for (const [slot, container] of [...sidecars, ...this.#containers.mains(spec)]) {
      await this.#ensure(slot, container, mustRestart);
    }
  }

  /** Volumes and network. Answers whether they are there. */
  async #prepare(): Promise<boolean> {
    const { address } = this.#setup;
    const tell: TellEvent = (type, reason, message) => this.#tell(type, reason, message);
    const { around, retryMs } = await this.#setup.prepare(this.#pod, tell, this.#pass.signal);
    if (retryMs !== undefined) this.#wakeUp.in(retryMs);
    if (address !== this.#setup.address) this.#writeStatus();
    this.#around = around;
    return around !== undefined;
  }

  /** Ends the containers whose spec is another now. Answers their slots: they start anew whatever the policy says. */
  async #endChanged(): Promise<ReadonlySet<ContainerSlot>> {
    const changed = this.#containers
      .all(this.#spec())
      .filter(([slot, container]) => slot.isRunning && slot.run?.specHash !== specHashOf(container));
    await Promise.all(
      changed.map(async ([slot, container]) => {
        await this.#kill(slot, container, `Container ${slot.name} definition changed, will be restarted`);
      }),
    );
    await this.#takeNoteOfExits();
    return new Set(changed.map(([slot]) => slot));
  }

  /** Runs the init containers, one after the other. Answers whether all have done their part. */
  async #initialise(): Promise<boolean> {
    const policy = this.#spec().restartPolicy ?? 'Always';
    for (const [slot, container] of this.#containers.inits(this.#spec())) {
      if (isSidecar(container)) {
        await this.#ensure(slot, container, new Set());
        if (!slot.hasStarted) return false;
        continue;
      }
      if (slot.ended?.exitCode === 0) continue;
      if (slot.isRunning) return false;
      if (slot.ended !== undefined && policy === 'Never') return false;
      await this.#start(slot, container);
      return false;
    }
    this.#isInitialised = true;
    return true;
  }

  /** Sees to it that a container runs, if it should. */
  async #ensure(slot: ContainerSlot, container: Container, mustRestart: ReadonlySet<ContainerSlot>): Promise<void> {
    if (slot.isRunning) return;
    const { ended } = slot;
    if (ended !== undefined && !mustRestart.has(slot) && !this.#restarts(container, ended.exitCode)) return;
    await this.#start(slot, container, mustRestart.has(slot));
  }

  #restarts(container: Container, exitCode: number): boolean {
    const policy = isSidecar(container) ? 'Always' : (this.#spec().restartPolicy ?? 'Always');
    return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  }

  async #start(slot: ContainerSlot, container: Container, wasChanged = false): Promise<void> {
    const tell = this.#teller(slot, container);
    const held = heldBack(slot, container, wasChanged, this.#pod, this.#context.restartBackOff);
    if (held !== undefined) {
      slot.waiting = held.waiting;
      tell('Warning', 'BackOff', held.message);
      this.#wakeUp.in(held.ms);
      return;
    }
    if (this.#around === undefined) return;
    try {
      await startContainer(slot, container, this.#around, this.#context, tell, this.#pass.signal);
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      slot.waiting = { reason: error.reason, message: error.message };
      this.#writeStatus();
      this.#wakeUp.in(error.retryMs);
      return;
    }
    await this.#postStart(slot, container, tell);
    this.#startProbes(slot, container, tell);
    this.#writeStatus();
  }

  #startProbes(slot: ContainerSlot, container: Container, tell: TellEvent): void {
    const { readinessProbe, livenessProbe, startupProbe } = container;
    if (readinessProbe === undefined && livenessProbe === undefined && startupProbe === undefined) return;
    if (!slot.isRunning || (slot.isInit && !isSidecar(container))) return;
    slot.probes = new Probes(container, {
      target: this.#target(slot, container),
      onChange: () => {
        this.#writeStatus();
        this.ask(); // a sidecar that has started lets the next container start
      },
      onUnhealthy: (type, output) => {
        const words = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' }[type];
        tell('Warning', 'Unhealthy', `${words} probe failed: ${output}`);
      },
      onDead: (type, probe) => {
        const restarts = this.#restarts(container, 137) ? ', will be restarted' : '';
        const message = `Container ${container.name} failed ${type} probe${restarts}`;
        // It never rejects; what comes of it is told by the engine as an exit.
        void this.#kill(slot, container, message, probe.terminationGracePeriodSeconds);
      },
    });
  }

  async #postStart(slot: ContainerSlot, container: Container, tell: TellEvent): Promise<void> {
    const hook = container.lifecycle?.postStart;
    if (hook === undefined) return;
    const target = this.#target(slot, container);
    slot.isStarting = true;
    const { ok, output } = await runHandler(hook, target, 2 ** 31 - 1, this.#pass.signal);
    slot.isStarting = false;
    if (ok || this.#pass.signal.aborted) return;
    tell('Warning', 'FailedPostStartHook', `PostStartHook failed: ${output}`);
    await this.#kill(slot, container, 'FailedPostStartHook');
  }

  async #kill(slot: ContainerSlot, container: Container, message: string, graceSeconds?: number): Promise<void> {
    const wanted = graceSeconds ?? this.#spec().terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    const seconds = this.#isForced ? this.#forcedGrace : wanted;
    slot.probes?.[Symbol.dispose]();
    const { preStop } = container.lifecycle ?? {};
    const tell = this.#teller(slot, container);
    const least = this.#isForced ? this.#forcedGrace : LEAST_GRACE_SECONDS;
    const target = this.#target(slot, container);
    await killContainer(target, preStop, { seconds, least, message }, tell, this.#kills.signal);
  }

  /** Ends all containers: the pod's own first, then its sidecars, the last of them first. */
  async #end(): Promise<void> {
    const { deletionGracePeriodSeconds, deletionTimestamp } = this.#pod.metadata;
    const grace = deletionTimestamp === undefined ? undefined : deletionGracePeriodSeconds;
    const end = async ([slot, container]: ContainerPair) => {
      if (slot.isRunning) await this.#kill(slot, container, `Stopping container ${slot.name}`, grace);
    };
    const pairs = this.#containers.all(this.#spec());
    const isMain = ([slot, container]: ContainerPair) => !slot.isInit || !isSidecar(container);
    await Promise.all(pairs.filter(isMain).map(end));
    for (const pair of pairs.filter((each) => !isMain(each)).toReversed()) await end(pair);
    clearTimeout(this.#hurry);
    await this.#takeNoteOfExits();
    this.#isOver = true;
    this.#writeStatus();
    await this.#setup.detach();
  }

  async #cleanUp(): Promise<void> {
    const { engine, store, restartBackOff, pullBackOff } = this.#context;
    this.#wakeUp.clear();
    const runs = this.#containers.runs();
    await Promise.all(runs.map(({ id }) => engine.remove(id).catch(ignoreRefusal)));
    await rm(this.#setup.folder, { recursive: true, force: true });
    restartBackOff.forget(`${this.uid}_`);
    pullBackOff.forget(`${this.uid}_`);
    this.#onGone();
    const { namespace, name } = this.#pod.metadata;
    const there = store.get({ resource: 'pods', namespace, name });
    if (!this.#isForced && there?.metadata.uid === this.uid) {
      store.delete({ resource: 'pods', namespace, name }, { gracePeriodSeconds: 0 });
    }
  }

  async #takeNoteOfExits(): Promise<void> {
    for (const [slot, container] of this.#containers.all(this.#spec())) {
      const { run } = slot;
      if (run === undefined || run.endedAt !== undefined || run.state.status === 'running') continue;
      run.endedAt = Date.parse(run.state.finishedAt) || Date.now();
      slot.probes?.[Symbol.dispose]();
      slot.probes = undefined;
      const words = await readFile(terminationLog(this.#setup.folder, slot.name), 'utf8').catch(() => '');
      run.terminationMessage = words.slice(0, 4096) || (await lastWords(container, run, this.#context.engine));
      if (!this.#isForced) this.#writeStatus();
    }
  }

  /** Kills what still runs when this time is over, in seconds. */
  #endWithin(graceSeconds: number): void {
    clearTimeout(this.#hurry);
    this.#hurry = setTimeout(() => {
      this.#kills.abort(new Error('the time to end is over'));
      for (const run of this.#containers.runs()) {
        if (run.state.status === 'running') this.#context.engine.kill(run.id, 'SIGKILL').catch(ignoreRefusal);
      }
    }, graceSeconds * 1000);
  }

  #writeStatus(): void {
    if (this.#isForced) return;
    const { namespace, name } = this.#pod.metadata;
    this.#context.store.modify(
      { resource: 'pods', namespace, name },
      (pod) =>
        pod.metadata.uid === this.uid ? { ...pod, status: podStatus(pod, this.#facts(), Date.now()) } : undefined,
      'kubelet',
    );
  }

  #facts(): PodFacts {
    return {
      ...this.#containers.statuses(this.#spec()),
      address: this.#setup.address,
      hostAddress: this.#context.hostAddress,
      startTime: this.#startTime,
      isOver: this.#isOver,
      failure: this.#failure,
    };
  }

  #hasFinished(): boolean {
    const phase = this.#failure === undefined ? phaseOf(this.#spec(), this.#facts()) : 'Failed';
    return phase === 'Succeeded' || phase === 'Failed';
  }

  #spec(): PodSpec {
    return this.#pod['spec'] as PodSpec;
  }

  #target(slot: ContainerSlot, container: Container): HandlerTarget {
    const { engine, network } = this.#context;
    const { place } = network;
    return { engine, containerId: slot.run?.id ?? '', container, address: this.#setup.address ?? '', place };
  }

  #teller(slot: ContainerSlot, container: Container): TellEvent {
    return (type, reason, message) => this.#tell(type, reason, message, fieldPathOf(container, slot.isInit));
  }

  #tell(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    if (!this.#isForced) this.#context.events.record(this.#pod, type, reason, message, fieldPath);
  }
}
