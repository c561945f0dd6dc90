import { createHash } from 'node:crypto';
import { seconds } from '../events/event-recorder.ts';
import type { ContainerState } from '../ports/container-engine.ts';
import type { ContainerStatus, Terminated, Waiting } from './container-status.ts';
import type { Container } from './pod-spec.ts';
import type { Probes } from './probes.ts';

/** One run of a container, from its creation to its end. */
export interface ContainerRun {
  readonly id: string;
  /** Of the spec that it was made from. */
  readonly specHash: string;
  /** The image's name, as the status tells it. */
  readonly image: string;
  readonly imageId: string;
  readonly attempt: number;
  state: ContainerState;
  /** What the engine said when it could not be started. */
  startError: string | undefined;
  terminationMessage: string | undefined;
  /** When its end was taken note of, or when it exited; ms since the epoch. */
  endedAt: number | undefined;
}

/**
 * A container of a pod: what runs of it now, what ran before, and why it does not run. Its status follows from it, as
 * in the kubelet's convertToAPIContainerStatuses.
 */
export class ContainerSlot {
  readonly name: string;
  readonly isInit: boolean;
  /** The run that is, or was the last. */
  run: ContainerRun | undefined;
  /** The run before it; its log is `kubectl logs --previous`. */
  previous: ContainerRun | undefined;
  /** Why it is not started now; wins over the run's own state. */
  waiting: Waiting | undefined;
  probes: Probes | undefined;
  /** Its postStart hook has not ended: until then it is not told to run. */
  isStarting = false;

  constructor(name: string, isInit: boolean) {
    this.name = name;
    this.isInit = isInit;
  }

  get isRunning(): boolean {
    return this.run?.state.status === 'running';
  }

  get hasStarted(): boolean {
    return this.isRunning && !this.isStarting && (this.probes?.hasStarted ?? true);
  }

  get isReady(): boolean {
    return this.isRunning && !this.isStarting && (this.probes?.isReady ?? true);
  }

  /** How the last run ended; undefined while it runs, is about to, or where there was none. */
  get ended(): Terminated | undefined {
    return this.run?.endedAt === undefined ? undefined : terminated(this.run, this.run.endedAt);
  }

  /** @param idle what it waits for where nothing is known of it */
  status(container: Container, idle: Waiting): ContainerStatus {
    const { run, waiting } = this;
    const ended = this.ended;
    const { previous } = this;
    const last = previous?.endedAt === undefined ? undefined : terminated(previous, previous.endedAt);
    const common = {
      name: this.name,
      image: run?.image ?? container.image,
      imageID: run === undefined ? '' : `docker://${run.imageId}`,
      ...(run !== undefined && { containerID: `docker://${run.id}` }),
      restartCount: run?.attempt ?? 0,
    };
    if (run !== undefined && this.isRunning && !this.isStarting) {
      return {
        ...common,
        // An init container that ends is ready when it has ended; the kubelet tells so.
        ready: this.isInit && container.restartPolicy !== 'Always' ? false : this.isReady,
        started: this.hasStarted,
        state: { running: { startedAt: wholeSeconds(run.state.startedAt) } },
        lastState: last === undefined ? {} : { terminated: last },
      };
    }
    if (waiting !== undefined || ended === undefined) {
      const before = ended ?? last;
      return {
        ...common,
        ready: false,
        started: false,
        state: { waiting: waiting ?? idle },
        lastState: before === undefined ? {} : { terminated: before },
      };
    }
    return {
      ...common,
      ready: this.isInit && ended.exitCode === 0,
      started: false,
      state: { terminated: ended },
      lastState: last === undefined ? {} : { terminated: last },
    };
  }
}

function terminated(run: ContainerRun, endedAt: number): Terminated {
  const { state, startError, terminationMessage } = run;
  const hasRun = state.startedAt !== '' && startError === undefined;
  const finishedAt = seconds(endedAt);
  const message = startError ?? terminationMessage;
  return {
    exitCode: state.exitCode === 0 && startError !== undefined ? 128 : state.exitCode,
    // cri-dockerd's words: it had not run, it ran to its end, or it failed
    reason: !hasRun ? 'ContainerCannotRun' : state.exitCode === 0 ? 'Completed' : 'Error',
    ...(message !== undefined && message !== '' && { message }),
    startedAt: hasRun ? wholeSeconds(state.startedAt) : finishedAt,
    finishedAt,
    containerID: `docker://${run.id}`,
  };
}

/** The kubelet's HashContainer: what a running container is told apart by from what it should be. */
export function specHashOf(container: Container): string {
  const { name, image } = container;
  return createHash('sha256')
    .update(JSON.stringify([name, image]))
    .digest('hex')
    .slice(0, 8);
}

/** RFC 3339 with any fraction, in whole seconds: metav1.Time. */
function wholeSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
