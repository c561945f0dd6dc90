import type { PassRecord, PodDetail, ServiceDetail } from '@devloop/shared/protocol/service-detail';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { liveService } from '../../daemon/daemon.fake.ts';
import { type Row, rowWidth } from '../paint/row.ts';
import { textWidth } from '../paint/text-width.ts';
import { detailContent, detailRows } from './detail-rows.ts';
import { bar } from './pass-rows.ts';

const NOON = Date.parse('2026-01-01T12:00:00.000Z');
const nowMs = NOON + 60_000;

const pod: PodDetail = {
  name: 'web-7d9c5b8f6-abcde',
  namespace: 'shop',
  status: 'Running',
  ready: true,
  restarts: 1,
  newest: true,
  startedAt: '2026-01-01T11:58:00.000Z',
  ip: '10.244.0.7',
  node: 'minikube',
  conditions: [
    { type: 'Initialized', status: 'True' },
    { type: 'Ready', status: 'True' },
    { type: 'PodReadyToStartContainers', status: 'True' },
  ],
  containers: [
    {
      name: 'migrate',
      init: true,
      image: 'web:devloop-0123456789abcdef',
      content: 'newest',
      state: 'terminated',
      reason: 'Completed',
      exitCode: 0,
      startedAt: '2026-01-01T11:58:00.000Z',
      ready: true,
      restarts: 0,
      ports: [],
    },
    {
      name: 'web',
      init: false,
      image: 'web:devloop-0123456789abcdef',
      content: 'newest',
      state: 'running',
      startedAt: '2026-01-01T11:59:30.000Z',
      ready: true,
      restarts: 1,
      ports: [{ port: 8080, name: 'http' }],
    },
  ],
  events: [
    {
      type: 'Normal',
      reason: 'Pulled',
      message: 'Container image already present',
      count: 1,
      lastAt: '2026-01-01T11:59:29Z',
    },
    {
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed\u001b[31m',
      count: 3,
      lastAt: '2026-01-01T11:59:31Z',
    },
  ],
};

const crashing: PodDetail = {
  ...pod,
  name: 'web-7d9c5b8f6-fghij',
  status: 'CrashLoopBackOff',
  ready: false,
  newest: false,
  conditions: [
    {
      type: 'Ready',
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [web]',
      since: '2026-01-01T11:59:40.000Z',
    },
  ],
  containers: [
    {
      ...(pod.containers[1] as PodDetail['containers'][number]),
      state: 'waiting',
      reason: 'CrashLoopBackOff',
      exitCode: 3,
      content: 'older',
      ready: false,
    },
  ],
  events: [],
};

const times = {
  noticedAt: NOON - 2000,
  settledAt: NOON - 1940,
  startedAt: NOON - 1988,
  hashedAt: NOON - 1988,
  contextAt: NOON - 1970,
  builtAt: NOON - 1830,
  appliedAt: NOON - 1780,
  containerStartedAt: NOON - 1600,
  readyAt: NOON - 1560,
  endedAt: NOON - 1000,
};

const passes: PassRecord[] = [
  {
    revision: 4,
    outcome: 'failed',
    kind: 'none',
    times: { noticedAt: NOON - 400, startedAt: NOON - 380, hashedAt: NOON - 379, endedAt: NOON },
    cause: 'files',
    paths: ['web/app.js', 'web/b.js'],
    failure: { code: 'build/failed', message: 'Step 4/5 failed\nmore', remedy: 'Mend it.', evidence: [] },
  },
  {
    revision: 3,
    outcome: 'live',
    kind: 'swap',
    times,
    image: 'web:devloop-0123456789abcdef',
    cause: 'files',
    paths: ['web/app.js'],
  },
  {
    revision: 2,
    outcome: 'superseded',
    kind: 'none',
    times: { noticedAt: NOON - 3000, startedAt: NOON - 2990, endedAt: NOON - 2900 },
    cause: 'files',
    paths: [],
  },
  {
    revision: 1,
    outcome: 'live',
    kind: 'rolling',
    times: { ...times, noticedAt: NOON - 4000, containerStartedAt: NOON - 1700 },
    cause: 'start',
    paths: [],
  },
];

const detail: ServiceDetail = {
  service: 'web',
  workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'web', wanted: 2, ready: 1 }],
  pods: [pod, crashing],
  passes,
  config: 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n',
};

const failed = liveService('web', {
  seenRevision: 4,
  replicas: { wanted: 2, ready: 1 },
  urls: [{ url: 'http://localhost:8080', through: 'forward' }],
  unreachableNodePorts: [31_080],
  forwards: [
    { local: 8080, port: 'http', status: 'listening', chosen: true },
    { local: 3306, port: 3306, status: 'listening' },
    {
      local: 9090,
      port: 'metrics',
      status: 'failed',
      failure: { code: 'forward/port-taken', message: 'taken by nginx', remedy: 'x', evidence: [] },
    },
  ],
  failure: {
    code: 'build/failed',
    message: 'Step 4/5 RUN npm test failed.',
    remedy: 'Mend it and save.',
    evidence: ['1 failing', '  expected 2'],
  },
});

function text(rows: readonly Row[]): string {
  return rows
    .map((row) =>
      row
        .map((piece) => piece.text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

const input = { detail, service: failed, scroll: 0, cursor: 0, nowMs };

describe('all about one service', () => {
  for (const columns of [80, 120, 200]) {
    test(`in ${columns} columns`, async () => {
      await expect(text(detailContent(input, columns))).toMatchFileSnapshot(`__snapshots__/detail-${columns}.txt`);
    });
  }

  test('before the daemon has told of it', () => {
    const service = liveService('web', { liveRevision: 0, activity: { is: 'held', hold: { reason: 'paused' } } });
    expect(text(detailContent({ ...input, service, detail: undefined }, 80))).toMatchInlineSnapshot(`
      "web  ◌ paused  #3 paused: saves wait until it is resumed
      nothing of it was live yet

      asking the daemon"
    `);
  });

  test('every frame has its size, wherever it is scrolled to', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 0, max: 100 }),
        (columns, rows, scroll) => {
          const frame = detailRows({ ...input, scroll }, { columns, rows });
          expect(frame).toHaveLength(rows);
          for (const row of frame) expect(rowWidth(row)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});

describe('the bar of a pass', () => {
  const drawn = (width: number, slowest: number) =>
    bar({ times }, width, slowest)
      .map((piece) => piece.text)
      .join('');

  test('its parts are as long as their share of the slowest', () => {
    expect(drawn(44, 440)).toBe('dccBBBBBBBBBBBBBBaaaaaSSSSSSSSSSSSSSSSSSrrrr');
    expect(drawn(44, 880)).toBe('dcBBBBBBBaaSSSSSSSSSrr'.padEnd(44));
  });

  test('it always fills its width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 5000 }), (width, slowest) => {
        expect(textWidth(drawn(width, slowest))).toBe(width);
      }),
    );
  });
});
