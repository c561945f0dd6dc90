import { expect, test } from 'vitest';
import { liveService, snapshotOf } from '../daemon/daemon.fake.ts';
import { paletteFor } from '../terminal/palette.ts';
import { type StatusView, statusText } from './status-text.ts';

const VIEW: StatusView = {
  palette: paletteFor({}, {}),
  cwd: '/projects',
  nowMs: Date.parse('2026-01-01T12:03:00.000Z'),
  columns: undefined,
};

const [pod] = liveService('web').pods;
const OLD_POD = {
  ...pod,
  name: 'api-2',
  namespace: 'shop',
  status: 'CrashLoopBackOff',
  ready: false,
  restarts: 4,
  newest: false,
};
const SERVICES = [
  liveService('web', { forwards: [{ local: 8080, port: 'http', status: 'listening' }] }),
  liveService('api', {
    seenRevision: 5,
    pods: [...liveService('api').pods, OLD_POD],
    failure: {
      code: 'rollout/failed',
      message: 'Container api crashed with exit code 1.',
      remedy: 'Mend what the last line says and save.',
      evidence: ['\u001b[31mTypeError: x is undefined\u001b[0m'],
    },
  }),
  liveService('worker', {
    seenRevision: 4,
    activity: {
      is: 'working',
      revision: 4,
      phase: 'build',
      detail: 'building 3/7 RUN npm ci',
      since: '2026-01-01T12:02:58Z',
    },
  }),
  liveService('mail', {
    liveRevision: 0,
    pods: [],
    lastPass: undefined,
    activity: { is: 'held', hold: { reason: 'waiting-for-dependency', on: ['api'] } },
  }),
];

test('the project at a glance', () => {
  expect(`\n${statusText(snapshotOf(SERVICES), VIEW)}\n`).toMatchInlineSnapshot(`
    "
    shop  shop
    minikube v1.34.0 · context minikube · namespace shop · Docker 28.1.1 (buildkit, minikube docker-env)

    SERVICE  STATE    LIVE      PODS                                 RESTARTS  PORTS      LAST         NOW
    web      live     #3 3 min  1/1 Running                          1         8080→http  0.56 s swap
    api      failed   #3 3 min  1/2 Running, CrashLoopBackOff (old)  5         -          0.56 s swap  #5 failed
    worker   working  #3 3 min  1/1 Running                          1         -          0.56 s swap  #4 building 3/7 RUN npm ci
    mail     held     -         -                                    0         -          -            #3 waits until api is live

    api  Container api crashed with exit code 1. [rollout/failed]
      TypeError: x is undefined
    → Mend what the last line says and save.
    "
  `);
});

test('lines fit the terminal', () => {
  const lines = statusText(snapshotOf(SERVICES), { ...VIEW, columns: 60 }).split('\n');
  expect(lines.slice(3, 8).map((line) => line.length)).toSatisfy((widths: number[]) =>
    widths.every((width) => width <= 60),
  );
});

test('no cluster, a broken config and a warning', () => {
  const snapshot = snapshotOf([], {
    cluster: {
      is: 'lost',
      failure: { code: 'cluster/stopped', message: 'minikube is not running.', remedy: 'minikube start', evidence: [] },
      since: '2026-01-01T12:00:00Z',
    },
    diagnostics: [
      {
        file: '/projects/shop/devloop.yaml',
        line: 1,
        column: 1,
        length: 8,
        source: 'servises:',
        message: 'There is no key `servises`.',
        hint: 'Did you mean `services`?',
      },
    ],
    warnings: [{ code: 'watch/limit', message: 'No watches are left.', remedy: 'Raise the limit.', evidence: [] }],
  });
  expect(`\n${statusText(snapshot, VIEW)}\n`).toMatchInlineSnapshot(`
    "
    shop  shop
    no cluster: minikube is not running.

    No services yet.

    minikube is not running. [cluster/stopped]
    → minikube start

    The configuration has problems.
    shop/devloop.yaml:1:1: There is no key \`servises\`.
      1 | servises:
        | ~~~~~~~~
      Did you mean \`services\`?

    No watches are left. [watch/limit]
    → Raise the limit.
    "
  `);
});
