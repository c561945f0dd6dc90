import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { liveService, snapshotOf } from '../../daemon/daemon.fake.ts';
import { INITIAL_STATE, type UiState } from '../app/ui-state.ts';
import { textInput } from '../input/text-input.ts';
import { LogStore } from '../logs/log-store.ts';
import { span } from '../paint/row.ts';
import type { World } from './frame.ts';

const NOON = '2026-01-01T12:00:00.000Z';

/** An error with all of its parts. */
export function report(message: string, more: Partial<ErrorReport> = {}): ErrorReport {
  return {
    code: 'build/failed',
    message,
    remedy: 'Run npm install in worker/ and save the package-lock.json that it writes.',
    evidence: ['npm error code EUSAGE', 'npm error `npm ci` needs a package-lock.json that is in sync.'],
    ...more,
  };
}

/** Three minutes after noon, with the cursor on the first service. */
export function world(services: readonly ServiceSnapshot[], more: Partial<World> = {}, project = 'shop'): World {
  return {
    project: { link: { is: 'connected', pid: 7 }, snapshot: { ...snapshotOf(services), project } },
    state: { ...INITIAL_STATE, selected: services[0]?.name },
    detail: undefined,
    logs: new LogStore(),
    events: [],
    nowMs: Date.parse(NOON) + 3 * 60_000,
    cwd: '/projects/shop',
    ...more,
  };
}

function on(base: World, state: Partial<UiState>): World {
  return { ...base, state: { ...base.state, ...state } };
}

function knowing(base: World, snapshot: Partial<DaemonSnapshot>): World {
  const { project } = base;
  return { ...base, project: { ...project, snapshot: { ...snapshotOf([]), ...project.snapshot, ...snapshot } } };
}

const gateway = liveService('gateway', {
  urls: [{ url: 'http://localhost:8080', through: 'forward' }],
  forwards: [{ local: 8080, port: 80, status: 'listening' }],
  recentPasses: [480, 510, 1900, 430, 620, 470],
});
const building = liveService('api', {
  seenRevision: 5,
  activity: { is: 'working', revision: 5, phase: 'build', detail: 'building 3/7 RUN go build ./...', since: NOON },
  recentPasses: [900, 880, 910],
});
const failed = liveService('worker', { seenRevision: 4, failure: report('The build of worker failed at step 4/9.') });
const held = liveService('queue', {
  seenRevision: 4,
  activity: { is: 'held', hold: { reason: 'waiting-for-dependency', on: ['api'] } },
});
const degraded = liveService('mailer', {
  degraded: report('mailer-7d9c5b8f6-abcde crashes: exit code 1', { code: 'rollout/failed' }),
});
const paused = liveService('search', { paused: true });
const healthy = world([gateway, liveService('api'), liveService('worker'), liveService('a-service-with-a-long-name')]);
const troubled = on(world([gateway, building, failed, held, degraded, paused]), { selected: 'worker' });
const diagnostic = {
  file: '/projects/shop/devloop.yaml',
  line: 3,
  column: 5,
  length: 6,
  source: '    rolout: swap',
  message: 'There is no key rolout in a service.',
  hint: 'rollout is meant: write rollout',
};

/** Screens as they are met, by name. */
export const WORLDS: Readonly<Record<string, World>> = {
  healthy: {
    ...healthy,
    events: [
      { atMs: 0, line: { service: 'gateway', text: 'change in gateway/main.go', tone: 'plain' } },
      { atMs: 0, line: { service: 'gateway', text: 'live in 0.48 s  (build 0.18, start 0.21 · swap)', tone: 'good' } },
    ],
  },
  building: on(troubled, { selected: 'api' }),
  failed: troubled,
  held: on(troubled, { selected: 'queue' }),
  'no services': world([]),
  many: on(world(Array.from({ length: 70 }, (_, index) => liveService(`service-${index}`))), {
    selected: 'service-40',
  }),
  'daemon lost': { ...healthy, project: { ...healthy.project, link: { is: 'lost' } } },
  'daemon silent': { ...healthy, project: { ...healthy.project, link: { is: 'silent', pid: 7 } } },
  'daemon gone': { ...healthy, project: { ...healthy.project, link: { is: 'gone' } } },
  starting: { ...healthy, project: { link: { is: 'starting' }, snapshot: undefined } },
  'cluster lost': knowing(healthy, {
    cluster: {
      is: 'lost',
      failure: report('minikube is stopped.', { code: 'cluster/stopped', remedy: 'minikube start' }),
      since: NOON,
    },
  }),
  'config broken': knowing(healthy, { diagnostics: [diagnostic] }),
  noted: knowing(healthy, {
    warnings: [report('The disk of minikube is nearly full.', { remedy: 'minikube ssh -- docker image prune' })],
  }),
  palette: on(troubled, { overlay: { is: 'palette', input: textInput('work'), cursor: 1 } }),
  help: on(troubled, { overlay: { is: 'help', scroll: 0 } }),
  'help of the logs': on(troubled, { screen: 'logs', overlay: { is: 'help', scroll: 0 } }),
  confirm: on(troubled, {
    overlay: {
      is: 'confirm',
      question: 'Delete these 40 objects, and stop?',
      rows: Array.from({ length: 40 }, (_, index) => [span(`  Deployment  service-${index}  shop`)]),
      scroll: 0,
      intent: { is: 'down' },
    },
  }),
  prompt: on(troubled, {
    overlay: {
      is: 'prompt',
      question: 'How many replicas of worker?',
      for: { is: 'replicas', service: 'worker' },
      input: textInput('many'),
      problem: 'It must be a number from 0 to 100.',
    },
  }),
  error: on(troubled, { toast: { is: 'error', report: report('No daemon runs for this project.') } }),
};
