import { isAborted } from '@devloop/shared/errors/devloop-error';
import type { ContainerRun } from '../build/image-engine.ts';
import { delay } from '../support/delay.ts';
import { instant } from '../support/instant.ts';
import type { TrackOptions } from './track-rollout.ts';
import { unprobedContainers, unprovenContainers } from './unproven.ts';
import { type Workload, workloadStatus } from './workload-status.ts';

/** A container without a readiness probe has to run for at least this long before it counts as serving. */
const LEAST_MS = 1000;
/**
 * It then has to be past its start, which keeps a processor busy; but one that is always busy is not waited for: after so much
 * time in which it got what it wanted, or so much of a processor's time.
 */
const MOST_BUSY_MS = 5000;
/** Nor is one that hardly ever gets a processor. */
const MOST_MS = 60_000;
const SAMPLE_MS = 250;
/** What seems to be at rest is looked at once more: it may have been just about to end. */
const AGAIN_MS = 50;
/** Share of a processor below which a program is not starting any more, unless it would take more if it got it. */
const BUSY_SHARE = 0.1;
/** Share below which one that has something to do does not get what it wants: others, or its own limit, keep it from that. */
const STARVED_SHARE = 0.5;

/** What a container does between two looks. */
type Doing =
  /** It has run for long enough and waits for something to do, or is not to be asked about. */
  | 'up'
  /** It works, or has hardly begun. */
  | 'starting'
  /** It would work, but does not get the processors. Time that passes meanwhile says nothing about it. */
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
  const newest = () => workloads.flatMap((workload) => workloadStatus(workload, view).newest);
  const ids = newest().flatMap((pod) => unprovenContainers(pod, instant()));
  if (ids.length === 0) return true;
  onProgress('seeing whether it stays up');
  const signal = AbortSignal.any([given, timeout]);
  const sample = () => Promise.all(ids.map((id) => engine.container(id, signal)));
  try {
    const begin = instant();
    let unstarvedMs = 0;
    const usedMs = ids.map(() => 0);
    let before = { at: begin, runs: await sample() };
    for (;;) {
      const gone = ids.filter((_id, index) => before.runs[index]?.runs === false);
      if (gone.length > 0) {
        // The engine knows it at once, the kubelet up to a second later.
        const isToldToRun = () => newest().some((pod) => unprobedContainers(pod).some(({ id }) => gone.includes(id)));
        await view.changed.until(() => !isToldToRun() || undefined, signal);
        return false;
      }
      if (before.runs.every((run) => run === undefined)) return true;
      await delay(SAMPLE_MS, signal);
      const after = { at: instant(), runs: await sample() };
      const ms = after.at - before.at;
      const done = await Promise.all(
        ids.map(async (id, index): Promise<Doing> => {
          const cpuMs = usedBetween(before.runs[index], after.runs[index]);
          usedMs[index] = (usedMs[index] ?? 0) + cpuMs;
          const run = after.runs[index];
          if (run === undefined) return 'up'; // another node's: it cannot be asked about
          if (!run.runs || run.forMs < LEAST_MS || cpuMs >= ms * STARVED_SHARE) return 'starting';
          if (await engine.isBusy(id, signal)) return 'starved';
          return cpuMs < ms * BUSY_SHARE ? 'up' : 'starting';
        }),
      );
      if (done.every((doing) => doing === 'up')) {
        await delay(AGAIN_MS, signal);
        const again = { at: instant(), runs: await sample() };
        if (again.runs.every((run) => run?.runs !== false)) return true;
        before = again;
        continue;
      }
      if (!done.includes('starved')) unstarvedMs += ms;
      const isAlwaysBusy = unstarvedMs >= MOST_BUSY_MS || usedMs.every((used) => used >= MOST_BUSY_MS);
      if (isAlwaysBusy || after.at - begin >= MOST_MS) return true;
      before = after;
    }
  } catch (error) {
    given.throwIfAborted();
    if (!isAborted(error, timeout)) throw error;
    return false;
  }
}

/** Processor time that a container took between two samples, ms. */
function usedBetween(before: ContainerRun | undefined, after: ContainerRun | undefined): number {
  return before?.runs && after?.runs ? after.cpuMs - before.cpuMs : 0;
}
