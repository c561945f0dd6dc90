import { expect, onTestFinished, test } from 'vitest';
import type { ApiClient } from '../kubernetes/api-client.ts';
import { FakeLiveObjects, podObject } from '../rollout/live-objects.fake.ts';
import type { Workload } from '../rollout/workload-status.ts';
import { EventLog } from '../state/event-log.ts';
import { TaskSet } from '../support/task-set.ts';
import { LiveObserver } from './live-observer.ts';

const WEB: Workload = { kind: 'Pod', namespace: 'shop', name: 'web', generation: 0, expected: new Map() };
const TIMES = { noticedAt: 0, startedAt: 0, endedAt: 0 };

/** A service whose rollout has failed, and who observes it. */
function failedService() {
  const log = new EventLog();
  const service = 'web';
  log.dispatch({
    type: 'config-loaded',
    project: 'shop',
    services: [service],
    added: [service],
    removed: [],
    changed: [],
  });
  log.dispatch({ type: 'change-seen', service, revision: 1, cause: 'start', paths: [], count: 0, noticedAt: 0 });
  log.dispatch({ type: 'pass-started', service, revision: 1 });
  const failure = { code: 'rollout/failed' as const, message: 'It crashed.', remedy: 'Mend it.', evidence: [] };
  log.dispatch({ type: 'pass-ended', service, revision: 1, times: TIMES, outcome: 'failed', kind: 'rolling', failure });
  const ended = new AbortController();
  const tasks = new TaskSet((error) => {
    throw error;
  });
  onTestFinished(async () => {
    ended.abort();
    await tasks.ended();
  });
  const asked = Promise.withResolvers<void>();
  const observer = new LiveObserver(log, tasks, asked.resolve, ended.signal);
  const look = (pod: ReturnType<typeof podObject>) => {
    const api = undefined as unknown as ApiClient; // nothing is asked for
    observer.look(service, [WEB], { view: new FakeLiveObjects(pod), signal: ended.signal, api });
    return log.state.services.get(service)?.failure?.code;
  };
  return { look, again: asked.promise };
}

test('what is ready once more has come right by itself', () => {
  expect(failedService().look(podObject('web'))).toBeUndefined();
});

test('what the kubelet has only started again has not, until it has outlived the run that failed', async () => {
  const { look, again } = failedService();
  const at = new Date().toISOString();
  const lastState = { terminated: { exitCode: 3, startedAt: at, finishedAt: at } };
  const restarted = podObject('web', { state: { running: { startedAt: at } }, lastState });
  expect(look(restarted)).toBe('rollout/failed');
  await again;
  expect(look(restarted)).toBeUndefined();
});

test('a node whose clock is ahead does not put it off for ever', async () => {
  const { look, again } = failedService();
  const at = (ms: number) => new Date(Date.now() + 3_600_000 + ms).toISOString();
  const lastState = { terminated: { exitCode: 3, startedAt: at(0), finishedAt: at(0) } };
  const restarted = podObject('web', { state: { running: { startedAt: at(0) } }, lastState, restarts: 1 });
  expect(look(restarted)).toBe('rollout/failed');
  await again;
  expect(look(restarted)).toBeUndefined();
});
