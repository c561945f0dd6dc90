import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { renderDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { imagesOf } from '../deploy/workload-images.ts';
import { loadProject } from './load-project.ts';
import { isProjectInput, type Manifest, type Project } from './project.ts';
import { renderProject } from './render.ts';

const { signal } = new AbortController();

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'devloop-project-')), 'My_Shop');
  await mkdir(folder);
});

afterEach(async () => {
  await rm(dirname(folder), { recursive: true });
});

type Files = Record<string, string>;

async function write(files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function load(files: Files): Promise<Project> {
  await write(files);
  const outcome = await loadProject(folder, signal);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((one) => renderDiagnostic(one, one.file)).join('\n'));
  return outcome.project;
}

async function problemsOf(files: Files): Promise<string> {
  await write(files);
  const outcome = await loadProject(folder, signal);
  return outcome.ok
    ? 'none'
    : outcome.diagnostics.map((one) => renderDiagnostic(one, relative(folder, one.file))).join('\n');
}

function workload(name: string, image: string, kind = 'Deployment'): string {
  const containers = `containers: [{ name: main, image: "${image}" }]`;
  const spec = kind === 'Pod' ? `{ ${containers} }` : `{ template: { spec: { ${containers} } } }`;
  return `apiVersion: ${kind === 'Pod' ? 'v1' : 'apps/v1'}\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
}

function service(name: string): string {
  return `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  ports: [{ port: 80 }]\n`;
}

/** A custom resource with its image at a place of its own. */
function rollout(image: string): string {
  return `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: main }\nspec: { parts: [{ image: "${image}" }] }\n`;
}

const shown = (manifests: readonly Manifest[]) =>
  manifests.map(({ object, file, line }) =>
    [object.kind, object.metadata.name, file === undefined ? 'generated' : `${relative(folder, file)}:${line}`].join(
      ' ',
    ),
  );

const summary = (project: Project) => ({
  services: Object.fromEntries(
    project.services.map(({ name, build, manifests }) => [
      name,
      { build: build && `${build.image} from ${relative(folder, build.dockerfile)}`, manifests: shown(manifests) },
    ]),
  ),
  manifests: shown(project.manifests),
});

describe('what is found', () => {
  test('two lines carry a service whose folder and manifest go by its name', async () => {
    const project = await load({
      'devloop.yaml': 'services:\n  web:\n',
      'web/Dockerfile': 'FROM scratch\n',
      'k8s/web.yaml': `${workload('web', 'ghcr.io/acme/web:1.0')}---\n${service('web')}`,
    });
    expect(project.name).toBe('my-shop');
    expect(summary(project)).toEqual({
      services: {
        web: { build: 'ghcr.io/acme/web from web/Dockerfile', manifests: ['Deployment web k8s/web.yaml:1'] },
      },
      manifests: ['Service web k8s/web.yaml:6'],
    });
  });

  test('a Flask example: Dockerfile and k8s.yaml beside devloop.yaml, an image called differently', async () => {
    const project = await load({
      'devloop.yaml': 'services:\n  flask:\n',
      Dockerfile: 'FROM python:3.10-slim\nEXPOSE 5000\n',
      'app.py': '',
      'k8s.yaml': `${workload('flask-app-deployment', 'flaskappimg')}\n---\n${service('flask-app-service')}`,
    });
    expect(summary(project)).toEqual({
      services: {
        flask: {
          build: 'flaskappimg from Dockerfile',
          manifests: ['Deployment flask-app-deployment k8s.yaml:1', 'Service flask-app-service k8s.yaml:7'],
        },
      },
      manifests: [],
    });
  });

  test('bare Pods, images of a public registry, manifests in a folder tree', async () => {
    const files = {
      'gateway/Dockerfile': '',
      'service_1/Dockerfile': '',
      'setup/gateway/pod.yaml': workload('ml-inference-service', 'alexgiavaras/k8s_101_service_gateway:latest', 'Pod'),
      'setup/service1/pod.yaml': workload('ml-service1', 'alexgiavaras/k8s_101_service_1:latest', 'Pod'),
      'services/svc.service1.yaml': service('ml-service1'),
    };
    const bare = 'services:\n  gateway:\n  service-1:\nmanifests: [setup, services]\n';
    expect(await problemsOf({ ...files, 'devloop.yaml': bare })).toMatchInlineSnapshot(`
      "devloop.yaml:2:3: \`gateway\` builds the image gateway, but no manifest names it; they name \`alexgiavaras/k8s_101_service_gateway:latest\` and \`alexgiavaras/k8s_101_service_1:latest\`.
        2 |   gateway:
          |   ~~~~~~~
        Did you mean \`build: { image: alexgiavaras/k8s_101_service_gateway }\`? Set it, or \`manifests: []\` to have a Deployment made.
      devloop.yaml:3:3: \`service-1\` builds the image service-1, but no manifest names it; they name \`alexgiavaras/k8s_101_service_gateway:latest\` and \`alexgiavaras/k8s_101_service_1:latest\`.
        3 |   service-1:
          |   ~~~~~~~~~
        Did you mean \`build: { image: alexgiavaras/k8s_101_service_1 }\`? Set it, or \`manifests: []\` to have a Deployment made."
    `);
    const project = await load({
      ...files,
      'devloop.yaml':
        'services:\n  gateway:\n    build: { image: alexgiavaras/k8s_101_service_gateway }\n  service-1:\n    build: { image: alexgiavaras/k8s_101_service_1 }\nmanifests: [setup, services]\n',
    });
    expect(summary(project)).toMatchInlineSnapshot(`
      {
        "manifests": [
          "Service ml-service1 services/svc.service1.yaml:1",
        ],
        "services": {
          "gateway": {
            "build": "alexgiavaras/k8s_101_service_gateway from gateway/Dockerfile",
            "manifests": [
              "Pod ml-inference-service setup/gateway/pod.yaml:1",
            ],
          },
          "service-1": {
            "build": "alexgiavaras/k8s_101_service_1 from service_1/Dockerfile",
            "manifests": [
              "Pod ml-service1 setup/service1/pod.yaml:1",
            ],
          },
        },
      }
    `);
    expect(project.inputs.map((path) => relative(folder, path)).sort()).toMatchInlineSnapshot(`
      [
        "devloop.yaml",
        "gateway",
        "gateway/Dockerfile",
        "gateway/deploy",
        "gateway/k8s",
        "gateway/kubernetes",
        "gateway/manifests",
        "service-1/Dockerfile",
        "service_1",
        "service_1/Dockerfile",
        "service_1/deploy",
        "service_1/k8s",
        "service_1/kubernetes",
        "service_1/manifests",
        "services",
        "services/svc.service1.yaml",
        "setup",
        "setup/gateway",
        "setup/gateway/pod.yaml",
        "setup/service1",
        "setup/service1/pod.yaml",
      ]
    `);
  });

  test.each(['services/web', 'src/web', 'apps/web', 'web'])('a Dockerfile in %s', async (context) => {
    const project = await load({ 'devloop.yaml': 'services:\n  web:\n', [`${context}/Dockerfile`]: '' });
    expect(project.services[0]).toMatchObject({ build: { context: join(folder, context) }, generated: true });
  });

  test('manifests of the service’s own folder, and of the project, each read once', async () => {
    const project = await load({
      'devloop.yaml': 'services:\n  web:\n  api:\nmanifests: [k8s, "web/k8s/*.yaml"]\n',
      'web/Dockerfile': '',
      'web/k8s/web.yaml': workload('web', 'registry.local:5000/team/frontend:dev'),
      'web/k8s/notes.yaml': '# nothing\n---\n---\n',
      'api/Dockerfile': '',
      'api/api.yml': workload('api', 'api'),
      'api/compose.yaml': 'services: {}\n',
      'api/config.yaml': 'debug: true\n',
      'k8s/all.yaml': `apiVersion: v1\nkind: List\nitems:\n  - ${service('api').trimEnd().replaceAll('\n', '\n    ')}\n`,
      'k8s/node_modules/x/broken.yaml': 'apiVersion: v1\n : kind',
    });
    expect(summary(project)).toMatchInlineSnapshot(`
      {
        "manifests": [
          "Service api k8s/all.yaml:4",
        ],
        "services": {
          "api": {
            "build": "api from api/Dockerfile",
            "manifests": [
              "Deployment api api/api.yml:1",
            ],
          },
          "web": {
            "build": "registry.local:5000/team/frontend from web/Dockerfile",
            "manifests": [
              "Deployment web web/k8s/web.yaml:1",
            ],
          },
        },
      }
    `);
  });

  test('a service’s glob in the project folder does not hide the project’s own manifests', async () => {
    const project = await load({
      'devloop.yaml': 'services:\n  web:\n    manifests: ["web*.yaml"]\n',
      'web/Dockerfile': '',
      'web-deployment.yaml': workload('web', 'web'),
      'web-service.yaml': service('web'),
      'k8s/redis.yaml': workload('redis', 'redis'),
    });
    expect(summary(project)).toMatchObject({
      services: {
        web: { manifests: ['Deployment web web-deployment.yaml:1', 'Service web web-service.yaml:1'] },
        redis: { build: undefined, manifests: ['Deployment redis k8s/redis.yaml:1'] },
      },
      manifests: [],
    });
  });

  test('a workload that names images of two services belongs to both', async () => {
    const project = await load({
      'devloop.yaml': 'services:\n  web:\n  sidecar:\n',
      'web/Dockerfile': '',
      'sidecar/Dockerfile': '',
      'k8s/pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: { name: both }\nspec:\n  initContainers: [{ name: a, image: acme/sidecar }]\n  containers: [{ name: b, image: web }]\n',
    });
    const [web, sidecar] = project.services;
    expect(web?.manifests).toHaveLength(1);
    expect(web?.manifests[0]).toBe(sidecar?.manifests[0]);
    expect(imagesOf(web?.manifests[0]?.object ?? never())).toEqual(['acme/sidecar', 'web']);
  });

  test('manifests made from EXPOSE when there are none, or none are wanted', async () => {
    const project = await load({
      'devloop.yaml':
        'services:\n  web:\n    manifests: []\n    env: { DEBUG: 1 }\n    build: { target: run, args: { PORT: 9000 } }\n',
      'web/Dockerfile': 'FROM node AS run\nARG PORT=80\nEXPOSE $PORT\nFROM run AS test\nEXPOSE 1\n',
      'k8s/redis.yaml': workload('redis', 'redis:7'),
    });
    expect(project.services[0]?.generated).toBe(true);
    expect(project.services[0]?.manifests.map(({ object }) => object)).toMatchObject([
      {
        kind: 'Deployment',
        spec: { template: { spec: { containers: [{ image: 'web', env: [{ name: 'DEBUG', value: '1' }] }] } } },
      },
      { kind: 'Service', spec: { ports: [{ port: 9000 }] } },
    ]);
    expect(shown(project.services[1]?.manifests ?? [])).toEqual(['Deployment redis k8s/redis.yaml:1']);
  });

  test('a workload that only a manifest names can be waited for, and comes before who waits', async () => {
    const project = await load({
      'devloop.yaml': 'services:\n  web:\n    dependsOn: [redis]\n',
      'web/Dockerfile': '',
      'k8s/all.yaml': `${workload('web', 'web')}---\n${workload('redis', 'redis')}`,
    });
    expect(project.services.map(({ name }) => name)).toEqual(['redis', 'web']);
    expect(project.services[1]?.dependsOn).toEqual(['redis']);
  });

  test('manifests that are made have the HEALTHCHECK of the image as a probe', async () => {
    const project = await load({
      'devloop.yaml': 'services: { web: }\n',
      'web/Dockerfile': 'FROM node\nEXPOSE 80\nHEALTHCHECK --start-period=30s --interval=5s CMD ask || exit 1\n',
    });
    expect(project.services[0]?.manifests[0]?.object['spec'].template.spec.containers[0].startupProbe).toEqual({
      exec: { command: ['sh', '-c', 'ask || exit 1'] },
      periodSeconds: 1,
      timeoutSeconds: 30,
      failureThreshold: 45,
    });
  });

  test('a service that is only deployed', async () => {
    const project = await load({
      'devloop.yaml':
        'services:\n  web:\n    dependsOn: [redis]\n  redis:\n    manifests: [cache/redis.yaml]\n  db:\n    build: false\n',
      'web/Dockerfile': '',
      'web/web.yaml': workload('web', 'web'),
      'cache/redis.yaml': workload('redis', 'redis:7'),
      'db/Dockerfile': '',
      'db/k8s/db.yaml': workload('db', 'postgres:17'),
    });
    expect(summary(project)).toMatchInlineSnapshot(`
      {
        "manifests": [],
        "services": {
          "db": {
            "build": undefined,
            "manifests": [
              "Deployment db db/k8s/db.yaml:1",
            ],
          },
          "redis": {
            "build": undefined,
            "manifests": [
              "Deployment redis cache/redis.yaml:1",
            ],
          },
          "web": {
            "build": "web from web/Dockerfile",
            "manifests": [
              "Deployment web web/web.yaml:1",
            ],
          },
        },
      }
    `);
  });

  test('everything the config says of a service', async () => {
    const project = await load({
      'devloop.yaml':
        'project: shop\ncluster: { context: minikube, namespace: dev }\nservices:\n  web:\n    build: { context: src, dockerfile: ../docker/web.dockerfile }\n    rollout: rolling\n    killAfterMs: false\n    readyTimeoutSeconds: 5\n    ports: ["8080:http", metrics]\n    hooks:\n      beforeBuild: make\n      afterReady: { command: make test, workdir: src, outputs: [src/out] }\n',
      'src/x': '',
      'docker/web.dockerfile': '',
    });
    expect(project).toMatchObject({ name: 'shop', context: 'minikube', namespace: 'dev' });
    expect(project.services[0]).toMatchObject({
      build: { context: join(folder, 'src'), dockerfile: join(folder, 'docker/web.dockerfile'), image: 'web' },
      rollout: 'rolling',
      killAfterMs: false,
      readyTimeoutMs: 5000,
      ports: [
        { local: 8080, port: 'http' },
        { local: 0, port: 'metrics' },
      ],
      beforeBuild: { command: 'make', workdir: folder, outputs: [] },
      afterReady: { command: 'make test', workdir: join(folder, 'src'), outputs: [join(folder, 'src/out')] },
    });
  });

  test('numbers and words as kubectl reads them', async () => {
    const project = await load({
      'devloop.yaml': 'services:\n  web:\n    build: false\n',
      'web/k8s/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { mode: 0644, on: yes, time: 22:22, day: 2026-01-01, big: 0x10 }\n',
    });
    const { data } = project.services[0]?.manifests[0]?.object ?? never();
    expect(data).toEqual({ mode: 420, true: true, time: '22:22', day: '2026-01-01', big: 16 });
  });

  test('other tools’ files and charts are passed over', async () => {
    const project = await load({
      'devloop.yaml': 'services:\n  web:\n',
      'web/Dockerfile': '',
      'skaffold.yaml': 'apiVersion: skaffold/v4beta6\nkind: Config\n',
      'cluster.yaml': 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n',
      'docker-compose.dev.yml': 'services: {}\n',
      'kubeconfig.yaml': 'apiVersion: v1\nkind: Config\n',
      'deploy/overlay/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
      'k8s/web.yaml': workload('web', 'web'),
      'deploy/chart/Chart.yaml': 'apiVersion: v2\nname: x\n',
      'deploy/chart/templates/web.yaml': 'apiVersion: v1\nkind: {{ .Values.kind }}\n',
    });
    expect(summary(project).services['web']?.manifests).toEqual(['Deployment web k8s/web.yaml:1']);
    expect(project.manifests).toEqual([]);
  });
});

test('a custom resource belongs to the service whose image it names where the config says', async () => {
  const files = {
    'web/Dockerfile': '',
    'k8s/web.yaml': rollout('acme/web:1'),
    'k8s/redis.yaml': rollout('redis').replace('Rollout', 'Cache').replace('main', 'cache'),
    'k8s/quota.yaml': rollout('none').replace('Rollout', 'Quota'),
  };
  const resources =
    'resources:\n  - { kind: Rollout, apiGroup: argoproj.io, images: ["spec.parts[*].image"] }\n  - { kind: Cache, apiGroup: argoproj.io }\n  - { kind: Quota, apiGroup: argoproj.io, pods: false }\n';
  const project = await load({ ...files, 'devloop.yaml': `services:\n  web:\n${resources}` });
  expect(summary(project)).toMatchObject({
    services: {
      web: { build: 'acme/web from web/Dockerfile', manifests: ['Rollout main k8s/web.yaml:1'] },
      cache: { build: undefined, manifests: ['Cache cache k8s/redis.yaml:1'] },
    },
  });
  expect(shown(project.manifests)).toEqual(['Quota main k8s/quota.yaml:1']);
  expect(await renderProject(project)).toMatch(/image: acme\/web:devloop-[0-9a-f]{16}/);
});

describe('what is wrong', () => {
  const web = { 'devloop.yaml': 'services:\n  web:\n', 'web/Dockerfile': '' };
  const cases: Record<string, Files> = {
    'nothing to build and nothing to deploy': { 'devloop.yaml': 'services:\n  web:\n  api:\n    build: false\n' },
    'a build without a place': {
      'devloop.yaml': 'services:\n  web:\n    build: { dockerfile: Dockerfile.dev }\n',
      'web/Dockerfile': '',
    },
    'a Dockerfile of the project folder, for one of several': {
      'devloop.yaml': 'services:\n  web:\n    build: { dockerfile: docker/web }\n  api:\n',
      'docker/web': '',
      'api/Dockerfile': '',
    },
    'an image that no manifest names': {
      ...web,
      'k8s/all.yaml': `${workload('frontend', 'acme/webapp:1')}---\n${workload('redis', 'redis')}`,
    },
    'an image that is misspelt in the config': {
      ...web,
      'devloop.yaml': 'services:\n  web:\n    build: { image: acme/frontent }\n    manifests: [web/k8s.yaml]\n',
      'web/k8s.yaml': workload('web', 'acme/frontend:1'),
    },
    'a service’s manifests without any image': { ...web, 'web/k8s/service.yaml': service('web') },
    'two services with one image of different sources': {
      'devloop.yaml':
        'services:\n  web:\n    build: { image: app }\n  api:\n    build: { context: web, image: app, target: api }\n',
      'web/Dockerfile': '',
      'k8s/app.yaml': workload('app', 'app'),
    },
    'two services with one image and one workload': {
      'devloop.yaml': 'services:\n  web:\n    build: { image: app }\n  api:\n    build: { context: web, image: app }\n',
      'web/Dockerfile': '',
      'k8s/app.yaml': workload('app', 'app'),
    },
    'a manifest that is no YAML': { ...web, 'k8s/web.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: [name\n' },
    'manifests that lack something': {
      ...web,
      'k8s/a.yaml': 'kind: Pod\napiVersion:\nmetadata: { name: a }\n---\napiVersion: v1\nmetadata: { name: a }\n',
      'k8s/b.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n',
      'k8s/c.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: 12 }\n',
      'k8s/d.yaml': 'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: job- }\n',
      'k8s/e.yaml': 'apiVersion: v1\nkind: Pod\nspec: {}\n',
      'k8s/f.yaml': 'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {}\n',
    },
    'named files that are no manifests': {
      'devloop.yaml': 'services:\n  web:\n    manifests: [a.yaml, k, b.yaml, empty]\n',
      'web/Dockerfile': '',
      'a.yaml': 'just: values\n',
      'k/x.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
      'b.yaml': 'text\n',
      'empty/x': '',
    },
    'named manifests that hold nothing': {
      'devloop.yaml': 'services:\n  web:\n    manifests: [empty]\n',
      'empty/x': '',
    },
    'objects written twice': {
      ...web,
      'k8s/all.yaml': `${workload('web', 'web')}---\n${service('web')}---\n${service('web')}`,
      'k8s/web.yaml': `# again\n${workload('web', 'web')}---\n${service('web')}`,
    },
    'dependencies that do not exist, beside one that only a manifest names': {
      'devloop.yaml':
        'services:\n  web:\n    dependsOn: [databse, zzz, redis]\n  database:\n    manifests: [k8s/db.yaml]\n',
      'web/Dockerfile': '',
      'k8s/web.yaml': workload('web', 'web'),
      'k8s/db.yaml': workload('db', 'postgres'),
      'k8s/redis.yaml': workload('redis', 'redis'),
    },
    'kinds of custom resources that no manifest has': {
      'devloop.yaml':
        'services:\n  web:\nresources:\n  - { kind: Rolout, apiGroup: argoproj.io }\n  - { kind: Rollout, apiGroup: argo.io }\n  - { kind: Workflow, apiGroup: b.c }\n  - { kind: rollout, apiGroup: argoproj.io }\n',
      'web/Dockerfile': '',
      'k8s/web.yaml': rollout('web'),
    },
    'a custom resource, where there is none at all': {
      'devloop.yaml': 'services:\n  web:\nresources:\n  - { kind: Rollout, apiGroup: argoproj.io }\n',
      'web/Dockerfile': '',
      'k8s/web.yaml': workload('web', 'web'),
    },
    'an image that only a custom resource names': {
      'devloop.yaml': 'services:\n  web:\n',
      'web/Dockerfile': '',
      'k8s/web.yaml': rollout('acme/web:1').replace('acme/', ''),
      'k8s/other.yaml': workload('redis', 'redis'),
    },
    'places without an image, and a kind written twice': {
      'devloop.yaml':
        'services:\n  web:\nresources:\n  - kind: Rollout\n    apiGroup: argoproj.io\n    images: [spec.image, spec.parts, "spec.parts[*].image", "spec.parts[7].image"]\n  - { kind: Rollout, apiGroup: argoproj.io }\n',
      'web/Dockerfile': '',
      'k8s/web.yaml': rollout('web'),
    },
    'a config with problems': { 'devloop.yaml': 'services:\n  web:\n    build: web\n' },
  };
  for (const [name, files] of Object.entries(cases)) {
    test(name, async () => {
      expect(await problemsOf(files)).toMatchSnapshot();
    });
  }

  test('what is mended later is among the inputs', async () => {
    await write({ 'devloop.yaml': 'services:\n  web:\n    build: web\n' });
    expect(await loadProject(folder, signal)).toMatchObject({
      inputs: [join(folder, 'devloop.yaml'), join(folder, 'web')],
    });
    await write({ 'devloop.yaml': 'services:\n  web:\n' });
    const outcome = await loadProject(folder, signal);
    const inputs = new Set(outcome.ok ? [] : outcome.inputs);
    expect(isProjectInput(inputs, join(folder, 'web/Dockerfile'))).toBe(true);
    expect(isProjectInput(inputs, join(folder, 'k8s'))).toBe(true);
    expect(isProjectInput(inputs, join(folder, 'new.yaml'))).toBe(true);
    expect(isProjectInput(inputs, join(folder, 'app.py'))).toBe(false);
  });
});

function never(): never {
  throw new Error('expected an object');
}
