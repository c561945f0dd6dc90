import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { expect, test } from 'vitest';
import { ViewDifference } from './view-difference.ts';

const service = (name: string, more: Partial<ServiceSnapshot> = {}): ServiceSnapshot => ({
  name,
  seenRevision: 1,
  attemptedRevision: 1,
  liveRevision: 1,
  activity: { is: 'idle' },
  pods: [],
  replicas: { wanted: 1, ready: 1 },
  forwards: [],
  urls: [],
  unreachableNodePorts: [],
  paused: false,
  recentPasses: [],
  ...more,
});
const snapshot = (services: ServiceSnapshot[], more: Partial<DaemonSnapshot> = {}): DaemonSnapshot => ({
  project: 'shop',
  folder: '/shop',
  pid: 1,
  startedAt: '',
  cluster: { is: 'connecting' },
  diagnostics: [],
  warnings: [],
  forwards: [],
  services,
  ...more,
});
const project = (more: Partial<DaemonSnapshot> = {}) => {
  const { services: _, ...rest } = snapshot([], more);
  return rest;
};

function told(...snapshots: DaemonSnapshot[]) {
  const difference = new ViewDifference();
  return snapshots.map((one) => difference.next(one)).at(-1);
}

test('tells all that is new, and nothing where nothing changed', () => {
  const [db, web] = [service('db'), service('web')];
  expect(told(snapshot([db, web]))).toEqual({
    type: 'changed',
    project: project(),
    services: [db, web],
    order: ['db', 'web'],
  });
  expect(told(snapshot([db, web]), snapshot([service('db'), service('web')]))).toBeUndefined();
});

test('tells a service that changed whole, and no other', () => {
  const web = service('web', { seenRevision: 2 });
  expect(told(snapshot([service('db'), service('web')]), snapshot([service('db'), web]))).toEqual({
    type: 'changed',
    services: [web],
  });
});

test('tells the project alone where only that changed', () => {
  const named = snapshot([service('web')], { project: 'store' });
  expect(told(snapshot([service('web')]), named)).toEqual({
    type: 'changed',
    project: project({ project: 'store' }),
    services: [],
  });
});

test('tells the order where services came, went or changed places', () => {
  const [db, web] = [service('db'), service('web')];
  expect(told(snapshot([db, web]), snapshot([web, db]))).toEqual({
    type: 'changed',
    services: [],
    order: ['web', 'db'],
  });
  expect(told(snapshot([db, web]), snapshot([web]))).toEqual({ type: 'changed', services: [], order: ['web'] });
  expect(told(snapshot([web]), snapshot([db, web]))).toEqual({
    type: 'changed',
    services: [db],
    order: ['db', 'web'],
  });
  // one that comes back is new
  expect(told(snapshot([db, web]), snapshot([web]), snapshot([db, web]))).toMatchObject({ services: [db] });
});
