import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import { holdText } from '../wording/hold-text.ts';
import { plainText } from '../wording/plain-text.ts';

/** Silence after which what goes on is told. */
const TELL_AFTER_MS = 1000;
/** Silence after which the same is told again. */
const REPEAT_AFTER_MS = 10_000;

type Activity = ServiceSnapshot['activity'];

/**
 * What one service is doing, told only where it takes longer than a second: what it does, and again when that has
 * changed or gone on for long.
 */
export class ServiceProgress {
  #activity: Activity = { is: 'idle' };
  #sinceMs = 0;
  #lastLineMs = 0;
  #told = '';

  /** @param sinceMs when it began to do this; the phases of one pass count as one */
  follow(activity: Activity, sinceMs: number): void {
    if (textOf(activity) === undefined || textOf(this.#activity) === undefined) this.#told = '';
    if (!isSamePass(this.#activity, activity)) this.#sinceMs = sinceMs;
    this.#activity = activity;
  }

  /** A line about this service was printed. */
  spoke(nowMs: number): void {
    this.#lastLineMs = Math.max(this.#lastLineMs, nowMs);
  }

  /** What is to be told now, if anything. */
  tell(nowMs: number): string | undefined {
    const text = textOf(this.#activity);
    if (text === undefined || nowMs - this.#sinceMs < TELL_AFTER_MS) return undefined;
    const silence = nowMs - this.#lastLineMs;
    if (silence < (text === this.#told ? REPEAT_AFTER_MS : TELL_AFTER_MS)) return undefined;
    this.#told = text;
    this.#lastLineMs = nowMs;
    return `${text} · ${Math.floor((nowMs - this.#sinceMs) / 1000)} s`;
  }
}

/** What a service does or waits for, or undefined where it does neither. */
export function activityText(activity: Activity): string | undefined {
  switch (activity.is) {
    case 'idle':
      return undefined;
    case 'held':
      return holdText(activity.hold);
    case 'working':
      return activity.hold ? holdText(activity.hold) : plainText(activity.detail);
  }
}

function isSamePass(before: Activity, now: Activity): boolean {
  return before.is === 'working' && now.is === 'working' && before.revision === now.revision;
}

/** The same, without what the project's own line says already. */
function textOf(activity: Activity): string | undefined {
  const hold = activity.is === 'idle' ? undefined : activity.hold;
  return hold?.reason === 'waiting-for-cluster' ? undefined : activityText(activity);
}
