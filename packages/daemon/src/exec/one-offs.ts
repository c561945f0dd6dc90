import { randomBytes } from 'node:crypto';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ExecOutcome, OneOffRequest } from '@devloop/shared/protocol/exec';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { ServiceSpec } from '../project/project.ts';
import { diagnosePod } from '../rollout/pod-diagnosis.ts';
import { liveObjectsOf, type Workload } from '../rollout/workload-status.ts';
import type { ExecStreams } from './exec-streams.ts';
import { isOwnContainer } from './find-container.ts';
import { holdProgram } from './hold-program.ts';
import { ONE_OFF_LABEL, oneOffPod } from './one-off-pod.ts';
import { runInContainer } from './run-in-container.ts';

export interface OneOffTarget {
  readonly spec: ServiceSpec;
  readonly workloads: readonly Workload[];
  readonly session: ClusterSession;
  readonly project: string;
}

/** The commands that are run in Pods of their own. Each Pod is gone when its command has ended, whoever ended it. */
export class OneOffs {
  readonly #names = new Set<string>();

  /** Whether an object is of a command that runs. One of a daemon that is no more is not. */
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
    streams: ExecStreams,
    signal: AbortSignal,
  ): Promise<ExecOutcome> {
    const made = podOf(spec, workloads, session, project);
    const objects = made.holder === undefined ? [made.object] : [made.holder, made.object];
    const { name: pod, namespace = session.namespace } = made.object.metadata;
    const either = AbortSignal.any([signal, session.signal]);
    this.#names.add(pod);
    try {
      for (const object of objects) await session.objects.apply(object, either);
      await started(session, { namespace, name: pod }, either);
      const { container } = made;
      return await runInContainer(session, { namespace, pod, container }, { command, terminal }, streams, signal);
    } finally {
      this.#names.delete(pod);
      // where there is no cluster any more, the next session removes them
      if (!session.signal.aborted) {
        const deleted = objects.toReversed().map((object) => session.objects.delete(object, session.signal));
        await Promise.allSettled(deleted);
      }
    }
  }
}

function podOf(
  spec: ServiceSpec,
  workloads: readonly Workload[],
  session: ClusterSession,
  project: string,
): NonNullable<ReturnType<typeof oneOffPod>> {
  const { name: service } = spec;
  const hold = session.architecture === undefined ? undefined : holdProgram(session.architecture);
  for (const workload of workloads) {
    const pod = `${workload.name.slice(0, 50)}-run-${randomBytes(3).toString('hex')}`;
    for (const object of liveObjectsOf(workload, session.view)) {
      const made = oneOffPod(object, { pod, service, project }, isOwnContainer(spec), hold);
      if (made !== undefined) return made;
    }
  }
  throw new DevloopError(
    'command/refused',
    `There is nothing of ${service} in the cluster that a command could be run like.`,
    'See why: devloop status',
  );
}

/**
 * Resolves when the Pod's container runs.
 *
 * @throws DevloopError `run/not-started` where it cannot, or the Pod has been deleted; the signal's reason
 */
async function started(
  { view }: Pick<ClusterSession, 'view'>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<void> {
  let wasThere = false;
  const complaint = await view.changed.until((): Complaint | 'none' | undefined => {
    const pod = view.get('Pod', namespace, name);
    if (pod === undefined) return wasThere ? { message: 'somebody has deleted it' } : undefined;
    wasThere = true;
    const { phase, containerStatuses: [status] = [] } = pod['status'] ?? {};
    const { running, terminated } = status?.state ?? {};
    if (running !== undefined) return 'none';
    const diagnosis = diagnosePod(pod, view.eventsOf(namespace, pod.metadata.uid ?? ''));
    if (diagnosis?.fatal) return diagnosis;
    if (terminated !== undefined) return { message: `${terminated.reason}: exit code ${terminated.exitCode}` };
    return phase === 'Failed' ? { message: 'it failed' } : undefined;
  }, signal);
  if (complaint === 'none') return;
  const { message, remedy = 'See whether the service itself is live: devloop status' } = complaint;
  throw new DevloopError('run/not-started', `The Pod ${name} for the command did not start: ${message}`, remedy);
}

interface Complaint {
  readonly message: string;
  readonly remedy?: string;
}
