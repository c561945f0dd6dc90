import { expect, test } from 'vitest';
import { readSkaffold } from './read-skaffold.ts';

function read(sections: string) {
  return readSkaffold(`apiVersion: skaffold/v4beta6\nkind: Config\n${sections}`);
}

test.each<[string, string, unknown]>([
  [
    'kustomizations',
    'manifests: { kustomize: { paths: [overlays/dev, b] } }',
    [{ kustomize: 'overlays/dev' }, { kustomize: 'b' }],
  ],
  ['a kustomization without a path', 'manifests: { kustomize: {} }', [{ kustomize: '.' }]],
  [
    'those of older versions',
    'deploy: { kustomize: { paths: [a] }, kubectl: { manifests: [k.yaml] } }',
    ['k.yaml', { kustomize: 'a' }],
  ],
  [
    'charts',
    'deploy: { helm: { releases: [{ name: My_Shop, chartPath: chart, valuesFiles: [dev.yaml], setValues: { a.b: 1, c: [x] } }] } }',
    [{ helm: { chart: 'chart', release: 'my-shop', values: ['dev.yaml'], set: { 'a.b': 1 } } }],
  ],
  [
    'charts that are rendered',
    'manifests: { helm: { releases: [{ name: a, chartPath: c }] } }',
    [{ helm: { chart: 'c', release: 'a', values: [], set: {} } }],
  ],
])('%s', (_, sections, manifests) => {
  expect(read(sections)?.manifests).toEqual(manifests);
});

test('what is not taken over is said', () => {
  const project = read(
    `build: { artifacts: [{ image: a, custom: {} }, { image: b }, { context: x }] }
deploy: { helm: { releases: [{ name: remote, remoteChart: x/y }, { name: r, chartPath: c, setValueTemplates: { i: "{{.IMAGE}}" } }] } }
portForward: []
---
apiVersion: skaffold/v4beta6
kind: Config`,
  );
  expect(project?.artifacts.map(({ image, context }) => [image, context])).toEqual([['b', '.']]);
  expect(project?.doubts.map((doubt) => doubt.split(/[:,]/)[0])).toEqual([
    'a is built by custom',
    'The release remote has no chart in this folder',
    '`setValueTemplates` of the release r is left out',
    '`portForward` is left out',
    'Only the first of its 2 configurations was taken.',
  ]);
});

test.each(['', '- a\n', 'apiVersion: v1\nkind: Config\nbuild: { artifacts: [{ image: a }] }\n', 'a: [\n'])(
  '%j is none',
  (text) => {
    expect(readSkaffold(text)).toBeUndefined();
  },
);
