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
  ['one of older versions still', 'deploy: { kustomize: { path: a } }', [{ kustomize: 'a' }]],
  [
    'what is laid over the values of a chart',
    'deploy: { helm: { releases: [{ name: r, chartPath: c, setValues: { a: 1 }, overrides: { a: 2, b: { c.d: x, e: true } } }] } }',
    [{ helm: { chart: 'c', release: 'r', values: [], set: { a: 1, 'b.c\\.d': 'x', 'b.e': true } } }],
  ],
  [
    'charts that are rendered',
    'manifests: { helm: { releases: [{ name: a, chartPath: c }] } }',
    [{ helm: { chart: 'c', release: 'a', values: [], set: {} } }],
  ],
])('%s', (_, sections, manifests) => {
  expect(read(sections)?.manifests).toEqual(manifests);
});

test.each<[string, string, string | undefined, number]>([
  ['of kubectl', 'deploy: { kubectl: { manifests: [a], defaultNamespace: shop } }', 'shop', 0],
  ['of a release', 'manifests: { helm: { releases: [{ name: r, chartPath: c, namespace: shop }] } }', 'shop', 0],
  [
    'of several that are one',
    'deploy: { kubectl: { manifests: [a], defaultNamespace: shop }, helm: { releases: [{ name: r, chartPath: c, namespace: shop }] } }',
    'shop',
    0,
  ],
  [
    'of several',
    'deploy: { helm: { releases: [{ name: r, chartPath: c, namespace: one }, { name: s, chartPath: c, namespace: two }] } }',
    undefined,
    1,
  ],
  ['that is a template', 'deploy: { kubectl: { manifests: [a], defaultNamespace: "{{.NS}}" } }', undefined, 1],
  ['that is not said', 'deploy: { kubectl: { manifests: [a] } }', undefined, 0],
])('a namespace %s', (_, sections, namespace, doubts) => {
  const project = read(sections);
  expect(project?.namespace).toBe(namespace);
  expect(project?.doubts).toHaveLength(doubts);
});

test('what is said beside what is taken over is told, each once', () => {
  const project = read(`build:
  artifacts:
    - { image: base }
    - { image: web, requires: [{ image: base, alias: BASE }], hooks: { before: [] }, docker: { secrets: [{ id: a }] } }
manifests:
  kustomize: { paths: [a], buildArgs: [--enable-helm] }
  kpt: [b]
  helm: { releases: [{ name: r, chartPath: c, setFiles: { a: b }, valuesFiles: ["{{.X}}.yaml", v.yaml], overrides: { l: [1] } }] }
deploy: { kubeContext: prod, kubectl: { flags: { apply: [--force] } }, helm: { hooks: {} }, docker: {} }
`);
  expect(project?.doubts.map((doubt) => /`[^`]+`/.exec(doubt)?.[0])).toEqual([
    '`requires`',
    '`hooks`',
    '`docker.secrets`',
    '`valuesFiles`',
    '`setFiles`',
    '`overrides.l`',
    '`manifests.kustomize.buildArgs`',
    '`manifests.kpt`',
    '`deploy.kubeContext`',
    '`deploy.kubectl.flags`',
    '`deploy.helm.hooks`',
    '`deploy.docker`',
  ]);
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
