import type { DaemonEvent } from '@devloop/shared/protocol/event';
import { describe, expect, test } from 'vitest';
import { INITIAL_STATE, type ServiceState } from './daemon-state.ts';
import { mergeReasons } from './pass-history.ts';
import { reduce } from './reduce.ts';

type Outcome = Extract<DaemonEvent, { type: 'pass-ended' }>['outcome'];

const seen = (revision: number, paths: string[], cause: 'files' | 'asked' | 'cluster' = 'files'): DaemonEvent => ({
  type: 'change-seen',
  service: 'web',
  revision,
  cause,
  paths,
  count: paths.length,
  noticedAt: 1,
});
const started = (revision: number): DaemonEvent => ({ type: 'pass-started', service: 'web', revision });
const ended = (revision: number, outcome: Outcome, readyAt?: number): DaemonEvent => ({
  type: 'pass-ended',
  service: 'web',
  revision,
  outcome,
  kind: 'swap',
  times: { noticedAt: 1000, startedAt: 1001, endedAt: 2000, ...(readyAt === undefined ? {} : { readyAt }) },
  image: `web:${revision}`,
});

function fold(...events: DaemonEvent[]): ServiceState {
  const loaded: DaemonEvent = {
    type: 'config-loaded',
    project: 'shop',
    services: ['web'],
    added: ['web'],
    removed: [],
    changed: [],
  };
  const state = [loaded, ...events].reduce(
    (before, event, seq) => reduce(before, { v: 1, seq, at: '2026-01-01T00:00:00.000Z', event }),
    INITIAL_STATE,
  );
  const service = state.services.get('web');
  if (service === undefined) throw new Error('no service');
  return service;
}

describe('the passes of a service', () => {
  test('tell what made them begin, the newest first', () => {
    const { passes } = fold(
      ...[seen(1, ['a']), started(1), ended(1, 'live')],
      ...[seen(2, ['b']), started(2), ended(2, 'failed')],
    );
    expect(
      passes.map(({ revision, outcome, cause, paths, image }) => [revision, outcome, cause, paths, image]),
    ).toEqual([
      [2, 'failed', 'files', ['b'], 'web:2'],
      [1, 'live', 'files', ['a'], 'web:1'],
    ]);
  });

  test('bring in what was seen before them and had been given up', () => {
    const { passes, pending } = fold(
      ...[seen(1, ['a']), started(1), seen(2, ['b', 'a']), ended(1, 'superseded')],
      ...[started(2), ended(2, 'live')],
    );
    expect(passes.map(({ outcome, paths }) => [outcome, paths])).toEqual([
      ['live', ['a', 'b']],
      ['superseded', ['a']],
    ]);
    expect(pending).toBeUndefined();
  });

  test('are not kept for ever, nor are their durations', () => {
    const events = Array.from({ length: 60 }, (_, n) => [seen(n, []), started(n), ended(n, 'live', 1000 + n)]).flat();
    const { passes, recentPasses } = fold(...events);
    expect([passes.length, passes[0]?.revision]).toEqual([50, 59]);
    expect([recentPasses.length, recentPasses.at(-1)]).toEqual([20, 59]);
  });

  test('have a duration only where they became live', () => {
    const { recentPasses } = fold(
      ...[seen(1, []), started(1), ended(1, 'live', 1250)],
      ...[seen(2, []), started(2), ended(2, 'failed', 1999)],
      ...[seen(3, []), started(3), ended(3, 'live')],
    );
    expect(recentPasses).toEqual([250]);
  });
});

test('of several causes the one counts that says most', () => {
  const reason = (cause: 'files' | 'asked' | 'cluster') => ({ cause, paths: [], saved: false });
  expect(mergeReasons(reason('cluster'), reason('files'))?.cause).toBe('files');
  expect(mergeReasons(reason('files'), reason('asked'))?.cause).toBe('files');
  expect(mergeReasons(undefined, reason('asked'))?.cause).toBe('asked');
  expect(mergeReasons(reason('asked'), undefined)?.cause).toBe('asked');
});
