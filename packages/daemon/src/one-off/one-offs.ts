import { randomBytes } from 'node:crypto';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { OneOffOutcome, OneOffRequest } from '@devloop/shared/protocol/one-off';
import { isSameImage } from '../deploy/image-reference.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { ServiceSpec } from '../project/project.ts';
import { isHopeless } from '../rollout/pod-diagnosis.ts';
import type { Workload } from '../rollout/workload-status.ts';
import { outcomeOf } from './exec-status.ts';
import { ONE_OFF_LABEL, oneOffPod } from './one-off-pod.ts';
import { CommandExec } from './spdy-exec.ts';

/** A command that runs, to who has its input. */
export type OneOffInput = Pick<CommandExec, 'send' | 'resize' | 'resume'>;

/** Where the command's input comes from and its output goes to. */
export interface OneOffStreams {
  /** The command runs: it takes input, and is told when there is room for more output. */
  attach(input: OneOffInput): void;
  /** Takes output. Answers whether there is room for more. */
  write(stream: 'stdout' | 'stderr', bytes: Buffer): boolean;
}

export interface OneOffTarget {
  readonly spec: ServiceSpec;
  readonly workloads: readonly Workload[];
  readonly session: ClusterSession;
  readonly project: string;
}

/** The commands that are run in Pods of their own. Each Pod is gone when its command has ended, whoever ended it. */
export class OneOffs {
  readonly #names = new Set<string>();

  /** Whether an object is the Pod of a command that runs. One of a daemon that is no more is not. */
  isInUse(object: KubernetesObject): boolean {
    return object.metadata.labels?.[ONE_OFF_LABEL] !== undefined && this.#names.has(object.metadata.name);
  }

  /**
   * Runs a command to its end.
   *
   * @throws DevloopError `run/not-started`, `run/broken-off`, `command/refused`; the signal's reason, when it is aborted first
   */
  async run(
    { command, terminal }: OneOffRequest,
    { spec, workloads, session, project }: OneOffTarget,
    streams: OneOffStreams,
    signal: AbortSignal,
  ): Promise<OneOffOutcome> {
    const made = podOf(spec, workloads, session, project);
    const { name, namespace = session.namespace } = made.object.metadata;
    const either = AbortSignal.any([signal, session.signal]);
    this.#names.add(name);
    try {
      await session.objects.apply(made.object, either);
      await started(session, { namespace, name }, either);
      const { container } = made;
      const target = { namespace, pod: name, container, command, hasTerminal: terminal !== undefined };
      const exec = await CommandExec.open(session.api, target, streams, either);
      const close = () => exec.close();
      either.addEventListener('abort', close, { once: true });
      try {
        if (terminal !== undefined) await exec.resize(terminal);
        streams.attach(exec);
        const status = await exec.status;
        signal.throwIfAborted();
        return outcomeOf(status, name);
      } finally {
        either.removeEventListener('abort', close);
        exec.close();
      }
    } finally {
      this.#names.delete(name);
      // where there is no cluster any more, the next session removes it
      if (!session.signal.aborted) await session.objects.delete(made.object, session.signal).catch(() => undefined);
    }
  }
}

function podOf(
  { name: service, build }: ServiceSpec,
  workloads: readonly Workload[],
  session: ClusterSession,
  project: string,
): NonNullable<ReturnType<typeof oneOffPod>> {
  const isBuilt = (image: string) => build !== undefined && isSameImage(image, build.image);
  for (const { kind, namespace, name } of workloads) {
    const workload = session.view.get(kind, namespace, name);
    if (workload === undefined) continue;
    const pod = `${name.slice(0, 50)}-run-${randomBytes(3).toString('hex')}`;
    const made = oneOffPod(workload, { pod, service, project }, isBuilt);
    if (made !== undefined) return made;
  }
  throw new DevloopError(
    'command/refused',
    `There is nothing of ${service} in the cluster that a command could be run like.`,
    'See why: devloop status',
  );
}

/** Resolves when the Pod's container runs. */
async function started(
  session: ClusterSession,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<void> {
  const complaint = await session.view.changed.until(() => {
    const pod = session.view.get('Pod', namespace, name);
    const { phase, containerStatuses: [status] = [] } = pod?.['status'] ?? {};
    const { running, terminated, waiting } = status?.state ?? {};
    if (running !== undefined) return '';
    if (terminated !== undefined)
      return `${terminated.reason}: ${terminated.message ?? `exit code ${terminated.exitCode}`}`;
    if (isHopeless(waiting?.reason)) return `${waiting.reason}: ${waiting.message ?? ''}`;
    return phase === 'Failed' ? 'it failed' : undefined;
  }, signal);
  if (complaint === '') return;
  throw new DevloopError(
    'run/not-started',
    `The Pod ${name} for the command did not start: ${complaint}`,
    'The image has to have the program sleep, which waits for the command. Where a service is not live itself: devloop status',
  );
}
