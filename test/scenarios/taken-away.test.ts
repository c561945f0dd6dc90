import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';

test('a Service that somebody deleted comes back with a rebuild', async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
  await rig.kube.delete('services', rig.namespace, 'hello');
  const since = rig.mark();
  await rig.devloop(['rebuild', 'hello']);
  await rig.event(passEnded('hello', 'live'), since);
  expect(await rig.names('services')).toContain('services/hello');
  await rig.serves('hello', /./);
});

test('a namespace that somebody deletes is made again for the next save, with all that was in it', async () => {
  await using rig = await openRig('hello-service', { namespace: 'missing' });
  await rig.start();
  const since = rig.mark();
  await rig.kube.delete('namespaces', undefined, rig.namespace);
  await rig.event(eventOf('service-degraded', { service: 'hello' }), since);
  const message = unique('again');
  await rig.writeAtomic('hello/message.txt', message);
  await rig.serves('hello', message);
  await poll(
    () => rig.service('hello'),
    ({ liveness }) => liveness === 'live',
    { what: 'hello is live' },
  );
});
