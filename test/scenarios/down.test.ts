import { expect } from 'vitest';
import { openRig } from '../rig/open-rig.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('hello-service');

test('down deletes exactly what devloop applied, says so first, and ends the daemon', async () => {
  await using rig = await openRig('two-services');
  await rig.write('k8s/settings.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ours }\n');
  await rig.start();
  await rig.create('configmaps', { metadata: { name: 'theirs' } });
  const labels = { app: 'theirs' };
  const container = { name: 'busybox', image: 'busybox:1.36', command: ['sleep', '600'] };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  await rig.create('deployments', {
    metadata: { name: 'theirs', labels },
    spec: { selector: { matchLabels: labels }, template },
  });
  await rig.create('services', { metadata: { name: 'theirs' }, spec: { selector: labels, ports: [{ port: 80 }] } });
  // somebody's copy of one of ours, labels and all, under another field manager: it was not devloop who applied it
  const ours = await rig.object('configmaps', 'ours');
  await rig.create('configmaps', {
    metadata: { name: 'copied', labels: ours.metadata.labels, annotations: ours.metadata.annotations },
  });

  const { output } = await rig.devloop(['down', '--yes'], { timeoutMs: 150_000 });
  for (const name of ['api', 'web', 'ours']) expect(output).toContain(name);
  expect(output).not.toContain('theirs');
  const left = await rig.names('deployments', 'services', 'configmaps', 'pods');
  const notTheirs = left.filter((name) => !/\/(theirs|copied|kube-root-ca\.crt)/.test(name));
  expect(notTheirs.filter((name) => !name.startsWith('pods/'))).toEqual([]);
  for (const name of ['configmaps/theirs', 'deployments/theirs', 'services/theirs', 'configmaps/copied']) {
    expect(left).toContain(name);
  }
  expect((await rig.kube.get('namespaces', undefined, rig.namespace)).status.phase).toBe('Active');
  expect(rig.processes()).toEqual([]);
});

test('down without a terminal and without --yes lists, and deletes nothing', async ({ rig }) => {
  const { output, code } = await rig.devloop(['down'], { expect: null });
  expect(code).not.toBe(0);
  expect(output).toMatch(/hello/);
  expect(output).toMatch(/--yes/);
  await rig.serves('hello', /./);
});

test('down works also where no daemon runs', async ({ rig }) => {
  await rig.devloop(['stop']);
  await rig.events.ended();
  await rig.devloop(['down', '--yes'], { timeoutMs: 150_000 });
  expect(await rig.objects('deployments')).toEqual([]);
  expect(await rig.objects('services')).toEqual([]);
});
