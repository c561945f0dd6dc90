import type { ConnectionOutcome } from '../rig/connection-load.ts';
import { median } from './figures.ts';

/** A question that is answered this much later than usual was not served at once. */
const LATER_MS = 100;

/** From the first question that was not served at once to the end of the last such one, ms; 0 where all were. */
export function unservedMs(outcomes: readonly ConnectionOutcome[]): number {
  const usual = median(outcomes.map(({ tookMs }) => tookMs));
  const unserved = outcomes.filter(({ ended, tookMs }) => ended !== 'answered' || tookMs > usual + LATER_MS);
  if (unserved.length === 0) return 0;
  const ends = unserved.map(({ startedAt, tookMs }) => startedAt + tookMs);
  return Math.max(...ends) - Math.min(...unserved.map(({ startedAt }) => startedAt));
}
