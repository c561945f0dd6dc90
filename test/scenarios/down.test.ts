import { expect, test } from 'vitest';
import { openRig } from '../rig/open-rig.ts';
import { mustRun } from '../rig/run-command.ts';

test('down deletes exactly what devloop applied, says so first, and ends the daemon', async () => {
  await using rig = await openRig('two-services');
  await rig.write('k8s/settings.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ours }\n');
  await rig.up();
  await rig.kubectl('create', 'configmap', 'theirs');
  await rig.kubectl('create', 'deployment', 'theirs', '--image=busybox:1.36', '--', 'sleep', '600');
  await rig.kubectl('create', 'service', 'clusterip', 'theirs', '--tcp=80');
  // somebody's copy of one of ours, labels and all, under another field manager: it was not devloop who applied it
  const ours = await rig.object('configmap', 'ours');
  const { labels, annotations } = ours.metadata;
  const copy = { ...ours, metadata: { name: 'copied', namespace: rig.namespace, labels, annotations } };
  await rig.kubectl('create', '-f', await written(rig, copy));

  const { output } = await rig.devloop(['down', '--yes'], { timeoutMs: 150_000 });
  for (const name of ['api', 'web', 'ours']) expect(output).toContain(name);
  expect(output).not.toContain('theirs');
  const left = (await rig.kubectl('get', 'deployments,services,configmaps,pods', '-o', 'name')).split('\n');
  const notTheirs = left.filter((name) => name !== '' && !/\/(theirs|copied|kube-root-ca\.crt)/.test(name));
  expect(notTheirs.filter((name) => !name.startsWith('pod/'))).toEqual([]);
  for (const name of ['configmap/theirs', 'deployment.apps/theirs', 'service/theirs', 'configmap/copied']) {
    expect(left).toContain(name);
  }
  expect(await mustRun('kubectl', ['get', 'namespace', rig.namespace, '-o', 'name'])).toContain(rig.namespace);
  expect(rig.processes()).toEqual([]);
});

test('down without a terminal and without --yes lists, and deletes nothing', async () => {
  await using rig = await openRig('hello-service');
  await rig.up();
  const { output, code } = await rig.devloop(['down'], { expect: null });
  expect(code).not.toBe(0);
  expect(output).toMatch(/hello/);
  expect(output).toMatch(/--yes/);
  await rig.serves('hello', /./);
});

test('down works also where no daemon runs', async () => {
  await using rig = await openRig('hello-service');
  await rig.up();
  await rig.devloop(['stop']);
  await rig.devloop(['down', '--yes'], { timeoutMs: 150_000 });
  expect(await rig.objects('deployments')).toEqual([]);
  expect(await rig.objects('services')).toEqual([]);
});

async function written(
  rig: { file(name: string): string; write(n: string, t: string): Promise<void> },
  object: unknown,
) {
  await rig.write('../copy.json', JSON.stringify(object));
  return rig.file('../copy.json');
}
