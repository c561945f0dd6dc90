import type { PassTimes } from '../../packages/shared/src/protocol/service-state.ts';
import { median, round } from './figures.ts';

export const PHASE_NAMES = ['detect', 'hash', 'context', 'build', 'apply', 'start', 'ready', 'served'] as const;
export type PhaseName = (typeof PHASE_NAMES)[number];
export type Phases = Readonly<Record<PhaseName, number>>;

/**
 * Divides the time from a save until its content was first served among the phases, without a rest: each phase ends at
 * its instant, and begins where the one before ended. Work that overlaps counts for the phase that it began in; what
 * the daemon learned only after the answer was there counts for nothing.
 */
export function phasesOf(savedAt: number, times: PassTimes, servedAt: number): Phases {
  const ends: Record<PhaseName, number | undefined> = {
    detect: times.startedAt,
    hash: times.hashedAt,
    context: times.contextAt,
    build: times.builtAt,
    apply: times.appliedAt,
    start: times.containerStartedAt,
    ready: times.readyAt,
    served: servedAt,
  };
  let reached = savedAt;
  const phases: Partial<Record<PhaseName, number>> = {};
  for (const name of PHASE_NAMES) {
    const end = Math.min(servedAt, Math.max(reached, ends[name] ?? reached));
    phases[name] = end - reached;
    reached = end;
  }
  return phases as Phases;
}

/** Of several measurements: each phase's median, and its part of the whole. */
export function summarizePhases(measured: readonly Phases[]) {
  const total = measured.reduce((sum, phases) => sum + PHASE_NAMES.reduce((part, name) => part + phases[name], 0), 0);
  const entries = PHASE_NAMES.map((name) => {
    const values = measured.map((phases) => phases[name]);
    const share = values.reduce((sum, value) => sum + value, 0) / total;
    return [name, { median_ms: round(median(values), 1), share: round(share, 3) }] as const;
  });
  return Object.fromEntries(entries) as Record<PhaseName, { readonly median_ms: number; readonly share: number }>;
}
