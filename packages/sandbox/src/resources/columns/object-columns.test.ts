import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../ports/kube-object.ts';
import { BUILTIN_KINDS } from '../builtin-kinds.ts';
import { humanDuration } from './age.ts';
import { valuesAt } from './json-path.ts';
import { columnsOf } from './object-columns.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');

function row(resource: string, fields: object): string {
  const kind = BUILTIN_KINDS.find((one) => one.resource === resource);
  if (kind === undefined) throw new Error(`no ${resource}`);
  const object = {
    apiVersion: 'v1',
    kind: kind.kind,
    metadata: { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' },
  };
  const columns = columnsOf(kind).filter(({ priority }) => priority === 0);
  return columns.map(({ value }) => value({ ...object, ...fields } as KubeObject, NOW)).join(' ');
}

describe('pods', () => {
  const containers = { spec: { containers: [{ name: 'a' }], initContainers: [{ name: 'i' }] } };
  const status = (fields: object) => ({ ...containers, status: { phase: 'Pending', ...fields } });
  const state = (of: object, more: object = {}) => [{ name: 'a', restartCount: 0, state: of, ...more }];

  test.each([
    ['x 0/1 Pending 0 60m', status({})],
    ['x 1/1 Running 0 60m', status({ phase: 'Running', containerStatuses: state({ running: {} }, { ready: true }) })],
    ['x 0/1 ErrImagePull 0 60m', status({ containerStatuses: state({ waiting: { reason: 'ErrImagePull' } }) })],
    [
      'x 0/1 Completed 0 60m',
      status({ containerStatuses: state({ terminated: { reason: 'Completed', exitCode: 0 } }) }),
    ],
    ['x 0/1 ExitCode:3 0 60m', status({ containerStatuses: state({ terminated: { exitCode: 3 } }) })],
    ['x 0/1 Init:0/1 0 60m', status({ initContainerStatuses: [{ name: 'i', state: { running: {} } }] })],
    [
      'x 0/1 Init:Error 0 60m',
      status({ initContainerStatuses: [{ name: 'i', state: { terminated: { reason: 'Error', exitCode: 1 } } }] }),
    ],
    [
      'x 1/1 Running 2 (5m ago) 60m',
      status({
        phase: 'Running',
        containerStatuses: state(
          { running: {} },
          { ready: true, restartCount: 2, lastState: { terminated: { finishedAt: '2026-01-01T00:55:00Z' } } },
        ),
      }),
    ],
  ])('%s', (shown, fields) => {
    expect(row('pods', fields)).toBe(shown);
  });
});

test.each([
  ['deployments.apps', { spec: { replicas: 3 }, status: { readyReplicas: 1, updatedReplicas: 2 } }, 'x 1/3 2 0 60m'],
  [
    'services',
    { spec: { type: 'NodePort', clusterIP: '10.96.0.9', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }] } },
    'x NodePort 10.96.0.9 <none> 80:30080/TCP 60m',
  ],
  ['configmaps', { data: { a: '1' } }, 'x 1 60m'],
  ['jobs.batch', { spec: { completions: 2 }, status: { succeeded: 1 } }, 'x Running 1/2  60m'],
  [
    'nodes',
    { status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1' } } },
    'x Ready <none> 60m v1',
  ],
])('%s', (resource, fields, shown) => {
  expect(row(resource, fields)).toBe(shown);
});

test('every kind has columns that take an object with nothing in it', () => {
  for (const kind of BUILTIN_KINDS) expect(() => row(kind.resource, {})).not.toThrow();
});

test.each([
  [0, '0s'],
  [119_000, '119s'],
  [125_000, '2m5s'],
  [3_600_000, '60m'],
  [4 * 3_600_000, '4h'],
  [50 * 3_600_000, '2d2h'],
  [400 * 86_400_000, '400d'],
])('%d ms is %s', (milliseconds, text) => {
  expect(humanDuration(milliseconds)).toBe(text);
});

test('JSON paths of custom columns', () => {
  const object = { status: { conditions: [{ type: 'Ready', status: 'True' }] }, list: [1, 2] };
  expect(valuesAt(object, '.status.conditions[?(@.type=="Ready")].status')).toEqual(['True']);
  expect(valuesAt(object, '.list[*]')).toEqual([1, 2]);
  expect(valuesAt(object, '.nope.deep')).toEqual([]);
});
