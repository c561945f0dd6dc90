import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type DevloopRig, REPOSITORY, unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

/** Puts a `helm` on the rig's PATH: test/rig/stand-in-helm.ts, which says how far it is one. */
async function installHelm(rig: DevloopRig): Promise<void> {
  const folder = rig.file('../bin');
  await mkdir(folder);
  const script = `#!/bin/sh\nexec "${process.execPath}" "${path.join(REPOSITORY, 'test/rig/stand-in-helm.ts')}" "$@"\n`;
  await writeFile(path.join(folder, 'helm'), script);
  await chmod(path.join(folder, 'helm'), 0o755);
  rig.env['PATH'] = `${folder}:${process.env['PATH']}`;
}

const CONFIG = `services:
  hello:
manifests:
  - helm: { chart: chart, release: shop, values: dev.yaml, set: { colour: "010" } }
`;

/** The manifests of hello-service as a chart's, with values for what a person would want to change. */
async function makeChart(rig: DevloopRig): Promise<void> {
  const manifests = await rig.read('k8s/hello.yaml');
  await rig.write('chart/Chart.yaml', 'apiVersion: v2\nname: hello\nversion: 0.1.0\n');
  await rig.write('chart/values.yaml', 'colour: red\nmark: chart\n');
  await rig.write('dev.yaml', 'mark: dev\n');
  const env =
    'env: [{ name: COLOUR, value: "{{ .Values.colour }}" }, { name: MARK, value: "{{ .Values.mark }} of {{ .Release.Name }} in {{ .Release.Namespace }}" }]';
  const template = manifests.replace('image: hello\n', `image: hello\n          ${env}\n`);
  await rig.write('chart/templates/hello.yaml', template);
  await rig.write('k8s/hello.yaml', '');
}

test('a chart is rendered by helm with its values, and again when one of its files changes', async () => {
  await using rig = await openRig('hello-service');
  await installHelm(rig);
  await makeChart(rig);
  await rig.writeConfig(CONFIG);
  expect((await rig.devloop(['check'])).stdout).toContain('1 service (hello), 2 objects');
  expect((await rig.devloop(['render'])).stdout).toContain(`dev of shop in ${rig.namespace}`);
  await rig.start();
  await rig.serves('hello', '010', '/env/COLOUR'); // a text, which helm's own reading would make 8 of

  let since = rig.mark();
  await rig.writeAtomic('dev.yaml', 'mark: newer\n');
  await rig.event(passEnded('hello', 'live'), since);
  await rig.serves('hello', `newer of shop in ${rig.namespace}`, '/env/MARK');

  // half edited: what was good stays in force, and the error is helm's own
  since = rig.mark();
  const template = await rig.read('chart/templates/hello.yaml');
  await rig.writeAtomic('chart/templates/hello.yaml', template.replace('.Values.mark', '.Values.mrk'));
  const rejected = await rig.event((event) => event.type === 'config-rejected', since);
  const [problem] = rejected.type === 'config-rejected' ? rejected.diagnostics : [];
  expect(problem?.file).toBe(rig.file('chart/Chart.yaml'));
  expect(problem?.message).toMatch(/helm cannot render it: Error: .*hello\/templates\/hello\.yaml.*nil pointer/);
  const message = unique('saved meanwhile');
  await rig.writeAtomic('hello/message.txt', message);
  await rig.serves('hello', message);

  since = rig.mark();
  await rig.writeAtomic('chart/templates/hello.yaml', template.replace('.Values.mark', '.Values.colour'));
  await rig.event(passEnded('hello', 'live'), since);
  await rig.serves('hello', `010 of shop in ${rig.namespace}`, '/env/MARK');
});

test('without helm it is said what is missing, and nothing is applied', async () => {
  await using rig = await openRig('hello-service');
  await makeChart(rig);
  await rig.writeConfig(CONFIG);
  const { output } = await rig.devloop(['check'], { expect: 1 });
  expect(output).toContain('helm is not on the PATH');
  expect(output).toContain('https://helm.sh/docs/intro/install');
  await rig.devloop(['up', '-d', '--timeout', '20'], { expect: null });
  expect(await rig.names('deployments')).toEqual([]);
});
