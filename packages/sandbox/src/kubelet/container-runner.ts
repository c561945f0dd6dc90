import type { KubeObject } from '../ports/kube-object.ts';
import type { ContainerSlot } from './container-slot.ts';
import { killContainer } from './end-container.ts';
import { type HandlerTarget, runHandler } from './handlers.ts';
import type { TellEvent } from './image-puller.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { type Container, fieldPathOf, isSidecar, type PodSpec } from './pod-spec.ts';
import { Probes } from './probes.ts';
import { heldBack } from './restart-back-off.ts';
import { StartFailure, type Surroundings, startContainer } from './start-container.ts';

/** The kubelet never gives less time to end, unless a pod is deleted by force. */
export const LEAST_GRACE_SECONDS = 2;
export const DEFAULT_GRACE_SECONDS = 30;
const NO_DEADLINE_MS = 2 ** 31 - 1;

/** What a runner has to know of its pod, as it is at the moment. */
export interface RunningPod {
  readonly object: KubeObject;
  /** What containers get; undefined until it is there. */
  readonly around: Surroundings | undefined;
  readonly address: string;
  /** Ends what a start waits for. */
  readonly passSignal: AbortSignal;
  /** Ends what an end waits for. */
  readonly killSignal: AbortSignal;
  /** What is left to containers whose object has gone; undefined: what the object says. */
  readonly forcedGraceSeconds: number | undefined;
  tell(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void;
  /** The state of a container is another now. */
  changed(): void;
  /** Asks for a pass over the pod, at once or in so many ms. */
  ask(afterMs?: number): void;
}

/** Starts the containers of a pod with their hooks and probes, and ends them: kuberuntime's startContainer, killContainer. */
export class ContainerRunner {
  readonly #pod: RunningPod;
  readonly #context: KubeletContext;

  constructor(pod: RunningPod, context: KubeletContext) {
    this.#pod = pod;
    this.#context = context;
  }

  /** Whether a container that has ended so is to be started again. */
  restarts(container: Container, exitCode: number): boolean {
    const policy = isSidecar(container) ? 'Always' : (this.#spec.restartPolicy ?? 'Always');
    return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  }

  /**
   * Starts it, unless it has to be waited; then it is asked for again.
   *
   * @param wasChanged its spec is another than that of its last run, which therefore does not count
   */
  async start(slot: ContainerSlot, container: Container, wasChanged = false): Promise<void> {
    const pod = this.#pod;
    const tell = this.#teller(slot, container);
    const held = heldBack(slot, container, wasChanged, pod.object, this.#context.restartBackOff);
    if (held !== undefined) {
      slot.waiting = held.waiting;
      tell('Warning', 'BackOff', held.message);
      pod.ask(held.ms);
      return;
    }
    if (pod.around === undefined) return;
    try {
      await startContainer(slot, container, pod.around, this.#context, tell, pod.passSignal);
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      slot.waiting = { reason: error.reason, message: error.message };
      pod.changed();
      pod.ask(error.retryMs);
      return;
    }
    await this.#postStart(slot, container, tell);
    this.#startProbes(slot, container, tell);
    pod.changed();
  }

  /** Ends it within its grace. It never rejects; what comes of it is told by the engine as an exit. */
  async kill(slot: ContainerSlot, container: Container, message: string, graceSeconds?: number): Promise<void> {
    const { forcedGraceSeconds, killSignal } = this.#pod;
    const wanted = graceSeconds ?? this.#spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    slot.probes?.[Symbol.dispose]();
    const { preStop } = container.lifecycle ?? {};
    const least = forcedGraceSeconds ?? LEAST_GRACE_SECONDS;
    const how = { seconds: forcedGraceSeconds ?? wanted, least, message };
    await killContainer(this.#target(slot, container), preStop, how, this.#teller(slot, container), killSignal);
  }

  async #postStart(slot: ContainerSlot, container: Container, tell: TellEvent): Promise<void> {
    const hook = container.lifecycle?.postStart;
    if (hook === undefined) return;
    const { passSignal } = this.#pod;
    slot.isStarting = true;
    const { ok, output } = await runHandler(hook, this.#target(slot, container), NO_DEADLINE_MS, passSignal);
    slot.isStarting = false;
    if (ok || passSignal.aborted) return;
    tell('Warning', 'FailedPostStartHook', `PostStartHook failed: ${output}`);
    await this.kill(slot, container, 'FailedPostStartHook');
  }

  #startProbes(slot: ContainerSlot, container: Container, tell: TellEvent): void {
    const { readinessProbe, livenessProbe, startupProbe } = container;
    if (readinessProbe === undefined && livenessProbe === undefined && startupProbe === undefined) return;
    if (!slot.isRunning || (slot.isInit && !isSidecar(container))) return;
    slot.probes = new Probes(container, {
      target: this.#target(slot, container),
      onChange: () => {
        this.#pod.changed();
        this.#pod.ask(); // a sidecar that has started lets the next container start
      },
      onUnhealthy: (type, output) => {
        const words = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' }[type];
        tell('Warning', 'Unhealthy', `${words} probe failed: ${output}`);
      },
      onDead: (type, probe) => {
        const restarts = this.restarts(container, 137) ? ', will be restarted' : '';
        const message = `Container ${container.name} failed ${type} probe${restarts}`;
        void this.kill(slot, container, message, probe.terminationGracePeriodSeconds);
      },
    });
  }

  get #spec(): PodSpec {
    return this.#pod.object['spec'] as PodSpec;
  }

  #target(slot: ContainerSlot, container: Container): HandlerTarget {
    const { engine, network } = this.#context;
    const { place } = network;
    return { engine, containerId: slot.run?.id ?? '', container, address: this.#pod.address, place };
  }

  #teller(slot: ContainerSlot, container: Container): TellEvent {
    return (type, reason, message) => this.#pod.tell(type, reason, message, fieldPathOf(container, slot.isInit));
  }
}
