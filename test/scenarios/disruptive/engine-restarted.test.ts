import { expect, test } from 'vitest';
import { unique } from '../../rig/devloop-rig.ts';
import { passEnded } from '../../rig/expected-events.ts';
import { openRig } from '../../rig/open-rig.ts';
import { mustRun } from '../../rig/run-command.ts';

test('the cluster stops and starts: the daemon says so, recovers by itself, and a save meanwhile goes live', {
  timeout: 600_000,
}, async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
  const { pid } = await rig.status();

  const since = rig.mark();
  const message = unique('saved while the cluster was down');
  await mustRun('minikube', ['stop'], { timeoutMs: 180_000 });
  try {
    const lost = await rig.event(
      (event) => event.type === 'cluster-changed' && event.cluster.is === 'lost',
      since,
      120_000,
    );
    expect(lost).toMatchObject({ cluster: { failure: { remedy: expect.stringMatching(/minikube start/) } } });
    await rig.writeAtomic('hello/message.txt', message);
    await rig.event((event) => event.type === 'change-seen' && event.service === 'hello', since);
    const down = await rig.service('hello');
    expect(down.liveness).not.toBe('live');
    expect((await rig.status()).cluster.is).not.toBe('connected');
  } finally {
    await mustRun('minikube', ['start'], { timeoutMs: 300_000 });
  }
  await rig.event((event) => event.type === 'cluster-changed' && event.cluster.is === 'connected', since, 180_000);
  await rig.event(passEnded('hello', 'live'), since, 180_000);
  await rig.serves('hello', message);
  expect((await rig.status()).pid).toBe(pid);
  expect((await rig.service('hello')).liveness).toBe('live');

  // and the loop is whole again
  const next = unique('after');
  await rig.writeAtomic('hello/message.txt', next);
  await rig.devloop(['wait', '--live', 'hello', '--timeout', '60'], { timeoutMs: 90_000 });
  await rig.serves('hello', next);
});
