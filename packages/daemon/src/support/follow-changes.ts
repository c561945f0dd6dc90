import { isAborted } from '@devloop/shared/errors/devloop-error';
import type { Bell } from './bell.ts';
import { delay } from './delay.ts';

export interface FollowOptions {
  /** Resolves when what was looked at has been taken: nothing is looked at before. */
  readonly drained: (signal: AbortSignal) => Promise<void>;
  /** Rings that come this close together are looked at once. */
  readonly togetherMs: number;
  readonly signal: AbortSignal;
}

/**
 * Looks at once and whenever the bell has rung: promptly after a quiet time, else at most once every `togetherMs`, and
 * not before the last was taken. Resolves when `look` answers false or the signal is aborted.
 */
export async function followChanges(
  bell: Bell,
  look: () => boolean,
  { drained, togetherMs, signal }: FollowOptions,
): Promise<void> {
  try {
    for (;;) {
      const seen = bell.rings;
      if (!look()) return;
      await drained(signal);
      await delay(togetherMs, signal);
      await bell.rungSince(seen, signal);
    }
  } catch (error) {
    if (!signal.aborted && !isAborted(error, signal)) throw error;
  }
}
