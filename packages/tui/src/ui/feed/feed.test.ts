import type { LogLine, LogMessage } from '@devloop/shared/protocol/stream-message';
import { expect, test } from 'vitest';
import { liveService, snapshotOf } from '../../daemon/daemon.fake.ts';
import { EventTail } from './event-tail.ts';
import { LogSeam } from './log-seam.ts';
import { applyView, type ProjectView } from './project-store.ts';

const START: ProjectView = { link: { is: 'starting' }, snapshot: undefined };
const web = liveService('web');
const api = liveService('api');
const worker = liveService('worker');

test('the view is what was sent whole, with what changed since in its place', () => {
  const first = applyView(START, { type: 'snapshot', snapshot: snapshotOf([web, api]) }, []);
  const newer = liveService('web', { seenRevision: 9 });
  const changed = applyView(first, { type: 'changed', services: [newer] }, []);
  expect(changed.snapshot?.services.map(({ name, seenRevision }) => [name, seenRevision])).toEqual([
    ['web', 9],
    ['api', 3],
  ]);
  const order = ['worker', 'web'];
  const ordered = applyView(changed, { type: 'changed', services: [worker], order }, []);
  expect(ordered.snapshot?.services.map(({ name }) => name)).toEqual(order);
  const { services: _, ...project } = snapshotOf([], { project: 'other' });
  expect(applyView(ordered, { type: 'changed', services: [], project }, []).snapshot).toMatchObject({
    project: 'other',
    services: [{ name: 'worker' }, { name: 'web' }],
  });
});

test('only the services that were named are taken', () => {
  const first = applyView(START, { type: 'snapshot', snapshot: snapshotOf([web, api]) }, ['api']);
  const later = applyView(first, { type: 'changed', services: [worker], order: ['web', 'api', 'worker'] }, ['api']);
  expect(later.snapshot?.services.map(({ name }) => name)).toEqual(['api']);
});

test('a goodbye is not a loss', () => {
  expect(applyView(START, { type: 'goodbye', reason: 'asked to' }, []).link).toEqual({
    is: 'ended',
    reason: 'asked to',
  });
});

const lines = (...given: LogLine[]): LogMessage => {
  return { type: 'lines', service: 'web', pod: 'web-1', container: 'web', lines: given };
};

test('lines that come again after a new connection are left out', () => {
  const seam = new LogSeam();
  seam.begin();
  const first = lines(['2026-01-01T12:00:00.5Z', 'a'], ['2026-01-01T12:00:00.5Z', 'b']);
  expect(seam.join(first)).toEqual(first);
  const same = lines(['2026-01-01T12:00:00.5Z', 'c']);
  expect(seam.join(same)).toEqual(same);
  seam.begin();
  expect(seam.join(first)).toBeUndefined();
  expect(seam.join(lines(['2026-01-01T12:00:00.5Z', 'c'], ['2026-01-01T12:00:00.51Z', 'd']))).toEqual(
    lines(['2026-01-01T12:00:00.51Z', 'd']),
  );
  const gap = { type: 'gap', service: 'web', pod: 'web-1', container: 'web', because: 'it is gone' } as const;
  expect(seam.join(gap)).toEqual(gap);
});

test('the tail of events is that of one service, in words', () => {
  const tail = new EventTail('/projects/shop');
  tail.add({ type: 'snapshot', snapshot: snapshotOf([web, api]) });
  const event = { type: 'change-seen', revision: 4, cause: 'files', count: 1, noticedAt: 1 } as const;
  const at = '2026-01-01T12:00:00.000Z';
  tail.add({
    type: 'event',
    published: { v: 1, seq: 1, at, event: { ...event, service: 'web', paths: ['web/a.js'] } },
  });
  expect(tail.of('web').map(({ line }) => line.text)).toEqual(['change in web/a.js']);
  expect(tail.of('api')).toEqual([]);
  expect(tail.of(undefined)).toEqual([]);
});
