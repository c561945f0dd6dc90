import { expect, test } from 'vitest';
import type { ServiceSnapshot } from '../../packages/shared/src/protocol/service-state.ts';
import type { ViewMessage } from '../../packages/shared/src/protocol/stream-message.ts';
import { unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

/** What a message of the view tells of a service, if it does. */
function told(message: ViewMessage, name: string): ServiceSnapshot | undefined {
  const services =
    message.type === 'snapshot' ? message.snapshot.services : message.type === 'changed' ? message.services : [];
  return services.find((service) => service.name === name);
}

test('a view follows a save and what happens in the cluster, says only what differs, and ends with the daemon', async () => {
  await using rig = await openRig('hello-service');
  await rig.edit('k8s/hello.yaml', (text) =>
    text.replace(
      'spec:\n  selector:\n    app: hello\n  ports',
      'spec:\n  type: NodePort\n  selector:\n    app: hello\n  ports',
    ),
  );
  await rig.start();
  await using view = await rig.view();
  expect((await view.find((message) => message.type === 'snapshot')).snapshot.services).toHaveLength(1);
  expect(view.all[0]).toMatchObject({ type: 'hello', folder: rig.folder });

  const since = rig.mark();
  const from = view.all.length;
  await rig.writeAtomic('hello/message.txt', unique('seen'));
  const { revision } = await rig.event(passEnded('hello', 'live'), since);
  await view.find((message) => told(message, 'hello')?.activity.is === 'working', from);
  await view.find((message) => told(message, 'hello')?.liveRevision === revision, from);
  const [service] = await rig.objects('services');
  const live = await rig.service('hello');
  expect(live.replicas).toEqual({ wanted: 1, ready: 1 });
  expect(live.recentPasses).toHaveLength(2);
  expect(live.urls).toEqual([
    { url: `http://localhost:${live.forwards[0]?.local}`, through: 'forward' },
    { url: expect.stringMatching(`^http://[\\d.]+:${service.spec.ports[0].nodePort}$`), through: 'node-port' },
  ]);
  const changes = view.all.slice(from).filter((message) => message.type === 'changed');
  expect(changes.filter(({ project, order }) => project !== undefined || order !== undefined)).toEqual([]);
  const texts = changes.map(({ services }) => JSON.stringify(services));
  expect(texts.filter((text, index) => text === texts[index - 1])).toEqual([]);

  const [pod] = await rig.pods('app=hello');
  const deleted = view.all.length;
  await rig.deletePod(pod.metadata.name);
  const isReplaced = (message: ViewMessage) =>
    told(message, 'hello')?.pods.every(({ name, ready }) => name !== pod.metadata.name && ready) === true;
  await view.find((message) => isReplaced(message) && (told(message, 'hello')?.pods.length ?? 0) === 1, deleted);

  await using detail = await rig.detail('hello');
  const { detail: known } = await detail.find((message) => message.type === 'detail');
  expect(known.workloads).toEqual([
    { kind: 'Deployment', namespace: rig.namespace, name: 'hello', wanted: 1, ready: 1 },
  ]);
  expect(known.pods).toMatchObject([{ containers: [{ name: 'hello', content: 'newest', state: 'running' }] }]);
  expect(known.pods[0]?.events.map(({ reason }) => reason)).toContain('Started');
  expect(known.passes).toMatchObject([
    { revision, outcome: 'live', cause: 'files', paths: [expect.stringContaining('message.txt')] },
    { outcome: 'live', cause: 'start' },
  ]);
  expect(known.config).toMatch(/kind: Service\n[\s\S]*---\n[\s\S]*kind: Deployment\n/);
  const again = rig.mark();
  await rig.writeAtomic('hello/message.txt', unique('again'));
  await rig.event(passEnded('hello', 'live'), again);
  await detail.find((message) => message.type === 'detail' && message.detail.passes.length === 3);

  await rig.devloop(['stop']);
  await detail.ended;
  expect(detail.all.at(-1)).toMatchObject({ type: 'goodbye' });
  await view.ended;
  expect(view.all.at(-1)).toEqual({ type: 'goodbye', reason: 'the daemon is stopping' });
});
