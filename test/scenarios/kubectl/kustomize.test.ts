import { expect, test } from 'vitest';
import { type DevloopRig, unique } from '../../rig/devloop-rig.ts';
import { passEnded } from '../../rig/expected-events.ts';
import { openRig } from '../../rig/open-rig.ts';

const PATCH = `apiVersion: apps/v1
kind: Deployment
metadata: { name: hello }
spec: { template: { spec: { containers: [{ name: hello, env: [{ name: COLOUR, value: red }] }] } } }
`;

/** The manifests of hello-service as a base, and an overlay that patches them and generates a ConfigMap. */
async function makeOverlay(rig: DevloopRig): Promise<void> {
  await rig.write('kustomize/base/hello.yaml', await rig.read('k8s/hello.yaml'));
  await rig.write('kustomize/base/kustomization.yaml', 'resources: [hello.yaml]\n');
  await rig.write('kustomize/dev/patch.yaml', PATCH);
  await rig.write('kustomize/dev/app.properties', 'greeting=hello\n');
  await rig.write(
    'kustomize/dev/kustomization.yaml',
    'bases: [../base]\npatchesStrategicMerge: [patch.yaml]\nconfigMapGenerator: [{ name: app, files: [app.properties] }]\n',
  );
  await rig.write('k8s/hello.yaml', '');
}

test('a kustomization is rendered, and again when a file changes that it or its base names', async () => {
  await using rig = await openRig('hello-service');
  await makeOverlay(rig);
  await rig.writeConfig('services:\n  hello:\nmanifests: [{ kustomize: kustomize/dev }]\n');
  const rendered = (await rig.devloop(['render'])).stdout;
  expect(rendered).toMatch(/name: app-[a-z0-9]{10}\n/);
  expect(rendered).toMatch(/image: hello:devloop-[0-9a-f]{16}\n/);
  await rig.start();
  await rig.serves('hello', 'red', '/env/COLOUR');
  const generated = async () => (await rig.names('configmaps')).filter((name) => name.startsWith('configmaps/app-'));
  const [before] = await generated();

  let since = rig.mark();
  await rig.writeAtomic('kustomize/dev/patch.yaml', PATCH.replace('red', 'blue'));
  await rig.event(passEnded('hello', 'live'), since);
  await rig.serves('hello', 'blue', '/env/COLOUR');

  since = rig.mark();
  await rig.edit('kustomize/base/hello.yaml', (text) =>
    text.replace('image: hello\n', 'image: hello\n          env: [{ name: MARK, value: base }]\n'),
  );
  await rig.event(passEnded('hello', 'live'), since);
  await rig.serves('hello', 'base', '/env/MARK');

  since = rig.mark();
  await rig.writeAtomic('kustomize/dev/app.properties', 'greeting=good day\n');
  const pruned = await rig.event((event) => event.type === 'object-applied' && event.action === 'pruned', since);
  expect(pruned).toMatchObject({ object: before?.replace('configmaps/', 'ConfigMap/') });
  expect(await generated()).not.toContain(before);

  // half edited: what was good stays in force
  since = rig.mark();
  await rig.writeAtomic('kustomize/dev/patch.yaml', PATCH.replace('name: hello }', 'name: gone }'));
  const rejected = await rig.event((event) => event.type === 'config-rejected', since);
  const [problem] = rejected.type === 'config-rejected' ? rejected.diagnostics : [];
  expect(problem?.file).toBe(rig.file('kustomize/dev/kustomization.yaml'));
  expect(problem?.message).toMatch(/kubectl cannot render it: .*gone/);
  const message = unique('saved meanwhile');
  await rig.writeAtomic('hello/message.txt', message);
  await rig.serves('hello', message);
});

test('a folder that is a kustomization is rendered also where it is only found', async () => {
  await using rig = await openRig('hello-service');
  await rig.write('k8s/kustomization.yaml', 'resources: [hello.yaml]\ncommonLabels: { tier: front }\n');
  await rig.start();
  const { metadata } = await rig.object('deployments', 'hello');
  expect(metadata.labels).toMatchObject({ tier: 'front' });
});
