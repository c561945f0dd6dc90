import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { renderInputs } from './render-inputs.ts';

async function kustomizeInputs(files: Readonly<Record<string, string>>, at = '.'): Promise<string[]> {
  const folder = temporaryFolder(files);
  const inputs = await renderInputs({ tool: 'kustomize', folder: join(folder, at) });
  return inputs.map((input) => relative(folder, input)).sort();
}

test('all that a kustomization names is watched, and what its bases name', async () => {
  const files = {
    'overlays/dev/kustomization.yaml': `
bases: [../../base]
resources: [extra.yaml, missing.yaml]
components: [../../component]
patchesStrategicMerge:
  - patch.yaml
  - |
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
patchesJson6902: [{ target: { kind: Deployment, name: web, version: v1 }, path: json.yaml }]
patches: [{ path: any.yaml }, { patch: "- op: remove" }]
configMapGenerator: [{ name: c, files: [app.properties, key=other.txt], envs: [c.env] }, { name: d, env: d.env }]
secretGenerator: [{ name: s, files: [secret.txt] }]
`,
    'base/kustomization.yml': 'resources:\n- web.yaml\n- https://example.com/x.yaml\n- github.com/acme/x?ref=v1\n',
    'base/web.yaml': '',
    'component/Kustomization': 'resources: [one.yaml]\n',
  };
  expect(await kustomizeInputs(files, 'overlays/dev')).toEqual([
    'base/kustomization.yml',
    'base/web.yaml',
    'component/Kustomization',
    'component/one.yaml',
    ...['any.yaml', 'app.properties', 'c.env', 'd.env', 'extra.yaml', 'json.yaml', 'kustomization.yaml']
      .concat(['missing.yaml', 'other.txt', 'patch.yaml', 'secret.txt'])
      .map((name) => `overlays/dev/${name}`),
  ]);
});

test('a circle of bases ends, and a half-edited file is an input all the same', async () => {
  const files = { 'a/kustomization.yaml': 'resources: [../b]', 'b/kustomization.yaml': 'resources: [../a, {' };
  expect(await kustomizeInputs(files, 'a')).toEqual(['a/kustomization.yaml', 'b/kustomization.yaml']);
  expect(await kustomizeInputs({}, 'gone')).toEqual(['gone/kustomization.yaml']);
});

test('of a chart everything in its folder is, and its values', async () => {
  const folder = temporaryFolder({
    'chart/Chart.yaml': '',
    'chart/templates/_helpers.tpl': '',
    'chart/charts/db/Chart.yaml': '',
    'dev.yaml': '',
  });
  const inputs = await renderInputs({
    tool: 'helm',
    chart: join(folder, 'chart'),
    release: 'shop',
    values: [join(folder, 'dev.yaml')],
    set: {},
    namespace: undefined,
  });
  expect(inputs.map((input) => relative(folder, input)).sort()).toEqual([
    'chart',
    'chart/Chart.yaml',
    'chart/charts',
    'chart/charts/db',
    'chart/charts/db/Chart.yaml',
    'chart/templates',
    'chart/templates/_helpers.tpl',
    'dev.yaml',
  ]);
});
