import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { renderDiagnostic } from '@devloop/shared/config/config-diagnostic';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { findConfig } from './find-config.ts';
import { readConfig } from './load-config.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devloop-config-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function problemsOf(config: string): Promise<string> {
  await write({ 'devloop.yaml': config });
  const outcome = await readConfig(join(folder, 'devloop.yaml'));
  return outcome.ok
    ? 'none'
    : outcome.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, 'devloop.yaml')).join('\n');
}

describe('readConfig', () => {
  test('reads the shortest file there is', async () => {
    await write({ 'devloop.yaml': 'services:\n  web:\n' });
    const outcome = await readConfig(join(folder, 'devloop.yaml'));
    expect(outcome).toMatchObject({
      ok: true,
      config: { services: { web: { readyTimeoutSeconds: 120, dependsOn: [] } } },
    });
  });

  test('says of a file that is gone what to write', async () => {
    const outcome = await readConfig(join(folder, 'devloop.yaml'));
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ line: 1, message: 'There is no devloop.yaml.' }] });
  });

  test('says of a folder in its place that it cannot be read', async () => {
    await mkdir(join(folder, 'devloop.yaml'));
    const outcome = await readConfig(join(folder, 'devloop.yaml'));
    expect(outcome).toMatchObject({ diagnostics: [{ message: 'The file cannot be read: it is a folder.' }] });
  });

  const cases: Record<string, { config: string; files?: Record<string, string> }> = {
    'an empty file': { config: '' },
    'a file of comments': { config: '# nothing yet\n' },
    'no services': { config: 'project: shop\n' },
    'services without any': { config: 'services:\n' },
    'an empty mapping of services': { config: 'services: {}\n' },
    'a text instead of a mapping': { config: 'web\n' },
    'a list instead of a mapping': { config: '- web\n' },
    'a misspelt key': { config: 'servces:\n  web:\n' },
    'a key of another tool': { config: 'services:\n  web:\n    environment: { A: b }\n    depends_on: [web]\n' },
    'keys at the wrong level': {
      config:
        'namespace: shop\nservices:\n  web:\n    dockerfile: Dockerfile\n    image: web\n    command: ls\n    replicas: 2\n',
    },
    'keys at the top that belong to a service': { config: 'ports: [80]\nservices:\n  web:\n' },
    'a misspelt key of the long form of build': {
      config: 'services:\n  web:\n    build: { contxt: ., dockerFile: x }\n',
    },
    'wrong kinds of values': {
      config:
        'project: My Shop\nservices:\n  web:\n    build: true\n    manifests: k8s.yaml\n    dependsOn: api\n    rollout: fast\n    killAfterMs: -1\n    readyTimeoutSeconds: 1.5\n    env: [A]\n    hooks: 3\n',
    },
    'ports of all kinds': {
      config:
        'services:\n  web:\n    ports:\n      - 0\n      - "a:b:c"\n      - "70000:80"\n      - { local: 80 }\n      - { local: x, port: 1, prt: 2 }\n      - true\n',
    },
    'a registry as an address with a scheme': { config: 'services:\n  web:\nregistry: http://localhost:5000\n' },
    'a registry without where to push, and as Docker Hub would be named': {
      config: 'services:\n  web:\nregistry: { pull: registry, pushh: a.test }\n',
    },
    'hooks without a command': {
      config:
        'services:\n  web:\n    hooks:\n      beforeBuild: { comand: make }\n      afterReady: [make]\n      befor: make\n',
    },
    'keys without values': { config: 'cluster:\nservices:\n  web:\n    build:\n    env:\n      TOKEN:\n' },
    'an impossible name': { config: 'services:\n  My_Web:\n    ports: [80]\n' },
    'a key given twice': { config: 'services:\n  web:\n    ports: [80]\n    ports: [81]\n' },
    'a tab': { config: 'services:\n\tweb:\n' },
    'a bracket left open': { config: 'services:\n  web:\n    ports: [80\n    env: {}\n' },
    'a quote left open': { config: 'services:\n  web:\n    build: "./web\n' },
    'a key too deep': { config: 'services:\n  web:\n    build: ./web\n      target: dev\n' },
    'an indentation in between': { config: 'services:\n  web:\n    env: {}\n   ports: []\n' },
    'a reserved character': { config: 'services:\n  web:\n    build: @web\n' },
    'an alias without anchor': { config: 'services:\n  web:\n    env: *common\n' },
    'an alias inside its own anchor': { config: 'services:\n  web: &web\n    env: *web\n' },
    'two documents': { config: 'services:\n  web:\n---\nservices:\n  api:\n' },
    'a circle': {
      config:
        'services:\n  a:\n    dependsOn: [b]\n  b:\n    dependsOn: [c]\n  c:\n    dependsOn: [a]\n  d:\n    dependsOn: [d]\n',
    },
    'a local port twice': {
      config: 'services:\n  a:\n    ports: [8080, http]\n  b:\n    ports: ["8080:80", "8081:80", http]\n',
    },
    'paths that lead nowhere': {
      config:
        'services:\n  web:\n    build: ./wbe\n  api:\n    build: { context: api, dockerfile: api/Dockerfile }\n    manifests: [k8s/api.yml, "k8s/*.json"]\n  job:\n    build: job\n  tool:\n    build: job/notes\n    hooks:\n      beforeBuild: { command: make, workdir: nowhere }\nmanifests: [k9s]\n',
      files: {
        'web/Dockerfile': '',
        'api/Dockerfile': '',
        'job/Dockerfile.dev': '',
        'job/notes': '',
        'k8s/api.yaml': '',
      },
    },
    'kinds of custom resources with places that are none': {
      config:
        "services:\n  web:\nresources:\n  - { kind: Roll out, apiGroup: apps/v1, images: [spec..image] }\n  - kind: Rollout\n    group: argoproj.io\n    images:\n      - '{.spec.image}'\n      - spec.containers[].image\n      - spec.image.\n      - 3\n    pods: maybe\n  - Rollout\n",
    },
    'places of images that are no list': {
      config: 'services:\n  web:\nresources:\n  - { kind: A, apiGroup: b.c, images: spec.image }\n',
    },
    'all of it at once': {
      config:
        'services:\n  web:\n    imge: x\n    dependsOn: [wbe]\n    build: nowhere\n  api:\n    ports: x y\n    dependsOn: [web, api]\n',
    },
  };
  for (const [name, { config, files }] of Object.entries(cases)) {
    test(name, async () => {
      await write(files ?? {});
      expect(await problemsOf(config)).toMatchSnapshot();
    });
  }
});

describe('whatever is typed', () => {
  const valid =
    'project: shop\ncluster: { context: minikube }\nservices:\n  web:\n    build: { args: { A: &a 1, B: *a } }\n    ports: [8080, "9000:http"]\n' +
    '    hooks:\n      beforeBuild: make\n    dependsOn: [api]\n  api:\n    env:\n      KEY: "x: y" # why\nmanifests: []\n';

  async function expectPlaces(text: string): Promise<void> {
    const file = join(folder, 'devloop.yaml');
    await writeFile(file, text);
    const outcome = await readConfig(file);
    if (outcome.ok) return;
    expect(outcome.diagnostics.length).toBeGreaterThan(0);
    const lines = text.split(/\r?\n/);
    for (const { line, column, length, source, message, hint } of outcome.diagnostics) {
      expect(lines[line - 1]).toBe(source);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column - 1 + length).toBeLessThanOrEqual(Math.max(source.length, 1) + 1);
      expect(`${message} ${hint}`).not.toMatch(/undefined|\[object|Invalid input/);
    }
  }

  test('the file as it is', async () => {
    await write({ 'devloop.yaml': valid });
    expect(await readConfig(join(folder, 'devloop.yaml'))).toMatchObject({ ok: true });
  });

  test('cut off, or with something else in between, each problem has a place and words', async () => {
    const noise = fc.constantFrom(
      '',
      ' ',
      '\n',
      '\t',
      ':',
      '- ',
      '{',
      ']',
      '"',
      '#',
      '&x ',
      '*y',
      '!!int ',
      '---\n',
      'null',
      '1',
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(valid.length), fc.nat(12), noise, async (at, cut, inserted) => {
        await expectPlaces(valid.slice(0, at) + inserted + valid.slice(at + cut));
      }),
      { numRuns: 400 },
    );
  });

  test('any values under the known keys', async () => {
    const key = fc.constantFrom(
      'build',
      'ports',
      'hooks',
      'env',
      'dependsOn',
      'manifests',
      'context',
      'local',
      'beforeBuild',
      'web',
      'x',
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, false, 0, 1.5, -1, 80, '', 'web', '8080:80', 'a b'),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(key, tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, value, { maxKeys: 4 }), value, async (services, rest) => {
        await expectPlaces(stringify({ services, manifests: rest }));
      }),
      { numRuns: 400 },
    );
  });
});

describe('findConfig', () => {
  test('walks up to the nearest file', async () => {
    await write({ 'devloop.yaml': '', 'a/devloop.yaml': '', 'a/b/c/x': '' });
    expect(await findConfig(join(folder, 'a/b/c'))).toBe(join(folder, 'a/devloop.yaml'));
    expect(await findConfig(folder)).toBe(join(folder, 'devloop.yaml'));
  });

  test('shows the two lines that are needed', async () => {
    await expect(findConfig(folder)).rejects.toMatchObject({
      code: 'config/not-found',
      remedy: expect.stringContaining('services:\n  web:'),
    });
  });

  test('notices the other ending', async () => {
    await write({ 'devloop.yml': '' });
    await expect(findConfig(folder)).rejects.toMatchObject({ remedy: expect.stringMatching(/^Rename it: mv /) });
  });
});
