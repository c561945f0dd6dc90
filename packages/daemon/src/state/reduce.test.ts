import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { DaemonEvent } from '@devloop/shared/protocol/event';
import { liveness } from '@devloop/shared/protocol/service-state';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deployHold, nextStep } from '../plan/next-step.ts';
import { type DaemonState, INITIAL_STATE, type ServiceState } from './daemon-state.ts';
import { reduce } from './reduce.ts';

const report = (code: ErrorReport['code'], message: string = code): ErrorReport => ({
  code,
  message,
  remedy: '',
  evidence: [],
});
const times = { noticedAt: 1, startedAt: 2, endedAt: 3 };
const loaded: DaemonEvent = {
  type: 'config-loaded',
  project: 'shop',
  services: ['db', 'web'],
  added: [],
  removed: [],
  changed: [],
};
const connected: DaemonEvent = {
  type: 'cluster-changed',
  cluster: {
    is: 'connected',
    context: 'minikube',
    namespace: 'default',
    server: '',
    version: '',
    product: 'minikube',
    engine: { address: '', version: '', builder: 'buildkit', because: '' },
  },
};

const seen = (service: string, revision: number): DaemonEvent => ({
  type: 'change-seen',
  service,
  revision,
  cause: 'files',
  paths: [],
  count: 1,
  noticedAt: 1,
});
const started = (service: string, revision: number): DaemonEvent => ({ type: 'pass-started', service, revision });
const live = (service: string, revision: number): DaemonEvent => ({
  type: 'pass-ended',
  service,
  revision,
  outcome: 'live',
  kind: 'swap',
  times,
  image: `${service}:${revision}`,
});
const paused: DaemonEvent = { type: 'service-paused', service: 'web' };
const resumed: DaemonEvent = { type: 'service-resumed', service: 'web' };
const asked = (revision: number, what: 'rebuild' | 'restart' | 'scale' | 'roll-back'): DaemonEvent => ({
  type: 'change-seen',
  service: 'web',
  revision,
  cause: 'asked',
  asked: what,
  paths: [],
  count: 0,
  noticedAt: 1,
});
const failed = (service: string, revision: number, code: ErrorReport['code'] = 'build/failed'): DaemonEvent => ({
  type: 'pass-ended',
  service,
  revision,
  outcome: 'failed',
  kind: 'none',
  times,
  failure: report(code),
});
const degraded = (service: string): DaemonEvent => ({
  type: 'service-degraded',
  service,
  failure: report('rollout/failed'),
});

function fold(events: readonly DaemonEvent[], from: DaemonState = INITIAL_STATE): DaemonState {
  return events.reduce(
    (state, event, index) => reduce(state, { v: 1, seq: index + 1, at: new Date(index).toISOString(), event }),
    from,
  );
}

function serviceOf(state: DaemonState, name = 'web'): ServiceState {
  const service = state.services.get(name);
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

function wordFor(events: readonly DaemonEvent[]): string {
  const service = serviceOf(fold([loaded, ...events]));
  const { seenAt, liveAt, liveImage, failure, degraded, lastPass, rolledBackTo, ...rest } = service;
  return liveness({
    ...rest,
    ...(failure && { failure }),
    ...(degraded && { degraded }),
    ...(lastPass && { lastPass }),
    pods: [],
    replicas: { wanted: 0, ready: 0 },
    recentPasses: [],
    forwards: [],
    urls: [],
    unreachableNodePorts: [],
  });
}

const anyEvent: fc.Arbitrary<DaemonEvent> = fc
  .record({
    service: fc.constantFrom('web', 'db', 'unknown'),
    revision: fc.integer({ min: 1, max: 5 }),
    make: fc.constantFrom<((service: string, revision: number) => DaemonEvent)[]>(
      seen,
      started,
      live,
      failed,
      (service, revision) => failed(service, revision, 'rollout/timeout'),
      (service, revision) => ({ type: 'phase-changed', service, revision, phase: 'build', detail: '' }),
      (service, revision) => ({ type: 'pass-ended', service, revision, outcome: 'superseded', kind: 'none', times }),
      degraded,
      (service) => ({ type: 'service-recovered', service }),
      () => loaded,
    ),
  })
  .map(({ service, revision, make }) => make(service, revision));

test('revisions never go back, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
      let state = fold([loaded]);
      for (const event of events) {
        const next = fold([event], state);
        for (const [name, before] of state.services) {
          const after = serviceOf(next, name);
          expect(after.seenRevision).toBeGreaterThanOrEqual(before.seenRevision);
          expect(after.attemptedRevision).toBeGreaterThanOrEqual(before.attemptedRevision);
          expect(after.liveRevision).toBeGreaterThanOrEqual(before.liveRevision);
        }
        state = next;
      }
    }),
    { numRuns: 500 },
  );
});

test('what is pending depends neither on the order of events nor on how often they come', () => {
  const pending = (state: DaemonState) => [...state.services.keys()].filter((name) => nextStep(state, name));
  const ratchets = fc.array(
    anyEvent.filter(({ type }) => type === 'change-seen' || type === 'pass-started'),
    { maxLength: 15 },
  );
  fc.assert(
    fc.property(
      ratchets.chain((events) =>
        fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
      ),
      ([events, others]) => {
        expect(pending(fold([loaded, connected, ...others]))).toEqual(pending(fold([loaded, connected, ...events])));
      },
    ),
  );
});

describe('the word for a service', () => {
  test.each<[string, DaemonEvent[]]>([
    ['off', []],
    ['working', [seen('web', 1)]],
    ['working', [seen('web', 1), started('web', 1)]],
    ['live', [seen('web', 1), started('web', 1), live('web', 1)]],
    ['working', [seen('web', 1), started('web', 1), live('web', 1), seen('web', 2)]],
    ['failed', [seen('web', 1), started('web', 1), failed('web', 1)]],
    ['live', [seen('web', 1), failed('web', 1), seen('web', 2), started('web', 2), live('web', 2)]],
    ['degraded', [seen('web', 1), started('web', 1), live('web', 1), degraded('web')]],
    [
      'live',
      [
        seen('web', 1),
        started('web', 1),
        live('web', 1),
        degraded('web'),
        { type: 'service-recovered', service: 'web' },
      ],
    ],
    [
      'live',
      [
        seen('web', 1),
        started('web', 1),
        failed('web', 1, 'rollout/timeout'),
        { type: 'service-recovered', service: 'web' },
      ],
    ],
    ['held', [seen('web', 1), started('web', 1), live('web', 1), paused, seen('web', 2)]],
    ['live', [seen('web', 1), started('web', 1), live('web', 1), paused]],
    ['held', [seen('web', 1), { type: 'service-held', service: 'web', hold: { reason: 'waiting-for-build-slot' } }]],
  ])('%s %#', (word, events) => {
    expect(wordFor(events)).toBe(word);
  });

  test('pods that recover do not make content live whose build has failed', () => {
    const events = [
      ...[seen('web', 1), started('web', 1), live('web', 1), degraded('web')],
      ...[seen('web', 2), started('web', 2), failed('web', 2)],
      { type: 'service-recovered', service: 'web' } as const,
    ];
    expect(wordFor(events)).toBe('failed');
    expect(serviceOf(fold([loaded, ...events]))).toMatchObject({ liveRevision: 1, degraded: undefined });
  });
});

test('a config keeps the state of the services that stay', () => {
  const state = fold([loaded, seen('web', 3), { ...loaded, services: ['web', 'new'] } as DaemonEvent]);
  expect([...state.services.keys()]).toEqual(['web', 'new']);
  expect(serviceOf(state).seenRevision).toBe(3);
  expect(fold([seen('db', 9)], state)).toBe(state);
});

test('an earlier build serves until the next save, or until a build is asked for', () => {
  const back: DaemonEvent = { type: 'service-rolled-back', service: 'web', image: 'web:1' };
  const rolledBackTo = (...events: DaemonEvent[]) => serviceOf(fold([loaded, back, ...events])).rolledBackTo;
  expect(rolledBackTo(asked(2, 'roll-back'), started('web', 2), live('web', 2))).toBe('web:1');
  expect(rolledBackTo(asked(2, 'restart'))).toBe('web:1');
  expect(rolledBackTo(seen('web', 2))).toBeUndefined();
  expect(rolledBackTo(asked(2, 'rebuild'))).toBeUndefined();
});

test('what waits for the user only waits no longer once it is resumed', () => {
  const held: DaemonEvent = { type: 'service-held', service: 'web', hold: { reason: 'paused' } };
  const state = serviceOf(fold([loaded, paused, held, resumed]));
  expect([state.paused, state.activity]).toEqual([false, { is: 'idle' }]);
});

test('a rejected config is told until a good one comes', () => {
  const diagnostics = [{ file: 'f', line: 1, column: 1, message: 'm' }];
  const rejected = fold([loaded, { type: 'config-rejected', diagnostics } as unknown as DaemonEvent]);
  expect(rejected.diagnostics).toEqual(diagnostics);
  expect(rejected.services.size).toBe(2);
  expect(fold([loaded], rejected).diagnostics).toEqual([]);
});

test('a warning replaces the one of its code', () => {
  const raise = (message: string): DaemonEvent => ({ type: 'warning-raised', warning: report('watch/limit', message) });
  const state = fold([raise('a'), raise('b')]);
  expect(state.warnings.map(({ message }) => message)).toEqual(['b']);
  expect(fold([{ type: 'warning-cleared', code: 'watch/limit' }], state).warnings).toEqual([]);
});

test('what a phase is about may change without its beginning', () => {
  const phase = (detail: string, name: 'build' | 'apply' = 'build'): DaemonEvent => ({
    type: 'phase-changed',
    service: 'web',
    revision: 1,
    phase: name,
    detail,
  });
  const since = (events: DaemonEvent[]) => {
    const { activity } = serviceOf(fold([loaded, ...events]));
    return activity.is === 'working' ? activity.since : undefined;
  };
  expect(since([phase('1/2'), phase('2/2')])).toBe(since([phase('1/2')]));
  expect(since([phase('1/2'), phase('', 'apply')])).not.toBe(since([phase('1/2')]));
});

describe('the next step', () => {
  test('waits for the cluster, and says why', () => {
    const pending = fold([loaded, seen('web', 1)]);
    expect(nextStep(pending, 'web')).toMatchObject({ step: 'hold', hold: { reason: 'waiting-for-cluster' } });
    const failure = report('cluster/stopped', 'it is stopped');
    const lost = fold([{ type: 'cluster-changed', cluster: { is: 'lost', failure, since: '' } }], pending);
    expect(nextStep(lost, 'web')).toMatchObject({ hold: { detail: 'it is stopped' } });
    expect(nextStep(fold([connected], lost), 'web')).toEqual({ step: 'pass', revision: 1 });
  });

  test('is none for what was attempted, even in vain', () => {
    expect(nextStep(fold([loaded, connected, seen('web', 1), started('web', 1), failed('web', 1)]), 'web')).toBe(
      undefined,
    );
    expect(nextStep(INITIAL_STATE, 'web')).toBe(undefined);
  });

  test('is none for saves of what is paused, until it is resumed; what is asked for is done', () => {
    const first = [loaded, connected, seen('web', 1), started('web', 1), live('web', 1), paused];
    const saved = fold([...first, seen('web', 2)]);
    expect(nextStep(saved, 'web')).toEqual({ step: 'hold', hold: { reason: 'paused' } });
    expect(nextStep(fold([resumed], saved), 'web')).toEqual({ step: 'pass', revision: 2 });
    expect(nextStep(fold([asked(2, 'restart')], fold(first)), 'web')).toEqual({ step: 'pass', revision: 2 });
    expect(nextStep(fold([asked(3, 'scale')], saved), 'web')).toMatchObject({ step: 'hold' });
    expect(nextStep(fold([asked(3, 'rebuild')], saved), 'web')).toEqual({ step: 'pass', revision: 3 });
    expect(nextStep(fold([asked(3, 'roll-back')], saved), 'web')).toEqual({ step: 'pass', revision: 3 });
    expect(nextStep(fold([asked(3, 'roll-back'), seen('web', 4)], saved), 'web')).toMatchObject({ step: 'hold' });
  });

  test('waits for dependencies until each has been live once', () => {
    expect(deployHold(fold([loaded]), ['db'])).toEqual({ reason: 'waiting-for-dependency', on: ['db'] });
    expect(deployHold(fold([loaded, live('db', 1), failed('db', 2)]), ['db'])).toBeUndefined();
    expect(deployHold(INITIAL_STATE, [])).toBeUndefined();
  });
});
