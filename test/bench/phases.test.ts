import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PHASE_NAMES, phasesOf, summarizePhases } from './phases.ts';

test('each phase ends at its instant and begins where the one before ended', () => {
  const times = {
    noticedAt: 1010,
    settledAt: 1060,
    startedAt: 1060,
    hashedAt: 1065,
    contextAt: 1070,
    builtAt: 1270,
    appliedAt: 1300,
    containerStartedAt: 1600,
    readyAt: 1610,
    endedAt: 1611,
  };
  expect(phasesOf(1000, times, 1620)).toEqual({
    detect: 60,
    hash: 5,
    context: 5,
    build: 200,
    apply: 30,
    start: 300,
    ready: 10,
    served: 10,
  });
});

test('the phases are the whole time, whatever instants there are and in whatever order', () => {
  const instant = fc.option(fc.double({ min: 0, max: 10_000, noNaN: true }), { nil: undefined });
  const instants = fc.record({
    settledAt: instant,
    hashedAt: instant,
    contextAt: instant,
    builtAt: instant,
    appliedAt: instant,
    containerStartedAt: instant,
    readyAt: instant,
  });
  fc.assert(
    fc.property(instants, fc.double({ min: 1, max: 20_000, noNaN: true }), (some, servedAt) => {
      const known = Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined));
      const phases = phasesOf(0, { noticedAt: 0, startedAt: 0, endedAt: 0, ...known }, servedAt);
      const values = PHASE_NAMES.map((name) => phases[name]);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(servedAt, 6);
      const shares = Object.values(summarizePhases([phases])).map(({ share }) => share);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 1);
    }),
  );
});
