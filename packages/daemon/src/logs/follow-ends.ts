import type { ImageEngine, RunListener } from '../build/image-engine.ts';
import { Backoff } from '../support/delay.ts';

/** How soon, and how seldom at last, an engine that ends its stream of events is asked for it again, ms. */
const AGAIN_MS = { first: 100, most: 30_000 };

/**
 * Passes on what the engine tells of runs, until the signal is aborted, and asks it anew when it ends its stream. Where it
 * tells nothing, the ends of containers are known by their kubelet.
 */
export async function followEnds(
  engine: Pick<ImageEngine, 'followRuns'>,
  ends: RunListener,
  signal: AbortSignal,
  againMs = AGAIN_MS,
): Promise<void> {
  const backoff = new Backoff(againMs.first, againMs.most);
  const listener: RunListener = {
    started: (containerId) => {
      backoff.reset(); // it does tell: the next end of the stream is not one more of a row
      ends.started(containerId);
    },
    ended: (containerId) => {
      backoff.reset();
      ends.ended(containerId);
    },
  };
  while (!signal.aborted) {
    await engine.followRuns(listener, signal).catch(() => undefined);
    await backoff.wait(signal).catch(() => undefined);
  }
}
