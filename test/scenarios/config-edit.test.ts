import { rm } from 'node:fs/promises';
import { expect } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { reconfigure, testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('hello-service');

test('a broken edit keeps the last good config and points at the mistake; mended, it takes effect', async ({ rig }) => {
  const config = await rig.read('devloop.yaml');
  const [pod] = await rig.pods('app=hello');

  const broken = rig.mark();
  await rig.writeConfig('services:\n  hello:\n    rolout: rolling\n    env: { COLOUR: green }\n');
  const { diagnostics } = await rig.event((event) => event.type === 'config-rejected', broken);
  const mistake = { line: 3, column: 5, length: 6, source: '    rolout: rolling' };
  expect(diagnostics).toEqual([expect.objectContaining({ ...mistake, file: rig.file('devloop.yaml') })]);
  expect(`${diagnostics[0]?.message} ${diagnostics[0]?.hint}`).toMatch(/rollout/);
  const status = await rig.status();
  expect(status.diagnostics).toEqual(diagnostics);
  const words = await rig.devloop(['status']);
  expect(words.output).toMatch(/devloop\.yaml:3:5/);

  // the last good config goes on: a save is live all the same, and nothing else was touched
  const message = unique('while the config is broken');
  await rig.writeAtomic('hello/message.txt', message);
  await rig.event(passEnded('hello', 'live'), broken);
  await rig.serves('hello', message);
  expect((await rig.served('hello', '/env/COLOUR')).body).toBe('');
  expect((await rig.pods('app=hello'))[0].metadata.uid).toBe(pod.metadata.uid);

  const mended = rig.mark();
  await rig.writeConfig('services:\n  hello:\n    rollout: rolling\n    env: { COLOUR: green }\n');
  const loaded = await rig.event((event) => event.type === 'config-loaded', mended);
  expect(loaded).toMatchObject({ added: [], removed: [], changed: ['hello'] });
  await rig.event(passEnded('hello', 'live'), mended);
  await rig.serves('hello', 'green', '/env/COLOUR');
  expect((await rig.status()).diagnostics).toEqual([]);
  // the environment of the user's own manifest is not their loss: devloop's variable is an addition
  expect((await rig.served('hello')).body).toBe(message);
  await reconfigure(rig, () => rig.writeAtomic('devloop.yaml', config));
});

test('text that is no YAML is a diagnostic too', async ({ rig }) => {
  const config = await rig.read('devloop.yaml');
  const since = rig.mark();
  await rig.writeAtomic('devloop.yaml', 'services:\n  hello: {\n');
  const { diagnostics } = await rig.event((event) => event.type === 'config-rejected', since);
  expect(diagnostics.length).toBeGreaterThan(0);
  expect((await rig.service('hello')).liveness).toBe('live');
  await reconfigure(rig, () => rig.writeAtomic('devloop.yaml', config));
});

test('services appear and disappear with the config', async ({ rig }) => {
  const config = await rig.read('devloop.yaml');
  const onlyHello = 'manifests: []\nservices:\n  hello:\n    manifests: [k8s/hello.yaml]\n';
  const both = `${onlyHello}  web:\n    manifests: [k8s/web.yaml]\n    dependsOn: [hello]\n`;
  await reconfigure(rig, () => rig.writeConfig(onlyHello));
  expect((await rig.status()).services.map(({ name }) => name)).toEqual(['hello']);
  await rig.create('configmaps', { metadata: { name: 'somebody-elses' } });
  const [hello] = await rig.pods('app=hello');

  const message = unique('of web');
  await rig.write('web/message.txt', message);
  for (const file of ['Dockerfile', 'server.js']) await rig.write(`web/${file}`, await rig.read(`hello/${file}`));
  await rig.write('k8s/web.yaml', (await rig.read('k8s/hello.yaml')).replaceAll('hello', 'web'));
  const added = rig.mark();
  await rig.writeConfig(both);
  const loaded = await rig.event((event) => event.type === 'config-loaded', added);
  expect(loaded).toMatchObject({ added: ['web'], removed: [], changed: [] });
  await rig.event(passEnded('web', 'live'), added);
  await rig.serves('web', message);

  const removed = rig.mark();
  await rig.writeConfig(onlyHello);
  const unloaded = await rig.event((event) => event.type === 'config-loaded', removed);
  expect(unloaded).toMatchObject({ added: [], removed: ['web'], changed: [] });
  for (const object of [/^deployment[^/]*\/web$/i, /^service[^/]*\/web$/i]) {
    await rig.event(
      (event) => event.type === 'object-applied' && event.action === 'pruned' && object.test(event.object),
      removed,
    );
  }
  const left = await rig.names('deployments', 'services', 'configmaps');
  expect(left).toContain('deployments/hello');
  expect(left).toContain('configmaps/somebody-elses');
  expect(left.filter((name) => name.endsWith('/web'))).toEqual([]);
  expect((await rig.status()).services.map(({ name }) => name)).toEqual(['hello']);
  expect((await rig.pods('app=hello'))[0].metadata.uid).toBe(hello.metadata.uid);

  await rig.kube.delete('configmaps', rig.namespace, 'somebody-elses');
  for (const path of ['web', 'k8s/web.yaml']) await rm(rig.file(path), { recursive: true });
  await reconfigure(rig, () => rig.writeAtomic('devloop.yaml', config));
});

test('a manifest that is edited is applied, and an object that vanishes from it is pruned', async ({ rig }) => {
  const manifest = await rig.read('k8s/hello.yaml');
  const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: "1" }\n';
  const added = rig.mark();
  await rig.writeAtomic('k8s/hello.yaml', `${manifest}---\n${settings}`);
  await rig.event(
    (event) => event.type === 'object-applied' && event.action === 'created' && /settings/.test(event.object),
    added,
  );
  expect((await rig.object('configmaps', 'settings')).data).toEqual({ a: '1' });
  const [pod] = await rig.pods('app=hello');

  const changed = rig.mark();
  await rig.edit('k8s/hello.yaml', (text) => text.replace('a: "1"', 'a: "2"'));
  await rig.event(
    (event) => event.type === 'object-applied' && event.action === 'configured' && /settings/.test(event.object),
    changed,
  );
  expect((await rig.object('configmaps', 'settings')).data).toEqual({ a: '2' });

  const vanished = rig.mark();
  await rig.writeAtomic('k8s/hello.yaml', manifest);
  await rig.event(
    (event) => event.type === 'object-applied' && event.action === 'pruned' && /settings/.test(event.object),
    vanished,
  );
  expect(await rig.names('configmaps')).not.toContain('configmaps/settings');
  expect((await rig.pods('app=hello'))[0].metadata.uid).toBe(pod.metadata.uid);
});

test('what vanishes while no daemon runs is pruned by the next one: first what runs or leads to it, then the rest', async ({
  rig,
}) => {
  const manifest = await rig.read('k8s/hello.yaml');
  const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: "1" }\n';
  const old =
    'apiVersion: v1\nkind: Service\nmetadata: { name: old }\nspec: { selector: { app: hello }, ports: [{ port: 80 }] }\n';
  const added = rig.mark();
  await rig.writeAtomic('k8s/hello.yaml', [manifest, settings, old].join('---\n'));
  for (const object of ['ConfigMap/settings', 'Service/old']) {
    await rig.event(eventOf('object-applied', { object, action: 'created' }), added);
  }

  await rig.devloop(['stop']);
  await rig.writeAtomic('k8s/hello.yaml', manifest);
  const started = rig.mark();
  await rig.start();
  for (const object of ['Service/old', 'ConfigMap/settings']) {
    await rig.event(eventOf('object-applied', { object, action: 'pruned' }), started);
  }
  const pruned = rig.events.since(started).filter((event) => 'action' in event && event.action === 'pruned');
  expect(pruned).toMatchObject([{ object: 'Service/old' }, { object: 'ConfigMap/settings' }]);
  const left = await rig.names('services', 'configmaps');
  expect(left.filter((name) => /old|settings/.test(name))).toEqual([]);
});

test('check tells all mistakes at once, each at its place, and 1 where there are any', async () => {
  await using rig = await openRig('bad-config');
  const { output } = await rig.devloop(['check'], { expect: 1 });
  const text = await rig.read('devloop.yaml');
  const lines = text.split('\n');
  for (const [mistake, suggestion] of [
    ['dependOn', 'dependsOn'],
    ['swop', 'swap'],
    ['wep', 'web'],
    ['"http:80"', '80'],
  ] as const) {
    const line = lines.findIndex((candidate) => candidate.includes(mistake));
    const column = (lines[line] ?? '').indexOf(mistake) + 1;
    expect(output).toContain(`devloop.yaml:${line + 1}:${column}`);
    expect(output).toContain(suggestion);
  }
  expect(rig.processes()).toEqual([]); // offline: no daemon was started for it
});
