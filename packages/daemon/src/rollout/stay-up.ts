import { isAborted } from '@devloop/shared/errors/devloop-error';
import type { ContainerRun } from '../build/image-engine.ts';
import { delay } from '../support/delay.ts';
import { instant } from '../support/instant.ts';
import type { TrackOptions } from './track-rollout.ts';
import { unprovenContainers } from './unproven.ts';
import { type Workload, workloadStatus } from './workload-status.ts';

/** A container without a readiness probe has to run for at least this long before it counts as serving. */
const LEAST_MS = 1000;
/** It then has to be past its start, which keeps a processor busy; but one that is always busy is not waited for longer. */
const MOST_BUSY_MS = 5000;
/** Nor is one that gets next to nothing of the processors. */
const MOST_MS = 30_000;
const SAMPLE_MS = 250;
/** Share of a processor below which a program is not starting any more, unless it would take more if it got it. */
const BUSY_SHARE = 0.1;

/** What a container does between two looks. */
type Doing =
  /** It has run for long enough and waits for something to do, or is not to be asked about. */
  | 'up'
  /** It works, or has hardly begun. */
  | 'starting'
  /** It would work, but others have the processors. Time that passes meanwhile says nothing about it. */
  | 'starved';

/**
 * Whether the containers that Kubernetes calls ready only because they run (no readiness probe) get through their
 * start: a program that fails at it does so while it still loads. Where one ended, the view knows it too when this
 * answers.
 *
 * @throws the signal's reason when it is aborted
 */
export async function stayUp(
  workloads: readonly Workload[],
  { view, engine, onProgress, signal: given }: TrackOptions,
  timeout: AbortSignal,
): Promise<boolean> {
  if (engine === undefined) return true;
  const unproven = () =>
    workloads.flatMap((workload) =>
      workloadStatus(workload, view).newest.flatMap((pod) => unprovenContainers(pod, instant())),
    );
  const ids = unproven();
  if (ids.length === 0) return true;
  onProgress('seeing whether it stays up');
  const signal = AbortSignal.any([given, timeout]);
  const sample = () => Promise.all(ids.map((id) => engine.container(id, signal)));
  try {
    const begin = instant();
    let busyMs = 0;
    let before = { at: begin, runs: await sample() };
    for (;;) {
      const gone = ids.filter((_id, index) => before.runs[index]?.runs === false);
      if (gone.length > 0) {
        // The engine knows it at once, the kubelet up to a second later.
        await view.changed.until(() => !unproven().some((id) => gone.includes(id)) || undefined, signal);
        return false;
      }
      if (before.runs.every((run) => run === undefined)) return true;
      await delay(SAMPLE_MS, signal);
      const after = { at: instant(), runs: await sample() };
      const ms = after.at - before.at;
      const done = await Promise.all(
        ids.map(async (id, index): Promise<Doing> => {
          const doing = doingOf(before.runs[index], after.runs[index], ms);
          return doing === 'up' && (await engine.isBusy(id, signal)) ? 'starved' : doing;
        }),
      );
      if (done.every((doing) => doing === 'up')) return true;
      if (!done.includes('starved')) busyMs += ms;
      if (busyMs >= MOST_BUSY_MS || after.at - begin >= MOST_MS) return true;
      before = after;
    }
  } catch (error) {
    given.throwIfAborted();
    if (!isAborted(error, timeout)) throw error;
    return false;
  }
}

/** What a container does, as far as two samples tell that are `ms` apart: whether it would do more is not in them. */
function doingOf(before: ContainerRun | undefined, after: ContainerRun | undefined, ms: number): Doing {
  if (after === undefined) return 'up'; // another node's: it cannot be asked about
  if (!after.runs || !before?.runs) return 'starting';
  return after.forMs >= LEAST_MS && after.cpuMs - before.cpuMs < ms * BUSY_SHARE ? 'up' : 'starting';
}
