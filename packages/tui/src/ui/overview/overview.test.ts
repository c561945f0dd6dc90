import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { liveService } from '../../daemon/daemon.fake.ts';
import { report } from '../frame/worlds.fake.ts';
import { healthOf } from './health.ts';
import { overviewLayout } from './layout.ts';
import { nextAgeMs } from './next-age.ts';
import { nowSpan } from './now-text.ts';
import { sparkline } from './sparkline.ts';

const since = '2026-01-01T12:00:00.000Z';
const working = (phase: 'build' | 'rollout', detail: string) =>
  ({ is: 'working', revision: 4, phase, detail, since }) as const;

test.each<[string, Partial<ServiceSnapshot>, string, string]>([
  ['live', {}, '● live', ''],
  ['building', { activity: working('build', 'building 3/7 RUN npm ci') }, '◐ building', '#4 building 3/7 RUN npm ci'],
  ['starting', { activity: working('rollout', 'ready 1/2') }, '◐ starting', '#4 ready 1/2'],
  ['seen', { seenRevision: 4, attemptedRevision: 3 }, '◐ working', '#4 a change was seen'],
  [
    'held',
    { seenRevision: 4, activity: { is: 'held', hold: { reason: 'waiting-for-image', on: ['base'] } } },
    '◌ waiting',
    '#4 waits for the image of base',
  ],
  [
    'paused',
    { seenRevision: 4, activity: { is: 'held', hold: { reason: 'paused' } } },
    '◌ paused',
    '#4 paused: saves wait until it is resumed',
  ],
  ['failed', { seenRevision: 4, failure: report('It broke.\nBadly.') }, '✗ failed', '#4 It broke.'],
  ['degraded', { degraded: report('It crashes.') }, '▲ degraded', 'It crashes.'],
  ['off', { liveRevision: 0 }, '○ off', ''],
  ['rolled back', { rolledBackTo: 'web:1' }, '● live', 'rolled back to web:1'],
  [
    'no port',
    { forwards: [{ local: 80, port: 80, status: 'failed', failure: report('It is taken.') }] },
    '● live',
    'port 80: It is taken.',
  ],
])('%s', (_, more, state, now) => {
  const service = liveService('web', more);
  const { mark, word } = healthOf(service);
  expect([`${mark} ${word}`, nowSpan(service).text]).toEqual([state, now]);
});

test('the cursor is always among the services that are shown, and no row is shared', () => {
  const given = fc.record({ count: fc.nat(100), cursor: fc.nat(100), rows: fc.integer({ min: 1, max: 80 }) });
  fc.assert(
    fc.property(given, ({ count, cursor, rows }) => {
      const services = Array.from({ length: count }, (_, index) => ({ name: `s${index}` }));
      const layout = overviewLayout(services, `s${cursor}`, { columns: 80, rows });
      const shown = Array.from({ length: rows }, (_, row) => layout.serviceAt(row)).filter(Boolean);
      expect(shown.length).toBe(layout.count);
      if (cursor < count) expect(shown).toContain(`s${cursor}`);
      expect((layout.titled ? 1 : 0) + layout.count + layout.panelRows).toBeLessThanOrEqual(Math.max(rows, 1));
    }),
  );
});

test.each([
  [[], 5, ''],
  [[10], 5, '▇'],
  [[1, 2, 3, 4, 5, 6, 7], 7, '▁▂▃▄▅▆▇'],
  [[1, 2, 3], 2, '▅▇'],
  [[0, 0], 2, ''],
])('the sparkline of %j in %i cells is %j', (numbers, columns, line) => {
  expect(sparkline(numbers, columns)).toBe(line);
});

test.each([
  [0, 1000],
  [4300, 1000],
  [59_500, 1000],
  [90_000, 30_000],
  [2 * 3_600_000 + 600_000, 3_000_000],
])('an age of %i ms reads differently after %i', (age, next) => {
  const service = liveService('web', { pods: [], liveAt: new Date(1_000_000_000_000 - age).toISOString() });
  expect(nextAgeMs([service], 1_000_000_000_000)).toBe(next);
});

test('without an age there is no timer', () => {
  expect(nextAgeMs([], 0)).toBeUndefined();
});
