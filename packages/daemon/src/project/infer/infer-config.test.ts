import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.fake.ts';
import { loadProject } from '../load-project.ts';
import { inferConfig } from './infer-config.ts';
import { surveyFolder } from './survey-folder.ts';

const { signal } = new AbortController();

const FIXTURES = fileURLToPath(new URL('../../../../../fixtures', import.meta.url));
const DOCKERFILE = 'FROM node:22-slim\nEXPOSE 8080\n';

function deployment(name: string, image: string, port = 80): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec: { template: { spec: { containers: [{ name: main, image: "${image}", ports: [{ containerPort: ${port} }] }] } } }
---
`;
}

async function infer(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder({ ...files });
  const inferred = inferConfig(await surveyFolder(folder, process.env, signal), folder);
  if (inferred === undefined) return { inferred, project: undefined };
  writeFileSync(join(folder, 'devloop.yaml'), inferred.text);
  const outcome = await loadProject(folder, signal);
  if (!outcome.ok) throw new Error(`${inferred.text}\n${JSON.stringify(outcome.diagnostics, null, 1)}`);
  return { inferred, project: outcome.project };
}

/** Which Dockerfile is built under which image, and which objects there are. */
async function summary(folder: string) {
  const outcome = await loadProject(folder, signal);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  const { services, manifests } = outcome.project;
  const all = [...manifests, ...services.flatMap((service) => service.manifests)];
  return {
    images: Object.fromEntries(services.map(({ build }) => [build?.dockerfile.slice(folder.length), build?.image])),
    objects: [...new Set(all.map(({ object }) => `${object.kind} ${object.metadata.name}`))].sort(),
  };
}

describe('a fixture without its devloop.yaml is understood as that file says', () => {
  test.each(['hello-service', 'two-services', 'shop', 'api-gateway', 'flask-example', 'hooks', 'crash-loop'])(
    '%s',
    async (fixture) => {
      const folder = join(temporaryFolder({}), fixture);
      cpSync(join(FIXTURES, fixture), folder, { recursive: true });
      const byHand = await summary(folder);
      rmSync(join(folder, 'devloop.yaml'));
      const inferred = inferConfig(await surveyFolder(folder, process.env, signal), folder);
      writeFileSync(join(folder, 'devloop.yaml'), inferred?.text ?? '');
      expect(await summary(folder)).toEqual(byHand);
    },
  );
});

test('a Dockerfile alone has a Deployment made', async () => {
  const { inferred, project } = await infer({ Dockerfile: DOCKERFILE });
  expect(project?.services[0]).toMatchObject({ name: basename(project?.folder ?? '').toLowerCase(), generated: true });
  expect(inferred?.reasons[0]).toContain('made from its EXPOSE');
});

test('a Dockerfile alone that exposes nothing has a Pod made', async () => {
  const { inferred, project } = await infer({ Dockerfile: 'FROM node:22-slim\nCMD ["node", "hello.js"]\n' });
  expect(project?.services[0]?.manifests.map(({ object }) => object.kind)).toEqual(['Pod']);
  expect(inferred?.reasons[0]).toContain('a Pod is made, which may run to its end');
});

test('a Dockerfile by another name is taken, and the others of its folder are a comment', async () => {
  const { inferred, project } = await infer({
    'api server/Dockerfile.dev': DOCKERFILE,
    'api server/Dockerfile.prod': DOCKERFILE,
    'web/Dockerfile': DOCKERFILE,
    'web/Dockerfile.ci': DOCKERFILE,
  });
  expect(inferred?.text).toContain(
    '  api-server:\n    build: { context: api server, dockerfile: Dockerfile.dev }  # or dockerfile: Dockerfile.prod\n',
  );
  expect(inferred?.text).toContain('  web:\n    build: web  # or dockerfile: Dockerfile.ci\n');
  expect(inferred?.doubts).toEqual([
    'Of the Dockerfiles of api-server, Dockerfile.dev was taken: Dockerfile.prod is there too.',
    'Of the Dockerfiles of web, Dockerfile was taken: Dockerfile.ci is there too.',
  ]);
  expect(project?.services.map(({ name, build }) => [name, basename(build?.dockerfile ?? '')])).toEqual([
    ['api-server', 'Dockerfile.dev'],
    ['web', 'Dockerfile'],
  ]);
});

test('Dockerfiles that are called by what they build are each a service, built as the manifests name it', async () => {
  const { project } = await infer({
    Dockerfile: DOCKERFILE,
    'Dockerfile.worker': 'FROM node:22-slim\n',
    'k8s/all.yaml': deployment('front', 'acme/web') + deployment('jobs', 'acme/worker'),
  });
  const built = project?.services.map(({ name, build }) => [name, build?.image, basename(build?.dockerfile ?? '')]);
  expect(built).toContainEqual(['worker', 'acme/worker', 'Dockerfile.worker']);
  expect(built).toContainEqual([expect.any(String), 'acme/web', 'Dockerfile']);
});

test('a folder or file whose name means something in YAML is quoted', async () => {
  const { project } = await infer({ 'a, b #1/Dockerfile': DOCKERFILE, 'c: d/Dockerfile.x': DOCKERFILE });
  expect(project?.services.map(({ build }) => basename(build?.context ?? ''))).toEqual(['a, b #1', 'c: d']);
  const manifests = await infer({ 'all, of it #1.yaml': deployment('db', 'mongo') });
  expect(manifests.project?.services.map(({ name }) => name)).toEqual(['db']);
});

test('a compose file alone is taken, with what is laid over it', async () => {
  const compose = 'services:\n  web: { build: web }\n  db: { image: postgres }\n';
  const { inferred, project } = await infer({
    'docker-compose.yml': compose,
    'docker-compose.override.yml': 'services:\n  db: { environment: { A: "1" } }\n',
    'web/Dockerfile': DOCKERFILE,
  });
  expect(inferred?.text).toContain('compose: [docker-compose.yml, docker-compose.override.yml]');
  expect(project?.services.map(({ name }) => name)).toEqual(['web', 'db']);
});

test('manifests are taken where there is a compose file too, and that is said', async () => {
  const { inferred, project } = await infer({
    'compose.yaml': 'services:\n  web: { build: web }\n',
    'web/Dockerfile': DOCKERFILE,
    'k8s/web.yaml': deployment('web', 'acme/web:1'),
  });
  expect(inferred?.text).toContain('# compose: compose.yaml');
  expect(inferred?.doubts[0]).toContain('compose.yaml is there too');
  expect(project?.services).toMatchObject([{ name: 'web', build: { image: 'acme/web' } }]);
});

test('what of the manifests cannot be deployed is said, with its place', async () => {
  const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: migrate- }\n';
  const folder = temporaryFolder({ 'web/Dockerfile': DOCKERFILE, 'k8s/all.yaml': deployment('web', 'web') + job });
  const inferred = inferConfig(await surveyFolder(folder, process.env, signal), folder);
  expect(inferred?.doubts).toEqual([
    'k8s/all.yaml:8 cannot be deployed: Job has no `metadata.name`. An object with `generateName` cannot be applied again and again: give it a `name`.',
  ]);
});

test('what is deployed and not built is followed, wherever its manifests are', async () => {
  const { inferred, project } = await infer({ 'all.yaml': deployment('carts', 'x/carts') + deployment('db', 'mongo') });
  expect(inferred?.text).toContain('manifests: [all.yaml]');
  expect(project?.services.map(({ name, build }) => [name, build])).toEqual([
    ['carts', undefined],
    ['db', undefined],
  ]);
});

test('names that differ are matched by what is left, and what cannot be decided is a comment', async () => {
  const one = await infer({ 'src/backend/Dockerfile': DOCKERFILE, 'k8s/a.yaml': deployment('shop', 'acme/thing', 1) });
  expect(one.project?.services[0]?.build?.image).toBe('acme/thing');
  expect(one.inferred?.text).toContain('# guess: no other is left');
  const two = await infer({
    'one/Dockerfile': 'FROM scratch',
    'two/Dockerfile': 'FROM scratch',
    'k8s/a.yaml': deployment('left', 'acme/red') + deployment('right', 'acme/blue') + deployment('cache', 'redis'),
  });
  expect(two.inferred?.text).toContain('# or build: { image: acme/red | acme/blue }');
  expect(two.inferred?.doubts).toHaveLength(2);
});

describe('what is not sure is a question', () => {
  const files = {
    'one/Dockerfile': 'FROM scratch',
    'two/Dockerfile': 'FROM scratch\nEXPOSE 80',
    'k8s/a.yaml': deployment('left', 'acme/red', 1) + deployment('right', 'acme/blue', 1),
  };
  const asked = async (answers: ReadonlyMap<string, string | undefined>) => {
    const folder = temporaryFolder(files);
    return inferConfig(await surveyFolder(folder, process.env, signal), folder, answers);
  };

  test('whose first choice is what is taken without an answer', async () => {
    const { questions = [] } = (await asked(new Map())) ?? {};
    const choices = questions.map(({ dockerfile, choices: all }) => [dockerfile, ...all.map(({ label }) => label)]);
    expect(choices).toEqual([
      [
        'one/Dockerfile',
        'none of them: and as it exposes no port, a Pod is made, which may run to its end',
        'acme/red',
        'acme/blue',
      ],
      ['two/Dockerfile', 'none of them: a Deployment and a Service are made from its EXPOSE', 'acme/red', 'acme/blue'],
    ]);
  });

  test('an answer is taken for sure, leaves no comment, and takes its image from the others', async () => {
    const inferred = await asked(new Map([['one/Dockerfile', 'acme/blue']]));
    expect(inferred?.text).toContain('one:\n    build: { image: acme/blue }\n');
    expect(inferred?.questions).toEqual([
      {
        dockerfile: 'two/Dockerfile',
        choices: [
          { image: 'acme/red', label: 'acme/red (guess: no other is left)' },
          { image: undefined, label: expect.stringMatching(/^none of them/) },
        ],
      },
    ]);
  });

  test('that no manifest names it is an answer too', async () => {
    const inferred = await asked(
      new Map([
        ['one/Dockerfile', undefined],
        ['two/Dockerfile', 'acme/red'],
      ]),
    );
    expect(inferred?.questions).toEqual([]);
    expect(inferred?.text).toContain('one:\n    manifests: []\n');
  });

  test('names that are enough to be sure are none', async () => {
    const { inferred } = await infer({ 'web/Dockerfile': DOCKERFILE, 'k8s/a.yaml': deployment('web', 'acme/web') });
    expect(inferred?.questions).toEqual([]);
  });
});

test('folders of one name have two names', async () => {
  const { project } = await infer({ 'a/web/Dockerfile': DOCKERFILE, 'b/web/Dockerfile': DOCKERFILE });
  expect(project?.services.map(({ name }) => name)).toEqual(['a-web', 'b-web']);
});

test('charts, kustomizations and what was installed are not taken for manifests', async () => {
  const { inferred } = await infer({
    'web/Dockerfile': DOCKERFILE,
    'web/node_modules/x/Dockerfile': DOCKERFILE,
    'chart/Chart.yaml': 'name: x',
    'chart/templates/web.yaml': deployment('{{ x }}', 'web'),
    'kustomization.yaml': 'resources: [gone.yaml]',
    'skaffold.yaml': 'apiVersion: skaffold/v4beta11\nkind: Config\n',
  });
  expect(inferred?.text).not.toContain('manifests');
  expect(inferred?.doubts.map((doubt) => doubt.split(' ')[0])).toEqual(['.', 'chart', 'skaffold.yaml']);
});

test('the namespace that a skaffold.yaml deploys to is that of the project', async () => {
  const { inferred } = await infer({
    'all.yaml': deployment('web', 'x/web'),
    'skaffold.yaml':
      'apiVersion: skaffold/v2beta29\nkind: Config\ndeploy:\n  kubectl: { manifests: [all.yaml], defaultNamespace: shop }\n',
  });
  expect(inferred?.text).toContain('cluster: { namespace: shop }\n');
  expect(inferred?.reasons[0]).toContain('goes to shop');
});

describe('a skaffold.yaml of the project folder', () => {
  const skaffold = `apiVersion: skaffold/v4beta6
kind: Config
build:
  artifacts:
    - image: gcr.io/team/web:v1
      context: front
      docker: { dockerfile: Dockerfile.dev, target: dev, buildArgs: { MODE: "1", TAG: "{{.TAG}}" } }
    - image: team/api
      context: back
    - image: team/jobs
      jib: {}
manifests:
  rawYaml: ["deployment/*.yaml", "https://example.com/x.yaml"]
profiles: [{ name: prod }]
`;
  const files = {
    'front/Dockerfile.dev': 'FROM node:22-slim AS dev\nEXPOSE 8080\n',
    'front/Dockerfile': 'FROM scratch\n',
    'back/Dockerfile': DOCKERFILE,
    'other/Dockerfile': DOCKERFILE,
    'deployment/all.yaml': deployment('front', 'gcr.io/team/web') + deployment('back', 'team/api'),
    'compose.yaml': 'services: { web: { build: front } }',
  };

  test('says which images are built from what, and which manifests are meant', async () => {
    const { inferred, project } = await infer({ ...files, 'skaffold.yaml': skaffold });
    expect(inferred?.text).toMatchInlineSnapshot(`
      "# What \`devloop init\` found here. docs/config.md has every key; devloop check checks it.
      # Taken over from skaffold.yaml, which is not read again.
      services:
        web:
          build: { context: front, dockerfile: Dockerfile.dev, target: dev, args: { MODE: "1" }, image: gcr.io/team/web }
        api:
          build: { context: back, image: team/api }
      manifests: [deployment/*.yaml]
      "
    `);
    expect(project?.services.map(({ name, build, manifests }) => [name, build?.image, manifests.length])).toEqual([
      ['web', 'gcr.io/team/web', 1],
      ['api', 'team/api', 1],
    ]);
    expect(project?.services[0]?.build).toMatchObject({ target: 'dev', args: { MODE: '1' } });
    expect([...(inferred?.reasons ?? []), ...(inferred?.doubts ?? [])]).toMatchInlineSnapshot(`
      [
        "web is built from Dockerfile.dev in front as gcr.io/team/web, as skaffold.yaml says.",
        "api is built from Dockerfile in back as team/api, as skaffold.yaml says.",
        "Deployed is what skaffold.yaml names: deployment/*.yaml.",
        "compose.yaml is there too; skaffold.yaml was taken.",
        "skaffold.yaml: The build argument TAG of gcr.io/team/web:v1 is a template, and left out.",
        "skaffold.yaml: team/jobs is built by jib, and left out: devloop builds from Dockerfiles.",
        "skaffold.yaml: https://example.com/x.yaml is not of this machine, and left out.",
        "skaffold.yaml: \`profiles\` is left out: what is outside of them was taken.",
      ]
    `);
  });

  test('of an older version that builds nothing says what is deployed', async () => {
    const { inferred } = await infer({
      'skaffold.yaml': 'apiVersion: skaffold/v2beta29\nkind: Config\ndeploy:\n  kubectl: { manifests: [all.yaml] }\n',
      'all.yaml': deployment('cache', 'redis'),
    });
    expect(inferred?.text).toContain('manifests: [all.yaml]');
  });

  test('that is broken, or says nothing, leaves the folder to be looked over', async () => {
    const web = { 'web/Dockerfile': DOCKERFILE };
    for (const text of ['kind: Config\napiVersion: [\n', 'apiVersion: skaffold/v4beta6\nkind: Config\n', '']) {
      const { inferred } = await infer({ ...web, 'skaffold.yaml': text });
      expect(inferred?.text).toContain('web:');
      expect(inferred?.doubts.at(-1)).toContain('skaffold.yaml is skaffold');
    }
  });
});

describe('what is rendered', () => {
  /** Surveys with a kustomize and a helm that print these texts, whatever they are to render. */
  async function inferRendered(files: Readonly<Record<string, string>>, made: { kustomize?: string; helm?: string }) {
    const programs = temporaryFolder({});
    for (const [name, text] of Object.entries(made)) {
      writeFileSync(join(programs, `${name}.out`), text);
      writeFileSync(join(programs, name), `#!/bin/sh\nexec /bin/cat ${programs}/${name}.out\n`, { mode: 0o755 });
    }
    const folder = temporaryFolder({ ...files });
    return inferConfig(await surveyFolder(folder, { PATH: programs }, signal), folder)?.text;
  }
  const overlays = {
    'web/Dockerfile': DOCKERFILE,
    'k8s/base/web.yaml': deployment('web', 'acme/web'),
    'k8s/base/kustomization.yaml': 'resources: [web.yaml]',
    'k8s/overlays/dev/kustomization.yaml': 'resources: [../../base]',
    'k8s/overlays/prod/kustomization.yaml': 'resources: [../../base]',
  };

  test('of several overlays the one for development is taken, the others are a comment, the base is neither', async () => {
    const text = await inferRendered(overlays, { kustomize: deployment('front', 'acme/front', 8080) });
    expect(text).toContain('build: { image: acme/front }');
    expect(text).toContain('manifests: [{ kustomize: k8s/overlays/dev }]  # or { kustomize: k8s/overlays/prod }');
  });

  test('manifests beside it are named one by one, so that what it is made of is not read too', async () => {
    const files = { ...overlays, 'k8s/redis.yaml': deployment('redis', 'redis') };
    const text = await inferRendered(files, { kustomize: deployment('web', 'acme/web', 8080) });
    expect(text).toContain('manifests: [k8s/redis.yaml, { kustomize: k8s/overlays/dev }]');
  });

  test('a chart says by its objects which image is built where; subcharts are parts of it', async () => {
    const files = {
      'web/Dockerfile': DOCKERFILE,
      'chart/Chart.yaml': 'name: x',
      'chart/charts/db/Chart.yaml': 'name: db',
      'chart/templates/web.yaml': '{{ broken }}',
    };
    const text = await inferRendered(files, { helm: deployment('front', 'registry.test/acme/front:2', 8080) });
    expect(text).toContain('manifests: [{ helm: { chart: chart } }]');
    expect(text).toContain('image: registry.test/acme/front');
  });

  test('a folder that is found without being named needs no line', async () => {
    const files = {
      'web/Dockerfile': DOCKERFILE,
      'k8s/kustomization.yaml': 'resources: [web.yaml]',
      'k8s/web.yaml': deployment('web', 'web'),
    };
    expect(await inferRendered(files, { kustomize: deployment('web', 'web') })).not.toContain('manifests');
  });
});

test('nothing to run is nothing to write', async () => {
  expect(
    (await infer({ 'readme.md': '', 'k8s/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' }))
      .inferred,
  ).toBe(undefined);
});
