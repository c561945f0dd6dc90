import type { DaemonEvent } from '@devloop/shared/protocol/event';
import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import { expect, test } from 'vitest';
import { FakeDaemon, liveService, snapshotOf } from '../daemon/daemon.fake.ts';
import { DaemonClient } from '../daemon/daemon-client.ts';
import { awaitLive, type LiveGoal, type LiveOutcome } from './await-live.ts';

const { signal } = new AbortController();
const FAILURE = { code: 'build/failed', message: 'It broke.', remedy: 'Mend it.', evidence: [] } as const;
const failure = { ...FAILURE, evidence: [] };
const GOAL: LiveGoal = { services: ['web'], timeoutMs: 20_000, signal, show: async () => undefined };

/** A daemon that knows these services, and answers `look-again` with the revisions given. */
async function listen(services: ServiceSnapshot[], revisions: Record<string, number> = {}): Promise<FakeDaemon> {
  const daemon = await FakeDaemon.listen();
  daemon.snapshot = snapshotOf(services);
  daemon.answer = (command) => {
    if (command.type !== 'look-again') throw new Error(command.type);
    return { type: 'look-again', revision: revisions[command.service] ?? 3 };
  };
  return daemon;
}

/** Resolves when the goal has asked for its revisions and looked at the state after that. */
function asked(
  daemon: FakeDaemon,
  goal: Partial<LiveGoal>,
): { outcome: Promise<LiveOutcome>; hasLooked: Promise<void> } {
  const outcome = awaitLive(new DaemonClient(daemon.socket), { ...GOAL, ...goal });
  return { outcome, hasLooked: daemon.requested('GET /v1/snapshot') };
}

const ended = (revision: number, outcome: 'live' | 'failed', service = 'web'): DaemonEvent => ({
  type: 'pass-ended',
  service,
  revision,
  outcome,
  kind: 'swap',
  times: { noticedAt: 0, startedAt: 0, endedAt: 1 },
  ...(outcome === 'failed' && { failure }),
});

test('what is on the disk serves already', async () => {
  await using daemon = await listen([liveService('web'), liveService('api', { liveRevision: 0 })]);
  const outcome = await awaitLive(new DaemonClient(daemon.socket), GOAL);
  expect(outcome).toMatchObject({ is: 'live', services: [{ name: 'web' }] });
  expect(daemon.commands).toEqual([{ type: 'look-again', service: 'web' }]);
});

test('a newer save must serve, not the one before it', async () => {
  await using daemon = await listen([liveService('web')], { web: 5 });
  const { outcome, hasLooked } = asked(daemon, {});
  await hasLooked;
  daemon.publish(ended(4, 'live'));
  daemon.snapshot = snapshotOf([liveService('web', { seenRevision: 5, liveRevision: 5 })]);
  daemon.publish(ended(5, 'live'));
  expect(await outcome).toMatchObject({ is: 'live', services: [{ liveRevision: 5 }] });
});

test('the failure of an older revision is none; that of the one asked for is', async () => {
  const failed = liveService('web', { seenRevision: 4, failure });
  await using daemon = await listen([failed], { web: 5 });
  const { outcome, hasLooked } = asked(daemon, {});
  await hasLooked;
  daemon.publish(ended(4, 'failed'));
  daemon.publish(ended(5, 'failed'));
  expect(await outcome).toEqual({ is: 'failed', service: 'web' });
});

test('a failure that is there already, with nothing new to try, is told at once', async () => {
  await using daemon = await listen([liveService('web', { seenRevision: 4, failure })], { web: 4 });
  expect(await awaitLive(new DaemonClient(daemon.socket), GOAL)).toEqual({ is: 'failed', service: 'web' });
});

test('without names all services must be live, those too that come while the configuration is read', async () => {
  await using daemon = await listen([], {});
  const { outcome } = asked(daemon, { services: [] });
  await daemon.streaming();
  daemon.snapshot = snapshotOf([liveService('web'), liveService('api', { liveRevision: 0, seenRevision: 1 })]);
  const config = { type: 'config-loaded', project: 'shop', added: [], removed: [], changed: [] } as const;
  daemon.publish({ ...config, added: [], removed: [], changed: [], services: ['web', 'api'] });
  await daemon.requested('POST /v1/command', 2);
  daemon.snapshot = snapshotOf([liveService('web'), liveService('api')]);
  daemon.publish(ended(3, 'live', 'api'));
  expect(await outcome).toMatchObject({ is: 'live', services: [{ name: 'web' }, { name: 'api' }] });
});

test('a broken configuration ends the wait', async () => {
  const diagnostic = { file: '/f', line: 1, column: 1, length: 1, source: 'x', message: 'm', hint: 'h' };
  await using daemon = await listen([liveService('web')], { web: 4 });
  const { outcome, hasLooked } = asked(daemon, {});
  await hasLooked;
  daemon.publish({ type: 'config-rejected', diagnostics: [diagnostic] });
  expect(await outcome).toEqual({ is: 'config', diagnostics: [diagnostic] });
});

test('a service that is not there is named, with those that are', async () => {
  await using daemon = await listen([liveService('web')]);
  const goal = { ...GOAL, services: ['wep'] };
  await expect(awaitLive(new DaemonClient(daemon.socket), goal)).rejects.toMatchObject({
    code: 'service/unknown',
    message: 'There is no service "wep".',
    remedy: 'The services are: web.',
  });
});

test('a cluster that may not be touched ends the wait; one that is stopped does not', async () => {
  const lost = (code: 'cluster/not-local' | 'cluster/stopped') =>
    ({ is: 'lost', failure: { ...failure, code }, since: '2026-01-01T12:00:00Z' }) as const;
  await using daemon = await listen([liveService('web')], { web: 4 });
  daemon.snapshot = { ...daemon.snapshot, cluster: lost('cluster/stopped') };
  const { outcome, hasLooked } = asked(daemon, {});
  await hasLooked;
  daemon.snapshot = { ...daemon.snapshot, cluster: lost('cluster/not-local') };
  daemon.publish({ type: 'cluster-changed', cluster: daemon.snapshot.cluster });
  expect(await outcome).toMatchObject({ is: 'no-cluster', failure: { code: 'cluster/not-local' } });
});

test('a timeout says what was waited for', async () => {
  const since = '2026-01-01T12:00:00Z';
  const working = { is: 'working', revision: 4, phase: 'build', detail: 'building 3/7', since } as const;
  await using daemon = await listen([liveService('web', { seenRevision: 4, activity: working })], { web: 4 });
  const goal = { ...GOAL, timeoutMs: 50 };
  await expect(awaitLive(new DaemonClient(daemon.socket), goal)).rejects.toMatchObject({
    code: 'wait/timeout',
    message: 'After 0.05 s, web is not live.',
    evidence: ['web: building 3/7'],
  });
});

test('a daemon that ends meanwhile is an error', async () => {
  await using daemon = await listen([liveService('web')], { web: 4 });
  const { outcome, hasLooked } = asked(daemon, {});
  const gone = expect(outcome).rejects.toMatchObject({ code: 'daemon/unreachable' });
  await hasLooked;
  daemon.send({ type: 'goodbye', reason: 'asked to' });
  await gone;
});
